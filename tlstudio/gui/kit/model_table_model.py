"""The models of the catalog as a table that filters and sorts itself."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont, QIcon

from tlstudio.core.networks.catalog import (
    LIBRARY_TITLES,
    WEIGHTS_PLACE_TITLES,
    ModelSpec,
    WeightsPlace,
)
from tlstudio.core.networks.families import all_families
from tlstudio.gui.kit import formats, icons, theme
from tlstudio.gui.kit.headings import Heading, header_data
from tlstudio.gui.kit.language import core_text, shown

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole

FAMILY_ROLE = Role.UserRole + 1
NAME_ROLE = Role.UserRole + 2

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
    LIBRARY = 1
    PARAMETERS = 2
    GFLOPS = 3
    INPUT = 4
    TOP1 = 5
    YEAR = 6
    WEIGHTS = 7


class ModelTableModel(QAbstractTableModel):
    """One row per `ModelSpec`; the chosen one is marked by a tick and bold letters.

    It sorts on its own: through a proxy every comparison of 1,500 rows would be a call from C++
    into Python, and what is not known could not be last in both directions.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.models: tuple[ModelSpec, ...] = ()
        self.shown: tuple[ModelSpec, ...] = ()
        self.chosen = ""
        self._word = ""
        self._rows: dict[str, int] = {}
        self._years: dict[str, int | None] = {}
        self._column = -1
        self._order = Qt.SortOrder.AscendingOrder
        self._colors: dict[str, QColor] = {}
        self._bold: QFont | None = None
        self._headings = self._make_headings()

    def set_models(self, models: tuple[ModelSpec, ...], query: str = "") -> None:
        """Show `models`; rows stay in place where only facts changed.

        Args:
            models: what was found, in the order of the catalog.
            query: what was searched for; models called like that come first.
        """
        if not self._years:
            self._years = {family.id: family.year for family in all_families()}
        self.models = models
        self._word = next(iter(query.casefold().split()), "")
        found = self._sorted()
        if [model.name for model in found] == [model.name for model in self.shown]:
            self.shown = found
            self._rows_changed(0, len(found) - 1)
        else:
            self._show(found)

    def set_chosen(self, name: str) -> None:
        """Mark the model called `name`."""
        before, self.chosen = self.chosen, name
        for row in {self.row_of(before), self.row_of(name)} - {-1}:
            self._rows_changed(row, row)

    def row_of(self, name: str) -> int:
        """The row of the model called `name`; -1 if it is not shown."""
        return self._rows.get(name, -1)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """By a column, what is unknown last; -1 for the catalog's own order."""
        self._column, self._order = column, order
        self._show(self._sorted())

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.shown)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(ModelColumn)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> Any:
        return header_data(self._headings, section, orientation, role)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        if not index.isValid():
            return None
        model, column = self.shown[index.row()], ModelColumn(index.column())
        if role == Role.DisplayRole:
            return self._text(model, column)
        if role == Role.DecorationRole:
            return self._icon_of(model, column)
        if role == Role.TextAlignmentRole:
            return self._headings[column].alignment
        if role == Role.ForegroundRole and column is not ModelColumn.MODEL:
            return self._color("text" if model.name == self.chosen else "text_soft")
        if role == Role.FontRole and column is ModelColumn.MODEL and model.name == self.chosen:
            return self._bold_font()
        if role == Role.ToolTipRole:
            return self._tip(model, column)
        if role == FAMILY_ROLE:
            return shown(model.family)
        if role == NAME_ROLE:
            return model.name
        if role == Role.AccessibleTextRole and column is ModelColumn.MODEL:
            chosen = self.tr("chosen") if model.name == self.chosen else ""
            return ", ".join(filter(None, (model.title, shown(model.family), chosen)))
        return None

    # -- which rows ------------------------------------------------------------------------------

    def _show(self, models: tuple[ModelSpec, ...]) -> None:
        self.beginResetModel()
        self.shown = models
        self._rows = {model.name: row for row, model in enumerate(models)}
        self.endResetModel()

    def _sorted(self) -> tuple[ModelSpec, ...]:
        if 0 <= self._column < len(ModelColumn):
            key = self._sort_key(ModelColumn(self._column))
            known = [model for model in self.models if key(model) is not None]
            known.sort(key=key, reverse=self._order is Qt.SortOrder.DescendingOrder)
            return (*known, *(model for model in self.models if key(model) is None))
        if self._word:
            return tuple(sorted(self.models, key=lambda model: _distance(model, self._word)))
        return self.models

    def _sort_key(self, column: ModelColumn) -> Callable[[ModelSpec], Any]:
        """What to sort by; None for what is not known."""
        match column:
            case ModelColumn.MODEL:
                return lambda model: model.title.casefold()
            case ModelColumn.LIBRARY:
                return lambda model: model.library
            case ModelColumn.PARAMETERS:
                return lambda model: model.parameters or None
            case ModelColumn.GFLOPS:
                return lambda model: model.gflops or None
            case ModelColumn.INPUT:
                return lambda model: model.inputs.crop_px
            case ModelColumn.TOP1:
                return lambda model: model.imagenet_top1
            case ModelColumn.YEAR:
                return lambda model: self._years.get(model.family_id)
            case ModelColumn.WEIGHTS:
                return _weights_key

    def _rows_changed(self, first: int, last: int) -> None:
        if last >= first:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(ModelColumn) - 1))

    # -- what they show --------------------------------------------------------------------------

    def _make_headings(self) -> tuple[Heading, ...]:
        return (
            Heading(self.tr("Model"), self.tr("The network and its family")),
            Heading(
                self.tr("Library"), self.tr("Who builds it; the classics are the studio's own")
            ),
            Heading(
                self.tr("Parameters"),
                self.tr("Values that can be learned: size in memory and on disk"),
                is_number=True,
            ),
            Heading(
                self.tr("GFLOPs"),
                self.tr("Billions of multiply-adds for one image: how slow it is"),
                is_number=True,
            ),
            Heading(
                self.tr("Input px"),
                self.tr("Side of the square image that it sees"),
                is_number=True,
            ),
            Heading(
                self.tr("Top-1"),
                self.tr("Accuracy on ImageNet-1k of its default weights, as its library states it"),
                is_number=True,
            ),
            Heading(
                self.tr("Year"), self.tr("When its family was first published"), is_number=True
            ),
            Heading(
                self.tr("Weights"),
                self.tr("Where the pretrained weights are, and how many sets there are"),
            ),
        )

    def _text(self, model: ModelSpec, column: ModelColumn) -> str:
        match column:
            case ModelColumn.MODEL:
                return model.title
            case ModelColumn.LIBRARY:
                return core_text(LIBRARY_TITLES[model.library])
            case ModelColumn.PARAMETERS:
                return formats.compact(model.parameters) if model.parameters else formats.NONE
            case ModelColumn.GFLOPS:
                return formats.gflops(model.gflops)
            case ModelColumn.INPUT:
                return str(model.inputs.crop_px)
            case ModelColumn.TOP1:
                return formats.percent(model.imagenet_top1)
            case ModelColumn.YEAR:
                return str(self._years.get(model.family_id) or formats.NONE)
            case ModelColumn.WEIGHTS:
                place = core_text(WEIGHTS_PLACE_TITLES[nearest_place(model)])
                sets = len(model.weights)
                return f"{place} · {sets}" if sets > 1 else place

    def _tip(self, model: ModelSpec, column: ModelColumn) -> str | None:
        if column is ModelColumn.MODEL:
            family = shown(model.family)
            return f"{model.name} ({core_text(LIBRARY_TITLES[model.library])})\n{family}"
        if column is ModelColumn.WEIGHTS:
            return "\n".join(_weights_line(weights) for weights in model.weights[:12]) or None
        return None

    def _icon_of(self, model: ModelSpec, column: ModelColumn) -> QIcon | None:
        if column is ModelColumn.WEIGHTS:
            return icons.icon(PLACE_ICONS[nearest_place(model)])
        if column is ModelColumn.MODEL and model.name == self.chosen:
            return icons.icon("done", "accent")
        return None

    def _color(self, token: str) -> QColor:
        value = getattr(theme.current(), token)
        return self._colors.setdefault(value, QColor(value))

    def _bold_font(self) -> QFont:
        if self._bold is None:
            self._bold = QFont()
            self._bold.setWeight(QFont.Weight.DemiBold)
        return self._bold


def nearest_place(model: ModelSpec) -> WeightsPlace:
    """Where the nearest of its weights are: on board, on this machine, to download."""
    return min((weights.place for weights in model.weights), key=_PLACES.index, default=_PLACES[-1])


def _distance(model: ModelSpec, word: str) -> int:
    """How far a model is from what was typed: it is the name, or how the name begins, or in it."""
    names = (model.name.rpartition("/")[2].casefold(), model.title.casefold())
    if word in names:
        return 0
    return 1 if any(name.startswith(word) for name in names) else 2


def _weights_key(model: ModelSpec) -> tuple[int, int] | None:
    """Nearest first, then most sets; models without weights are last in both directions."""
    if not model.weights:
        return None
    return _PLACES.index(nearest_place(model)), -len(model.weights)


def _weights_line(weights: Any) -> str:
    parts = [weights.name]
    if weights.imagenet_top1 is not None:
        parts.append(formats.percent(weights.imagenet_top1))
    if weights.size_bytes:
        parts.append(formats.file_size(weights.size_bytes))
    parts.append(core_text(WEIGHTS_PLACE_TITLES[weights.place]))
    return " · ".join(parts)
