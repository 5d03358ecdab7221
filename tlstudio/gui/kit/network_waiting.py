"""Stands where something of the chosen network will be shown, or says why it cannot be."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QProgressBar, QWidget

from tlstudio.core.errors import TLStudioError
from tlstudio.gui.kit.basics import IconButton, label
from tlstudio.gui.kit.language import error_text
from tlstudio.gui.kit.layout import Stretch, vstack

BAR_PX = 160


class NetworkWaiting(QWidget):
    """A sentence in the middle, with a bar that moves or a button to try again.

    Signals:
        retried(): a person wants another try.
    """

    retried = Signal()

    def __init__(
        self, loading: str, building: str, try_again: str = "", parent: QWidget | None = None
    ) -> None:
        """The texts while the library is loaded and while the network is built, and of the button.

        Without the last there is no button.
        """
        super().__init__(parent)
        self._loading = loading
        self._building = building
        self.text = label("", "hint", wrap=True)
        self.text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.busy = QProgressBar(minimum=0, maximum=0)
        self.busy.setMaximumWidth(BAR_PX)
        self.retry = IconButton(try_again, "reload")
        self.retry.clicked.connect(self.retried)
        center = Qt.AlignmentFlag.AlignHCenter
        vstack(
            Stretch(2),
            self.text,
            (self.busy, center),
            (self.retry, center),
            Stretch(3),
            margins=None,
            parent=self,
        )
        self.show_state(is_ready=False, failure=None)

    def show_state(self, *, is_ready: bool, failure: TLStudioError | None) -> None:
        """Show what is being waited for: the library until it `is_ready`, then the network."""
        if failure is not None:
            self.text.setText(error_text(failure))
        else:
            self.text.setText(self._building if is_ready else self._loading)
        self.busy.setVisible(failure is None)
        self.retry.setVisible(failure is not None and bool(self.retry.text()))
