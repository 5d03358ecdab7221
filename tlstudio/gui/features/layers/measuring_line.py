"""A line that offers to measure something, or shows the progress of measuring."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QProgressBar, QWidget

from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import IconButton, plain_tip
from tlstudio.gui.kit.elided_label import ElidedLabel
from tlstudio.gui.kit.layout import hstack

STEPS = 1000
BAR_PX = 64


class MeasuringLine(QWidget):
    """A sentence with a button behind it.

    Signals:
        measure_requested(), cancel_requested(): by a person.
    """

    measure_requested = Signal()
    cancel_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = ElidedLabel(where=Qt.TextElideMode.ElideRight)
        self.words.setProperty("role", "hint")
        self.measure = IconButton(self.tr("Measure"), "", "weblink", self.measure_requested.emit)
        self.bar = QProgressBar(minimum=0, maximum=STEPS)
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(BAR_PX)
        self.cancel = IconButton(self.tr("Cancel"), "", "weblink", self.cancel_requested.emit)
        hstack(
            (self.words, 1), self.bar, self.measure, self.cancel, spacing=theme.GRID, parent=self
        )

    def offer(self, text: str, *, can_measure: bool, tip: str = "") -> None:
        """Say what is missing; with a button where it can be measured now."""
        self.words.set_text(text, tip)
        self.measure.setVisible(can_measure)
        self.measure.setToolTip(plain_tip(tip))
        self.bar.hide()
        self.cancel.hide()

    def go_on(self, text: str, progress: float) -> None:
        """Say how far it is, 0..1."""
        self.words.set_text(text)
        self.measure.hide()
        self.bar.show()
        self.bar.setValue(round(STEPS * progress))
        self.cancel.show()
