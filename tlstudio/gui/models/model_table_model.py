"""The models of the catalog as a table with numeric sort keys."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)
from PySide6.QtGui import QColor, QFont, QIcon

from tlstudio.core.catalog import WEIGHTS_PLACE_TITLES, ModelSpec, WeightsPlace, search_models
from tlstudio.gui import formats, icons, theme
from tlstudio.gui.language import core_text

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole

SORT_ROLE = Role.UserRole + 1
FAMILY_ROLE = Role.UserRole + 2
NAME_ROLE = Role.UserRole + 3

PLACE_ICONS = {
    WeightsPlace.ON_BOARD: "on_board",
    WeightsPlace.CACHED: "on_machine",
    WeightsPlace.REMOTE: "download",
    WeightsPlace.NONE: "close",
}
_PLACES = tuple(PLACE_ICONS)


class ModelColumn(IntEnum):
    """The columns of the table, left to right."""

    MODEL = 0
    PARAMETERS = 1
    GFLOPS = 2
    INPUT = 3
    TOP1 = 4
    WEIGHTS = 5


class ModelTableModel(QAbstractTableModel):
    """One row per `ModelSpec`; the chosen one is marked by a tick and bold letters."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.models: tuple[ModelSpec, ...] = ()
        self.chosen = ""
        self._icons: dict[tuple[str, str], QIcon] = {}

    def set_models(self, models: tuple[ModelSpec, ...]) -> None:
        """Show `models`; rows stay in place where only facts changed."""
        if [m.name for m in models] == [m.name for m in self.models]:
            self.models = models
            self._rows_changed(0, len(models) - 1)
            return
        self.beginResetModel()
        self.models = models
        self.endResetModel()

    def set_chosen(self, name: str) -> None:
        """Mark the model called `name`."""
        before, self.chosen = self.chosen, name
        for row, model in enumerate(self.models):
            if model.name in (before, name):
                self._rows_changed(row, row)

    def row_of(self, name: str) -> int:
        """The row of the model called `name`; -1 if it is not there."""
        return next((row for row, model in enumerate(self.models) if model.name == name), -1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.models)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(ModelColumn)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Role.DisplayRole:
            return (
                self.tr("Model"),
                self.tr("Parameters"),
                self.tr("GFLOPs"),
                self.tr("Input px"),
                self.tr("ImageNet top-1"),
                self.tr("Weights"),
            )[section]
        if role == Role.ToolTipRole:
            return (
                self.tr("The network and its family"),
                self.tr("Values that can be learned: size in memory and on disk"),
                self.tr("Billions of multiply-adds for one image: how slow it is"),
                self.tr("Side of the square image that it sees"),
                self.tr("Accuracy on ImageNet-1k, as its library states it"),
                self.tr("Where the pretrained weights are"),
            )[section]
        if role == Role.TextAlignmentRole:
            return _alignment(section)
        return None

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        if not index.isValid():
            return None
        model, column = self.models[index.row()], ModelColumn(index.column())
        if role == Role.DisplayRole:
            return self._text(model, column)
        if role == SORT_ROLE:
            return _sort_key(model, column)
        if role == Role.DecorationRole:
            return self._icon_of(model, column)
        if role == Role.TextAlignmentRole:
            return _alignment(column)
        if role == Role.ForegroundRole and column is not ModelColumn.MODEL:
            tokens = theme.current()
            return QColor(tokens.text if model.name == self.chosen else tokens.text_soft)
        if role == Role.FontRole and column is ModelColumn.MODEL and model.name == self.chosen:
            font = QFont()
            font.setWeight(QFont.Weight.DemiBold)
            return font
        if role == Role.ToolTipRole and column is ModelColumn.MODEL:
            return f"{model.name} ({model.library})"
        if role == FAMILY_ROLE:
            return model.family
        if role == NAME_ROLE:
            return model.name
        if role == Role.AccessibleTextRole and column is ModelColumn.MODEL:
            chosen = self.tr("chosen") if model.name == self.chosen else ""
            return ", ".join(filter(None, (model.title, model.family, chosen)))
        return None

    def _rows_changed(self, first: int, last: int) -> None:
        if last >= first:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(ModelColumn) - 1))

    def _text(self, model: ModelSpec, column: ModelColumn) -> str:
        match column:
            case ModelColumn.MODEL:
                return model.title
            case ModelColumn.PARAMETERS:
                return formats.compact(model.parameters)
            case ModelColumn.GFLOPS:
                return f"{model.gflops:.2f}"
            case ModelColumn.INPUT:
                return str(model.preprocessing.crop_px)
            case ModelColumn.TOP1:
                return formats.percent(model.imagenet_top1)
            case ModelColumn.WEIGHTS:
                place = core_text(WEIGHTS_PLACE_TITLES[model.weights_place])
                if model.weights_place is not WeightsPlace.REMOTE:
                    return place
                return f"{place}, {formats.file_size(model.weights_bytes)}"

    def _icon_of(self, model: ModelSpec, column: ModelColumn) -> QIcon | None:
        if column is ModelColumn.WEIGHTS:
            return self._icon(PLACE_ICONS[model.weights_place], "text_soft")
        if column is ModelColumn.MODEL and model.name == self.chosen:
            return self._icon("done", "accent")
        return None

    def _icon(self, name: str, token: str) -> QIcon:
        tokens = theme.current()
        key = (tokens.name, name)
        if key not in self._icons:
            self._icons[key] = icons.icon(name, getattr(tokens, token))
        return self._icons[key]


class ModelFilter(QSortFilterProxyModel):
    """The models that a search finds, sorted by numbers where they are numbers."""

    def __init__(self, source: ModelTableModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._models = source
        self._query = ""
        self._found: frozenset[str] = frozenset()
        self.setSourceModel(source)
        self.setSortRole(SORT_ROLE)
        source.modelReset.connect(self._search)

    def set_query(self, query: str) -> None:
        """Show the models that `core.catalog.search_models` finds."""
        self._query = query
        self._search()

    def filterAcceptsRow(self, row: int, parent: Index) -> bool:
        return not self._query or self._models.models[row].name in self._found

    def _search(self) -> None:
        self.beginFilterChange()
        self._found = frozenset(_names(search_models(self._models.models, self._query)))
        self.endFilterChange(QSortFilterProxyModel.Direction.Rows)


def _names(models: Iterable[ModelSpec]) -> Iterable[str]:
    return (model.name for model in models)


def _sort_key(model: ModelSpec, column: ModelColumn) -> str | float:
    match column:
        case ModelColumn.MODEL:
            return model.title.casefold()
        case ModelColumn.PARAMETERS:
            return float(model.parameters)
        case ModelColumn.GFLOPS:
            return model.gflops
        case ModelColumn.INPUT:
            return float(model.preprocessing.crop_px)
        case ModelColumn.TOP1:
            return -1.0 if model.imagenet_top1 is None else model.imagenet_top1
        case ModelColumn.WEIGHTS:
            return _PLACES.index(model.weights_place) * 1e12 + model.weights_bytes


def _alignment(column: int) -> Qt.AlignmentFlag:
    number = column not in (ModelColumn.MODEL, ModelColumn.WEIGHTS)
    side = Qt.AlignmentFlag.AlignRight if number else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
