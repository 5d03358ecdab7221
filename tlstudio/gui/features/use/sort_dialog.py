"""Sort into folders: the images are copied into a folder for each class."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from PySide6.QtCore import QSize, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QCheckBox, QDialog, QLineEdit, QProgressBar, QSpinBox, QWidget

from tlstudio.core.storage import documents_dir
from tlstudio.core.use.sorting import SortFolders
from tlstudio.gui.features.use.sort_state import SortState
from tlstudio.gui.kit import file_dialogs, formats, theme
from tlstudio.gui.kit.basics import IconButton, label
from tlstudio.gui.kit.fact_list import FactList
from tlstudio.gui.kit.language import error_with_hint
from tlstudio.gui.kit.layout import Stretch, fit_to_screen, hstack, vstack
from tlstudio.gui.state.session import Session

WIDTH_PX, HEIGHT_PX, SIDE_PX = 560, 480, 24
USUAL_LEAST = 60  # per cent
ROWS = 8  # folders that are listed


def open_sorting(session: Session, widget: QWidget) -> SortDialog:
    """Show the dialog over the window of `widget`; there is one for each window."""
    window = widget.window()
    dialog = window.findChild(SortDialog) or SortDialog(session, window)
    dialog.refresh()
    dialog.show()
    dialog.raise_()
    dialog.activateWindow()
    return dialog


class SortDialog(QDialog):
    """Asks where to; shows what goes where, how far it is, and a way back."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._state = session.feature(SortState)
        self.setWindowTitle(self.tr("Sort into folders"))
        fit_to_screen(self, QSize(WIDTH_PX, HEIGHT_PX))
        self.folder = QLineEdit()
        self.folder.setAccessibleName(self.tr("Folder for the folders of the classes"))
        self.choose_button = IconButton(self.tr("Choose…"), "open", "", self._on_choose)
        self.apart_box = QCheckBox(self.tr("Less sure than"))
        self.least = QSpinBox(minimum=1, maximum=99, value=USUAL_LEAST, suffix=" %")
        self.least.setAccessibleName(self.tr("Less sure than"))
        self.apart_words = label("", "hint")
        self.counts = FactList()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Copying"))
        self.outcome = label("", wrap=True)
        self.show_button = IconButton(self.tr("Show in folder"), "open", "quiet", self._on_show)
        self.undo_button = IconButton("", "undo", "quiet", self._on_undo)
        self.stop_button = IconButton(self.tr("Stop"), "stop", "quiet", self._state.cancel)
        self.close_button = IconButton(self.tr("Close"), clicked=self.close)
        self.sort_button = IconButton(self.tr("Copy"), "copy", "primary", self._on_sort)
        vstack(
            label(self.tr("Sort into folders"), "title"),
            label(
                self.tr(
                    "Every image is copied into a folder with the name of its answer. Your own "
                    "files stay as they are, nothing is replaced, and all of it can be undone."
                ),
                "hint",
                wrap=True,
            ),
            hstack((self.folder, 1), self.choose_button, spacing=theme.GRID),
            hstack(
                self.apart_box, self.least, (self.apart_words, 1), Stretch(), spacing=theme.GRID
            ),
            theme.GRID,
            self.counts,
            Stretch(),
            self.bar,
            self.outcome,
            hstack(self.show_button, self.undo_button, Stretch(), spacing=theme.GRID),
            hstack(
                Stretch(),
                self.stop_button,
                self.close_button,
                self.sort_button,
                spacing=theme.GRID,
            ),
            spacing=theme.GRID,
            margins=SIDE_PX,
            parent=self,
        )
        for button in self.findChildren(IconButton):
            button.setAutoDefault(False)
        session.disk_pool.submit(documents_dir, done=self._offer)
        self.folder.textChanged.connect(self._refresh_state)
        self.apart_box.toggled.connect(self.refresh)
        self.least.valueChanged.connect(self.refresh)
        self._state.changed.connect(self._refresh_state)
        session.classifier.answers_changed.connect(self._refresh_if_seen)
        session.classifier.predicting_changed.connect(self._refresh_if_seen)
        self.refresh()

    @property
    def folders(self) -> SortFolders:
        """The folders that would be written."""
        info = self._session.classifier.info
        least = self.least.value() / 100 if self.apart_box.isChecked() else 0.0
        return SortFolders.of(() if info is None else info.classes, least)

    def refresh(self) -> None:
        """Show what would go where."""
        folders, answers = self.folders, self._session.classifier.answers
        counts = Counter(folders.folder_of(answer) for answer in answers)
        rows = [(name, formats.count(number)) for name, number in counts.most_common(ROWS)]
        rest = len(counts) - len(rows)
        if rest > 0:
            others = sum(counts.values()) - sum(n for _, n in counts.most_common(ROWS))
            rows.append((self.tr("%n more folder(s)", "", rest), formats.count(others)))
        self.counts.set_facts(rows)
        self.least.setEnabled(self.apart_box.isChecked())
        self.apart_words.setText(self.tr("go into “{name}”").format(name=folders.unsure))
        self.sort_button.setText(self.tr("Copy %n image(s)", "", len(answers)))
        self._refresh_state()

    def _refresh_if_seen(self) -> None:
        if self.isVisible():
            self.refresh()

    def _refresh_state(self) -> None:
        state, classifier = self._state, self._session.classifier
        can = bool(self.folder.text().strip()) and bool(classifier.answers)
        self.sort_button.setEnabled(can and not state.active and not classifier.predicting)
        for field in (self.folder, self.choose_button, self.apart_box):
            field.setEnabled(not state.active)
        self.stop_button.setVisible(state.progress is not None)
        self.bar.setVisible(state.active)
        progress = state.progress
        self.bar.setRange(0, 0 if progress is None else progress.total)
        if progress is not None:
            self.bar.setValue(progress.done)
        self.outcome.setText(self._outcome_text())
        has_log = state.sorted is not None and state.sorted.log is not None
        self.show_button.setVisible(has_log)
        self.undo_button.setText(self.tr("Undo") if has_log else self.tr("Undo an earlier one…"))
        self.undo_button.setEnabled(not state.active)

    def _outcome_text(self) -> str:
        state = self._state
        if state.error is not None:
            return error_with_hint(state.error)
        if state.undone is not None:
            text = self.tr("%n copies were removed.", "", state.undone.removed)
            if state.undone.kept:
                text += " " + self.tr("%n changed since, and stay.", "", len(state.undone.kept))
            return text
        if state.sorted is None:
            return ""
        text = self.tr("{count} images were copied into “{folder}”.").format(
            count=formats.count(state.sorted.copied), folder=str(state.sorted.folder)
        )
        if state.sorted.failed:
            text += " " + self.tr("%n could not be read.", "", len(state.sorted.failed))
        if not state.sorted.is_whole:
            text += " " + self.tr("Then it was stopped.")
        return text

    def _offer(self, documents: Path) -> None:
        if not self.folder.text():
            self.folder.setText(str(documents / self.tr("Sorted images")))

    def _on_choose(self) -> None:
        title = self.tr("Where the folders of the classes go")
        file_dialogs.ask_folder(self, self._session, title, self._on_chosen)

    def _on_chosen(self, folder: Path) -> None:
        self.folder.setText(str(folder))

    def _on_sort(self) -> None:
        self._state.sort(Path(self.folder.text().strip()).expanduser(), self.folders)

    def _on_undo(self) -> None:
        done = self._state.sorted
        if done is not None and done.log is not None:
            self._state.undo(done.log)
            return
        title = self.tr("The folder that images were sorted into")
        file_dialogs.ask_folder(self, self._session, title, self._state.undo)

    def _on_show(self) -> None:
        if self._state.sorted is not None:
            url = QUrl.fromLocalFile(str(self._state.sorted.folder))
            QDesktopServices.openUrl(url)
