"""The table of classes: how many of each were recognised, and how far its name can be trusted."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from tlstudio.core.evaluation.scores import ClassScores
from tlstudio.core.significance import Interval
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.language import core_text
from tlstudio.gui.kit.table import Column, RowTable, SortProxy, TableModel

MARGIN_PX = 28  # beside the words of a column


class ClassTable(RowTable):
    """A row for each class, which may be sorted; one of them may be chosen.

    Signals:
        class_chosen(int): a class index; -1 for all classes.
    """

    class_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        self.source: TableModel[ClassScores] = TableModel(self._columns(), lambda row: row.name)
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
    def rows(self) -> tuple[ClassScores, ...]:
        """In class order."""
        return self.source.rows

    def set_rows(self, rows: Sequence[ClassScores]) -> None:
        """Show these classes, given in class order."""
        self.source.set_rows(rows)

    def set_current(self, index: int) -> None:
        """Mark a class as chosen; -1 for none. Emits nothing."""
        self.source.set_chosen(self.rows[index].name if 0 <= index < len(self.rows) else None)

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

    def _columns(self) -> tuple[Column[ClassScores], ...]:
        def recall(row: ClassScores) -> str:
            return _words(row, "recall", row.recall.value, row.recall.interval)

        def precision(row: ClassScores) -> str:
            return _words(row, "precision", row.precision.value, row.precision.interval)

        def f1(row: ClassScores) -> str:
            return _words(row, "f1", row.f1, row.f1_interval)

        return (
            Column(
                self.tr("Class"),
                lambda row: row.name,
                tip=lambda row: row.name,
                explained_by="class",
            ),
            Column(
                self.tr("Recall"),
                lambda row: formats.percent(row.recall.value, 0),
                self.tr("Of the images of this class, the share that was recognised."),
                is_number=True,
                key=lambda row: row.recall.value,
                tip=recall,
                spoken=recall,
                explained_by="recall",
            ),
            Column(
                self.tr("Precision"),
                lambda row: formats.percent(row.precision.value, 0),
                self.tr("Of the images that were taken for this class, the share that is of it."),
                is_number=True,
                key=lambda row: row.precision.value,
                tip=precision,
                spoken=precision,
                explained_by="precision",
            ),
            Column(
                self.tr("F1"),
                lambda row: formats.percent(row.f1, 0),
                self.tr("The harmonic mean of precision and recall."),
                is_number=True,
                key=lambda row: row.f1,
                tip=f1,
                spoken=f1,
                explained_by="f1",
            ),
            Column(
                self.tr("n"),
                lambda row: formats.count(row.support),
                self.tr("Images of this class."),
                is_number=True,
                key=lambda row: row.support,
                tip=lambda row: self.tr("{name}: {right} of {total}").format(
                    name=row.name, right=row.right, total=row.support
                ),
                explained_by="sample",
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
            place = self.model().mapToSource(index).row()  # type: ignore[attr-defined]
            name = self.rows[place].name
            is_chosen = name == self.source.chosen
            self.source.set_chosen(None if is_chosen else name)
            self.class_chosen.emit(-1 if is_chosen else place)


def _words(row: ClassScores, name: str, value: float | None, interval: Interval | None) -> str:
    """A number with the interval in which that of many such images would lie, or why it is none."""
    if value is None or interval is None:
        return core_text(row.undefined.get(name, ""))
    low, high = (formats.percent(end, 0) for end in (interval.low, interval.high))
    return f"{formats.percent(value)} ({low} – {high})"
