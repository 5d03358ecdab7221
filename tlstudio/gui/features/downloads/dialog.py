"""The manager of pretrained weights: what is coming, what is here, and what to do about it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QSize, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QHeaderView,
    QMessageBox,
    QWidget,
)

from tlstudio.core.networks.downloads import StoredWeights, WeightsGuess
from tlstudio.core.storage import nearest
from tlstudio.gui.features.downloads.folder_dialog import open_folder_import
from tlstudio.gui.features.downloads.stored_weights_model import (
    StoredColumn,
    StoredWeightsModel,
)
from tlstudio.gui.features.downloads.weights_downloads import DownloadList
from tlstudio.gui.kit import file_dialogs, formats, theme
from tlstudio.gui.kit.basics import EmptyState, IconButton, label, message_box, plain_tip
from tlstudio.gui.kit.elided_label import ElidedLabel
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.layout import Stretch, fit_to_screen, hstack, vstack
from tlstudio.gui.kit.page_stack import PageStack
from tlstudio.gui.kit.table import ROW_ROLE, RowTable, SortProxy
from tlstudio.gui.state.session import Session, Step

translate = QCoreApplication.translate

WIDTH_PX, HEIGHT_PX = 780, 560
WEIGHTS_PX, USED_PX, SIZE_PX = 220, 120, 100
SIDE_PX = 24


def open_weights(session: Session, widget: QWidget) -> WeightsDialog:
    """Show the manager beside the window of `widget`; there is one for each window."""
    window = widget.window()
    dialog = window.findChild(WeightsDialog) or WeightsDialog(session, window)
    dialog.show()
    dialog.raise_()
    dialog.activateWindow()
    return dialog


class WeightsDialog(QDialog):
    """Shows `session.downloads`; stays open beside the window and deletes itself when closed."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        explain(self, "weights")
        self._session = session
        self._downloads = session.downloads
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Pretrained weights"))
        fit_to_screen(self, QSize(WIDTH_PX, HEIGHT_PX))
        self.import_button = IconButton(self.tr("Import file…"), "load", "", self._on_import)
        self.import_button.setToolTip(self.tr("Take weights that you downloaded elsewhere"))
        self.folder_button = IconButton(
            self.tr("Import folder…"), "on_machine", "", self._on_import_folder
        )
        self.folder_button.setToolTip(
            self.tr("Take the weights of all networks in a folder, e.g. of a USB stick")
        )
        self.coming = label(self.tr("Downloads"), "section")
        self.list = DownloadList()
        self.total = label("", "hint")
        self.model = StoredWeightsModel(self)
        self.order = SortProxy(self.model, self)
        self.table = RowTable(self.order)
        self.looking = EmptyState("on_machine", self.tr("Looking at what is on this machine…"), "")
        self.nothing = EmptyState(
            "download",
            self.tr("No pretrained weights on this machine yet"),
            self.tr(
                "Download them where a model is chosen. The studio never does so by itself. "
                "Without a network, import a file."
            ),
            IconButton(self.tr("Choose a model"), "model", "", self._on_choose),
        )
        self.place = ElidedLabel()
        self.open_button = IconButton(self.tr("Open folder"), "open", "", self._on_open)
        self.remove_button = IconButton(self.tr("Remove…"), "close", "danger", self._on_remove)
        self.close_button = IconButton(self.tr("Close"), clicked=self.close)
        self._set_up_table()
        self._lay_out()

        remove = QShortcut(QKeySequence.StandardKey.Delete, self.table)
        remove.setContext(Qt.ShortcutContext.WidgetShortcut)
        remove.activated.connect(self._on_remove)
        self.list.cancel_asked.connect(self._downloads.cancel)
        self.list.resume_asked.connect(self._downloads.resume)
        self.list.restart_asked.connect(self._downloads.restart)
        self.list.discard_asked.connect(self._downloads.discard)
        self._downloads.changed.connect(self._on_changed)
        self._downloads.stored_changed.connect(self._on_stored_changed)
        self._downloads.import_changed.connect(self._on_import_changed)
        self._downloads.choice_asked.connect(self._on_choice_asked)
        self._on_changed()
        self._on_stored_changed()
        self._on_import_changed()
        self._downloads.refresh()

    @property
    def selected(self) -> StoredWeights | None:
        """Return the chosen row."""
        rows = self.table.selectionModel().selectedRows()
        row = rows[0].data(ROW_ROLE) if rows else None
        return row if isinstance(row, StoredWeights) else None

    def _set_up_table(self) -> None:
        table = self.table
        table.setSortingEnabled(True)
        table.sortByColumn(StoredColumn.USED, Qt.SortOrder.DescendingOrder)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setAccessibleName(self.tr("Pretrained weights on this machine"))
        header = table.horizontalHeader()
        header.setSectionResizeMode(StoredColumn.MODEL, QHeaderView.ResizeMode.Stretch)
        widths = {
            StoredColumn.WEIGHTS: WEIGHTS_PX,
            StoredColumn.USED: USED_PX,
            StoredColumn.SIZE: SIZE_PX,
        }
        for column, width in widths.items():
            header.resizeSection(column, width)
        table.selectionModel().selectionChanged.connect(self._on_selected)

    def _lay_out(self) -> None:
        top = hstack(
            label(self.tr("Pretrained weights"), "title"),
            Stretch(),
            self.folder_button,
            self.import_button,
            spacing=theme.GRID,
        )
        heading = hstack(label(self.tr("On this machine"), "section"), Stretch(), self.total)
        self.stack = PageStack()
        for page in (self.table, self.looking, self.nothing):
            self.stack.addWidget(page)
        self.place.setProperty("role", "hint")
        bottom = hstack(
            self.open_button,
            self.remove_button,
            (self.place, 1),
            self.close_button,
            spacing=theme.GRID,
        )
        vstack(
            top,
            theme.GRID,
            self.coming,
            self.list,
            heading,
            (self.stack, 1),
            theme.GRID,
            bottom,
            spacing=theme.GRID,
            margins=(SIDE_PX, SIDE_PX, SIDE_PX, 2 * theme.GRID),
            parent=self,
        )
        buttons = (self.folder_button, self.import_button, self.open_button, self.remove_button)
        for button in buttons:
            button.setAutoDefault(False)

    # -- following the session -------------------------------------------------------------------

    def _on_changed(self) -> None:
        self.list.show_downloads(self._downloads.downloads)
        self.coming.setVisible(bool(self._downloads.downloads))
        self._show_total()

    def _on_stored_changed(self) -> None:
        stored = self._downloads.stored
        before = self.selected
        self.model.set_rows(stored)
        page: QWidget = self.looking
        if self._downloads.is_listed:
            page = self.table if stored else self.nothing
        is_first = page is self.table and self.stack.currentWidget() is not page
        self.stack.setCurrentWidget(page)
        if is_first:
            self.table.setFocus()
        for row in range(self.order.rowCount()):
            found = self.order.index(row, 0).data(ROW_ROLE)
            if before is not None and found.path == before.path:
                self.table.selectRow(row)
        self._show_total()
        self._on_selected()

    def _on_import_changed(self) -> None:
        is_busy = self._downloads.is_importing
        self.import_button.setEnabled(not is_busy)
        self.import_button.setText(self.tr("Importing…") if is_busy else self.tr("Import file…"))

    def _on_choice_asked(self, path: Path, guess: WeightsGuess) -> None:
        ask_which(self, self._session, path, guess)

    def _on_selected(self) -> None:
        row = self.selected
        self.remove_button.setEnabled(row is not None and row.removable)
        is_fixed = row is not None and not row.removable
        tip = self.tr("It is installed with the studio and stays") if is_fixed else ""
        self.remove_button.setToolTip(plain_tip(tip))
        self.place.set_text(str(row.path) if row is not None else "")

    def _show_total(self) -> None:
        total = self._downloads.total_bytes
        self.total.setVisible(total > 0)
        size = formats.file_size(total)
        self.total.setText(self.tr("{size} downloaded").format(size=size))

    # -- what a person does ----------------------------------------------------------------------

    def _on_import(self) -> None:
        file_dialogs.ask_files(
            self,
            self._session,
            self.tr("Import pretrained weights"),
            (file_dialogs.PRETRAINED,),
            self._on_file_chosen,
            several=False,
        )

    def _on_file_chosen(self, paths: list[Path]) -> None:
        self._downloads.import_file(paths[0])

    def _on_import_folder(self) -> None:
        file_dialogs.ask_folder(
            self,
            self._session,
            self.tr("A folder with weights of many networks"),
            self._on_folder_chosen,
            file_dialogs.Place.WEIGHTS,
        )

    def _on_folder_chosen(self, folder: Path) -> None:
        open_folder_import(self._session, self, folder)

    def _on_choose(self) -> None:
        self._session.go_to(Step.MODEL)
        self.close()

    def _on_open(self) -> None:
        row = self.selected
        folder = row.path.parent if row is not None else self._downloads.folder
        if folder is not None:
            self._session.disk_pool.submit(nearest, folder, done=self._show_folder)

    def _show_folder(self, folder: Path) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    def _on_remove(self) -> None:
        row = self.selected
        if row is not None and row.removable:
            ask_remove(self, self._session, row)


def ask_remove(parent: QWidget, session: Session, row: StoredWeights) -> QMessageBox:
    """Ask whether to delete weights, which would have to be downloaded again."""
    question = translate("weights", "Remove the weights {weights} of {model}?")
    follows = translate(
        "weights", "{size} become free. Other programs that use this file lose it, too."
    )
    box = message_box(
        parent,
        question.format(weights=row.name.weights, model=row.title),
        follows.format(size=formats.file_size(row.size_bytes)),
    )
    remove = box.addButton(translate("weights", "Remove"), QMessageBox.ButtonRole.DestructiveRole)
    remove.setObjectName("remove")
    keep = box.addButton(translate("weights", "Keep"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(keep)
    remove.clicked.connect(lambda: session.downloads.remove(row))
    box.open()
    return box


def ask_which(parent: QWidget, session: Session, path: Path, guess: WeightsGuess) -> QDialog:
    """A file fits several networks or has several possible names: a person knows which it is."""
    dialog = WhichDialog(path, guess, parent)

    def on_accepted() -> None:
        session.downloads.import_file(path, guess.choices[dialog.choice.currentIndex()])

    dialog.accepted.connect(on_accepted)
    dialog.open()
    return dialog


class WhichDialog(QDialog):
    """Asks which weights a file holds."""

    def __init__(self, path: Path, guess: WeightsGuess, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Import pretrained weights"))
        self.setMinimumWidth(440)
        question = self.tr("Which weights are in “{name}”?").format(name=path.name)
        why = label(
            self.tr("They fit all of these; the page that you took the file from says which."),
            "hint",
            wrap=True,
        )
        self.choice = QComboBox()
        self.choice.setAccessibleName(question)
        self.choice.addItems([f"{name.model}  ·  {name.weights}" for name in guess.choices])
        self.take = IconButton(self.tr("Import"), "load", "primary", self.accept)
        self.take.setDefault(True)
        buttons = hstack(
            Stretch(),
            IconButton(self.tr("Cancel"), clicked=self.reject),
            self.take,
            spacing=theme.GRID,
        )
        vstack(
            label(question, wrap=True),
            why,
            self.choice,
            buttons,
            spacing=2 * theme.GRID,
            margins=(SIDE_PX, SIDE_PX, SIDE_PX, 2 * theme.GRID),
            parent=self,
        )
