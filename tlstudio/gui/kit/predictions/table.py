"""Predictions as rows: the file, what is said of it, how sure that is, and what is true."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.gui.kit import formats, icons
from tlstudio.gui.kit.predictions.items import novelty_text
from tlstudio.gui.kit.table import Column, RowTable, TableModel

_NUMBER_PX, _LEAST_PX = 84, 96
_FIRST = 3  # columns that are always shown


class PredictionTable(RowTable):
    """A click on a title sorts by it, a second one the other way; a third as it was given.

    Signals:
        opened(int): a person wants to look at this row.
        current_changed(int): another row is chosen.
        sorting_changed(): another order is wanted; `set_records` gives it.
    """

    opened = Signal(int)
    current_changed = Signal(int)
    sorting_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        self.source: TableModel[PredictionRecord] = TableModel(identity=lambda row: row.image)
        super().__init__(self.source, parent)
        self.source.setParent(self)
        self._classes: tuple[str, ...] = ()
        self._facts = (False, False)  # whether truth and novelty are shown
        self._sorted_by: int | None = None
        self._falls = False
        self.setAccessibleName(self.tr("Predictions"))
        self.setSelectionMode(RowTable.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.horizontalHeader()
        header.setSectionsClickable(True)
        header.sectionClicked.connect(self._on_title_clicked)
        self.selectionModel().currentRowChanged.connect(self._on_row_changed)
        self._set_columns()

    def set_classes(self, classes: Sequence[str]) -> None:
        self._classes = tuple(classes)

    def set_records(self, records: Sequence[PredictionRecord]) -> Sequence[PredictionRecord]:
        """Show these; returns them in the order of the rows."""
        facts = (
            any(record.target is not None for record in records),
            any(record.novelty is not None for record in records),
        )
        if facts != self._facts:
            self._facts = facts
            self._set_columns()
        records = self._in_order(records)
        self.blockSignals(True)
        self.source.set_rows(records, grows=True)
        self.blockSignals(False)
        return records

    def set_current(self, row: int) -> None:
        """Mark a row, and bring it into sight; emits nothing."""
        index = self.source.index(row, 0)
        if row == self.currentIndex().row() or not index.isValid():
            return
        self.blockSignals(True)
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        self.blockSignals(False)
        self.scrollTo(index)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        row = self.rowAt(event.position().toPoint().y())
        if event.button() == Qt.MouseButton.LeftButton and row >= 0:
            self.opened.emit(row)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
        if is_enter and self.currentIndex().isValid():
            self.opened.emit(self.currentIndex().row())
        else:
            super().keyPressEvent(event)

    def _in_order(self, records: Sequence[PredictionRecord]) -> Sequence[PredictionRecord]:
        """Sorted here and not by a proxy, which would call back for each of many comparisons."""
        if self._sorted_by is None:
            return records
        column = self.source.columns[self._sorted_by]
        keyed = [(column.sort_key(record), record) for record in records]
        known = [pair for pair in keyed if pair[0] is not None]
        known.sort(key=lambda pair: pair[0], reverse=self._falls)
        unknown = [record for key, record in keyed if key is None]
        return (*(record for _, record in known), *unknown)

    def _on_title_clicked(self, section: int) -> None:
        if section != self._sorted_by:
            column = self.source.columns[section]
            self._sorted_by, self._falls = section, column.is_number
        elif self._falls == self.source.columns[section].is_number:
            self._falls = not self._falls
        else:
            self._sorted_by = None
        self._show_sorting()
        self.sorting_changed.emit()

    def _show_sorting(self) -> None:
        header = self.horizontalHeader()
        header.setSortIndicatorShown(self._sorted_by is not None)
        order = Qt.SortOrder.DescendingOrder if self._falls else Qt.SortOrder.AscendingOrder
        header.setSortIndicator(-1 if self._sorted_by is None else self._sorted_by, order)

    def _on_row_changed(self, current: QModelIndex) -> None:
        if current.isValid():
            self.current_changed.emit(current.row())

    def _set_columns(self) -> None:
        """The columns that have something to say; the order starts anew."""
        self._sorted_by = None
        self.source.set_columns(tuple(self._columns(*self._facts)))
        self._show_sorting()
        self._fit()

    def _columns(self, has_truth: bool, has_novelty: bool) -> Iterable[Column[PredictionRecord]]:
        yield Column(self.tr("File"), lambda row: row.image.name, tip=lambda row: str(row.image))
        yield Column(
            self.tr("Answer"), self._answer, icon=_mark, tip=novelty_text, token=_answer_token
        )
        yield Column(
            self.tr("Sure"),
            lambda row: formats.percent(row.confidence),
            self.tr("The probability of the answer"),
            is_number=True,
            key=lambda row: row.confidence,
            explained_by="confidence",
        )
        if has_truth:
            yield Column(self.tr("True class"), self._truth, key=self._truth_key)
        yield Column(self.tr("Second"), self._second)
        if has_novelty:
            yield Column(
                self.tr("Distance"),
                lambda row: "" if row.novelty is None else f"{row.novelty.distance:.3f}",
                self.tr("How far it is from the training images"),
                is_number=True,
                key=lambda row: None if row.novelty is None else row.novelty.distance,
                explained_by="none-of-these",
            )
        yield Column(self.tr("Folder"), _folder, tip=_folder)

    def _answer(self, row: PredictionRecord) -> str:
        return self._classes[row.predicted] if row.is_known else self.tr("None of these")

    def _truth(self, row: PredictionRecord) -> str:
        return "" if row.target is None else self._classes[row.target]

    def _truth_key(self, row: PredictionRecord) -> str | None:
        return self._truth(row).casefold() or None

    def _second(self, row: PredictionRecord) -> str:
        top = row.top(2)
        if len(top) < 2:
            return ""
        index, probability = top[1]
        return f"{self._classes[index]} {formats.percent(probability, 0)}"

    def _fit(self) -> None:
        """Numbers have the room that they need, words share the rest."""
        columns = self.source.columns
        room = self.viewport().width()
        shown = len(columns)
        while shown > _FIRST and _least(columns[:shown]) > room:
            shown -= 1  # the last ones say the least
        words = sum(not column.is_number for column in columns[:shown])
        each = (room - _NUMBER_PX * (shown - words)) // max(1, words)
        for place, column in enumerate(columns):
            self.setColumnHidden(place, place >= shown)
            self.setColumnWidth(place, _NUMBER_PX if column.is_number else each)


def _least(columns: Sequence[Column[PredictionRecord]]) -> int:
    return sum(_NUMBER_PX if column.is_number else _LEAST_PX for column in columns)


def _mark(row: PredictionRecord) -> QIcon | None:
    if row.is_right is None:
        return None
    name = "right" if row.is_right else "wrong"
    return icons.icon(name, name)


def _answer_token(row: PredictionRecord) -> str:
    return "" if row.is_known else "warning"


def _folder(row: PredictionRecord) -> str:
    path = row.image.path
    return path.parent.name if path is not None else row.image.container.id
