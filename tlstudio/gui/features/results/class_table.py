"""The table of classes: how many of each were recognised, and how far its name can be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from tlstudio.core.significance import Interval
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.table import Column, RowTable, SortProxy, TableModel

MARGIN_PX = 28  # beside the words of a column


@dataclass(frozen=True, slots=True)
class Share:
    """A share of images with its interval; `value` is None where there are no images."""

    value: float | None
    interval: Interval | None = None

    @property
    def text(self) -> str:
        return formats.percent(self.value, 0)

    @property
    def words(self) -> str:
        """The share with the interval in which that of many such images would lie."""
        if self.value is None or self.interval is None:
            return formats.NONE
        low, high = (formats.percent(v, 0) for v in (self.interval.low, self.interval.high))
        return f"{formats.percent(self.value)} ({low} – {high})"


@dataclass(frozen=True, slots=True)
class ClassRow:
    """What was measured of a class.

    Attributes:
        index: of the class.
        right: images of the class that were recognised.
        total: images of the class.
        f1: None where there is nothing to go by.
    """

    index: int
    name: str
    right: int
    total: int
    precision: Share
    recall: Share
    f1: float | None


class ClassTable(RowTable):
    """A row for each class, which may be sorted; one of them may be chosen.

    Signals:
        class_chosen(int): a class index; -1 for all classes.
    """

    class_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        self.source: TableModel[ClassRow] = TableModel(self._columns(), lambda row: row.index)
        self.source.has_choice = True
        proxy = SortProxy(self.source)
        super().__init__(proxy, parent)
        proxy.setParent(self)
        self.source.setParent(self)
        self.setSortingEnabled(True)
        self.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        self.setSelectionMode(RowTable.SelectionMode.NoSelection)  # choosing twice lets go
        self.verticalHeader().setDefaultSectionSize(theme.DENSE_ROW_PX)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Accuracy of each class"))
        self.clicked.connect(self._choose)

    @property
    def rows(self) -> tuple[ClassRow, ...]:
        """In class order."""
        return self.source.rows

    def set_rows(self, rows: Sequence[ClassRow]) -> None:
        """Show these classes, given in class order."""
        self.source.set_rows(rows)

    def set_current(self, index: int) -> None:
        """Mark a class as chosen; -1 for none. Emits nothing."""
        self.source.set_chosen(index if index >= 0 else None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._choose(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _columns(self) -> tuple[Column[ClassRow], ...]:
        return (
            Column(self.tr("Class"), lambda row: row.name, tip=lambda row: row.name),
            Column(
                self.tr("Recall"),
                lambda row: row.recall.text,
                self.tr("Of the images of this class, the share that was recognised."),
                is_number=True,
                key=lambda row: row.recall.value,
                tip=lambda row: row.recall.words,
                spoken=lambda row: row.recall.words,
            ),
            Column(
                self.tr("Precision"),
                lambda row: row.precision.text,
                self.tr("Of the images that were taken for this class, the share that is of it."),
                is_number=True,
                key=lambda row: row.precision.value,
                tip=lambda row: row.precision.words,
                spoken=lambda row: row.precision.words,
            ),
            Column(
                self.tr("F1"),
                lambda row: formats.percent(row.f1, 0),
                self.tr("The harmonic mean of precision and recall."),
                is_number=True,
                key=lambda row: row.f1,
            ),
            Column(
                self.tr("n"),
                lambda row: formats.count(row.total),
                self.tr("Images of this class."),
                is_number=True,
                key=lambda row: row.total,
                tip=lambda row: self.tr("{name}: {right} of {total}").format(
                    name=row.name, right=row.right, total=row.total
                ),
            ),
        )

    def _fit(self) -> None:
        """The numbers have the room that their titles need, the names what is left."""
        header, room = self.horizontalHeader(), self.viewport().width()
        header.setMinimumSectionSize(24)
        metrics = header.fontMetrics()
        widest = metrics.horizontalAdvance("100%")
        wide = {
            number: max(widest, metrics.horizontalAdvance(column.title)) + MARGIN_PX
            for number, column in enumerate(self.source.columns)
            if number
        }
        for column, width in wide.items():
            header.resizeSection(column, width)
        header.resizeSection(0, max(64, room - sum(wide.values())))

    def _choose(self, index: QModelIndex) -> None:
        """Choosing the chosen class again shows all."""
        if index.isValid():
            row = self.source.rows[self.model().mapToSource(index).row()]  # type: ignore[attr-defined]
            chosen = None if row.index == self.source.chosen else row.index
            self.source.set_chosen(chosen)
            self.class_chosen.emit(-1 if chosen is None else chosen)
