"""Write a clean copy: the images that are used, in folders that every program reads."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QCheckBox, QDialog, QLineEdit, QProgressBar, QWidget

from tlstudio.core.storage import safe_file_name
from tlstudio.gui.features.health.copy_state import CopyState
from tlstudio.gui.kit import file_dialogs, formats, theme
from tlstudio.gui.kit.basics import IconButton, label
from tlstudio.gui.kit.language import error_with_hint
from tlstudio.gui.kit.layout import Stretch, fit_to_screen, hstack, vstack
from tlstudio.gui.state.session import Session

WIDTH_PX, HEIGHT_PX, SIDE_PX = 560, 360, 24


def open_copy(session: Session, widget: QWidget) -> CopyDialog:
    """Show the dialog over the window of `widget`; there is one for each window."""
    window = widget.window()
    dialog = window.findChild(CopyDialog) or CopyDialog(session, window)
    dialog.show()
    dialog.raise_()
    dialog.activateWindow()
    return dialog


class CopyDialog(QDialog):
    """Asks where to; shows how far it is, and what was written."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._state = session.feature(CopyState)
        self.setWindowTitle(self.tr("Write a clean copy"))
        fit_to_screen(self, QSize(WIDTH_PX, HEIGHT_PX))
        self.facts = label("", "hint", wrap=True)
        self.folder = QLineEdit()
        self.folder.setAccessibleName(self.tr("Folder of the copy"))
        self.choose_button = IconButton(self.tr("Choose…"), "open", "", self._on_choose)
        self.by_split = QCheckBox(self.tr("Folders for train, validation and test"))
        self.by_split.setChecked(True)
        self.links = QCheckBox(self.tr("Hard links in place of copies"))
        self.links.setToolTip(
            self.tr("They take no room; whoever changes such a file changes the original.")
        )
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Writing images"))
        self.outcome = label("", wrap=True)
        self.show_button = IconButton(self.tr("Show in folder"), "open", "quiet", self._on_show)
        self.open_button = IconButton(self.tr("Open the copy"), "data", "quiet", self._on_open)
        self.stop_button = IconButton(self.tr("Stop"), "stop", "quiet", self._state.cancel)
        self.close_button = IconButton(self.tr("Close"), clicked=self.close)
        self.write_button = IconButton(self.tr("Write"), "copy", "primary", self._on_write)
        where = hstack((self.folder, 1), self.choose_button, spacing=theme.GRID)
        after = hstack(self.show_button, self.open_button, Stretch(), spacing=theme.GRID)
        buttons = hstack(
            Stretch(), self.stop_button, self.close_button, self.write_button, spacing=theme.GRID
        )
        vstack(
            label(self.tr("Write a clean copy"), "title"),
            self.facts,
            where,
            self.by_split,
            self.links,
            self.bar,
            self.outcome,
            after,
            Stretch(),
            buttons,
            spacing=theme.GRID,
            margins=SIDE_PX,
            parent=self,
        )
        for button in self.findChildren(IconButton):
            button.setAutoDefault(False)
        self.folder.textChanged.connect(self._refresh)
        self._state.changed.connect(self._refresh)
        session.datasets.changed.connect(self._on_dataset_changed)
        session.busy_changed.connect(self._refresh)
        self._on_dataset_changed()

    def _on_dataset_changed(self) -> None:
        """Offer a folder beside the dataset."""
        index = self._session.datasets.index
        if index is not None and not self._state.active:
            root = Path(index.root)
            name = safe_file_name(self.tr("{name} clean").format(name=root.stem))
            self.folder.setText(str(root.parent / name))
        self._refresh()

    def _refresh(self) -> None:
        state, index = self._state, self._session.datasets.index
        manifest = self._session.datasets.manifest
        if index is None:
            self.facts.setText(self.tr("No dataset is open."))
        else:
            parts = [self.tr("%n image(s)", "", len(index.samples))]
            if manifest.left_out:
                parts.append(self.tr("%n left out", "", len(manifest.left_out)))
            if manifest.moved:
                parts.append(self.tr("%n moved to another class", "", len(manifest.moved)))
            words = self.tr("As they are used now; your own files stay as they are.")
            self.facts.setText(f"{' · '.join(parts)}. {words}")
        for field in (self.folder, self.choose_button, self.by_split, self.links):
            field.setEnabled(not state.active)
        can = index is not None and bool(self.folder.text().strip()) and not state.active
        self.write_button.setEnabled(can)
        self.stop_button.setVisible(state.active)
        self.bar.setVisible(state.active)
        if state.progress is not None:
            self.bar.setRange(0, state.progress.total)
            self.bar.setValue(state.progress.done)
        self.outcome.setText(self._outcome_text())
        self.show_button.setVisible(state.written is not None)
        self.open_button.setVisible(state.written is not None)
        self.open_button.setEnabled(not self._session.run.active)

    def _outcome_text(self) -> str:
        state = self._state
        if state.error is not None:
            return error_with_hint(state.error)
        if state.written is None:
            return ""
        text = self.tr("{count} images were written to “{folder}”.").format(
            count=formats.count(state.written.images), folder=str(state.written.folder)
        )
        if state.written.missing:
            text += " " + self.tr("%n could not be read.", "", len(state.written.missing))
        return text

    def _on_choose(self) -> None:
        file_dialogs.ask_folder(
            self, self._session, self.tr("Where the folder of the copy goes"), self._on_chosen
        )

    def _on_chosen(self, folder: Path) -> None:
        self.folder.setText(str(folder / Path(self.folder.text()).name))

    def _on_write(self) -> None:
        self._state.write(
            Path(self.folder.text().strip()).expanduser(),
            by_split=self.by_split.isChecked(),
            links=self.links.isChecked(),
        )

    def _on_show(self) -> None:
        if self._state.written is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._state.written.folder)))

    def _on_open(self) -> None:
        if self._state.written is not None:
            self._session.datasets.open(self._state.written.folder)
            self.close()
