"""Files that could not be read, and why; folded away until somebody asks."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from tlstudio.core.data.dataset import ExcludedFile
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import Fold, plain_tip
from tlstudio.gui.kit.language import core_text
from tlstudio.gui.kit.layout import vstack

ROWS_SHOWN = 4


class UnreadableList(QWidget):
    """A fold that says how many there are; hidden while there are none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._files: tuple[ExcludedFile, ...] = ()
        self.rows = QTreeWidget()
        self.rows.setHeaderLabels([self.tr("File"), self.tr("Reason")])
        self.rows.setRootIsDecorated(False)
        self.rows.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.rows.header().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        self.rows.header().setStretchLastSection(True)
        self.rows.setFixedHeight((ROWS_SHOWN + 1) * theme.ROW_PX)
        self.rows.setAccessibleName(self.tr("Unreadable files"))
        self.fold = Fold("", self.rows)
        vstack(self.fold, parent=self)
        self.hide()

    def set_files(self, files: Sequence[ExcludedFile]) -> None:
        """Show these; rows of the same files are kept."""
        kept = len(self._files) if tuple(files[: len(self._files)]) == self._files else 0
        if not kept:
            self.rows.clear()
        for file in files[kept:]:
            row = QTreeWidgetItem([file.image.name, core_text(file.reason)])
            row.setToolTip(0, plain_tip(str(file.image)))
            row.setToolTip(1, plain_tip(core_text(file.reason)))
            self.rows.addTopLevelItem(row)
        self._files = tuple(files)
        self.fold.set_title(self.tr("%n file(s) could not be read", "", len(self._files)))
        self.setVisible(bool(self._files))
