"""Temperature scaling as values: probabilities made softer or sharper, the same answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from tlstudio.core.notes import Note
from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.core.texts import QT_TRANSLATE_NOOP

_COLDEST, _HOTTEST = 1e-6, 1e6
_LOWER = QT_TRANSLATE_NOOP(
    "core",
    "Temperature {temperature}: the calibration error goes from {before} % to {after} % on images "
    "that the temperature was not fitted on.",
)
_NO_LOWER = QT_TRANSLATE_NOOP(
    "core",
    "Temperature {temperature} does not help: the calibration error goes from {before} % to "
    "{after} % on images that it was not fitted on.",
)


@dataclass(frozen=True, slots=True)
class Calibration:
    """A temperature, and what it is good for.

    Attributes:
        temperature: that the logits are to be divided by, in place of the present one.
        images: that it was fitted on.
        ece_before, ece_after: expected calibration error; `ece_after` is honest: each half of the
            images with the temperature of the other half.
        log_loss_before, log_loss_after: likewise.
    """

    temperature: float
    images: int
    ece_before: float
    ece_after: float
    log_loss_before: float
    log_loss_after: float

    @property
    def helps(self) -> bool:
        """Whether both measures fall on images that it was not fitted on."""
        is_closer = self.ece_after < self.ece_before
        return is_closer and self.log_loss_after < self.log_loss_before

    @property
    def verdict(self) -> Note:
        """What it is good for, in a sentence."""
        return Note(
            _LOWER if self.helps else _NO_LOWER,
            {
                "temperature": f"{self.temperature:.2f}",
                "before": f"{100 * self.ece_before:.1f}",
                "after": f"{100 * self.ece_after:.1f}",
            },
        )


def temperature_of(value: object) -> float:
    """Read a temperature from a file; 1 where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 1.0
    return float(value) if _COLDEST <= value <= _HOTTEST else 1.0


def tempered(
    predictions: Iterable[PredictionRecord], factor: float
) -> tuple[PredictionRecord, ...]:
    """The predictions as they are at a temperature `factor` times as high."""
    if factor == 1:
        return tuple(predictions)
    return tuple(
        replace(row, probabilities=_softened(row.probabilities, factor)) for row in predictions
    )


def _softened(probabilities: tuple[float, ...], factor: float) -> tuple[float, ...]:
    import numpy as np  # not before it is needed: the window is painted without it

    with np.errstate(divide="ignore"):  # what is impossible stays so
        logits = np.log(np.array(probabilities)) / factor
    weights = np.exp(logits - logits.max())
    softened: list[float] = (weights / weights.sum()).tolist()
    return tuple(softened)
