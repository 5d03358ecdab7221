"""Predictions as cells of a thumbnail grid, in few words."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import overload

from PySide6.QtCore import QCoreApplication

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.gui.kit import formats
from tlstudio.gui.kit.thumbnail_grid import GridItem, Mark


def mark_of(record: PredictionRecord) -> Mark:
    """Right, wrong, or nothing where the true class is not known."""
    match record.is_right:
        case True:
            return Mark.RIGHT
        case False:
            return Mark.WRONG
        case None:
            return Mark.NONE


def answer_text(record: PredictionRecord, classes: Sequence[str]) -> str:
    """Return the predicted class and its probability, e.g. ``mushroom 93%``, or that it is none."""
    if not record.is_known:
        return QCoreApplication.translate("prediction_items", "None of these")
    return f"{classes[record.predicted]} {formats.percent(record.confidence, 0)}"


def truth_text(record: PredictionRecord, classes: Sequence[str]) -> str:
    """Return the true class of a wrong prediction, e.g. ``is: leaf``; else an empty text."""
    if not record.is_known:
        nearest = f"{classes[record.predicted]} {formats.percent(record.confidence, 0)}"
        text = QCoreApplication.translate("prediction_items", "else: {answer}")
        return text.format(answer=nearest)
    if record.target is None or record.is_right:
        return ""
    return QCoreApplication.translate("prediction_items", "is: {name}").format(
        name=classes[record.target]
    )


def novelty_text(record: PredictionRecord) -> str:
    """Return why an image is none of the classes, or how new it is; empty if that is not known."""
    novelty = record.novelty
    if novelty is None:
        return ""
    nearer = formats.percent(1 - novelty.share, 0)
    text = QCoreApplication.translate(
        "prediction_items", "further from the training images than {percent} of your own photos"
    )
    return text.format(percent=nearer)


class PredictionItems(Sequence[GridItem]):
    """The cells of predictions, each made when it is looked at: there may be many thousands.

    Args:
        note_of: what else is to be said of an image.
    """

    def __init__(
        self,
        records: Sequence[PredictionRecord],
        classes: Sequence[str],
        note_of: Callable[[ImageRef], str] = lambda image: "",
    ) -> None:
        self._records, self._classes, self._note_of = records, classes, note_of
        self._places: dict[ImageRef, int] | None = None
        self.lines = 1 + any(record.is_right is False or not record.is_known for record in records)

    def __len__(self) -> int:
        return len(self._records)

    @overload
    def __getitem__(self, number: int) -> GridItem: ...
    @overload
    def __getitem__(self, number: slice) -> list[GridItem]: ...
    def __getitem__(self, number: int | slice) -> GridItem | list[GridItem]:
        if isinstance(number, slice):
            return [self._item(record) for record in self._records[number]]
        return self._item(self._records[number])

    def places_of(self, images: Sequence[ImageRef]) -> set[int]:
        """The cells of these images, of those that have one."""
        if self._places is None:
            self._places = {record.image: place for place, record in enumerate(self._records)}
        places = self._places
        return {places[image] for image in images if image in places}

    def image_at(self, number: int) -> ImageRef:
        """Return the image of a cell, without making the cell."""
        return self._records[number].image

    def _item(self, record: PredictionRecord) -> GridItem:
        return replace(grid_item(record, self._classes), note=self._note_of(record.image))


def grid_item(record: PredictionRecord, classes: Sequence[str]) -> GridItem:
    return GridItem(
        record.image,
        answer_text(record, classes),
        truth_text(record, classes),
        mark_of(record),
        record,
    )


def spread_sample(records: Sequence[PredictionRecord], count: int) -> tuple[PredictionRecord, ...]:
    """Return `count` records, always the same: classes in turn, spread over each class."""
    by_class: dict[int | None, list[PredictionRecord]] = {}
    for record in records:
        by_class.setdefault(record.target, []).append(record)
    each = math.ceil(count / max(1, len(by_class)))
    picked = [
        [group[i * len(group) // min(each, len(group))] for i in range(min(each, len(group)))]
        for group in by_class.values()
    ]
    turns = itertools.zip_longest(*picked)
    return tuple(r for turn in turns for r in turn if r is not None)[:count]
