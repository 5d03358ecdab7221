"""A slider with its title and its value; the arrow keys move it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSlider, QWidget

from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import label
from tlstudio.gui.kit.layout import hstack, vstack


class ValueSlider(QWidget):
    """Chooses one of some values, which lie equally far apart on it.

    Args:
        title: above it, at the left; the value is at the right.
        values: in their order.
        text: how a value is written.

    Signals:
        changed(object): a person chose another value; told while they drag.
    """

    changed = Signal(object)

    def __init__(
        self,
        title: str,
        values: Sequence[float],
        text: Callable[[float], str] = "{:g}".format,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._values, self._text, self._title = tuple(values), text, title
        self._number = label("", "number")
        self._number.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setPageStep(max(1, len(self._values) // 8))
        self.slider.setRange(0, len(self._values) - 1)
        self.slider.setCursor(Qt.CursorShape.PointingHandCursor)
        bottom = Qt.AlignmentFlag.AlignBottom
        head = hstack((label(title, wrap=True), 1, bottom), self._number, spacing=theme.GRID)
        vstack(head, self.slider, spacing=theme.GRID // 2, parent=self)
        self.slider.valueChanged.connect(self._on_changed)
        self._show()

    @property
    def value(self) -> float:
        return self._values[self.slider.value()]

    def set_value(self, value: float) -> None:
        """Show the value nearest to this one; nothing is emitted."""
        nearest = min(range(len(self._values)), key=lambda at: abs(self._values[at] - value))
        blocked = self.slider.blockSignals(True)
        self.slider.setValue(nearest)
        self.slider.blockSignals(blocked)
        self._show()

    def set_values(self, values: Sequence[float]) -> None:
        """Offer other values; the nearest one to the present is chosen, and nothing is emitted."""
        value, self._values = self.value, tuple(values)
        blocked = self.slider.blockSignals(True)
        self.slider.setRange(0, len(self._values) - 1)
        self.slider.blockSignals(blocked)
        self.set_value(value)

    def _on_changed(self) -> None:
        self._show()
        self.changed.emit(self.value)

    def _show(self) -> None:
        text = self._text(self.value)
        self._number.setText(text)
        self.slider.setAccessibleName(self._title)
        self.slider.setAccessibleDescription(text)
