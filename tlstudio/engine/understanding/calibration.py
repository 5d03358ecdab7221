"""Fits the temperature of a classifier on images that it was not trained on.

Temperature scaling: Guo, Pleiss, Sun and Weinberger, ICML 2017.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from tlstudio.core.errors import DatasetError
from tlstudio.core.evaluation.calibration import Calibration, tempered
from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.understanding.scores import scores

FEWEST = 20  # images; one number is fitted, and judged on the other half

_WIDEST = 10.0  # logarithms of temperatures that are looked at, as scikit-learn's
_CLOSE_ENOUGH = 1e-9


def calibrate(
    predictions: Iterable[PredictionRecord], classes: Sequence[str], temperature: float = 1.0
) -> Calibration:
    """Fit the temperature on all of these images, and judge it on halves of them.

    Args:
        predictions: of images that were not trained on; those without a class are left out.
        classes: of the classifier.
        temperature: that these predictions were made with.

    Raises:
        DatasetError: there are too few images.
    """
    known = [row for row in predictions if row.target is not None]
    if len(known) < FEWEST:
        raise DatasetError(
            QT_TRANSLATE_NOOP(
                "core", "{count} images are too few to fit a temperature on: at least {least}."
            ),
            QT_TRANSLATE_NOOP("core", "Use more validation images."),
            count=len(known),
            least=FEWEST,
        )
    halves = _halves(known)
    crossed = [
        row
        for fitted, judged in (halves, halves[::-1])
        for row in tempered(judged, fit_temperature(fitted))
    ]
    before, after = scores(known, classes), scores(crossed, classes)
    return Calibration(
        temperature * fit_temperature(known),
        len(known),
        before.ece or 0.0,
        after.ece or 0.0,
        before.log_loss or 0.0,
        after.log_loss or 0.0,
    )


def fit_temperature(predictions: Sequence[PredictionRecord]) -> float:
    """The temperature that makes the log loss of these predictions least.

    Args:
        predictions: at least one; each with its class.
    """
    least = np.finfo(float).tiny
    logits = np.log(np.clip([row.probabilities for row in predictions], least, None))
    own = np.take_along_axis(logits, np.array([[row.target] for row in predictions]), axis=1)
    low, high = -_WIDEST, _WIDEST
    while high - low > _CLOSE_ENOUGH:  # the slope of a convex loss grows: its zero is halved in
        middle = (low + high) / 2
        shares = np.exp((logits - logits.max(axis=1, keepdims=True)) * np.exp(-middle))
        expected = (shares * logits).sum(axis=1) / shares.sum(axis=1)
        if expected.mean() > own.mean():  # still too sure
            low = middle
        else:
            high = middle
    return float(np.exp((low + high) / 2))


def _halves(
    known: Sequence[PredictionRecord],
) -> tuple[list[PredictionRecord], list[PredictionRecord]]:
    """Every second image of each class in turn: validation images lie class by class."""
    ordered = sorted(known, key=lambda row: row.target or 0)
    return ordered[::2], ordered[1::2]
