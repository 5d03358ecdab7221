"""The licences of all parts of the studio: a list to search, and the whole text beside it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontDatabase, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

from tlstudio.core import licences
from tlstudio.core.errors import TLStudioError
from tlstudio.core.licences import Part
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import EmptyState, IconButton, label
from tlstudio.gui.kit.family_note import PaperLink
from tlstudio.gui.kit.language import error_hint, error_text
from tlstudio.gui.kit.layout import Stretch, fit_to_screen, hstack, vstack
from tlstudio.gui.kit.page_stack import PageStack
from tlstudio.gui.kit.table import ROW_ROLE, Column, Index, RowTable, SortProxy, TableModel
from tlstudio.gui.state.session import Session

WIDTH_PX, HEIGHT_PX = 1120, 700  # lines of 80 letters are whole
SIDE_PX = 24
LIST_LEAST_PX, LIST_MOST_PX, TEXT_LEAST_PX = 300, 420, 300
VERSION_PX, LICENCE_PX = 80, 112


def open_licences(session: Session, widget: QWidget) -> LicencesDialog:
    """Show the licences beside the window of `widget`; there is one dialog for each window."""
    window = widget.window()
    dialog = window.findChild(LicencesDialog) or LicencesDialog(session, window)
    dialog.show()
    dialog.raise_()
    dialog.activateWindow()
    return dialog


class PartOrder(SortProxy):
    """The parts in whose name or licence all words of a search are."""

    def __init__(self, source: TableModel[Part], parent: QWidget) -> None:
        super().__init__(source, parent)
        self._words: list[str] = []

    def set_search(self, text: str) -> None:
        self.beginFilterChange()
        self._words = text.casefold().split()
        self.endFilterChange(self.Direction.Rows)

    def filterAcceptsRow(self, row: int, parent: Index) -> bool:
        part = self.sourceModel().index(row, 0, parent).data(ROW_ROLE)
        told = f"{part.name} {part.licence}".casefold()
        return all(word in told for word in self._words)


class LicencesDialog(QDialog):
    """Reads the parts off the GUI thread; stays open beside the window."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Licences"))
        fit_to_screen(self, QSize(WIDTH_PX, HEIGHT_PX))
        self.about = label(
            self.tr(
                "TLStudio is free software under Apache-2.0. It is made of these parts, each "
                "under its own licence."
            ),
            "hint",
            wrap=True,
        )
        self.search = QLineEdit(placeholderText=self.tr("Search names and licences"))
        self.search.setClearButtonEnabled(True)
        self.search.setAccessibleName(self.tr("Search names and licences"))
        self.model: TableModel[Part] = TableModel(self._columns(), lambda part: part.name, self)
        self.order = PartOrder(self.model, self)
        self.table = RowTable(self.order)
        self.count = label("", "hint")
        self.title = label("", "title", wrap=True)
        self.licence = label("", wrap=True)
        self.link = PaperLink()
        self.text = QPlainTextEdit(readOnly=True)
        self.both, self.side = QWidget(), QWidget()
        self.reading = EmptyState("waiting", self.tr("Reading the licences…"), "")
        self.failure = EmptyState("warning", "", "")
        self.nothing = EmptyState(
            "search", self.tr("No part is called so"), self.tr("Look for another word.")
        )
        self.close_button = IconButton(self.tr("Close"), clicked=self.close)
        self.close_button.setAutoDefault(False)
        self._set_up()
        self._lay_out()

        self.search.textChanged.connect(self._on_searched)
        self.table.selectionModel().selectionChanged.connect(self._on_selected)
        QShortcut(QKeySequence.StandardKey.Find, self).activated.connect(self.search.setFocus)
        session.disk_pool.submit(licences.parts, done=self._on_read, failed=self._on_failed)

    @property
    def selected(self) -> Part | None:
        """Return the part whose licence is shown."""
        rows = self.table.selectionModel().selectedRows()
        part = rows[0].data(ROW_ROLE) if rows else None
        return part if isinstance(part, Part) else None

    def _columns(self) -> list[Column[Part]]:
        return [
            Column(self.tr("Part"), lambda part: part.name, tip=lambda part: part.name),
            Column(self.tr("Version"), lambda part: part.version, tip=lambda part: part.version),
            Column(
                self.tr("Licence"),
                lambda part: part.licence or self.tr("not stated"),
                tip=lambda part: part.licence,
            ),
        ]

    def _set_up(self) -> None:
        self.table.sortByColumn(-1, Qt.SortOrder.AscendingOrder)  # as they come, the studio first
        self.table.setSortingEnabled(True)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setAccessibleName(self.tr("Parts of TLStudio"))
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.resizeSection(1, VERSION_PX)
        header.resizeSection(2, LICENCE_PX)
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(theme.TEXT_SMALL_PX)
        self.text.setFont(font)
        self.text.setAccessibleName(self.tr("Text of the licence"))

    def _lay_out(self) -> None:
        self.found = PageStack()
        self.found.addWidget(self.table)
        self.found.addWidget(self.nothing)
        left = QWidget()
        left.setMinimumWidth(LIST_LEAST_PX)
        left.setMaximumWidth(LIST_MOST_PX)
        vstack(self.search, (self.found, 1), spacing=theme.GRID, parent=left)
        self.side.setMinimumWidth(TEXT_LEAST_PX)
        policy = self.side.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # the list stays where it is
        self.side.setSizePolicy(policy)
        vstack(
            self.title,
            self.licence,
            self.link,
            theme.GRID // 2,
            (self.text, 1),
            spacing=theme.GRID // 2,
            parent=self.side,
        )
        hstack((left, 2), (self.side, 3), spacing=3 * theme.GRID, parent=self.both)
        self.stack = PageStack()
        for page in (self.reading, self.both, self.failure):
            self.stack.addWidget(page)
        vstack(
            label(self.tr("Licences"), "title"),
            self.about,
            theme.GRID,
            (self.stack, 1),
            theme.GRID,
            hstack(self.count, Stretch(), self.close_button),
            spacing=theme.GRID,
            margins=(SIDE_PX, SIDE_PX, SIDE_PX, 2 * theme.GRID),
            parent=self,
        )

    def _on_read(self, parts: tuple[Part, ...]) -> None:
        self.model.set_rows(parts)
        self.stack.setCurrentWidget(self.both)
        self.search.setFocus()
        self._on_searched()

    def _on_failed(self, error: TLStudioError) -> None:
        self.failure.title.setText(error_text(error))
        self.failure.text.setText(error_hint(error))
        self.stack.setCurrentWidget(self.failure)

    def _on_searched(self) -> None:
        self.order.set_search(self.search.text())
        count = self.order.rowCount()
        self.count.setText(self.tr("%n part(s)", "", count))
        self.found.setCurrentWidget(self.table if count else self.nothing)
        self.side.setVisible(count > 0)
        if count and (self.search.text() or self.selected is None):
            self.table.selectRow(self._best_row())

    def _best_row(self) -> int:
        """The first part whose name begins with what is searched for, or the first of all."""
        wanted = self.search.text().casefold()
        names = (self.order.index(row, 0).data() for row in range(self.order.rowCount()))
        begins = (row for row, name in enumerate(names) if name.casefold().startswith(wanted))
        return next(begins, 0)

    def _on_selected(self) -> None:
        part = self.selected or Part("")
        self.title.setText(f"{part.name} {part.version}".strip())
        stated = self.tr("Licence: {licence}").format(licence=part.licence)
        self.licence.setText(stated if part.licence else "")
        self.licence.setVisible(bool(part.licence))
        self.link.set_link(
            part.url, part.url, self.tr("Home or licences of {name}").format(name=part.name)
        )
        self.link.setVisible(bool(part.url))
        lacking = self.tr("{name} brings no text of its licence; its home says more.")
        self.text.setPlainText(part.text or (lacking.format(name=part.name) if part.name else ""))
