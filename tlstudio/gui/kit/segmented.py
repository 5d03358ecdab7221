"""A row of buttons of which one is down."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QToolButton, QWidget

from tlstudio.gui.kit import accessible
from tlstudio.gui.kit.basics import no_mnemonic
from tlstudio.gui.kit.layout import hstack


class Segmented(QWidget):
    """A choice between a few values that are all in sight.

    Signals:
        chosen(object): a person chose another value.
    """

    chosen = Signal(object)

    spoken_as = accessible.Role.Grouping

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._values: tuple[object, ...] = ()
        self._group = QButtonGroup(self)
        self._group.buttonClicked.connect(self._on_button_clicked)
        self._layout = hstack(spacing=2, parent=self)

    @property
    def value(self) -> object:
        """The chosen value; None while there is nothing to choose from."""
        number = self._group.checkedId()
        return self._values[number] if 0 <= number < len(self._values) else None

    def set_options(self, options: Sequence[tuple[object, str]]) -> None:
        """The values and their titles; the choice stays if its value is still there."""
        chosen = self.value
        values = tuple(value for value, _ in options)
        if values != self._values:
            self._rebuild(values)
        for number, (value, title) in enumerate(options):
            button = self._group.button(number)
            button.setText(no_mnemonic(title))
            if value == chosen:
                button.setChecked(True)
        if self.value is None and options:
            self._group.button(0).setChecked(True)

    def set_value(self, value: object) -> None:
        """Show another choice, without `chosen`."""
        if value in self._values:
            self._group.button(self._values.index(value)).setChecked(True)

    def buttons(self) -> list[QAbstractButton]:
        return self._group.buttons()

    def _rebuild(self, values: tuple[object, ...]) -> None:
        for button in self._group.buttons():
            self._group.removeButton(button)
            self._layout.removeWidget(button)
            button.hide()  # it is deleted by the event loop, which may paint before
            button.deleteLater()
        self._values = values
        before: QWidget = self
        for number in range(len(values)):
            button = QToolButton()
            button.setCheckable(True)
            button.setProperty("role", "segment")
            button.setCursor(Qt.CursorShape.PointingHandCursor)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self._group.addButton(button, number)
            self._layout.addWidget(button)
            QWidget.setTabOrder(before, button)  # after whatever stands before, not at the end
            before = button

    def _on_button_clicked(self, button: QAbstractButton) -> None:
        self.chosen.emit(self.value)
