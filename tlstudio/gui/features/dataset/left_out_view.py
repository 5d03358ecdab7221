"""The files that were left out: how many for each reason, and which."""

from __future__ import annotations

from collections import Counter

from PySide6.QtCore import QModelIndex, QObject, Qt
from PySide6.QtWidgets import QHeaderView, QStackedWidget, QWidget

from tlstudio.core.data.dataset import DatasetIndex, ExcludedFile
from tlstudio.gui.features.dataset.excluded_files_model import ExcludedFilesModel
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.basics import EmptyState, label
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.language import core_text
from tlstudio.gui.kit.layout import vstack
from tlstudio.gui.kit.table import Column, RowTable, TableModel
from tlstudio.gui.state.session import Session

_COUNT_PX = 88
_REASONS_SHOWN = 6  # more are scrolled to


class ReasonsModel(TableModel[tuple[str, int]]):
    """Reasons with the number of files, the most first; "" stands for all together."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent=parent)
        self.columns = (
            Column(
                self.tr("Files"),
                lambda row: formats.count(row[1]),
                is_number=True,
                explained_by="left-out",
            ),
            Column(
                self.tr("Reason"),
                lambda row: core_text(row[0]) if row[0] else self.tr("All"),
                explained_by="left-out",
            ),
        )


class LeftOutView(QWidget):
    """A table of reasons above a table of files, or the good news that both would be empty."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        explain(self, "left-out")
        self.model = ExcludedFilesModel(self)
        self.table = RowTable(self.model)
        self.table.setAccessibleName(self.tr("Files that were left out"))
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.reasons_model = ReasonsModel(self)
        self.reasons = RowTable(self.reasons_model)
        self.reasons.setAccessibleName(self.tr("Reasons"))
        header = self.reasons.horizontalHeader()
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        header.resizeSection(0, _COUNT_PX)
        self.reasons.selectionModel().currentRowChanged.connect(self._on_reason_chosen)
        self._index: DatasetIndex | None = None
        self._files: tuple[ExcludedFile, ...] = ()
        self.counts = label("", "hint", wrap=True)
        self.hint = label(
            self.tr(
                "They stay where they are. Mend or remove them, and the dataset is read again."
            ),
            "hint",
            wrap=True,
        )
        listing = QWidget()
        parts = (self.counts, self.reasons, self.hint, (self.table, 1))
        vstack(*parts, spacing=theme.GRID, parent=listing)
        self._stack = QStackedWidget()
        self._stack.addWidget(
            EmptyState(
                "success",
                self.tr("Every file is used"),
                self.tr("Files that are not used are listed here, each with the reason."),
            )
        )
        self._stack.addWidget(listing)
        vstack(self._stack, parent=self)

    @property
    def is_empty(self) -> bool:
        return self._stack.currentIndex() == 0

    def set_index(self, index: DatasetIndex) -> None:
        self._index = index
        self._files = files = (*index.excluded, *index.other_files)
        counts = Counter(file.reason for file in files)
        reasons = counts.most_common()
        self.reasons_model.set_rows([("", len(files)), *reasons] if len(reasons) > 1 else reasons)
        rows = min(self.reasons_model.rowCount(), _REASONS_SHOWN)
        header_px = self.reasons.horizontalHeader().sizeHint().height()
        self.reasons.setFixedHeight(header_px + rows * theme.ROW_PX + 2)
        self.counts.setText(
            self.tr("{used} of {all} files are used.").format(
                used=formats.count(len(index.samples)),
                all=formats.count(len(index.samples) + len(files)),
            )
        )
        self._stack.setCurrentIndex(1 if files else 0)
        self.reasons.selectRow(0)
        self._show_files(self.reasons.currentIndex())

    def _on_reason_chosen(self, current: QModelIndex) -> None:
        self._show_files(current)

    def _show_files(self, current: QModelIndex) -> None:
        rows = self.reasons_model.rows
        reason = rows[current.row()][0] if 0 <= current.row() < len(rows) else ""
        if self._index is not None:
            files = tuple(file for file in self._files if reason in ("", file.reason))
            self.model.set_files(self._index.root, files)
