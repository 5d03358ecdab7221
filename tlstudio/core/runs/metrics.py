"""The metrics of an epoch: a row for each, with all that is shown of it.

A new metric is a row here and the function that computes it in `tlstudio.engine.metrics`; tables,
charts, CSV, files of weights and the terminal follow. Names that have no row, which come in files
of newer versions, are kept and shown as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tlstudio.core.data.dataset import Split
from tlstudio.core.registry import Registry
from tlstudio.core.texts import QT_TRANSLATE_NOOP


class Unit(StrEnum):
    """The units in which metrics are written."""

    FRACTION = "fraction"  # 0..1, shown in per cent
    LOSS = "loss"
    RATE = "rate"  # a learning rate: over many powers of ten
    SECONDS = "seconds"
    PER_SECOND = "per_second"
    NUMBER = "number"  # nothing is known of it


class Direction(StrEnum):
    """Whether higher or lower values are better."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"


class Axis(StrEnum):
    """The upright axes of a run's charts; metrics of one axis are drawn in the same chart."""

    ACCURACY = "accuracy"
    LOSS = "loss"
    LEARNING_RATE = "learning_rate"


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric: a quantity that may be measured in an epoch.

    Attributes:
        name: unique; its key in files and its column in a CSV.
        title: in full, for large numbers and charts.
        short: over the column of a table.
        unit: of its values.
        better: which of two values is better.
        split: whose images it is measured on; None for facts about the epoch itself.
        axis: of the chart in which its curve is drawn; None where it has none.
        number: its place among the large numbers of a run, counts from 1; 0 for none.
        is_required: whether no epoch is without it.
    """

    name: str
    title: str
    short: str
    unit: Unit = Unit.NUMBER
    better: Direction = Direction.NEITHER
    split: Split | None = None
    axis: Axis | None = None
    number: int = 0
    is_required: bool = False


METRICS: Registry[Metric] = Registry(
    "metric",
    (
        Metric(
            "train_loss",
            QT_TRANSLATE_NOOP("core", "Training loss"),
            QT_TRANSLATE_NOOP("core", "Train loss"),
            Unit.LOSS,
            Direction.LOWER,
            Split.TRAIN,
            Axis.LOSS,
            number=4,
            is_required=True,
        ),
        Metric(
            "val_loss",
            QT_TRANSLATE_NOOP("core", "Validation loss"),
            QT_TRANSLATE_NOOP("core", "Val loss"),
            Unit.LOSS,
            Direction.LOWER,
            Split.VAL,
            Axis.LOSS,
            number=3,
        ),
        Metric(
            "train_accuracy",
            QT_TRANSLATE_NOOP("core", "Training accuracy"),
            QT_TRANSLATE_NOOP("core", "Train accuracy"),
            Unit.FRACTION,
            Direction.HIGHER,
            Split.TRAIN,
            Axis.ACCURACY,
            number=2,
            is_required=True,
        ),
        Metric(
            "val_accuracy",
            QT_TRANSLATE_NOOP("core", "Validation accuracy"),
            QT_TRANSLATE_NOOP("core", "Val accuracy"),
            Unit.FRACTION,
            Direction.HIGHER,
            Split.VAL,
            Axis.ACCURACY,
            number=1,
        ),
        Metric(
            "learning_rate",
            QT_TRANSLATE_NOOP("core", "Learning rate"),
            QT_TRANSLATE_NOOP("core", "Learning rate"),
            Unit.RATE,
            axis=Axis.LEARNING_RATE,
            is_required=True,
        ),
        Metric(
            "elapsed_s",
            QT_TRANSLATE_NOOP("core", "Time"),
            QT_TRANSLATE_NOOP("core", "Time"),
            Unit.SECONDS,
            Direction.LOWER,
            is_required=True,
        ),
        Metric(
            "images_per_s",
            QT_TRANSLATE_NOOP("core", "Images/s"),
            QT_TRANSLATE_NOOP("core", "Images/s"),
            Unit.PER_SECOND,
            Direction.HIGHER,
            is_required=True,
        ),
    ),
)


def metric(name: str) -> Metric:
    """The row of a metric; one that says no more than the name where there is none."""
    return METRICS[name] if name in METRICS else Metric(name, name, name)
