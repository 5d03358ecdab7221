"""Says that something is being read, how far it is, and lets a person cancel it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.basics import IconButton, IconLabel, label

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

    def show_progress(self, done: int, total: int) -> None:
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        self.numbers.setText(
            self.tr("{done} of {total}").format(
                done=formats.count(done), total=formats.count(total)
            )
        )

    def _build_slim(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.GRID * 2)
        layout.addWidget(self.title)
        layout.addWidget(self.bar, 1)
        layout.addWidget(self.numbers)
        layout.addWidget(self.cancel_button)

    def _build_large(self) -> None:
        center = Qt.AlignmentFlag.AlignHCenter
        self.bar.setFixedWidth(BAR_PX)
        layout = QVBoxLayout(self)
        layout.setSpacing(theme.GRID * 2)
        layout.addStretch(2)
        layout.addWidget(IconLabel("open", 48, "text_faint"), alignment=center)
        layout.addWidget(self.title, alignment=center)
        layout.addWidget(self.bar, alignment=center)
        layout.addWidget(self.numbers, alignment=center)
        layout.addWidget(self.cancel_button, alignment=center)
        layout.addStretch(3)
