"""Fits the temperature of a classifier on images that it was not trained on.

Temperature scaling (Guo, Pleiss, Sun and Weinberger, ICML 2017) is scikit-learn's.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from tlstudio.core.errors import DatasetError
from tlstudio.core.evaluation.calibration import Calibration, tempered
from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.understanding.scores import scores

FEWEST = 20  # images; one number is fitted, and judged on the other half

_Array = np.ndarray[Any, Any]


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
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.frozen import FrozenEstimator

    least = np.finfo(float).tiny
    logits = np.log(np.clip([row.probabilities for row in predictions], least, None))
    targets = np.array([row.target for row in predictions])
    every = np.arange(len(targets))
    model = CalibratedClassifierCV(
        FrozenEstimator(_as_estimator(logits, targets)),
        method="temperature",
        cv=[(every, every)],
        ensemble=True,
    )
    with warnings.catch_warnings():  # classes may be as many as images
        warnings.filterwarnings("ignore", "The number of unique classes", UserWarning)
        model.fit(logits, targets)
    return 1 / float(model.calibrated_classifiers_[0].calibrators[0].beta_)


def _as_estimator(logits: _Array, targets: _Array) -> Any:
    """What scikit-learn takes for a classifier: its inputs are the logits."""
    from sklearn.base import BaseEstimator, ClassifierMixin

    class Logits(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
        def fit(self, logits: _Array, targets: _Array) -> Logits:
            self.classes_ = np.arange(logits.shape[1])
            return self

        def decision_function(self, logits: _Array) -> _Array:
            """Return the logits; of two classes z as one that stands for (-z, z)."""
            return (logits[:, 1] - logits[:, 0]) / 2 if logits.shape[1] == 2 else logits

    return Logits().fit(logits, targets)


def _halves(
    known: Sequence[PredictionRecord],
) -> tuple[list[PredictionRecord], list[PredictionRecord]]:
    """Every second image of each class in turn: validation images lie class by class."""
    ordered = sorted(known, key=lambda row: row.target or 0)
    return ordered[::2], ordered[1::2]
