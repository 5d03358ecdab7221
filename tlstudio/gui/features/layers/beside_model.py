"""The layers of several networks in common rows, as a tree."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, Qt
from PySide6.QtGui import QColor

from tlstudio.core.networks.blocks.graph import BlockNode
from tlstudio.core.networks.blocks.grouping import side
from tlstudio.core.networks.blocks.side_by_side import Row, SideBySide
from tlstudio.core.networks.blocks.training import Training
from tlstudio.gui.features.layers.module_tree_model import small_font
from tlstudio.gui.kit import block_texts, formats, theme
from tlstudio.gui.kit.basics import plain_tip
from tlstudio.gui.kit.table import Index

Role = Qt.ItemDataRole

DIFFERS_ROLE = Role.UserRole + 1
NOTHING = ""


class Shown(StrEnum):
    """What the cells say of the layers."""

    LAYERS = "layers"
    OUTPUT = "output"
    PARAMETERS = "parameters"
    MULTIPLY_ADDS = "multiply_adds"


@dataclass(slots=True)
class _Place:
    """A row with its place in the tree."""

    row: Row
    parent: int
    position: int
    children: list[int]


class BesideModel(QAbstractItemModel):
    """A column a network, after one with the size of the maps; cells say what is `shown`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.value: SideBySide | None = None
        self.shown = Shown.LAYERS
        self._titles: tuple[str, ...] = ()
        self._places: list[_Place] = []
        self._top: list[int] = []

    def set_value(self, value: SideBySide, titles: tuple[str, ...]) -> None:
        """Show another set of networks with these titles."""
        self.beginResetModel()
        self.value, self._titles = value, titles
        self._places = []
        self._top = [self._add(row, -1, number) for number, row in enumerate(value.rows)]
        self.endResetModel()

    def set_shown(self, shown: Shown) -> None:
        """Say something else of the layers."""
        self.layoutAboutToBeChanged.emit()
        self.shown = shown
        self.layoutChanged.emit()

    def row_of(self, index: Index) -> Row:
        return self._places[index.internalId()].row

    def text(self, row: Row, column: int) -> str:
        """What a cell says; empty where a network has nothing."""
        if column == 0:
            return self._size(row)
        node = row.nodes[column - 1]
        return NOTHING if node is None else self._text_of(node)

    # -- Qt --------------------------------------------------------------------------------------

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        siblings = self._children(parent)
        if 0 <= row < len(siblings) and 0 <= column < self.columnCount():
            return self.createIndex(row, column, siblings[row])
        return QModelIndex()

    def parent(self, index: Index = QModelIndex()) -> QModelIndex:  # type: ignore[override]  # noqa: B008
        above = self._places[index.internalId()].parent if index.isValid() else -1
        return (
            self.createIndex(self._places[above].position, 0, above)
            if above >= 0
            else (QModelIndex())
        )

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return len(self._children(parent)) if parent.column() <= 0 else 0

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 1 + len(self._titles)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        name = self._titles[section - 1] if section else self.tr("Map")
        if role == Role.ToolTipRole:
            help = self.tr("Height×width of what comes out, in pixels of the map")
            return plain_tip(name if section else help)
        if role == Role.TextAlignmentRole:
            return self._alignment(section)
        return name.partition(" (")[0] if role == Role.DisplayRole else None

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, column = self.row_of(index), index.column()
        node = row.nodes[column - 1] if column else None
        differs = bool(column) and row.differs[column - 1]
        match role:
            case Role.DisplayRole:
                return self.text(row, column) or (formats.NONE if column else "")
            case Role.AccessibleTextRole:
                return self._spoken(row, column)
            case Role.ToolTipRole:
                return plain_tip(self._tip(node, differs)) or None
            case Role.TextAlignmentRole:
                return self._alignment(column)
            case Role.FontRole:
                return small_font()
            case Role.ForegroundRole:
                return self._color(node, column)
        return differs if role == DIFFERS_ROLE else None

    # -- texts -----------------------------------------------------------------------------------

    def _text_of(self, node: BlockNode) -> str:
        assert self.value is not None
        match self.shown:
            case Shown.LAYERS:
                return block_texts.title(node)
            case Shown.OUTPUT:
                return block_texts.shape_text(node.out_shape)
            case Shown.PARAMETERS:
                return formats.compact(node.parameters) if node.parameters else "0"
            case Shown.MULTIPLY_ADDS:
                count = self.value.multiply_adds[node.key]
                return formats.compact(count) if count else "0"

    def _size(self, row: Row) -> str:
        """Height and width of the maps of a row; where networks differ, of each."""
        sides = [side(node.out_shape) for node in row.nodes if node is not None]
        return ", ".join(f"{px}×{px}" for px in dict.fromkeys(sides) if px)

    def _spoken(self, row: Row, column: int) -> str:
        text = self.text(row, column) or (self.tr("nothing") if column else "")
        if not column or not row.differs[column - 1]:
            return text
        return self.tr("{text}, differs from the network on its left").format(text=text)

    def _alignment(self, column: int) -> Qt.AlignmentFlag:
        is_number = column > 0 and self.shown in (Shown.PARAMETERS, Shown.MULTIPLY_ADDS)
        end = Qt.AlignmentFlag.AlignRight if is_number else Qt.AlignmentFlag.AlignLeft
        return end | Qt.AlignmentFlag.AlignVCenter

    def _color(self, node: BlockNode | None, column: int) -> QColor:
        tokens = theme.current()
        if not column:
            return QColor(tokens.text_soft)
        return QColor(tokens.text if node is not None else tokens.text_faint)

    def _tip(self, node: BlockNode | None, differs: bool) -> str:
        if node is not None:
            return block_texts.tip(node, Training.NONE, differs=differs)
        return self.tr("The network on its left has something here.") if differs else ""

    # -- inside ----------------------------------------------------------------------------------

    def _add(self, row: Row, parent: int, position: int) -> int:
        number = len(self._places)
        place = _Place(row, parent, position, [])
        self._places.append(place)
        place.children = [self._add(child, number, n) for n, child in enumerate(row.children)]
        return number

    def _children(self, index: Index) -> list[int]:
        return self._places[index.internalId()].children if index.isValid() else self._top
