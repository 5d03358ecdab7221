"""A network as a page and a JSON endpoint on this computer."""

from __future__ import annotations

from PySide6.QtCore import QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QLineEdit, QSpinBox, QWidget

from tlstudio.core.serving import PORT
from tlstudio.gui.features.export.parts import Outcome
from tlstudio.gui.features.export.state import ExportState, ServingState
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.basics import IconButton, label
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.state.session import Session

LOWEST_PORT, HIGHEST_PORT = 1024, 65535  # below, the system asks for more rights
COPIED_MS = 2000


class ServingPage(QWidget):
    """Starts and stops the server; it goes on while the dialog is closed."""

    def __init__(self, session: Session, title: str) -> None:
        super().__init__()
        self._exports = session.feature(ExportState)
        self._state = session.feature(ServingState)
        self.port = QSpinBox()
        self.port.setRange(LOWEST_PORT, HIGHEST_PORT)
        self.port.setValue(PORT)
        self.port.setAccessibleName(self.tr("Port"))
        self.port_row = QWidget()
        hstack(
            label(self.tr("Port")), self.port, Stretch(), spacing=2 * theme.GRID,
            parent=self.port_row,
        )  # fmt: skip
        self.served = label("", "section", wrap=True)
        self.address = QLineEdit()
        self.address.setReadOnly(True)
        self.address.setAccessibleName(self.tr("Address"))
        self.open_button = IconButton(self.tr("Open"), "web", "", self._on_open)
        self.copy_button = IconButton("", "copy", "quiet", self._on_copy)
        self.counts = label("", "hint")
        self.running = QWidget()
        vstack(
            self.served,
            hstack((self.address, 1), self.open_button, self.copy_button, spacing=theme.GRID),
            self.counts,
            spacing=theme.GRID,
            parent=self.running,
        )
        self.outcome = Outcome()
        self.go_button = IconButton(self.tr("Start"), "play", "primary", self._on_go)
        self.stop_button = IconButton(self.tr("Stop serving"), "stop", "", self._state.cancel)
        safety = self.tr(
            "Only programs of this computer reach it; pages of other sites are refused. Photos are "
            "kept nowhere."
        )
        vstack(
            label(title, "title"),
            label(safety, "hint", wrap=True),
            theme.GRID // 2,
            self.port_row,
            self.running,
            self.outcome,
            Stretch(),
            spacing=theme.GRID,
            margins=(0, 0, theme.GRID, 0),
            parent=self,
        )
        for button in self.findChildren(IconButton):
            button.setAutoDefault(False)
        self._copied = QTimer(self, singleShot=True, interval=COPIED_MS)
        self._copied.timeout.connect(self._say_copy)
        self._say_copy()
        self._state.changed.connect(self._refresh)
        self._exports.changed.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        state = self._state
        is_up = bool(state.address)
        self.port_row.setVisible(not state.active)
        self.running.setVisible(is_up)
        self.served.setText(self.tr("Serving {name}").format(name=state.title))
        self.address.setText(state.address)
        self.counts.setText(
            self.tr("{answered} photos answered, {refused} requests refused").format(
                answered=formats.count(state.answered), refused=formats.count(state.refused)
            )
        )
        self.go_button.setVisible(not state.active)
        self.go_button.setEnabled(self._exports.subject is not None)
        self.stop_button.setVisible(state.active)
        self.stop_button.setEnabled(not state.stopping)
        if state.error is not None:
            self.outcome.show_error(state.error)
        else:
            self.outcome.clear()

    def _on_go(self) -> None:
        if self._exports.subject is not None:
            self._state.start(self._exports.subject, self.port.value())

    def _on_open(self) -> None:
        QDesktopServices.openUrl(QUrl(self._state.address))

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self._state.address)
        self.copy_button.setText(self.tr("Copied"))
        self._copied.start()

    def _say_copy(self) -> None:
        self.copy_button.setText(self.tr("Copy"))
