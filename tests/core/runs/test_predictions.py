"""Predictions and the gallery's arrangements."""

from __future__ import annotations

from pathlib import Path

import pytest

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.runs.predictions import (
    GALLERY_ORDER_TITLES,
    GalleryOrder,
    PredictionRecord,
    accuracy,
    arrange,
)


def record(name: str, first: float, target: int | None) -> PredictionRecord:
    return PredictionRecord(ImageRef.of_file(Path(name)), (first, 1 - first), target)


SURE_RIGHT = record("a", 0.9, 0)
UNSURE_RIGHT = record("b", 0.6, 0)
SURE_WRONG = record("c", 0.05, 0)
UNSURE_WRONG = record("d", 0.55, 1)
UNKNOWN = record("e", 0.7, None)
ALL = (UNSURE_RIGHT, SURE_WRONG, SURE_RIGHT, UNKNOWN, UNSURE_WRONG)


def test_a_record_knows_itself() -> None:
    assert (SURE_WRONG.predicted, SURE_WRONG.confidence) == (1, 0.95)
    assert (SURE_RIGHT.is_right, SURE_WRONG.is_right, UNKNOWN.is_right) == (True, False, None)
    assert PredictionRecord(ImageRef.of_file(Path("x")), (0.25, 0.5, 0.25)).top(2) == (
        (1, 0.5),
        (0, 0.25),
    )
    assert PredictionRecord(ImageRef.of_file(Path("x")), (0.5, 0.5)).predicted == 0


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (GalleryOrder.DATASET, ALL),
        (GalleryOrder.MOST_SURE_RIGHT, (SURE_RIGHT, UNSURE_RIGHT)),
        (GalleryOrder.MOST_SURE_WRONG, (SURE_WRONG, UNSURE_WRONG)),
        (GalleryOrder.WRONG, (SURE_WRONG, UNSURE_WRONG)),
        (GalleryOrder.RIGHT, (UNSURE_RIGHT, SURE_RIGHT)),
        (GalleryOrder.LEAST_SURE, (UNSURE_WRONG, UNSURE_RIGHT, UNKNOWN, SURE_RIGHT, SURE_WRONG)),
    ],
)
def test_arrangements(order: GalleryOrder, expected: tuple[PredictionRecord, ...]) -> None:
    assert arrange(ALL, order) == expected
    assert order in GALLERY_ORDER_TITLES


def test_filters() -> None:
    assert arrange(ALL, true_class=1) == (UNSURE_WRONG,)
    assert arrange(ALL, predicted_class=1) == (SURE_WRONG,)
    assert arrange(ALL, GalleryOrder.RIGHT, predicted_class=1) == ()


def test_accuracy_counts_the_known() -> None:
    assert accuracy(ALL) == 0.5
    assert accuracy([UNKNOWN]) is None
