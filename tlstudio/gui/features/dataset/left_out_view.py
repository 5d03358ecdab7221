"""The files that were left out, and why."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHeaderView, QStackedWidget, QWidget

from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.gui.features.dataset.excluded_files_model import ExcludedFilesModel
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import EmptyState, label
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.layout import vstack
from tlstudio.gui.kit.table import RowTable
from tlstudio.gui.state.session import Session


class LeftOutView(QWidget):
    """A table, or the good news that it would be empty."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        explain(self, "left-out")
        self.model = ExcludedFilesModel(self)
        self.table = RowTable(self.model)
        self.table.setAccessibleName(self.tr("Files that were left out"))
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.hint = label(
            self.tr(
                "They stay where they are. Mend or remove them, and the dataset is read again."
            ),
            "hint",
            wrap=True,
        )
        listing = QWidget()
        vstack(self.hint, (self.table, 1), spacing=theme.GRID, parent=listing)
        self._stack = QStackedWidget()
        self._stack.addWidget(
            EmptyState(
                "success",
                self.tr("Every file could be read"),
                self.tr("Files that cannot be read are listed here with the reason."),
            )
        )
        self._stack.addWidget(listing)
        vstack(self._stack, parent=self)

    @property
    def is_empty(self) -> bool:
        return self._stack.currentIndex() == 0

    def set_index(self, index: DatasetIndex) -> None:
        self.model.set_files(index.root, index.excluded)
        self._stack.setCurrentIndex(1 if index.excluded else 0)
