"""The files of a dataset that were left out, as a table: file, reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from tlstudio.core.data.dataset import ExcludedFile
from tlstudio.gui.kit.headings import Heading, header_data
from tlstudio.gui.kit.language import core_text

Index = QModelIndex | QPersistentModelIndex


class ExcludedFilesModel(QAbstractTableModel):
    """Paths are shown from the dataset's folder on."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._root = Path()
        self._files: tuple[ExcludedFile, ...] = ()
        self._headings = (Heading(self.tr("File")), Heading(self.tr("Reason")))

    def set_files(self, root: Path, files: tuple[ExcludedFile, ...]) -> None:
        self.beginResetModel()
        self._root, self._files = root, files
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._files)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._headings)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        return header_data(self._headings, section, orientation, role)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        file = self._files[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._relative(file.path) if index.column() == 0 else core_text(file.reason)
        if role == Qt.ItemDataRole.ToolTipRole:
            return str(file.path)
        return None

    def _relative(self, path: Path) -> str:
        return str(path.relative_to(self._root)) if path.is_relative_to(self._root) else str(path)
