"""What stands in place of a result that is not there yet: why, how far it is, two buttons."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QProgressBar, QPushButton, QWidget

from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import label
from tlstudio.gui.kit.layout import Stretch, vstack

WAITING_PX = 440
BAR_PX = 200


class WaitingPage(QWidget):
    """Words, a bar, and the buttons that begin the work and end it, in the middle.

    What of it is seen when, its owner says.
    """

    def __init__(self, start_button: QPushButton, cancel_button: QPushButton) -> None:
        super().__init__()
        self.words = label("", "hint", wrap=True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.words.setFixedWidth(WAITING_PX)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(BAR_PX)
        center = Qt.AlignmentFlag.AlignHCenter
        vstack(
            Stretch(2),
            (self.words, center),
            (self.bar, center),
            (start_button, center),
            (cancel_button, center),
            Stretch(3),
            spacing=theme.GRID * 2,
            parent=self,
        )
