"""Weights from the Hugging Face hub, into the classifier in hand."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QDialog, QLineEdit, QWidget

from tlstudio.core.errors import TLStudioError
from tlstudio.core.hub import Pulled, repository_id
from tlstudio.gui.features.export.parts import Outcome, Progress
from tlstudio.gui.features.export.state import PullState
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import IconButton, label
from tlstudio.gui.kit.layout import Stretch, fit_to_screen, hstack, vstack
from tlstudio.gui.state.loading import LoadingState
from tlstudio.gui.state.session import Session

WIDTH_PX, HEIGHT_PX, SIDE_PX = 520, 320, 24


def open_pull(session: Session, widget: QWidget) -> PullDialog:
    """Show the dialog over the window of `widget`; there is one for each window."""
    window = widget.window()
    dialog = window.findChild(PullDialog) or PullDialog(session, window)
    dialog.show()
    dialog.raise_()
    dialog.activateWindow()
    return dialog


class PullDialog(QDialog):
    """Asks for a repository; closes once its weights are being loaded."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._state = session.feature(PullState)
        self._problem: TLStudioError | None = None  # of what is typed
        self.setWindowTitle(self.tr("Load from the hub"))
        self.name = QLineEdit()
        self.name.setPlaceholderText(self.tr("OWNER/NAME, or the address of its page"))
        self.name.setAccessibleName(self.tr("Name of the repository"))
        self.progress = Progress(self.tr("Coming from the hub"))
        self.outcome = Outcome()
        self.stop_button = IconButton(self.tr("Stop"), "stop", "quiet", self._state.cancel)
        self.close_button = IconButton(self.tr("Close"), clicked=self.close)
        self.go_button = IconButton(self.tr("Load"), "download", "primary", self._on_go)
        vstack(
            label(self.tr("Load from the hub"), "title"),
            label(
                self.tr(
                    "Weights that you or others pushed to the Hugging Face hub. They are read as "
                    "any stranger's file: no code in them is run."
                ),
                "hint",
                wrap=True,
            ),
            theme.GRID // 2,
            label(self.tr("Name of the repository"), "section"),
            self.name,
            self.progress,
            self.outcome,
            Stretch(),
            hstack(
                Stretch(), self.stop_button, self.close_button, self.go_button, spacing=theme.GRID
            ),
            spacing=theme.GRID,
            margins=(SIDE_PX, SIDE_PX, SIDE_PX, 2 * theme.GRID),
            parent=self,
        )
        for button in self.findChildren(IconButton):
            button.setAutoDefault(False)
        fit_to_screen(self, QSize(WIDTH_PX, HEIGHT_PX))
        self.name.textEdited.connect(self._on_typed)
        self.name.returnPressed.connect(self._on_go)
        self._state.changed.connect(self._refresh)
        self._state.pulled.connect(self._on_pulled)
        session.run.status_changed.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        state = self._state
        can_load = self._session.network.is_ready and not self._session.run.active
        self.name.setEnabled(not state.active)
        has_name = bool(self.name.text().strip())
        self.go_button.setEnabled(has_name and can_load and not state.active)
        self.stop_button.setVisible(state.active)
        self.stop_button.setEnabled(not state.stopping)
        self.progress.show_transfer(state.progress, is_active=state.active)
        error = self._problem or state.error
        if error is not None and not state.active:
            self.outcome.show_error(error)
        else:
            self.outcome.clear()

    def _on_typed(self) -> None:
        self._problem = None
        self._refresh()

    def _on_go(self) -> None:
        if not self.go_button.isEnabled():
            return
        try:
            name = repository_id(self.name.text(), needs_owner=True)
        except TLStudioError as error:
            self._problem = error
            self._refresh()
            return
        self._state.pull(name)

    def _on_pulled(self, pulled: Pulled) -> None:
        self._session.feature(LoadingState).open(pulled.path)
        self.close()
