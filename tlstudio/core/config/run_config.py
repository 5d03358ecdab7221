"""The configuration of a run: one table of fields, from which all else follows.

Each field carries its title, help, unit and bounds; the form of the window, the flags of the
terminal, validation, tooltips and the saved file are made from them. The defaults are those of
the PyTorch transfer-learning tutorial
(https://docs.pytorch.org/tutorials/beginner/transfer_learning_tutorial.html); what a run begins
with is a preset's, see `core.advice.presets`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Annotated, Literal

from pydantic import Field

from tlstudio.core.config.configuration import Configuration, validated
from tlstudio.core.config.fields import FieldGroup, FieldText, field_specs
from tlstudio.core.data.augmentation import VARIED, AugmentationOptions
from tlstudio.core.errors import ConfigError
from tlstudio.core.networks.auxiliary import WITH_AUXILIARY
from tlstudio.core.networks.inputs import INPUT_SETTINGS
from tlstudio.core.strategies import STRATEGIES, NormPolicy, PlanOptions, RateRule
from tlstudio.core.texts import QT_TRANSLATE_NOOP

CONFIG_VERSION: Literal[1] = 1
ON_BOARD_MODEL = "tf_efficientnet_lite0"

Initialisation = Literal["pretrained", "random", "file"]
Colours = Literal["rgb", "grey"]
Stem = Literal["original", "small"]
Fit = Literal["own", "center", "squash"]
Auxiliary = Literal["auto", "on", "off"]
Optimizer = Literal["sgd", "adam", "adamw"]
Schedule = Literal["step", "multi_step", "cosine", "one_cycle", "none"]
Mixing = Literal["none", "mixup", "cutmix"]
Balance = Literal["none", "weights", "sampling"]
Augmentation = Literal["crop_flip", "rotate_flip", "pad_crop", "none"]
Flips = Literal["horizontal", "vertical", "both", "none"]
AutoAugment = Literal["none", "rand_augment", "trivial_augment"]
Views = Literal["cached", "live"]
Precision = Literal["auto", "float32", "bfloat16"]
EngineWish = Literal["auto", "torch", "onnxruntime", "openvino"]


class RunConfig(Configuration):
    """The settings of a run: all that decides it apart from the dataset. Frozen."""

    # Which network, from which values, and what of it trains

    model: Annotated[
        str,
        FieldText(
            QT_TRANSLATE_NOOP("core", "Model"),
            QT_TRANSLATE_NOOP("core", "The network, by its name in the catalog."),
            group=FieldGroup.NETWORK,
        ),
    ] = ON_BOARD_MODEL
    initialisation: Annotated[
        Initialisation,
        FieldText(
            QT_TRANSLATE_NOOP("core", "Starting values"),
            QT_TRANSLATE_NOOP("core", "Pretrained on ImageNet, random, or those of a file or run."),
            group=FieldGroup.NETWORK,
            choices={
                "pretrained": QT_TRANSLATE_NOOP("core", "Pretrained"),
                "random": QT_TRANSLATE_NOOP("core", "Random"),
                "file": QT_TRANSLATE_NOOP("core", "A file or run"),
            },
        ),
    ] = "pretrained"
    start_from: Annotated[
        str,
        FieldText(
            QT_TRANSLATE_NOOP("core", "Start from"),
            QT_TRANSLATE_NOOP(
                "core",
                "A file of weights or the folder of a run, of the same model. Its head is kept "
                "where the classes are the same.",
            ),
            group=FieldGroup.NETWORK,
            only_if=("initialisation", ("file",)),
        ),
    ] = ""
    weights: Annotated[
        str,
        FieldText(
            QT_TRANSLATE_NOOP("core", "Weights"),
            QT_TRANSLATE_NOOP(
                "core",
                "The pretrained weights, by the name that their library gives them; empty means "
                "its default.",
            ),
            group=FieldGroup.NETWORK,
            only_if=("initialisation", ("pretrained",)),
        ),
    ] = ""
    image_px: Annotated[
        int,
        Field(ge=0, le=2048),
        FieldText(
            QT_TRANSLATE_NOOP("core", "Input size"),
            QT_TRANSLATE_NOOP(
                "core",
                "Side of the square image that the network sees; 0 means what its weights expect.",
            ),
            unit="px",
            group=FieldGroup.NETWORK,
        ),
    ] = 0
    crop_mode: Annotated[
        Fit,
        FieldText(
            QT_TRANSLATE_NOOP("core", "Fit to the square"),
            QT_TRANSLATE_NOOP(
                "core",
                "How a wide or tall image becomes a square: its centre is cut out, or all of it is "
                "squashed, which changes its proportions and loses nothing at the edges.",
            ),
            group=FieldGroup.NETWORK,
            choices={
                "own": QT_TRANSLATE_NOOP("core", "As the weights expect"),
                "center": QT_TRANSLATE_NOOP("core", "Cut out the centre"),
                "squash": QT_TRANSLATE_NOOP("core", "Squash the whole image"),
            },
        ),
    ] = "own"
    colours: Annotated[
        Colours,
        FieldText(
            QT_TRANSLATE_NOOP("core", "Colours"),
            QT_TRANSLATE_NOOP(
                "core",
                "Grey images are repeated into red, green and blue; or everything is turned to "
                "grey, and the first convolution takes one channel.",
            ),
            group=FieldGroup.NETWORK,
            choices={
                "rgb": QT_TRANSLATE_NOOP("core", "Red, green, blue"),
                "grey": QT_TRANSLATE_NOOP("core", "Grey"),
            },
        ),
    ] = "rgb"
    stem: Annotated[
        Stem,
        FieldText(
            QT_TRANSLATE_NOOP("core", "Stem"),
            QT_TRANSLATE_NOOP(
                "core",
                "Networks for large photos shrink the image at once. For tiny images the small "
                "stem keeps its size, as the networks for CIFAR do.",
            ),
            group=FieldGroup.NETWORK,
            choices={
                "original": QT_TRANSLATE_NOOP("core", "As it is"),
                "small": QT_TRANSLATE_NOOP("core", "For tiny images"),
            },
        ),
    ] = "original"
    head_hidden: Annotated[
        int,
        Field(ge=0, le=8192),
        FieldText(
            QT_TRANSLATE_NOOP("core", "Hidden layer of the head"),
            QT_TRANSLATE_NOOP(
                "core",
                "Units of a fully connected layer with ReLU before the last one, which makes the "
                "head a multi-layer perceptron (MLP); 0 means one linear layer.",
            ),
            unit=QT_TRANSLATE_NOOP("core", "units"),
            group=FieldGroup.HEAD,
        ),
    ] = 0
    head_dropout: Annotated[
        float,
        Field(ge=0, le=0.9),
        FieldText(
            QT_TRANSLATE_NOOP("core", "Dropout in the head"),
            QT_TRANSLATE_NOOP(
                "core",
                "Share of the values before the last layer that training sets to 0 by chance.",
            ),
            group=FieldGroup.HEAD,
        ),
    ] = 0.0
    auxiliary: Annotated[
        Auxiliary,
        FieldText(
            QT_TRANSLATE_NOOP("core", "Auxiliary classifiers"),
            QT_TRANSLATE_NOOP(
                "core",
                "Small heads in the middle of the network, whose losses count 0.3 in training and "
                "which are left out afterwards. They help where all values are random at first; "
                "where only the head trains there are none.",
            ),
            group=FieldGroup.HEAD,
            choices={
                "auto": QT_TRANSLATE_NOOP("core", "If values are random"),
                "on": QT_TRANSLATE_NOOP("core", "Yes"),
                "off": QT_TRANSLATE_NOOP("core", "No"),
            },
            only_models=WITH_AUXILIARY,
            only_if=(
                "strategy",
                tuple(row.name for row in STRATEGIES if row.name != "feature_extraction"),
            ),
        ),
    ] = "auto"
    strategy: Annotated[
        str,
        FieldText(
            QT_TRANSLATE_NOOP("core", "Strategy"),
            QT_TRANSLATE_NOOP("core", "Which layers train."),
            group=FieldGroup.NETWORK,
            choices={row.name: row.title for row in STRATEGIES},
        ),
    ] = "feature_extraction"
    train_from: Annotated[
        str,
        FieldText(
            QT_TRANSLATE_NOOP("core", "Train from"),
            QT_TRANSLATE_NOOP(
                "core", "Module path at which training begins; empty means the last stage."
            ),
            group=FieldGroup.NETWORK,
            only_if=("strategy", ("partial",)),
        ),
    ] = ""
    trainable: Annotated[
        tuple[str, ...],
        FieldText(
            QT_TRANSLATE_NOOP("core", "Ticked layers"),
            QT_TRANSLATE_NOOP("core", "Module paths of the layers that train."),
            group=FieldGroup.NETWORK,
            only_if=("strategy", ("custom",)),
        ),
    ] = ()
    head_epochs: Annotated[
        int,
        Field(ge=1, le=1000),
        FieldText(
            QT_TRANSLATE_NOOP("core", "Head alone for"),
            QT_TRANSLATE_NOOP("core", "Epochs in which only the head trains."),
            unit=QT_TRANSLATE_NOOP("core", "epochs"),
            group=FieldGroup.NETWORK,
            only_if=("strategy", ("head_first",)),
        ),
    ] = 5
    unfreeze_every: Annotated[
        int,
        Field(ge=1, le=1000),
        FieldText(
            QT_TRANSLATE_NOOP("core", "A stage every"),
            QT_TRANSLATE_NOOP("core", "After so many epochs one more stage begins to train."),
            unit=QT_TRANSLATE_NOOP("core", "epochs"),
            group=FieldGroup.NETWORK,
            only_if=("strategy", ("gradual",)),
        ),
    ] = 2
    rate_rule: Annotated[
        RateRule,
        FieldText(
            QT_TRANSLATE_NOOP("core", "Backbone's rate"),
            QT_TRANSLATE_NOOP(
                "core",
                "How fast pretrained layers learn, compared with the head: just as fast, with a "
                "part of its learning rate, or less with every stage towards the input.",
            ),
            group=FieldGroup.NETWORK,
            choices={
                "backbone": QT_TRANSLATE_NOOP("core", "A part of the head's"),
                "stages": QT_TRANSLATE_NOOP("core", "Less with each stage"),
                "same": QT_TRANSLATE_NOOP("core", "The same"),
            },
            only_if=("strategy", tuple(row.name for row in STRATEGIES if row.has_rates)),
            is_expert=True,
        ),
    ] = "backbone"
    backbone_rate: Annotated[
        float,
        Field(gt=0, le=1),
        FieldText(
            QT_TRANSLATE_NOOP("core", "Part"),
            QT_TRANSLATE_NOOP(
                "core", "Multiple of the learning rate for everything below the head."
            ),
            group=FieldGroup.NETWORK,
            only_if=("rate_rule", ("backbone",)),
            is_log=True,
            is_expert=True,
        ),
    ] = 0.1
    stage_decay: Annotated[
        float,
        Field(gt=0, le=1),
        FieldText(
            QT_TRANSLATE_NOOP("core", "Per stage"),
            QT_TRANSLATE_NOOP(
                "core", "What the learning rate is multiplied by with each stage from the head."
            ),
            group=FieldGroup.NETWORK,
            only_if=("rate_rule", ("stages",)),
            is_expert=True,
        ),
    ] = 0.5
    norms: Annotated[
        NormPolicy,
        FieldText(
            QT_TRANSLATE_NOOP("core", "BatchNorm statistics"),
            QT_TRANSLATE_NOOP(
                "core",
                "Means and variances that normalisation layers keep. They move only where their "
                "layer trains; or nowhere, which suits small batches; or everywhere, frozen layers "
                "as well, as in the PyTorch tutorial.",
            ),
            group=FieldGroup.NETWORK,
            choices={
                "with_layer": QT_TRANSLATE_NOOP("core", "Frozen with their layer"),
                "fixed": QT_TRANSLATE_NOOP("core", "All frozen"),
                "adapt": QT_TRANSLATE_NOOP("core", "All adapt"),
            },
            is_expert=True,
        ),
    ] = "with_layer"

    # How long, in which steps, by which loss

    epochs: Annotated[
        int,
        Field(ge=1, le=1000),
        FieldText(
            QT_TRANSLATE_NOOP("core", "Epochs"),
            QT_TRANSLATE_NOOP("core", "The number of passes over all training images."),
        ),
    ] = 25
    batch_size: Annotated[
        int,
        Field(ge=1, le=1024),
        FieldText(
            QT_TRANSLATE_NOOP("core", "Batch size"),
            QT_TRANSLATE_NOOP(
                "core", "Images per training step. Larger is smoother and needs more memory."
            ),
            unit=QT_TRANSLATE_NOOP("core", "images"),
        ),
    ] = 32
    learning_rate: Annotated[
        float,
        Field(gt=0, le=10),
        FieldText(
            QT_TRANSLATE_NOOP("core", "Learning rate"),
            QT_TRANSLATE_NOOP(
                "core", "Size of each step. Too large and the loss jumps, too small and it creeps."
            ),
            is_log=True,
        ),
    ] = 0.001
    seed: Annotated[
        int,
        Field(ge=0, le=2**31 - 1),
        FieldText(
            QT_TRANSLATE_NOOP("core", "Seed"),
            QT_TRANSLATE_NOOP("core", "The same seed and settings repeat the same run on the CPU."),
            rare=True,
        ),
    ] = 0
    patience: Annotated[
        int,
        Field(ge=0, le=1000),
        FieldText(
            QT_TRANSLATE_NOOP("core", "Patience"),
            QT_TRANSLATE_NOOP(
                "core",
                "After so many epochs without a better validation accuracy the run ends; 0 means "
                "never.",
            ),
            unit=QT_TRANSLATE_NOOP("core", "epochs"),
            rare=True,
        ),
    ] = 0
    accumulation: Annotated[
        int,
        Field(ge=1, le=256),
        FieldText(
            QT_TRANSLATE_NOOP("core", "Batches per step"),
            QT_TRANSLATE_NOOP(
                "core",
                "Gradients of so many batches are added up before each step: a larger batch "
                "without its memory.",
            ),
            unit=QT_TRANSLATE_NOOP("core", "batches"),
            rare=True,
            is_expert=True,
        ),
    ] = 1

    optimizer: Annotated[
        Optimizer,
        FieldText(
            QT_TRANSLATE_NOOP("core", "Optimizer"),
            QT_TRANSLATE_NOOP("core", "How gradients become steps."),
            group=FieldGroup.OPTIMIZER,
            choices={"sgd": "SGD", "adam": "Adam", "adamw": "AdamW"},
        ),
    ] = "sgd"
    momentum: Annotated[
        float,
        Field(ge=0, le=0.999),
        FieldText(
            QT_TRANSLATE_NOOP("core", "Momentum"),
            QT_TRANSLATE_NOOP("core", "How much of the last step is kept in the next one."),
            group=FieldGroup.OPTIMIZER,
            rare=True,
            only_if=("optimizer", ("sgd",)),
            is_expert=True,
        ),
    ] = 0.9
    weight_decay: Annotated[
        float,
        Field(ge=0, le=1),
        FieldText(
            QT_TRANSLATE_NOOP("core", "Weight decay"),
            QT_TRANSLATE_NOOP("core", "Pulls the weights towards zero against overfitting."),
            group=FieldGroup.OPTIMIZER,
            rare=True,
            is_log=True,
        ),
    ] = 0.0
    clip_norm: Annotated[
        float,
        Field(ge=0, le=1000),
        FieldText(
            QT_TRANSLATE_NOOP("core", "Gradient clipping"),
            QT_TRANSLATE_NOOP(
                "core",
                "Gradients that are longer than this, all together, are shortened to it; 0 means "
                "never.",
            ),
            group=FieldGroup.OPTIMIZER,
            rare=True,
            is_expert=True,
        ),
    ] = 0.0
    ema_decay: Annotated[
        float,
        Field(ge=0, le=0.9999),
        FieldText(
            QT_TRANSLATE_NOOP("core", "Averaged weights"),
            QT_TRANSLATE_NOOP(
                "core",
                "How much of the moving average of the weights is kept at each step; the average "
                "is what is validated and saved. 0.99 suits short runs; 0 means no average.",
            ),
            group=FieldGroup.OPTIMIZER,
            rare=True,
            is_expert=True,
        ),
    ] = 0.0

    schedule: Annotated[
        Schedule,
        FieldText(
            QT_TRANSLATE_NOOP("core", "Schedule"),
            QT_TRANSLATE_NOOP("core", "How the learning rate changes over the epochs."),
            group=FieldGroup.SCHEDULE,
            choices={
                "step": QT_TRANSLATE_NOOP("core", "Step"),
                "multi_step": QT_TRANSLATE_NOOP("core", "1/2, 3/4"),
                "cosine": QT_TRANSLATE_NOOP("core", "Cosine"),
                "one_cycle": QT_TRANSLATE_NOOP("core", "One cycle"),
                "none": QT_TRANSLATE_NOOP("core", "Constant"),
            },
        ),
    ] = "step"
    step_size: Annotated[
        int,
        Field(ge=1, le=1000),
        FieldText(
            QT_TRANSLATE_NOOP("core", "Step every"),
            QT_TRANSLATE_NOOP("core", "After so many epochs the learning rate is multiplied."),
            unit=QT_TRANSLATE_NOOP("core", "epochs"),
            group=FieldGroup.SCHEDULE,
            rare=True,
            only_if=("schedule", ("step",)),
        ),
    ] = 7
    gamma: Annotated[
        float,
        Field(gt=0, le=1),
        FieldText(
            QT_TRANSLATE_NOOP("core", "Step factor"),
            QT_TRANSLATE_NOOP("core", "What the learning rate is multiplied by at each step."),
            group=FieldGroup.SCHEDULE,
            rare=True,
            only_if=("schedule", ("step", "multi_step")),
            is_log=True,
        ),
    ] = 0.1
    warmup_epochs: Annotated[
        int,
        Field(ge=0, le=100),
        FieldText(
            QT_TRANSLATE_NOOP("core", "Warm-up"),
            QT_TRANSLATE_NOOP(
                "core", "Epochs in which the learning rate rises from a tenth to its full value."
            ),
            unit=QT_TRANSLATE_NOOP("core", "epochs"),
            group=FieldGroup.SCHEDULE,
            rare=True,
            only_if=("schedule", ("step", "multi_step", "cosine", "none")),
        ),
    ] = 0

    label_smoothing: Annotated[
        float,
        Field(ge=0, le=0.9),
        FieldText(
            QT_TRANSLATE_NOOP("core", "Label smoothing"),
            QT_TRANSLATE_NOOP(
                "core",
                "Share of the target that is spread over all classes, so that the network does "
                "not become too sure of itself; 0.1 is usual.",
            ),
            group=FieldGroup.LOSS,
            rare=True,
        ),
    ] = 0.0
    mixing: Annotated[
        Mixing,
        FieldText(
            QT_TRANSLATE_NOOP("core", "Mixed images"),
            QT_TRANSLATE_NOOP(
                "core",
                "Two training images are blended (mixup), or a part of one is pasted into the "
                "other (CutMix), and so are their classes. New in every epoch, so that frozen "
                "layers cannot be computed once.",
            ),
            group=FieldGroup.LOSS,
            rare=True,
            choices={
                "none": QT_TRANSLATE_NOOP("core", "No"),
                "mixup": "mixup",
                "cutmix": "CutMix",
            },
        ),
    ] = "none"
    mixing_alpha: Annotated[
        float,
        Field(gt=0, le=10),
        FieldText(
            QT_TRANSLATE_NOOP("core", "Mixing strength"),
            QT_TRANSLATE_NOOP(
                "core", "Alpha of the beta distribution of the shares: 0.2 mixes little, 1 much."
            ),
            group=FieldGroup.LOSS,
            rare=True,
            only_if=("mixing", ("mixup", "cutmix")),
            is_expert=True,
        ),
    ] = 0.2
    balance: Annotated[
        Balance,
        FieldText(
            QT_TRANSLATE_NOOP("core", "Uneven classes"),
            QT_TRANSLATE_NOOP(
                "core",
                "Small classes count as much as large ones: by their weight in the loss, or by "
                "showing their images more often.",
            ),
            group=FieldGroup.LOSS,
            rare=True,
            choices={
                "none": QT_TRANSLATE_NOOP("core", "As they are"),
                "weights": QT_TRANSLATE_NOOP("core", "Weighted loss"),
                "sampling": QT_TRANSLATE_NOOP("core", "Balanced sampling"),
            },
        ),
    ] = "none"

    # Images and machine

    version: Literal[1] = CONFIG_VERSION

    augmentation: Annotated[
        Augmentation,
        FieldText(
            QT_TRANSLATE_NOOP("core", "Training images"),
            QT_TRANSLATE_NOOP(
                "core",
                "How training images are varied, so that the network sees more than there is.",
            ),
            group=FieldGroup.DATA,
            choices={
                "crop_flip": QT_TRANSLATE_NOOP("core", "Random crop"),
                "rotate_flip": QT_TRANSLATE_NOOP("core", "Rotate a little"),
                "pad_crop": QT_TRANSLATE_NOOP("core", "Pad and crop"),
                "none": QT_TRANSLATE_NOOP("core", "As they are"),
            },
        ),
    ] = "crop_flip"
    flips: Annotated[
        Flips,
        FieldText(
            QT_TRANSLATE_NOOP("core", "Mirror"),
            QT_TRANSLATE_NOOP(
                "core",
                "Every other view is mirrored, in these directions. Letters and digits must not "
                "be; under a microscope or from the air there is no up and down.",
            ),
            group=FieldGroup.DATA,
            choices={
                "horizontal": QT_TRANSLATE_NOOP("core", "Left and right"),
                "vertical": QT_TRANSLATE_NOOP("core", "Up and down"),
                "both": QT_TRANSLATE_NOOP("core", "Both"),
                "none": QT_TRANSLATE_NOOP("core", "Never"),
            },
            only_if=("augmentation", VARIED),
        ),
    ] = "horizontal"
    crop_area: Annotated[
        float,
        Field(gt=0, le=1),
        FieldText(
            QT_TRANSLATE_NOOP("core", "Smallest crop"),
            QT_TRANSLATE_NOOP(
                "core",
                "The share of the image that a random crop shows at least. More where what "
                "matters is small or lies at the edge.",
            ),
            group=FieldGroup.DATA,
            only_if=("augmentation", ("crop_flip",)),
            is_expert=True,
        ),
    ] = 0.08
    rotation_degrees: Annotated[
        float,
        Field(ge=0, le=180),
        FieldText(
            QT_TRANSLATE_NOOP("core", "Rotate by up to"),
            QT_TRANSLATE_NOOP("core", "To either side; what comes in at the corners is black."),
            unit="°",
            group=FieldGroup.DATA,
            only_if=("augmentation", ("rotate_flip",)),
            is_expert=True,
        ),
    ] = 5.0
    crop_rotation_degrees: Annotated[
        float,
        Field(ge=0, le=180),
        FieldText(
            QT_TRANSLATE_NOOP("core", "Also rotate by up to"),
            QT_TRANSLATE_NOOP("core", "To either side, before it is cropped; 0 means never."),
            unit="°",
            group=FieldGroup.DATA,
            only_if=("augmentation", ("crop_flip", "pad_crop")),
            is_expert=True,
        ),
    ] = 0.0
    padding: Annotated[
        float,
        Field(ge=0, le=0.5),
        FieldText(
            QT_TRANSLATE_NOOP("core", "Padding"),
            QT_TRANSLATE_NOOP(
                "core",
                "The share of its side by which the image moves at most in each direction. "
                "0.125 is what is usual for CIFAR: 4 of 32 pixels.",
            ),
            group=FieldGroup.DATA,
            only_if=("augmentation", ("pad_crop",)),
            is_expert=True,
        ),
    ] = 0.125
    auto_augment: Annotated[
        AutoAugment,
        FieldText(
            QT_TRANSLATE_NOOP("core", "Further changes"),
            QT_TRANSLATE_NOOP(
                "core",
                "Changes that are drawn from a list of 14, such as shearing, brightness and "
                "sharpness. RandAugment: a few of one strength. TrivialAugment: one of any "
                "strength, with nothing to set.",
            ),
            group=FieldGroup.DATA,
            choices={
                "none": QT_TRANSLATE_NOOP("core", "None"),
                "rand_augment": "RandAugment",
                "trivial_augment": "TrivialAugment",
            },
            only_if=("augmentation", VARIED),
            is_expert=True,
        ),
    ] = "none"
    rand_augment_operations: Annotated[
        int,
        Field(ge=1, le=14),
        FieldText(
            QT_TRANSLATE_NOOP("core", "In a row"),
            QT_TRANSLATE_NOOP("core", "How many changes RandAugment makes to an image."),
            group=FieldGroup.DATA,
            only_if=("auto_augment", ("rand_augment",)),
            is_expert=True,
        ),
    ] = 2
    rand_augment_strength: Annotated[
        int,
        Field(ge=0, le=30),
        FieldText(
            QT_TRANSLATE_NOOP("core", "Strength"),
            QT_TRANSLATE_NOOP("core", "How strong the changes of RandAugment are, from 0 to 30."),
            group=FieldGroup.DATA,
            only_if=("auto_augment", ("rand_augment",)),
            is_expert=True,
        ),
    ] = 9
    colour_jitter: Annotated[
        float,
        Field(ge=0, le=1),
        FieldText(
            QT_TRANSLATE_NOOP("core", "Colour changes"),
            QT_TRANSLATE_NOOP(
                "core",
                "Brightness, contrast and saturation change by up to this share: 0.4 is much, "
                "0 means never.",
            ),
            group=FieldGroup.DATA,
            only_if=("augmentation", VARIED),
            is_expert=True,
        ),
    ] = 0.0
    hue_jitter: Annotated[
        float,
        Field(ge=0, le=0.5),
        FieldText(
            QT_TRANSLATE_NOOP("core", "Hue changes"),
            QT_TRANSLATE_NOOP(
                "core",
                "By up to this share of the colour wheel: 0.5 turns red into cyan, 0 means never.",
            ),
            group=FieldGroup.DATA,
            only_if=("augmentation", VARIED),
            is_expert=True,
        ),
    ] = 0.0
    blur: Annotated[
        float,
        Field(ge=0, le=1),
        FieldText(
            QT_TRANSLATE_NOOP("core", "Blurred"),
            QT_TRANSLATE_NOOP("core", "The share of the views that are blurred."),
            group=FieldGroup.DATA,
            only_if=("augmentation", VARIED),
            is_expert=True,
        ),
    ] = 0.0
    blur_sigma: Annotated[
        float,
        Field(ge=0.1, le=20),
        FieldText(
            QT_TRANSLATE_NOOP("core", "Blur by up to"),
            QT_TRANSLATE_NOOP(
                "core", "Standard deviation of the Gauss curve that each pixel is spread over."
            ),
            unit="px",
            group=FieldGroup.DATA,
            only_if=("augmentation", VARIED),
            only_above_zero="blur",
            is_expert=True,
        ),
    ] = 2.0
    erasing: Annotated[
        float,
        Field(ge=0, le=1),
        FieldText(
            QT_TRANSLATE_NOOP("core", "Erased"),
            QT_TRANSLATE_NOOP(
                "core",
                "The share of the views in which a box is covered with one colour, so that the "
                "network looks at more than one part of a thing.",
            ),
            group=FieldGroup.DATA,
            only_if=("augmentation", VARIED),
            is_expert=True,
        ),
    ] = 0.0
    erasing_area: Annotated[
        float,
        Field(ge=0.02, le=0.9),
        FieldText(
            QT_TRANSLATE_NOOP("core", "Largest box"),
            QT_TRANSLATE_NOOP("core", "The share of the view that is covered at most."),
            group=FieldGroup.DATA,
            only_if=("augmentation", VARIED),
            only_above_zero="erasing",
            is_expert=True,
        ),
    ] = 0.33
    views: Annotated[
        Views,
        FieldText(
            QT_TRANSLATE_NOOP("core", "Varied views"),
            QT_TRANSLATE_NOOP(
                "core",
                "Frozen layers can be computed once for a few views of each image and kept, or "
                "again for new views in every epoch: exact, and slower.",
            ),
            group=FieldGroup.DATA,
            choices={
                "cached": QT_TRANSLATE_NOOP("core", "A few, computed once"),
                "live": QT_TRANSLATE_NOOP("core", "New in every epoch"),
            },
            only_if=("augmentation", VARIED),
        ),
    ] = "cached"
    cached_views: Annotated[
        int,
        Field(ge=1, le=64),
        FieldText(
            QT_TRANSLATE_NOOP("core", "Views per image"),
            QT_TRANSLATE_NOOP("core", "How many views are kept; the epochs take turns with them."),
            group=FieldGroup.DATA,
            rare=True,
            only_if=("views", ("cached",)),
        ),
    ] = 4

    precision: Annotated[
        Precision,
        FieldText(
            QT_TRANSLATE_NOOP("core", "Precision"),
            QT_TRANSLATE_NOOP(
                "core",
                "bfloat16 rounds more and is several times as fast on some processors; automatic "
                "takes it where this machine was measured to gain from it.",
            ),
            group=FieldGroup.MACHINE,
            rare=True,
            choices={
                "auto": QT_TRANSLATE_NOOP("core", "Automatic"),
                "float32": "float32",
                "bfloat16": "bfloat16",
            },
            is_expert=True,
        ),
    ] = "auto"
    engine: Annotated[
        EngineWish,
        FieldText(
            QT_TRANSLATE_NOOP("core", "Inference engine"),
            QT_TRANSLATE_NOOP(
                "core",
                "What computes frozen layers and predictions on the processor: the same numbers to "
                "five digits, up to twice as fast. Automatic takes the one that is fastest "
                "in a short trial on this machine; torch is exact to the last bit.",
            ),
            group=FieldGroup.MACHINE,
            rare=True,
            choices={
                "auto": QT_TRANSLATE_NOOP("core", "Automatic"),
                "torch": "torch",
                "onnxruntime": "onnxruntime",
                "openvino": "OpenVINO",
            },
            is_expert=True,
        ),
    ] = "auto"
    device: Annotated[
        str,
        Field(pattern=r"^(auto|cpu|mps|cuda(:\d+)?)$"),
        FieldText(
            QT_TRANSLATE_NOOP("core", "Device"),
            QT_TRANSLATE_NOOP("core", "Where the network computes; auto takes the fastest found."),
            group=FieldGroup.MACHINE,
            is_expert=True,
        ),
    ] = "auto"

    @property
    def input_settings(self) -> tuple[object, ...]:
        """What decides the images that a network is given and the weights that take them."""
        return self.weights, *(getattr(self, name) for name in INPUT_SETTINGS)

    @property
    def plan_options(self) -> PlanOptions:
        """The part of the settings that decides which layers train when."""
        return PlanOptions(**{f.name: getattr(self, f.name) for f in fields(PlanOptions)})

    @property
    def augmentation_options(self) -> AugmentationOptions:
        """The part of the settings that decides how training images are varied."""
        matter = (
            f.name for f in fields(AugmentationOptions) if FIELD_BY_NAME[f.name].is_relevant(self)
        )
        return AugmentationOptions(**{name: getattr(self, name) for name in matter})

    def changed(self, **values: object) -> RunConfig:
        """A copy with some fields replaced, validated.

        Raises:
            ConfigError: a field is unknown or out of bounds; holds every problem.
        """
        return make_config({**self.model_dump(), **values})

    def to_json(self) -> str:
        """Return the settings as JSON; `config_from_json` reads it back."""
        return self.model_dump_json(indent=2)


def make_config(values: Mapping[str, object]) -> RunConfig:
    """Validate `values`, filling in defaults.

    Raises:
        ConfigError: something is unknown or out of bounds; holds every problem.
    """
    config = validated(RunConfig, values)
    STRATEGIES[config.strategy]  # refuses unknown names with a hint
    return config


def kept_config(values: Mapping[str, object]) -> RunConfig:
    """The settings that a file of a run or of weights holds, of this version or an earlier one.

    Raises:
        ConfigError: something is unknown or out of bounds; holds every problem.
    """
    return make_config({**_BEFORE, **values})


# What earlier versions did where they had no setting for it yet, and the default is another now.
_BEFORE = {"auxiliary": "off"}


def config_from_json(text: str) -> RunConfig:
    """Read what `RunConfig.to_json` wrote.

    Raises:
        ConfigError: the text is not a configuration.
    """
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        raise ConfigError(QT_TRANSLATE_NOOP("core", "This is not a configuration file."))
    return make_config(values)


FIELDS = field_specs(RunConfig)
FIELD_BY_NAME = {spec.name: spec for spec in FIELDS}
MACHINE_FIELDS = tuple(spec.name for spec in FIELDS if spec.text.group is FieldGroup.MACHINE)
"""Settings that say how a machine computes, not what: everybody keeps their own."""
