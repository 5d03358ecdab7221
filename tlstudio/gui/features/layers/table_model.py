"""The layer table as a tree: what each module does, and what it costs."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor

from tlstudio.core.networks.layer_table import FIELD_NOTES, FieldNote, LayerRecord, LayerTable
from tlstudio.gui.features.layers.module_tree_model import Index, ModuleTreeModel, small_font
from tlstudio.gui.features.layers.rows import LayerRows
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.headings import Heading
from tlstudio.gui.kit.language import core_text

Role = Qt.ItemDataRole

SHARE_ROLE = Role.UserRole + 1  # 0..1


LEAST_SHARE = 0.001  # what is less is not counted out


class TableColumn(IntEnum):
    """The columns of the table, left to right."""

    LAYER = 0
    TYPE = 1
    KERNEL = 2
    STRIDE = 3
    PADDING = 4
    OUTPUT = 5
    PARAMETERS = 6
    MULTIPLY_ADDS = 7
    FIELD = 8
    SHARE = 9


class LayerTableModel(ModuleTreeModel):
    """Shows a `LayerTable`; rows of containers show the sums of what is in them."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.table: LayerTable | None = None
        self.shares_parameters = False
        self._headings = self._make_headings()

    def set_table(self, table: LayerTable | None) -> None:
        """Show another network."""
        self.beginResetModel()
        self.table = table
        self._rows = LayerRows(table, has_own_rows=False)
        self.endResetModel()

    def set_shares_parameters(self, wanted: bool) -> None:
        """Whether the last column shows the share of the parameters, not of the multiply-adds."""
        self.shares_parameters = wanted
        for number, row in enumerate(self.rows):
            if row.position == 0:
                siblings = self._rows.top if row.parent < 0 else self.rows[row.parent].children
                first = self._index_of(number, TableColumn.SHARE)
                self.dataChanged.emit(first, self._index_of(siblings[-1], TableColumn.SHARE))

    def record_of(self, index: Index) -> LayerRecord | None:
        """The module at `index`; None for the invalid index."""
        if self.table is None or not index.isValid():
            return None
        return self.table.rows[index.internalId()]

    def cell(self, number: int, column: TableColumn) -> str:
        """The text in a column of the row at `number`, counted through all rows."""
        return "" if self.table is None else self._text(self.table.rows[number], column)

    def share_of(self, record: LayerRecord) -> float:
        """0..1 of whatever the last column is about."""
        assert self.table is not None
        if self.shares_parameters:
            return self.table.parameter_share(record)
        return self.table.multiply_add_share(record)

    # -- Qt --------------------------------------------------------------------------------------

    def flags(self, index: Index) -> Qt.ItemFlag:
        row = self.row_of(index)
        if row is None:
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags if row.children else flags | Qt.ItemFlag.ItemNeverHasChildren

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        record = self.record_of(index)
        if record is None:
            return None
        column = TableColumn(index.column())
        if role == Role.DisplayRole:
            return self._text(record, column)
        if role == SHARE_ROLE:
            return self.share_of(record)
        if role == Role.FontRole and column is not TableColumn.LAYER:
            return small_font()
        if role == Role.ToolTipRole:
            return self._tip(record, column)
        if role == Role.TextAlignmentRole:
            return self._headings[column].alignment
        if role == Role.ForegroundRole and self._is_quiet(record, column):
            return QColor(theme.current().text_soft)
        if role == Role.AccessibleTextRole and column is TableColumn.LAYER:
            return f"{record.path}, {record.kind}"
        return None

    # -- texts -----------------------------------------------------------------------------------

    def total(self, column: TableColumn) -> str:
        """What the line of totals says in a column."""
        if self.table is None:
            return ""
        root = self.table.root
        match column:
            case TableColumn.LAYER:
                return self.tr("Total")
            case TableColumn.PARAMETERS | TableColumn.MULTIPLY_ADDS:
                return self._text(root, column)
            case _:
                return ""

    def total_tip(self) -> str:
        """The totals in whole numbers."""
        if self.table is None:
            return ""
        table = self.table
        return self.tr(
            "{parameters} parameters, {multiply_adds} multiply-adds for one image of "
            "{channels}×{side}×{side}"
        ).format(
            parameters=formats.count(table.parameters),
            multiply_adds=formats.count(table.multiply_adds),
            channels=table.channels,
            side=table.image_px,
        )

    def _text(self, record: LayerRecord, column: TableColumn) -> str:
        window = record.window
        match column:
            case TableColumn.LAYER:
                return record.name
            case TableColumn.TYPE:
                return record.kind
            case TableColumn.KERNEL:
                return window.kernel_text if window else ""
            case TableColumn.STRIDE:
                return window.stride_text if window else ""
            case TableColumn.PADDING:
                return window.padding_text if window else ""
            case TableColumn.OUTPUT:
                return record.output_text
            case TableColumn.PARAMETERS:
                return formats.compact(record.parameters) if record.parameters else ""
            case TableColumn.MULTIPLY_ADDS:
                return formats.compact(record.multiply_adds) if record.multiply_adds else ""
            case TableColumn.FIELD:
                is_whole = record.field_note is FieldNote.WHOLE
                return self.tr("image") if is_whole else record.field_text
            case TableColumn.SHARE:
                share = self.share_of(record)
                if 0.0 < share < LEAST_SHARE:
                    return f"<{formats.percent(LEAST_SHARE)}"
                return formats.percent(share) if share else ""

    def _tip(self, record: LayerRecord, column: TableColumn) -> str:
        match column:
            case TableColumn.KERNEL | TableColumn.STRIDE | TableColumn.PADDING:
                return self._window_tip(record)
            case TableColumn.OUTPUT if record.calls > 1:
                return self.tr(
                    "It runs {count} times; size and receptive field are those of the first time."
                ).format(count=record.calls)
            case TableColumn.PARAMETERS if record.parameters:
                return self._sum_tip(record, record.parameters, record.own_parameters)
            case TableColumn.MULTIPLY_ADDS if record.multiply_adds:
                return self._sum_tip(record, record.multiply_adds, record.own_multiply_adds)
            case TableColumn.FIELD:
                return self._field_tip(record)
            case TableColumn.SHARE:
                return self._share_tip(record)
        return f"{record.path} ({record.kind})"

    def _window_tip(self, record: LayerRecord) -> str:
        window = record.window
        if window is None:
            return ""
        text = self.tr("Kernel {kernel}, stride {stride}, padding {padding}, dilation {dilation}")
        text = text.format(
            kernel=window.kernel_text,
            stride=window.stride_text,
            padding=window.padding_text,
            dilation=window.dilation_text,
        )
        if window.groups > 1:
            text += ", " + self.tr("%n group(s)", "", window.groups)
        return text

    def _sum_tip(self, record: LayerRecord, total: int, own: int) -> str:
        if record.children and own:
            return self.tr("{total}, of them {own} by itself").format(
                total=formats.count(total), own=formats.count(own)
            )
        return formats.count(total)

    def _field_tip(self, record: LayerRecord) -> str:
        if record.field_note is not FieldNote.NO_NOTE:
            return core_text(FIELD_NOTES[record.field_note])
        side = record.receptive_field_px
        text = self.tr("Every value depends on {side}×{side} pixels.").format(side=side)
        if self.table is not None and side is not None and side > self.table.image_px:
            text += " " + self.tr("That is more than the image: layers pad zeros around it.")
        return text

    def _share_tip(self, record: LayerRecord) -> str:
        assert self.table is not None
        return self.tr(
            "{multiply_adds} of the multiply-adds, {parameters} of the parameters"
        ).format(
            multiply_adds=formats.percent(self.table.multiply_add_share(record)),
            parameters=formats.percent(self.table.parameter_share(record)),
        )

    def _make_headings(self) -> tuple[Heading, ...]:
        return (
            Heading(self.tr("Layer"), self.tr("Module path, in order of execution")),
            Heading(self.tr("Type"), self.tr("Class of the module")),
            Heading(
                self.tr("Kernel"),
                self.tr("Rows×columns of the window that slides over the input"),
                is_number=True,
            ),
            Heading(self.tr("Stride"), self.tr("Steps by which the window moves"), is_number=True),
            Heading(
                self.tr("Padding"),
                self.tr("Zeros around the input; before/after where they differ"),
                is_number=True,
            ),
            Heading(
                self.tr("Output"),
                self.tr("Shape of the output for one image: channels×height×width"),
                is_number=True,
            ),
            Heading(
                self.tr("Params"), self.tr("Number of parameters, with all below"), is_number=True
            ),
            Heading(
                self.tr("Multiply-adds"),
                self.tr(
                    "Products that go into a sum, for one image, with all below; their billions "
                    "are what papers call GFLOPs"
                ),
                is_number=True,
            ),
            Heading(
                self.tr("Field px"),
                self.tr(
                    "Receptive field: side of the square of pixels that one value can depend on. "
                    "Gates for whole channels and statistics of norms are left aside."
                ),
                is_number=True,
            ),
            Heading(self.tr("Share"), self.tr("Share of the whole network"), is_number=True),
        )

    def _is_quiet(self, record: LayerRecord, column: TableColumn) -> bool:
        if column is TableColumn.LAYER:
            return not (record.parameters or record.multiply_adds)
        return column is not TableColumn.SHARE
