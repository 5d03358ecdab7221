"""The files of a dataset that were left out, as a table: file, reason."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject

from tlstudio.core.data.dataset import ExcludedFile
from tlstudio.gui.kit.language import core_text
from tlstudio.gui.kit.table import Column, TableModel


class ExcludedFilesModel(TableModel[ExcludedFile]):
    """Paths are shown from the dataset's folder on."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent=parent)
        self._root = Path()
        self.columns = (
            Column(
                self.tr("File"),
                self._relative,
                tip=lambda file: str(file.image),
                explained_by="left-out",
            ),
            Column(
                self.tr("Reason"),
                lambda file: core_text(file.reason),
                tip=lambda file: str(file.image),
                explained_by="left-out",
            ),
        )

    def set_files(self, root: Path, files: tuple[ExcludedFile, ...]) -> None:
        """Show what was left out below `root`."""
        self._root = root
        self.set_rows(files)

    def _relative(self, file: ExcludedFile) -> str:
        path = file.image.path
        if path is not None and path.is_relative_to(self._root):
            return str(path.relative_to(self._root))
        is_inside = file.image.container.id == str(self._root)
        return file.image.key if is_inside else str(file.image)
