"""The part of a run's configuration that says which network it is and which layers train."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from tlstudio.core.config.fields import FieldGroup, FieldText
from tlstudio.core.strategies import STRATEGIES, NormPolicy, RateRule
from tlstudio.core.texts import QT_TRANSLATE_NOOP

ON_BOARD_MODEL = "tf_efficientnet_lite0"

Initialisation = Literal["pretrained", "random"]
Colours = Literal["rgb", "grey"]
Stem = Literal["original", "small"]


class NetworkConfig(BaseModel):
    """Which network, from which values, and what of it trains."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False, allow_inf_nan=False)

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
            QT_TRANSLATE_NOOP("core", "Pretrained on ImageNet, or random."),
            group=FieldGroup.NETWORK,
            choices={
                "pretrained": QT_TRANSLATE_NOOP("core", "Pretrained"),
                "random": QT_TRANSLATE_NOOP("core", "Random"),
            },
        ),
    ] = "pretrained"
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
        ),
    ] = "with_layer"
