"""The rows of the layer tree as plain values: what is below what, and how much of it trains."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum

from tlstudio.core.networks.layer_table import LayerRecord, LayerTable
from tlstudio.core.networks.layers import LayerNode, LayerTree

Module = LayerNode | LayerRecord


class LayerState(StrEnum):
    """The states of a layer in training; the values are names of icons."""

    TRAINS = "trainable"
    FROZEN = "frozen"
    WAITS = "waiting"  # it trains from a later epoch of the present run on
    PARTLY = "mixed"
    NOTHING = ""  # it has no parameters


@dataclass(slots=True)
class LayerRow:
    """A row of the view.

    Attributes:
        node: the module it shows.
        number: its position in the list of all rows.
        parent: position of the parent's row in the list of all rows; -1 at the top.
        position: among its siblings.
        is_own: stands for the parameters that a container holds itself, beside its children.
        children: positions of its rows in the list of all rows.
        last: it and all below it are in that list up to here, exclusive.
        layers: how many layers with parameters are in it, itself included.
        trains: how many of those train.
        waits: how many of those have not begun yet in the run that goes on.
    """

    node: Module
    number: int
    parent: int
    position: int
    is_own: bool = False
    children: list[int] = field(default_factory=list)
    last: int = 0
    layers: int = 0
    trains: int = 0
    waits: int = 0

    @property
    def is_layer(self) -> bool:
        """Whether it stands for parameters of its own, rather than for rows below."""
        own = self.node.own_parameters
        return self.is_own or 0 < own == self.node.parameters

    @property
    def parameters(self) -> int:
        return self.node.own_parameters if self.is_own else self.node.parameters

    @property
    def state(self) -> LayerState:
        if not self.layers:
            return LayerState.NOTHING
        if not self.trains:
            return LayerState.FROZEN
        if self.waits:
            return LayerState.WAITS if self.waits == self.layers else LayerState.PARTLY
        return LayerState.TRAINS if self.trains == self.layers else LayerState.PARTLY


class LayerRows:
    """The rows of one network, parents before children.

    The network itself has no row: its children are the top rows. Parameters that a container holds
    beside its children (a ViT's class token) have a row of their own, unless it is not wanted.

    Attributes:
        rows: all of them.
        top: positions of those without a parent.
        by_path: position of the row of each module.
    """

    def __init__(self, tree: LayerTree | LayerTable | None, *, has_own_rows: bool = True) -> None:
        self._has_own_rows = has_own_rows
        self.rows: list[LayerRow] = []
        self.top: list[int] = []
        self.by_path: dict[str, int] = {}
        if tree is not None:
            self._add_children(tree.root, -1, self.top)
        self.count(frozenset())

    def count(self, trainable: Collection[str], waiting: Collection[str] = ()) -> None:
        """Work out how much of each row trains, and how much of that has not begun yet.

        Children come after parents in the list, so one pass from the end counts everything.
        """
        for row in self.rows:
            row.layers = int(row.is_layer)
            row.trains = int(row.is_layer and row.node.path in trainable)
            row.waits = int(row.trains and row.node.path in waiting)
        for row in reversed(self.rows):
            if row.parent >= 0:
                self.rows[row.parent].layers += row.layers
                self.rows[row.parent].trains += row.trains
                self.rows[row.parent].waits += row.waits

    def layers_in(self, number: int) -> frozenset[str]:
        """Paths of the layers with parameters at or below the row at `number`."""
        below = self.rows[number : self.rows[number].last]
        return frozenset(row.node.path for row in below if row.is_layer)

    def _add_children(self, node: Module, parent: int, into: list[int]) -> None:
        if self._has_own_rows and 0 < node.own_parameters < node.parameters:
            into.append(self._add(LayerRow(node, len(self.rows), parent, len(into), is_own=True)))
        for child in node.children:
            row = LayerRow(child, len(self.rows), parent, len(into))
            number = self._add(row)
            into.append(number)
            self.by_path[child.path] = number
            self._add_children(child, number, row.children)
            row.last = len(self.rows)

    def _add(self, row: LayerRow) -> int:
        self.rows.append(row)
        row.last = len(self.rows)
        return len(self.rows) - 1
