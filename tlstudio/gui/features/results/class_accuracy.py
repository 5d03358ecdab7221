"""The list of accuracies per class; a click shows only that class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListView, QWidget

from tlstudio.gui.kit.bar_list import BAR_ROLE, ROW_PX, BarList, BarRow, Index
from tlstudio.gui.kit.basics import plain_tip


@dataclass(frozen=True, slots=True)
class ClassCount:
    """The number of recognised images of a class, and of all its images."""

    name: str
    right: int
    total: int


class ClassAccuracyModel(QAbstractListModel):
    """A row for each class, in class order."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.counts: tuple[ClassCount, ...] = ()
        self.chosen = -1

    def set_counts(self, counts: Sequence[ClassCount]) -> None:
        """Show these; rows stay where they are if the classes are the same ones."""
        if [count.name for count in counts] == [count.name for count in self.counts]:
            self.counts = tuple(counts)
            self._tell(0, len(self.counts) - 1)
            return
        self.beginResetModel()
        self.counts = tuple(counts)
        self.endResetModel()

    def set_chosen(self, number: int) -> None:
        """Mark a class; -1 for none."""
        changed, self.chosen = {self.chosen, number} - {-1}, number
        for row in changed:
            self._tell(row, row)

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.counts)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        count = self.counts[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return count.name
            case Qt.ItemDataRole.ToolTipRole | Qt.ItemDataRole.AccessibleTextRole:
                text = self.tr("{name}: {right} of {total}").format(
                    name=count.name, right=count.right, total=count.total
                )
                return plain_tip(text) if role == Qt.ItemDataRole.ToolTipRole else text
            case _ if role == BAR_ROLE:
                share = count.right / count.total if count.total else 0.0
                return BarRow(
                    f"{count.right} / {count.total}",
                    (("right", share),),
                    has_track=True,
                    is_chosen=index.row() == self.chosen,
                )
        return None

    def _tell(self, first: int, last: int) -> None:
        if 0 <= first <= last < len(self.counts):
            self.dataChanged.emit(self.index(first), self.index(last))


class ClassAccuracyList(BarList):
    """A row for each class: name, right of total, bar. One of them may be chosen.

    Signals:
        chosen(int): a class index; -1 for all classes.
    """

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        self._rows = ClassAccuracyModel()
        super().__init__(self._rows, parent)
        self._rows.setParent(self)
        self.setSelectionMode(QListView.SelectionMode.NoSelection)  # to choose twice is to let go
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(self.tr("Accuracy of each class"))
        self.clicked.connect(self._choose)

    @property
    def counts(self) -> tuple[ClassCount, ...]:
        return self._rows.counts

    def set_counts(self, counts: Sequence[ClassCount]) -> None:
        """Show these classes, in class order."""
        self._rows.set_counts(counts)
        self.setMaximumHeight(self.sizeHint().height())

    def set_current(self, index: int) -> None:
        """Mark a class as chosen; -1 for none. Emits nothing."""
        self._rows.set_chosen(index)
        if index >= 0:
            self.scrollTo(self._rows.index(index))

    def sizeHint(self) -> QSize:
        return QSize(184, ROW_PX * len(self.counts) + 2 * self.frameWidth())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._choose(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _choose(self, index: QModelIndex) -> None:
        """Choosing the chosen class again shows all."""
        if index.isValid():
            self._rows.set_chosen(-1 if index.row() == self._rows.chosen else index.row())
            self.chosen.emit(self._rows.chosen)
