"""Predictions as cells of a thumbnail grid, in few words."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

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
    """Return the predicted class and its probability, e.g. ``mushroom 93%``."""
    return f"{classes[record.predicted]} {formats.percent(record.confidence, 0)}"


def truth_text(record: PredictionRecord, classes: Sequence[str]) -> str:
    """Return the true class of a wrong prediction, e.g. ``is: leaf``; else an empty text."""
    if record.target is None or record.is_right:
        return ""
    return QCoreApplication.translate("prediction_items", "is: {name}").format(
        name=classes[record.target]
    )


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
