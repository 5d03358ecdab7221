"""A drop-down that a passing mouse wheel does not change."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QSizePolicy, QWidget


class ChoiceField(QComboBox):
    """A drop-down for one of a few values, shown by their titles.

    Signals:
        chosen(str): a person chose this value.
    """

    chosen = Signal(str)

    def __init__(
        self, choices: Iterable[tuple[str, str]] = (), parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_choices(choices)
        self.activated.connect(self._on_activated)

    @property
    def value(self) -> str:
        return str(self.currentData() or "")

    def showPopup(self) -> None:
        self.view().setAccessibleName(self.accessibleName())
        super().showPopup()

    def set_choices(self, choices: Iterable[tuple[str, str]]) -> None:
        """Offer these (value, title) pairs; the current value stays."""
        value = self.value
        self.clear()
        for name, title in choices:
            self.addItem(title, name)
        if value:
            self.set_value(value)

    def set_value(self, value: str) -> None:
        """Show `value`, even if it is none of the choices; nothing is emitted."""
        position = self.findData(value)
        if position < 0:
            self.addItem(value, value)
            position = self.count() - 1
        self.setCurrentIndex(position)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def _on_activated(self, position: int) -> None:
        self.chosen.emit(str(self.itemData(position)))
