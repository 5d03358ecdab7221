"""Answers as a table that spreadsheets open as it is meant."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tlstudio.core.data.dataset import ExcludedFile
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.core.use.pictures import time_of

BYTE_ORDER_MARK = "\ufeff"  # without it Excel takes UTF-8 for the code of its own country

# What a spreadsheet takes for the start of a formula, in full-width letters as well. A path
# or the name of a class may begin so, and a formula can open programs and send what it reads.
_FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")


class _Row(NamedTuple):
    """An answer, or the reason why there is none."""

    image: ImageRef
    answer: PredictionRecord | None
    reason: str


@dataclass(frozen=True, slots=True)
class _Column:
    """A column: its title, and what stands in a row that is answered."""

    title: str
    value: Callable[[PredictionRecord], str]


def answers_csv(
    records: Iterable[PredictionRecord],
    classes: Sequence[str],
    excluded: Iterable[ExcludedFile] = (),
) -> str:
    """A line for each image: path, answer, its probability, and the probability of each class.

    Columns that say something only of some answers are there where there are such: the time of a
    frame, "none of these" with the distance to the training images, the true class, and the reason
    why a file could not be read.
    """
    rows = [_Row(record.image, record, "") for record in records]
    rows += [_Row(file.image, None, file.reason) for file in excluded]
    answers = [row.answer for row in rows if row.answer is not None]
    columns = list(_columns(answers, classes))
    is_timed = any(time_of(row.image) is not None for row in rows)
    has_reasons = any(row.reason for row in rows)
    text = io.StringIO()
    text.write(BYTE_ORDER_MARK)
    writer = csv.writer(text, lineterminator="\n")

    def write(start: str, time: str, middle: Iterable[str], reason: str) -> None:
        times, reasons = [time] * is_timed, [reason] * has_reasons
        writer.writerow(map(plain_cell, (start, *times, *middle, *reasons)))

    write("path", "time_s", (column.title for column in columns), "problem")
    for row in rows:
        time = time_of(row.image)
        told = "" if time is None else f"{time:.3f}"
        answer = row.answer
        cells = ("" if answer is None else column.value(answer) for column in columns)
        write(str(row.image), told, cells, row.reason)
    return text.getvalue()


def plain_cell(text: str) -> str:
    """`text` so that no spreadsheet takes it for a formula: an apostrophe before what looks so."""
    is_formula = text.lstrip(" \u00a0").startswith(_FORMULA_STARTS)
    return f"'{text}" if is_formula else text


def _columns(answers: Sequence[PredictionRecord], classes: Sequence[str]) -> Iterable[_Column]:
    yield _Column("predicted", lambda answer: classes[answer.predicted])
    yield _Column("probability", lambda answer: f"{answer.confidence:.6f}")
    if any(answer.novelty is not None for answer in answers):
        yield _Column("none_of_these", lambda answer: _yes(not answer.is_known))
        yield _Column("distance", _distance)
    if any(answer.target is not None for answer in answers):
        yield _Column("true", lambda a: "" if a.target is None else classes[a.target])
        yield _Column("right", lambda a: "" if a.is_right is None else _yes(a.is_right))
    for number, name in enumerate(classes):
        yield _Column(name, lambda answer, at=number: f"{answer.probabilities[at]:.6f}")  # type: ignore[misc]


def _distance(answer: PredictionRecord) -> str:
    return "" if answer.novelty is None else f"{answer.novelty.distance:.6f}"


def _yes(value: bool) -> str:
    return "yes" if value else "no"
