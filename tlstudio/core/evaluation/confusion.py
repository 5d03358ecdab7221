"""The confusion matrix of predictions: which classes are taken for which."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tlstudio.core.runs.predictions import PredictionRecord


@dataclass(frozen=True, slots=True)
class ConfusedPair:
    """Images of one class that were taken for another one: class indices and how many."""

    true: int
    predicted: int
    count: int


@dataclass(frozen=True, eq=False)
class ConfusionMatrix:
    """Counts of images.

    Attributes:
        classes: their names.
        counts: ``counts[true, predicted]`` by class index, int64.
    """

    classes: tuple[str, ...]
    counts: np.ndarray[Any, Any]

    @classmethod
    def of(cls, predictions: Iterable[PredictionRecord], classes: Sequence[str]) -> ConfusionMatrix:
        """Count the predictions whose true class is known."""
        pairs = [(p.target, p.predicted) for p in predictions if p.target is not None]
        counts = np.zeros((len(classes), len(classes)), np.int64)
        if pairs:
            rows = np.array(pairs)
            np.add.at(counts, (rows[:, 0], rows[:, 1]), 1)
        return cls(tuple(classes), counts)

    def most_confused(self, number: int) -> tuple[ConfusedPair, ...]:
        """The pairs with the most images, most of them first; the first class first of equals."""
        errors = self.counts.copy()
        np.fill_diagonal(errors, 0)
        flat = errors.ravel()
        best = np.argsort(-flat, kind="stable")[:number]
        size = len(errors)
        return tuple(ConfusedPair(*divmod(int(i), size), int(flat[i])) for i in best if flat[i])

    def order_by_confusion(self) -> tuple[int, ...]:
        """Class indices with classes that are confused with each other side by side."""
        size = len(self.counts)
        totals = np.maximum(self.counts.sum(axis=1, keepdims=True), 1)
        likeness = self.counts / totals
        likeness = likeness + likeness.T
        np.fill_diagonal(likeness, -1.0)
        if size < 2:
            return tuple(range(size))
        left = np.ones(size, bool)
        first = int(np.argmax(likeness.max(axis=1)))
        order = [first]
        left[first] = False
        while left.any():
            row = np.where(left, likeness[order[-1]], -2.0)
            nearest = int(np.argmax(row))
            order.append(nearest)
            left[nearest] = False
        return tuple(order)
