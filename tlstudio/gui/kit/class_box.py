"""A choice of a class among any number of them, found by typing a part of its name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QEvent, QObject, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QCompleter, QLineEdit, QWidget

from tlstudio.gui.kit.basics import plain_tip
from tlstudio.gui.kit.long_list import LongList
from tlstudio.gui.kit.table import Index

NEEDS_SEARCH = 20  # classes; fewer are seen at a glance


class _Choices(QAbstractListModel):
    """Row 0 stands for all classes, row n for class n - 1.

    Args:
        everything: the title of row 0.
        one: the title of another row, with the class as ``{name}``.
    """

    def __init__(self, everything: str, one: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._everything, self._one = everything, one
        self.classes: tuple[str, ...] = ()

    def set_classes(self, classes: Sequence[str]) -> None:
        self.beginResetModel()
        self.classes = tuple(classes)
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.classes) + 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or role not in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.EditRole,
        ):
            return None
        row = index.row()
        return self._one.format(name=self.classes[row - 1]) if row else self._everything


class ClassBox(QComboBox):
    """All classes, or one of them. With many classes a part of a name may be typed."""

    def __init__(self, name: str, everything: str, one: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices = _Choices(everything, one, self)
        self.setAccessibleName(name)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(5)
        self.currentTextChanged.connect(lambda text: self.setToolTip(plain_tip(text)))
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setView(LongList())
        self.setModel(self._choices)

    @property
    def class_index(self) -> int | None:
        """A class index; None for all."""
        return self.currentIndex() - 1 if self.currentIndex() > 0 else None

    def set_class_index(self, index: int | None) -> None:
        self.setCurrentIndex(0 if index is None else index + 1)

    def set_classes(self, classes: Sequence[str]) -> None:
        """The classes to choose from; the choice starts anew if they are others. Emits nothing."""
        if self._choices.classes == tuple(classes) and self.currentIndex() >= 0:
            return
        self.blockSignals(True)
        self._choices.set_classes(classes)
        self._make_searchable(len(classes) > NEEDS_SEARCH)
        self.setCurrentIndex(0)
        self.blockSignals(False)

    def _make_searchable(self, searchable: bool) -> None:
        if searchable == self.isEditable():
            return
        self.setEditable(searchable)
        if searchable:
            completer = QCompleter(self._choices, self)
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
            completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            popup = LongList()
            popup.setTextElideMode(Qt.TextElideMode.ElideMiddle)
            popup.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            completer.setPopup(popup)
            self.setCompleter(completer)
            field = self.lineEdit()
            assert field is not None
            field.installEventFilter(self)
            field.editingFinished.connect(self._show_chosen)

    def _show_chosen(self) -> None:
        """What was typed and is no class gives way to the class that is chosen."""
        self.setEditText(self.itemText(self.currentIndex()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn and isinstance(watched, QLineEdit):
            watched.selectAll()
        return super().eventFilter(watched, event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()
