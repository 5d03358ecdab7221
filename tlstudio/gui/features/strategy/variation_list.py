"""The ways to vary training images as three rows, each with what it would take."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QRadioButton, QWidget

from tlstudio.core.config.variation import Variation
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import label
from tlstudio.gui.kit.layout import vstack

INDENT_PX = 26  # of the text below a radio button


class VariationRow(QWidget):
    """A radio button, what it means below, and on the right seconds an epoch and in all.

    Args:
        widest: a text as wide as the figures may become, so that nothing moves when they come.
    """

    def __init__(self, title: str, widest: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.button = QRadioButton(title)
        self.meaning = label("", "hint", wrap=True)
        self.meaning.setContentsMargins(INDENT_PX, 0, 0, 0)
        self.epoch = label()
        self.total = label("", "hint")
        right = Qt.AlignmentFlag.AlignRight
        for figure in (self.epoch, self.total):
            figure.setAlignment(right | Qt.AlignmentFlag.AlignTop)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(theme.GRID)
        layout.setVerticalSpacing(2)
        layout.setColumnStretch(0, 1)
        layout.setColumnMinimumWidth(1, self.fontMetrics().horizontalAdvance(widest))
        layout.addWidget(self.button, 0, 0)
        layout.addWidget(self.epoch, 0, 1, right | Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self.meaning, 1, 0)
        layout.addWidget(self.total, 1, 1)

    def set_figures(self, epoch: str, total: str) -> None:
        self.epoch.setText(epoch)
        self.total.setText(total)
        spoken = ", ".join(text for text in (self.meaning.text(), epoch, total) if text)
        self.button.setAccessibleDescription(spoken)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The words are as good as the button."""
        inside = self.rect().contains(event.position().toPoint())
        if inside and event.button() is Qt.MouseButton.LeftButton:
            self.button.click()


class VariationList(QWidget):
    """Three rows of which one is chosen.

    Signals:
        chosen(Variation): a person chose it.
    """

    chosen = Signal(object)

    def __init__(
        self, titles: Iterable[tuple[Variation, str]], widest: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.rows: dict[Variation, VariationRow] = {}
        self._group = QButtonGroup(self)
        layout = vstack(spacing=theme.GRID, parent=self)
        for number, (variation, title) in enumerate(titles):
            row = self.rows[variation] = VariationRow(title, widest)
            self._group.addButton(row.button, number)
            layout.addWidget(row)
        self._group.idClicked.connect(self._on_clicked)

    def set_variation(self, variation: Variation) -> None:
        """Show that it is chosen; nothing is emitted."""
        self.rows[variation].button.setChecked(True)

    def _on_clicked(self, number: int) -> None:
        self.chosen.emit(list(self.rows)[number])
