"""Import the weights of many networks from a folder: what is in it, what comes, what came."""

from __future__ import annotations

from enum import IntEnum
from pathlib import Path

from PySide6.QtCore import QObject, QSize, Qt
from PySide6.QtWidgets import QDialog, QHeaderView, QProgressBar, QWidget

from tlstudio.core.classroom.weights import ARRIVAL_TITLES, Arrival, FoundWeights
from tlstudio.gui.features.downloads.folder_state import FolderImportState
from tlstudio.gui.kit import formats, icons, theme
from tlstudio.gui.kit.basics import IconButton, label
from tlstudio.gui.kit.elided_label import ElidedLabel
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.language import core_text, error_text, error_with_hint, shown
from tlstudio.gui.kit.layout import Stretch, fit_to_screen, hstack, vstack
from tlstudio.gui.kit.table import ROW_ROLE, Column, RowTable, SortProxy, TableModel
from tlstudio.gui.state.session import Session

WIDTH_PX, HEIGHT_PX, SIDE_PX = 880, 520, 24
NAME_PX, SIZE_PX, ARRIVAL_PX = 210, 84, 240
HUB_PREFIX = "models--"  # of the folders of its cache, one for each repository

ICONS = {
    Arrival.NEW: "load",
    Arrival.HERE: "on_machine",
    Arrival.TWICE: "copy",
    Arrival.SEVERAL: "help",
    Arrival.UNKNOWN: "close",
    Arrival.TAKEN: "right",
    Arrival.FAILED: "wrong",
}
ORDER = (  # what matters first
    Arrival.NEW,
    Arrival.FAILED,
    Arrival.TAKEN,
    Arrival.SEVERAL,
    Arrival.UNKNOWN,
    Arrival.HERE,
    Arrival.TWICE,
)


class FolderColumn(IntEnum):
    """The columns, left to right."""

    FILE = 0
    WEIGHTS = 1
    SIZE = 2
    ARRIVAL = 3


class FolderModel(TableModel[FoundWeights]):
    """A row for each file of weights."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(identity=lambda row: row.path, parent=parent)
        self.folder = Path()
        self.columns = (
            Column(self.tr("File"), self._file, tip=self._tip),
            Column(self.tr("Weights"), _name, tip=self._tip, explained_by="weights"),
            Column(
                self.tr("Size"),
                lambda row: formats.file_size(row.size_bytes),
                is_number=True,
                key=lambda row: row.size_bytes,
                tip=self._tip,
            ),
            Column(
                self.tr("What becomes of it"),
                lambda row: core_text(ARRIVAL_TITLES[row.arrival]),
                key=lambda row: ORDER.index(row.arrival),
                tip=self._tip,
                icon=lambda row: icons.icon(ICONS[row.arrival]),
            ),
        )

    def _file(self, row: FoundWeights) -> str:
        """With its folders: in the hub's, which are long, every file has the same name."""
        repository = next((part for part in row.path.parts if part.startswith(HUB_PREFIX)), "")
        if repository:
            return shown(str(Path(repository.rpartition("--")[2], row.path.name)))
        is_inside = row.path.is_relative_to(self.folder)
        return shown(str(row.path.relative_to(self.folder) if is_inside else row.path))

    def _tip(self, row: FoundWeights) -> str:
        """Where it lies, why it is left out, and its digest."""
        why = error_text(row.problem) if row.problem is not None else ""
        digest = f"SHA-256 {row.sha256}" if row.sha256 else ""
        return "\n".join(filter(None, (shown(str(row.path)), why, digest)))


def _name(row: FoundWeights) -> str:
    return "" if row.name is None else f"{row.name.model} · {row.name.weights}"


def open_folder_import(session: Session, widget: QWidget, folder: Path) -> FolderImportDialog:
    """Look into a folder, over the window of `widget`; there is one dialog for each window."""
    window = widget.window()
    dialog = window.findChild(FolderImportDialog) or FolderImportDialog(session, window)
    session.feature(FolderImportState).look_into(folder)
    dialog.show()
    dialog.raise_()
    dialog.activateWindow()
    return dialog


class FolderImportDialog(QDialog):
    """Shows `FolderImportState`; nothing comes before a person says so."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        explain(self, "weights")
        self._state = session.feature(FolderImportState)
        self.setWindowTitle(self.tr("Import weights from a folder"))
        fit_to_screen(self, QSize(WIDTH_PX, HEIGHT_PX))
        self.place = ElidedLabel()
        self.place.setProperty("role", "hint")
        self.model = FolderModel(self)
        self.order = SortProxy(self.model, self)
        self.table = RowTable(self.order)
        self.table.setSortingEnabled(True)
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # of a path, its ends tell most
        self.table.sortByColumn(FolderColumn.ARRIVAL, Qt.SortOrder.AscendingOrder)
        self.table.setAccessibleName(self.tr("Files of weights in the folder"))
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(FolderColumn.FILE, QHeaderView.ResizeMode.Stretch)
        for column, width in (
            (FolderColumn.WEIGHTS, NAME_PX),
            (FolderColumn.SIZE, SIZE_PX),
            (FolderColumn.ARRIVAL, ARRIVAL_PX),
        ):
            header.resizeSection(column, width)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Files looked into or imported"))
        self.now = ElidedLabel()
        self.now.setProperty("role", "hint")
        self.outcome = label("", wrap=True)
        self.stop_button = IconButton(self.tr("Stop"), "stop", "quiet", self._state.cancel)
        self.close_button = IconButton(self.tr("Close"), clicked=self.close)
        self.take_button = IconButton("", "load", "primary", self._on_take)
        vstack(
            label(self.tr("Import weights from a folder"), "title"),
            self.place,
            theme.GRID,
            (self.table, 1),
            self.bar,
            self.now,
            self.outcome,
            hstack(
                Stretch(), self.stop_button, self.close_button, self.take_button, spacing=theme.GRID
            ),
            spacing=theme.GRID,
            margins=(SIDE_PX, SIDE_PX, SIDE_PX, 2 * theme.GRID),
            parent=self,
        )
        for button in self.findChildren(IconButton):
            button.setAutoDefault(False)
        self.table.selectionModel().selectionChanged.connect(self._refresh)
        self._state.changed.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        state = self._state
        self.place.set_text(shown(str(state.folder)))
        self.model.folder = state.folder
        if self.model.rows != state.rows:
            self.model.set_rows(state.rows)
        progress = state.progress
        self.bar.setVisible(state.active)
        self.now.setVisible(state.active)
        self.stop_button.setVisible(state.active)
        if progress is not None:
            self.bar.setRange(0, progress.total)
            self.bar.setValue(progress.done)
            self.now.set_text(shown(progress.path.name) if progress.path is not None else "")
        size = formats.file_size(sum(row.size_bytes for row in state.new))
        text = self.tr("Import %n of them ({size})", "", len(state.new)).format(size=size)
        self.take_button.setText(text if state.new else self.tr("Import"))
        self.take_button.setEnabled(bool(state.new) and not state.active)
        self.outcome.setText("" if state.active else self._outcome_text())
        self.outcome.setVisible(bool(self.outcome.text()))

    def _outcome_text(self) -> str:
        state = self._state
        chosen = self.table.selectionModel().selectedRows()
        row = chosen[0].data(ROW_ROLE) if chosen else None
        if isinstance(row, FoundWeights) and row.problem is not None:
            return error_with_hint(row.problem)
        if state.error is not None:
            return error_with_hint(state.error)
        if not state.is_known:
            return self.tr("It was not looked through to its end.")
        if not state.rows:
            return self.tr("There are no files of weights in this folder.")
        taken = sum(row.arrival is Arrival.TAKEN for row in state.rows)
        failed = [row.problem for row in state.rows if row.arrival is Arrival.FAILED]
        parts = [self.tr("%n imported.", "", taken)] if taken else []
        told = [error_with_hint(p) for p in failed if p is not None]
        parts += list(dict.fromkeys(told))[:2]  # of the hub's files, many share one name
        if not parts and not state.new:
            parts.append(self.tr("There is nothing to import."))
        if any(row.arrival is Arrival.UNKNOWN for row in state.rows):
            parts.append(self.tr("A chosen row says why it is left out."))
        return " ".join(parts)

    def _on_take(self) -> None:
        self.table.clearSelection()  # what came is told where the chosen row was
        self._state.import_new()
