"""Pretrained weights on this machine, as a table."""

from __future__ import annotations

from enum import IntEnum

from PySide6.QtCore import QDateTime, QLocale, QObject

from tlstudio.core.networks.catalog import WEIGHTS_PLACE_TITLES
from tlstudio.core.networks.downloads import StoredWeights
from tlstudio.gui.kit import formats, icons
from tlstudio.gui.kit.language import core_text
from tlstudio.gui.kit.table import Column, TableModel
from tlstudio.gui.kit.weights_texts import PLACE_ICONS


class StoredColumn(IntEnum):
    """The columns, left to right."""

    MODEL = 0
    WEIGHTS = 1
    USED = 2
    SIZE = 3


class StoredWeightsModel(TableModel[StoredWeights]):
    """A row for each file."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent=parent)
        self.columns = (
            Column(
                self.tr("Model"),
                self._title,
                key=lambda row: row.title.casefold(),
                tip=_tip,
                icon=lambda row: icons.icon(PLACE_ICONS[row.place]),
                explained_by="model",
            ),
            Column(
                self.tr("Weights"),
                lambda row: row.name.weights,
                tip=_tip,
                explained_by="weights",
            ),
            Column(self.tr("Last used"), self._last_used, key=lambda row: row.used_s, tip=_tip),
            Column(
                self.tr("Size"),
                lambda row: formats.file_size(row.size_bytes),
                is_number=True,
                key=lambda row: row.size_bytes,
                tip=_tip,
            ),
        )

    def _title(self, row: StoredWeights) -> str:
        others = len({name.model for name in row.names}) - 1
        more = " " + self.tr("and %n other(s)", "", others) if others else ""
        return row.title + more

    def _last_used(self, row: StoredWeights) -> str:
        if not row.removable:
            return self.tr("On board")
        used = QDateTime.fromSecsSinceEpoch(round(row.used_s)).date()
        return QLocale().toString(used, QLocale.FormatType.ShortFormat)


def _tip(row: StoredWeights) -> str:
    return f"{core_text(WEIGHTS_PLACE_TITLES[row.place])}\n{row.path}"
