"""Handing a network on to the Hugging Face hub: the login, the name, who may see it."""

from __future__ import annotations

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from tlstudio.core.errors import HubNameTakenError, TLStudioError
from tlstudio.core.hub import TOKENS_PAGE, PushOptions, repository_id, suggested_name
from tlstudio.gui.features.export.parts import Outcome, Progress, Tick
from tlstudio.gui.features.export.state import ExportState, HubState
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import IconButton, label
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.state.session import Session


class HubPage(QWidget):
    """Asks for an access token where there is none, and pushes."""

    def __init__(self, session: Session, title: str) -> None:
        super().__init__()
        self._session = session
        self._exports = session.feature(ExportState)
        self._state = session.feature(HubState)
        self._problem: TLStudioError | None = None  # of what is typed
        self.login = QWidget()
        self.token = QLineEdit()
        self.token.setEchoMode(QLineEdit.EchoMode.Password)
        self.token.setAccessibleName(self.tr("Access token"))
        self.token.setPlaceholderText("hf_…")
        self.login_button = IconButton(self.tr("Log in"), "done", "", self._on_log_in)
        self.token_button = IconButton(self.tr("Make a token"), "web", "weblink", self._on_tokens)
        self.name = QLineEdit()
        self.name.setAccessibleName(self.tr("Name of the repository"))
        self.private = Tick(
            self.tr("Private"),
            self.tr("Only you see it; on its page you can let others see it later."),
        )
        self.private.box.setChecked(True)
        self.progress = Progress(self.tr("Going to the hub"))
        self.open_button = IconButton(self.tr("Open its page"), "web", "quiet", self._on_open)
        self.update_button = IconButton(
            self.tr("As its new version"), "reload", "", self._on_update
        )
        self.outcome = Outcome(self.open_button, self.update_button)
        self.go_button = IconButton(self.tr("Push"), "load", "primary", self._on_go)
        self.stop_button = IconButton(self.tr("Stop"), "stop", "quiet", self._state.cancel)
        self._lay_out(title)
        for button in self.findChildren(IconButton):
            button.setAutoDefault(False)
        self.name.textEdited.connect(self._on_typed)
        self.token.textChanged.connect(self._refresh)
        self.token.returnPressed.connect(self._on_log_in)
        self._state.changed.connect(self._refresh)
        self._exports.changed.connect(self._refresh)

    @property
    def private_box(self) -> QCheckBox:
        return self.private.box

    def _lay_out(self, title: str) -> None:
        vstack(
            label(self.tr("You are not logged in"), "section"),
            label(
                self.tr(
                    "An access token that may write is asked for once; the hub's own library "
                    "keeps it for all programs, the studio nowhere."
                ),
                "hint",
                wrap=True,
            ),
            hstack((self.token, 1), self.login_button, self.token_button, spacing=theme.GRID),
            spacing=theme.GRID,
            parent=self.login,
        )
        contents = self.tr(
            "There go the weights (model.safetensors), the class names, and a model card with "
            "data, accuracy and its interval, limits and licence. No image goes there."
        )
        vstack(
            label(title, "title"),
            label(contents, "hint", wrap=True),
            theme.GRID // 2,
            self.login,
            label(self.tr("Name of the repository"), "section"),
            self.name,
            self.private,
            self.progress,
            self.outcome,
            Stretch(),
            spacing=theme.GRID,
            margins=(0, 0, theme.GRID, 0),
            parent=self,
        )

    def offer(self) -> None:
        """Offer a name for what is handed on."""
        subject = self._exports.subject
        self.name.setText(suggested_name(subject.title) if subject is not None else "")
        self._problem = None
        self._state.look()
        self._refresh()

    def _refresh(self) -> None:
        state = self._state
        self.login.setVisible(state.is_logged_in is False)
        for field in (self.name, self.private, self.token):
            field.setEnabled(not state.active)
        self.login_button.setEnabled(bool(self.token.text().strip()) and not state.active)
        can = state.is_logged_in is True and bool(self.name.text().strip())
        self.go_button.setEnabled(can and self._exports.subject is not None and not state.active)
        self.stop_button.setVisible(state.active)
        self.stop_button.setEnabled(not state.stopping)
        self.progress.show_transfer(state.progress, is_active=state.active)
        self._refresh_outcome()

    def _refresh_outcome(self) -> None:
        state, pushed = self._state, self._state.pushed_of(self._exports.subject)
        error = self._problem or state.error
        if state.active:
            self.outcome.clear()
        elif error is not None:
            is_taken = isinstance(error, HubNameTakenError)
            self.outcome.show_error(error, *((self.update_button,) if is_taken else ()))
        elif pushed is not None:
            said = self.tr("On the hub as {name}.").format(name=pushed.repository)
            self.outcome.show_success(said, pushed.address, self.open_button)
        else:
            self.outcome.clear()

    def _on_typed(self) -> None:
        self._problem = None
        self._refresh()

    def _on_log_in(self) -> None:
        token = self.token.text()
        self.token.clear()  # it is kept nowhere here
        if token.strip():
            self._state.log_in(token)

    def _on_go(self) -> None:
        self._push(update=False)

    def _on_update(self) -> None:
        self._push(update=True)

    def _push(self, *, update: bool) -> None:
        subject = self._exports.subject
        if subject is None:
            return
        try:
            name = repository_id(self.name.text())
        except TLStudioError as error:
            self._problem = error
            self._refresh()
            return
        options = PushOptions(name, self.private.box.isChecked(), update)
        self._state.push(subject, options)

    def _on_open(self) -> None:
        if self._state.pushed is not None:
            QDesktopServices.openUrl(QUrl(self._state.pushed.address))

    def _on_tokens(self) -> None:
        QDesktopServices.openUrl(QUrl(TOKENS_PAGE))
