"""The models of the catalog as a table that filters and sorts itself."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QIcon

from tlstudio.core.networks.catalog import (
    LIBRARY_TITLES,
    WEIGHTS_PLACE_TITLES,
    ModelSpec,
    WeightsPlace,
)
from tlstudio.core.networks.families import all_families
from tlstudio.gui.kit import formats, icons
from tlstudio.gui.kit.language import core_text, shown
from tlstudio.gui.kit.table import Column, Index, TableModel
from tlstudio.gui.kit.weights_texts import PLACE_ICONS

Role = Qt.ItemDataRole

NAME_ROLE = Role.UserRole + 2

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


class ModelTableModel(TableModel[ModelSpec]):
    """The item model of the catalog: a row per `ModelSpec`, identified by its name.

    It sorts on its own: through a proxy every comparison of 1,500 rows would be a call from C++
    into Python.

    Attributes:
        models: in the order of the catalog, whatever the order of the rows.
    """

    has_choice = True

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(identity=lambda model: model.name, parent=parent)
        self.models: tuple[ModelSpec, ...] = ()
        self.chosen = ""
        self._word = ""
        self._years: dict[str, int | None] = {}
        self._column = -1
        self._order = Qt.SortOrder.AscendingOrder
        self.columns = (
            Column(
                self.tr("Model"),
                lambda model: model.title,
                self.tr("The network and its family"),
                tip=_facts,
                spoken=lambda model: f"{model.title}, {shown(model.family)}",
                detail=lambda model: shown(model.family),
                explained_by="model",
            ),
            Column(
                self.tr("Library"),
                lambda model: core_text(LIBRARY_TITLES[model.library]),
                self.tr("Who builds it; the classics are the studio's own"),
                key=lambda model: model.library,
            ),
            Column(
                self.tr("Parameters"),
                lambda model: (
                    formats.compact(model.parameters) if model.parameters else formats.NONE
                ),
                self.tr("Values that can be learned: size in memory and on disk"),
                is_number=True,
                key=lambda model: model.parameters or None,
                explained_by="parameters",
            ),
            Column(
                self.tr("GFLOPs"),
                lambda model: formats.gflops(model.gflops),
                self.tr("Billions of multiply-adds for one image: how slow it is"),
                is_number=True,
                key=lambda model: model.gflops or None,
                explained_by="multiply-adds",
            ),
            Column(
                self.tr("Input px"),
                lambda model: str(model.preprocessing.crop_px),
                self.tr("Side of the square image that it sees"),
                is_number=True,
                key=lambda model: model.preprocessing.crop_px,
                explained_by="input-size",
            ),
            Column(
                self.tr("Top-1"),
                lambda model: formats.percent(model.imagenet_top1),
                self.tr("Accuracy on ImageNet-1k of its default weights, as its library states it"),
                is_number=True,
                key=lambda model: model.imagenet_top1,
                explained_by="top1",
            ),
            Column(
                self.tr("Year"),
                lambda model: str(self._years.get(model.family_id) or formats.NONE),
                self.tr("When its family was first published"),
                is_number=True,
                key=lambda model: self._years.get(model.family_id),
            ),
            Column(
                self.tr("Weights"),
                _weights_text,
                self.tr("Where the pretrained weights are, and how many sets there are"),
                key=_weights_key,
                tip=lambda model: "\n".join(map(_weights_line, model.weights[:12])) or None,
                icon=_place_icon,
                explained_by="weights",
            ),
        )

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
        self.set_rows(self._sorted())

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column with unknown values last; -1 gives the catalog's own order."""
        self._column, self._order = column, order
        self.set_rows(self._sorted())

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        if index.isValid() and role == NAME_ROLE:
            return self.rows[index.row()].name
        return super().data(index, role)

    def _sorted(self) -> tuple[ModelSpec, ...]:
        if 0 <= self._column < len(self.columns):
            key = self.columns[self._column].sort_key
            known = [model for model in self.models if key(model) is not None]
            known.sort(key=key, reverse=self._order is Qt.SortOrder.DescendingOrder)
            return (*known, *(model for model in self.models if key(model) is None))
        if self._word:
            return tuple(sorted(self.models, key=lambda model: _distance(model, self._word)))
        return self.models


def _facts(model: ModelSpec) -> str:
    return f"{model.name} ({core_text(LIBRARY_TITLES[model.library])})\n{shown(model.family)}"


def _weights_text(model: ModelSpec) -> str:
    place = core_text(WEIGHTS_PLACE_TITLES[nearest_place(model)])
    sets = len(model.weights)
    return f"{place} · {sets}" if sets > 1 else place


def _place_icon(model: ModelSpec) -> QIcon:
    return icons.icon(PLACE_ICONS[nearest_place(model)])


def nearest_place(model: ModelSpec) -> WeightsPlace:
    """Return the nearest place of its weights: on board, on this machine, or to download."""
    return min((weights.place for weights in model.weights), key=_PLACES.index, default=_PLACES[-1])


def _distance(model: ModelSpec, word: str) -> int:
    """Rank how well a model matches a typed word: its whole name, its beginning, or a part."""
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
