"""What a run measured, epoch by epoch."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields


@dataclass(frozen=True, slots=True)
class EpochRecord:
    """One epoch. Accuracies are fractions 0..1; `val_*` are None without a validation split.

    Attributes:
        epoch: counts from 1.
        train_loss: mean cross entropy over the samples of the epoch, as they were trained on.
        learning_rate: in force during the epoch.
        elapsed_s: wall seconds of the epoch, validation included, pauses not.
        images_per_s: training images per second of the training phase.
    """

    epoch: int
    train_loss: float
    train_accuracy: float
    val_loss: float | None
    val_accuracy: float | None
    learning_rate: float
    elapsed_s: float
    images_per_s: float


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

    def to_dicts(self) -> list[dict[str, float | int | None]]:
        return [asdict(record) for record in self.epochs]

    @classmethod
    def from_dicts(cls, rows: Iterable[dict[str, object]]) -> History:
        """The inverse of `to_dicts`; raises TypeError where a field is missing or unknown."""
        return cls(tuple(EpochRecord(**row) for row in rows))  # type: ignore[arg-type]

    def to_csv(self) -> str:
        """A header line and one line per epoch."""
        text = io.StringIO()
        writer = csv.DictWriter(text, [f.name for f in fields(EpochRecord)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.to_dicts())
        return text.getvalue()


def selection_accuracy(record: EpochRecord) -> float:
    """The accuracy by which the best epoch is chosen."""
    return record.train_accuracy if record.val_accuracy is None else record.val_accuracy
