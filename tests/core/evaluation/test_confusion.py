"""The confusion matrix: its counts, its worst pairs, and an order that shows groups."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from sklearn.metrics import confusion_matrix

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.evaluation.confusion import ConfusedPair, ConfusionMatrix
from tlstudio.core.runs.predictions import PredictionRecord

IMAGE = ImageRef.of_file(Path("a.png"))
NAMES = ("a", "b", "c", "d")


def answer(true: int | None, said: int) -> PredictionRecord:
    return PredictionRecord(IMAGE, tuple(float(i == said) for i in range(4)), true)


def test_it_counts_as_scikit_learn_does() -> None:
    rng = np.random.default_rng(0)
    true, said = rng.integers(0, 3, 200), rng.integers(0, 4, 200)  # no image is of class d
    answers = [answer(int(t), int(s)) for t, s in zip(true, said, strict=True)]
    matrix = ConfusionMatrix.of([*answers, answer(None, 0)], NAMES)
    expected = confusion_matrix(true, said, labels=range(4))
    assert (matrix.counts == expected).all() and matrix.classes == NAMES
    assert not ConfusionMatrix.of((), NAMES).counts.any()


def test_the_worst_pairs_come_first_and_right_answers_are_none() -> None:
    answers = [answer(1, 2)] * 3 + [answer(0, 1)] + [answer(3, 3)] * 9
    matrix = ConfusionMatrix.of(answers, NAMES)
    assert matrix.most_confused(5) == (ConfusedPair(1, 2, 3), ConfusedPair(0, 1, 1))
    assert matrix.most_confused(1) == (ConfusedPair(1, 2, 3),)


def test_classes_that_are_confused_stand_beside_each_other() -> None:
    answers = [answer(0, 2)] * 5 + [answer(1, 3)] * 4 + [answer(i, i) for i in range(4)]
    order = ConfusionMatrix.of(answers, NAMES).order_by_confusion()
    assert sorted(order) == [0, 1, 2, 3]
    assert abs(order.index(0) - order.index(2)) == 1 and abs(order.index(1) - order.index(3)) == 1
