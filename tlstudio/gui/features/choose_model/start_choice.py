"""The choice of what a run starts from: pretrained values, those of a run, or of a file."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QWidget

from tlstudio.core.runs.kept import RunEntry
from tlstudio.core.weights.report import LoadingWay
from tlstudio.gui.kit import file_dialogs, theme
from tlstudio.gui.kit.basics import IconButton, no_mnemonic, plain_tip
from tlstudio.gui.kit.elided_label import ElidedLabel
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.layout import hstack
from tlstudio.gui.state.loading import LoadingState
from tlstudio.gui.state.runs import run_name, run_title
from tlstudio.gui.state.session import Session

RUNS_LISTED = 8


class StartChoice(QWidget):
    """Says what the next run starts from, and offers runs and files instead of the library's
    weights.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        explain(self, "config.initialisation")
        self._session = session
        self.source = ElidedLabel()
        self.source.setProperty("role", "hint")
        self.button = IconButton(self.tr("Start from…"), "from_here", "quiet")
        self.button.setToolTip(
            self.tr("Begin with the values of a run or of a file instead of pretrained weights")
        )
        explain(self.button, "config.start_from")
        self.menu = QMenu(self.button)
        self.menu.aboutToShow.connect(self._fill)
        self.button.setMenu(self.menu)
        hstack(
            (self.source, 1, Qt.AlignmentFlag.AlignVCenter),
            self.button,
            spacing=theme.GRID,
            parent=self,
        )
        session.network.settings_changed.connect(self.refresh)
        session.runs.entries_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the present choice."""
        config = self._session.network.config
        match config.initialisation:
            case "file":
                text = self.tr("Starts from {name}").format(name=self._name_of(config.start_from))
            case "random":
                text = self.tr("Starts from random values")
            case _:
                text = self.tr("Starts from these weights")
        self.source.set_text(text)
        self.source.setToolTip(plain_tip(config.start_from))

    def _name_of(self, path: str) -> str:
        """The name of the run in a folder, or of the file."""
        for entry in self._session.runs.entries:
            if str(entry.folder) == path:
                return run_name(entry)
        return Path(path).name

    def _fill(self) -> None:
        self.menu.clear()
        session, is_free = self._session, not self._session.run.active
        config = session.network.config
        usual = self.menu.addAction(self.tr("Pretrained weights"))
        usual.setCheckable(True)
        usual.setChecked(config.initialisation == "pretrained")
        usual.setEnabled(is_free)
        usual.triggered.connect(self._use_pretrained)
        self.menu.addSeparator()
        current = session.runs.current
        entries = [entry for entry in session.runs.entries if entry.has_weights]
        if current is not None:
            entries = [current, *(entry for entry in entries if entry.id != current.id)]
        for entry in entries[:RUNS_LISTED]:
            title = run_title(entry)
            if entry is current:
                title = self.tr("This run: {name}").format(name=title)
            action = self.menu.addAction(no_mnemonic(title))
            action.setCheckable(True)
            action.setChecked(config.start_from == str(entry.folder))
            action.setEnabled(is_free)
            action.triggered.connect(partial(self._use_run, entry))
        self.menu.addSeparator()
        choose = self.menu.addAction(self.tr("Choose file…"))
        choose.setEnabled(is_free)
        choose.triggered.connect(self._choose_file)

    def _use_pretrained(self) -> None:
        self._session.network.change(initialisation="pretrained", start_from="")

    def _use_run(self, entry: RunEntry) -> None:
        self._session.start_from(entry)

    def _choose_file(self) -> None:
        file_dialogs.ask_files(
            self.window(),
            self._session,
            self.tr("Start from a file of weights"),
            (file_dialogs.WEIGHTS, file_dialogs.ANY_WEIGHTS),
            self._on_file_chosen,
            several=False,
        )

    def _on_file_chosen(self, paths: list[Path]) -> None:
        self._session.feature(LoadingState).open(paths[0], LoadingWay.BACKBONE)
