"""The history of a run: its metrics, epoch by epoch."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tlstudio.core.runs.metrics import METRICS, Metric, metric

MAX_NAME = 100  # characters of a metric's name


@dataclass(frozen=True, slots=True)
class EpochRecord:
    """An epoch and its metrics. Accuracies are fractions 0..1.

    Attributes:
        epoch: counts from 1.
        metrics: values by the names of `METRICS`, or by any other name. A name that is missing was
            not measured: those of validation are where there are no validation images.
    """

    epoch: int
    metrics: Mapping[str, float]

    @property
    def train_loss(self) -> float:
        """Mean cross entropy over the samples of the epoch, as they were trained on."""
        return self.metrics["train_loss"]

    @property
    def train_accuracy(self) -> float:
        return self.metrics["train_accuracy"]

    @property
    def val_loss(self) -> float | None:
        """Mean cross entropy over the validation samples; None without any."""
        return self.metrics.get("val_loss")

    @property
    def val_accuracy(self) -> float | None:
        return self.metrics.get("val_accuracy")

    @property
    def learning_rate(self) -> float:
        """The rate in force during the epoch."""
        return self.metrics["learning_rate"]

    @property
    def elapsed_s(self) -> float:
        """Wall seconds of the epoch, validation included, pauses not."""
        return self.metrics["elapsed_s"]

    @property
    def images_per_s(self) -> float:
        """Training images per second while it trained."""
        return self.metrics["images_per_s"]

    def to_dict(self) -> dict[str, float | int | None]:
        """The epoch and its metrics side by side; those of the table that are missing are None."""
        known = {row.name: self.metrics.get(row.name) for row in METRICS}
        return {"epoch": self.epoch, **known, **self.metrics}

    @classmethod
    def from_dict(cls, values: object) -> EpochRecord:
        """The inverse of `to_dict`, whatever version of the studio wrote it.

        Raises:
            ValueError: it is not an epoch: a required metric is missing, or a value is no number.
        """
        if not isinstance(values, Mapping) or type(values.get("epoch")) is not int:
            raise ValueError("an epoch without its number")
        metrics = {}
        for name, value in values.items():
            if name == "epoch" or value is None:
                continue
            if not isinstance(name, str) or len(name) > MAX_NAME or not _is_number(value):
                raise ValueError(f"{name!r:.120} is no metric with a number")
            metrics[name] = value
        if missing := [row.name for row in METRICS if row.is_required and row.name not in metrics]:
            raise ValueError(f"an epoch without {', '.join(missing)}")
        return cls(values["epoch"], metrics)


@dataclass(frozen=True, slots=True)
class History:
    """The epochs of one run, in order."""

    epochs: tuple[EpochRecord, ...] = ()

    def with_epoch(self, record: EpochRecord) -> History:
        return History((*self.epochs, record))

    @property
    def best(self) -> EpochRecord | None:
        """The first epoch with the highest validation accuracy (training accuracy without one)."""
        return max(self.epochs, key=selection_accuracy, default=None)

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """The rows of the table, and after them the metrics of these epochs that have no row."""
        names = dict.fromkeys(name for record in self.epochs for name in record.metrics)
        return (*METRICS, *(metric(name) for name in names if name not in METRICS))

    def to_dicts(self) -> list[dict[str, float | int | None]]:
        return [record.to_dict() for record in self.epochs]

    @classmethod
    def from_dicts(cls, rows: object) -> History:
        """The inverse of `to_dicts`; raises ValueError where it is no list of epochs."""
        if not isinstance(rows, Sequence):
            raise ValueError("a history that is no list")
        return cls(tuple(map(EpochRecord.from_dict, rows)))

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: object) -> Any:
        """Store a history in records as what `to_dicts` returns."""
        from pydantic_core import core_schema

        return core_schema.no_info_plain_validator_function(
            lambda value: value if isinstance(value, cls) else cls.from_dicts(value),
            serialization=core_schema.plain_serializer_function_ser_schema(cls.to_dicts),
        )

    def to_csv(self) -> str:
        """A header line and one line per epoch."""
        text = io.StringIO()
        columns = ["epoch", *(row.name for row in self.metrics)]
        writer = csv.DictWriter(text, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.to_dicts())
        return text.getvalue()


def selection_accuracy(record: EpochRecord) -> float:
    """The accuracy by which the best epoch is chosen."""
    return record.train_accuracy if record.val_accuracy is None else record.val_accuracy


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # an integer beyond all floats
        return False
