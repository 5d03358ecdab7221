"""Says that something is being read, how far it is, and lets a person cancel it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QProgressBar, QWidget

from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.basics import IconButton, IconLabel, label
from tlstudio.gui.kit.layout import Stretch, hstack, vstack

BAR_PX = 280


class LoadingView(QWidget):
    """Large and centred, or one slim line.

    Signals:
        cancelled(): a person does not want to wait.
    """

    cancelled = Signal()

    def __init__(self, text: str, *, slim: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = text
        self.title = label(text, "hint" if slim else "title")
        self.bar = QProgressBar()
        self.bar.setRange(0, 0)
        self.bar.setAccessibleName(text)
        self.numbers = label("", "hint")
        self.cancel_button = IconButton(self.tr("Cancel"), "close", "quiet")
        self.cancel_button.clicked.connect(self.cancelled)
        if slim:
            self._build_slim()
        else:
            self._build_large()

    def restart(self) -> None:
        """Nothing is known of its length yet."""
        self.bar.setRange(0, 0)
        self.numbers.setText("")

    def show_silence(self) -> None:
        """It does not answer, perhaps because its drive is gone."""
        self.numbers.setText(
            self.tr(
                "No answer yet. If its drive is not connected, cancel and choose another folder."
            )
        )

    def show_progress(self, done: int, total: int) -> None:
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        self.numbers.setText(
            self.tr("{done} of {total}").format(
                done=formats.count(done), total=formats.count(total)
            )
        )

    def _build_slim(self) -> None:
        hstack(
            self.title,
            (self.bar, 1),
            self.numbers,
            self.cancel_button,
            spacing=theme.GRID * 2,
            parent=self,
        )

    def _build_large(self) -> None:
        center = Qt.AlignmentFlag.AlignHCenter
        self.bar.setFixedWidth(BAR_PX)
        vstack(
            Stretch(2),
            (IconLabel("open", 48, "text_faint"), center),
            (self.title, center),
            (self.bar, center),
            (self.numbers, center),
            (self.cancel_button, center),
            Stretch(3),
            spacing=theme.GRID * 2,
            margins=None,
            parent=self,
        )
