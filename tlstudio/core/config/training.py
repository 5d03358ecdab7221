"""The part of a run's configuration that says how the layers that train learn."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from tlstudio.core.config.fields import FieldGroup, FieldText
from tlstudio.core.config.network import NetworkConfig
from tlstudio.core.texts import QT_TRANSLATE_NOOP

Optimizer = Literal["sgd", "adam", "adamw"]
Schedule = Literal["step", "cosine", "one_cycle", "none"]
Mixing = Literal["none", "mixup", "cutmix"]
Balance = Literal["none", "weights", "sampling"]


class TrainingConfig(NetworkConfig):
    """How long, in which steps, by which loss."""

    epochs: Annotated[
        int,
        Field(ge=1, le=1000),
        FieldText(
            QT_TRANSLATE_NOOP("core", "Epochs"),
            QT_TRANSLATE_NOOP("core", "How often every training image is seen."),
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
            only_if=("schedule", ("step",)),
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
            only_if=("schedule", ("step", "cosine", "none")),
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
