"""The layers of a network with their check boxes, for a tree view."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from enum import IntEnum
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QIcon

from tlstudio.core.networks.layers import LayerTree
from tlstudio.gui.features.layers.measures import (
    EMPTY,
    LayerMeasure,
    LayerMeasures,
    MeasureCell,
    MeasureFacts,
)
from tlstudio.gui.features.layers.module_tree_model import ModuleTreeModel, small_font
from tlstudio.gui.features.layers.rows import LayerRow, LayerRows, LayerState
from tlstudio.gui.kit import formats, icons
from tlstudio.gui.kit.help_mark import HELP_ROLE
from tlstudio.gui.kit.table import Column, Index

Role = Qt.ItemDataRole

BOX_PX = 16  # of a check box
MEASURE_ROLE = Role.UserRole + 1  # the whole `MeasureCell` of a cell
STATISTICS_ROLE = Role.UserRole + 2  # icon: what the running statistics of a norm do; else None


class LayerColumn(IntEnum):
    """The columns of the tree, left to right."""

    NAME = 0
    KIND = 1
    OUTPUT = 2
    PARAMETERS = 3
    MEASURE = 4
    STATE = 5


STATE_COLORS = {
    LayerState.TRAINS: "accent",
    LayerState.FROZEN: "frozen",
    LayerState.WAITS: "text_soft",
    LayerState.PARTLY: "text_soft",
}
STATISTICS_ICONS = {True: ("statistics_move", "accent"), False: ("statistics_fixed", "frozen")}


class LayerTreeModel(ModuleTreeModel[LayerRow]):
    """Shows a `LayerTree`, which of its layers train, and one measure of them.

    The model never ticks by itself: it says what was asked for, and shows what `set_trainable`
    says.

    Signals:
        ticked(frozenset): a box was clicked; the paths of all layers that should train now.
    """

    ticked = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.tree: LayerTree | None = None
        self.trainable: frozenset[str] = frozenset()
        self._editable = True
        self._compact = False
        self._statistics: frozenset[str] = frozenset()
        self._measures = LayerMeasures(self)
        self._measure, self._facts = LayerMeasure.RATE, MeasureFacts()
        self._cells: list[MeasureCell] = []
        self.columns = self._make_columns()

    # -- what it shows ---------------------------------------------------------------------------

    def set_tree(self, tree: LayerTree | None) -> None:
        """Show another network; nothing trains until `set_trainable` says so."""
        self.beginResetModel()
        self.tree, self._rows, self.trainable = tree, LayerRows(tree), frozenset()
        self._statistics, self._cells = frozenset(), []
        self.endResetModel()

    def set_trainable(
        self,
        paths: Iterable[str],
        *,
        waiting: Collection[str] = (),
        statistics: Collection[str] = (),
    ) -> None:
        """Tick the layers at `paths` and no others.

        Args:
            paths: of the layers that train.
            waiting: those of them that the present run has not begun to train yet.
            statistics: paths of the norms whose running statistics move.
        """
        self.trainable = frozenset(paths)
        others = self._statistics ^ frozenset(statistics)
        self._statistics = frozenset(statistics)
        before = [row.state for row in self.rows]
        self._rows.count(self.trainable, waiting)
        self._announce(
            number
            for number, row in enumerate(self.rows)
            if row.state is not before[number] or row.node.path in others
        )

    def set_measure(self, measure: LayerMeasure, facts: MeasureFacts) -> None:
        """Choose what the column of measures shows, and the facts it is made from."""
        if measure is not self._measure:
            self._measure = measure
            self.columns = self._make_columns()
            column = LayerColumn.MEASURE
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, column, column)
        self._facts = facts
        cells = self._measures.cells(measure, self.rows, facts)
        before = self._cells or [EMPTY] * len(cells)
        self._cells = cells
        self._announce(number for number, cell in enumerate(cells) if cell != before[number])

    def set_editable(self, editable: bool) -> None:
        """Whether boxes can be clicked."""
        self._editable = editable

    def set_compact(self, compact: bool) -> None:
        """Whether the state is an icon only; words are in its tooltip."""
        if compact != self._compact:
            self._compact = compact
            self.columns = self._make_columns()
            state = LayerColumn.STATE
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, state, state)

    def shown(self, row: LayerRow) -> LayerRow:
        return row

    def paths_of(self, index: Index) -> frozenset[str]:
        """Paths of the layers with parameters at or below `index`."""
        return self._rows.layers_in(index.internalId()) if index.isValid() else frozenset()

    # -- Qt --------------------------------------------------------------------------------------

    def flags(self, index: Index) -> Qt.ItemFlag:
        row = self.row_of(index)
        if row is None:
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if not row.node.children or row.is_own:
            flags |= Qt.ItemFlag.ItemNeverHasChildren
        if self._editable and row.layers and index.column() == LayerColumn.NAME:
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        row = self.row_of(index)
        if row is None:
            return None
        column = LayerColumn(index.column())
        if role == Role.CheckStateRole and column is LayerColumn.NAME:
            return _check_state(row)
        if role == MEASURE_ROLE and column is LayerColumn.MEASURE:
            return self._cell(row)
        if role == STATISTICS_ROLE and column is LayerColumn.STATE:
            return self._statistics_icon(row)
        if role == HELP_ROLE and column is LayerColumn.STATE:
            return self._mark_name(row)
        return super().data(index, role)

    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:
        if role != Role.CheckStateRole or not self.flags(index) & Qt.ItemFlag.ItemIsUserCheckable:
            return False
        paths = self.paths_of(index)
        checked = Qt.CheckState(value) is Qt.CheckState.Checked
        self.ticked.emit(self.trainable | paths if checked else self.trainable - paths)
        return True

    # -- inside ----------------------------------------------------------------------------------

    def _make_columns(self) -> tuple[Column[LayerRow], ...]:
        return (
            Column(
                self.tr("Layer"),
                lambda row: self.tr("(own)") if row.is_own else row.node.name,
                self.tr("Ticked layers train. A box of a container sets all below it."),
                tip=self._name_tip,
                # names stand below names, with or without a box
                icon=lambda row: None if row.layers else icons.blank(),
                token=lambda row: "" if row.layers else "text_soft",
                spoken=self._spoken,
                explained_by="config.trainable",
            ),
            _column(
                self.tr("Type"),
                lambda row: "Parameter" if row.is_own else row.node.kind,
                self.tr("Class of the module"),
                tip=self._name_tip,
                explained_by="layer",
            ),
            _column(
                self.tr("Output"),
                lambda row: "" if row.is_own else "×".join(map(str, row.node.output_shape)),
                self.tr("Shape of the output for one image: channels×height×width"),
                is_number=True,
                tip=self._name_tip,
                explained_by="output-shape",
            ),
            _column(
                self.tr("Params"),
                lambda row: formats.compact(row.parameters) if row.parameters else "",
                self.tr("Number of parameters, with all below"),
                is_number=True,
                tip=lambda row: (
                    formats.count(row.parameters) if row.parameters else self._name_tip(row)
                ),
                explained_by="parameters",
            ),
            _column(
                self._measures.short_title(self._measure),
                lambda row: self._cell(row).text,
                self._measures.help(self._measure),
                is_number=True,
                tip=lambda row: self._cell(row).tip or self._name_tip(row),
                explained_by="layer.measure",
            ),
            _column(
                "" if self._compact else self.tr("State"),
                lambda row: "" if self._compact else self._state_text(row),
                self._frozen_help(),
                tip=self._state_tips,
                icon=_state_icon,
                explained_by="freeze",
            ),
        )

    def _spoken(self, row: LayerRow) -> str:
        return ", ".join(filter(None, (row.node.path, row.node.kind, self._state_text(row))))

    def _state_text(self, row: LayerRow) -> str:
        match row.state:
            case LayerState.TRAINS:
                return self.tr("Trains")
            case LayerState.FROZEN:
                return self.tr("Frozen")
            case LayerState.WAITS:
                return self.tr("Waits")
            case LayerState.PARTLY:
                return self.tr("Partly")
            case LayerState.NOTHING:
                return ""

    def _name_tip(self, row: LayerRow) -> str:
        name = row.node.path or self.tr("the network")
        if row.is_own:
            return self.tr("Parameters that {name} holds itself").format(name=name)
        return f"{name} ({row.node.kind})"

    def _state_tips(self, row: LayerRow) -> str:
        return "\n".join(filter(None, (self._state_tip(row), self._statistics_tip(row))))

    def _state_tip(self, row: LayerRow) -> str:
        match row.state:
            case LayerState.FROZEN:
                return self._frozen_help()
            case LayerState.WAITS:
                return self.tr("Frozen until its epoch of this run comes.")
            case LayerState.PARTLY:
                return self.tr("{trains} of {layers} layers train.").format(
                    trains=row.trains - row.waits, layers=row.layers
                )
            case LayerState.TRAINS | LayerState.NOTHING:
                return self._state_text(row)

    def _statistics_tip(self, row: LayerRow) -> str:
        """The policy for the running mean and variance of a norm, in two sentences."""
        if not self._is_norm(row):
            return ""
        if row.node.path in self._statistics:
            return self.tr(
                "Its running mean and variance follow your images with every training step. "
                "Validation and the finished network normalise with what they have become."
            )
        return self.tr(
            "Its running mean and variance stay what they are, and it normalises with them while "
            "training, too. So the layers before it give the same features in every epoch."
        )

    def _frozen_help(self) -> str:
        return self.tr("Frozen layers keep their parameters exactly, bit for bit.")

    def _is_norm(self, row: LayerRow) -> bool:
        node = self.tree.nodes.get(row.node.path) if self.tree is not None else None
        return node is not None and node.is_norm

    def _statistics_icon(self, row: LayerRow) -> QIcon | None:
        if not self._is_norm(row):
            return None
        return icons.icon(*STATISTICS_ICONS[row.node.path in self._statistics])

    def _mark_name(self, row: LayerRow) -> str:
        """What explains the marks of a row; those of a norm are what nobody knows."""
        if self._is_norm(row):
            return "norm.move" if row.node.path in self._statistics else "norm.fixed"
        return f"layer.{row.state.value}" if row.layers else ""

    def _cell(self, row: LayerRow) -> MeasureCell:
        return self._cells[row.number] if row.number < len(self._cells) else EMPTY

    def _announce(self, numbers: Iterable[int]) -> None:
        """Rows look different; siblings are told of at once."""
        changed: dict[int, list[int]] = {}
        for number in numbers:
            changed.setdefault(self.rows[number].parent, []).append(number)
        for siblings in changed.values():
            first = self._index_of(siblings[0], LayerColumn.NAME)
            self.dataChanged.emit(first, self._index_of(siblings[-1], LayerColumn.STATE))


def _check_state(row: LayerRow) -> Qt.CheckState | None:
    """The box tells of the plan, whatever the present epoch is."""
    if not row.layers:
        return None
    if not row.trains:
        return Qt.CheckState.Unchecked
    whole = row.trains == row.layers
    return Qt.CheckState.Checked if whole else Qt.CheckState.PartiallyChecked


def _state_icon(row: LayerRow) -> QIcon | None:
    return icons.icon(row.state.value, STATE_COLORS[row.state]) if row.layers else None


# A quiet one in small letters.
_column = partial(Column[LayerRow], token=lambda row: "text_soft", font=small_font)
