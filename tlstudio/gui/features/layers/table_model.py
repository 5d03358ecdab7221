"""The layer table as a tree: what each module does, and what it costs."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Qt

from tlstudio.core.networks.layer_table import FIELD_NOTES, FieldNote, LayerRecord, LayerTable
from tlstudio.gui.features.layers.module_tree_model import ModuleTreeModel, small_font
from tlstudio.gui.features.layers.rows import LayerRow, LayerRows
from tlstudio.gui.kit import formats
from tlstudio.gui.kit.language import core_text
from tlstudio.gui.kit.table import Column, Index

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


class LayerTableModel(ModuleTreeModel[LayerRecord]):
    """Shows a `LayerTable`; rows of containers show the sums of what is in them."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.table: LayerTable | None = None
        self.shares_parameters = False
        self.columns = self._make_columns()

    def shown(self, row: LayerRow) -> LayerRecord:
        assert isinstance(row.node, LayerRecord)
        return row.node

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
        return self.columns[column].text(self.shown(self.rows[number]))

    def share_of(self, record: LayerRecord) -> float:
        """Return the share of a record in the measure of the last column, 0..1."""
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
        if role == SHARE_ROLE:
            record = self.record_of(index)
            return None if record is None else self.share_of(record)
        return super().data(index, role)

    # -- texts -----------------------------------------------------------------------------------

    def total(self, column: TableColumn) -> str:
        """Return the text of the line of totals in a column."""
        if self.table is None:
            return ""
        match column:
            case TableColumn.LAYER:
                return self.tr("Total")
            case TableColumn.PARAMETERS | TableColumn.MULTIPLY_ADDS:
                return self.columns[column].text(self.table.root)
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

    def _make_columns(self) -> tuple[Column[LayerRecord], ...]:
        return (
            Column(
                self.tr("Layer"),
                lambda record: record.name,
                self.tr("Module path, in order of execution"),
                tip=_name_tip,
                token=lambda record: (
                    "" if record.parameters or record.multiply_adds else "text_soft"
                ),
                spoken=lambda record: f"{record.path}, {record.kind}",
                explained_by="layer",
            ),
            _column(
                self.tr("Type"),
                lambda record: record.kind,
                self.tr("Class of the module"),
                explained_by="layer",
            ),
            _number(
                self.tr("Kernel"),
                lambda record: record.window.kernel_text if record.window else "",
                self.tr("Rows×columns of the window that slides over the input"),
                self._window_tip,
                explained_by="kernel",
            ),
            _number(
                self.tr("Stride"),
                lambda record: record.window.stride_text if record.window else "",
                self.tr("Steps by which the window moves"),
                self._window_tip,
                explained_by="stride-padding",
            ),
            _number(
                self.tr("Padding"),
                lambda record: record.window.padding_text if record.window else "",
                self.tr("Zeros around the input; before/after where they differ"),
                self._window_tip,
                explained_by="stride-padding",
            ),
            _number(
                self.tr("Output"),
                lambda record: record.output_text,
                self.tr("Shape of the output for one image: channels×height×width"),
                self._output_tip,
                explained_by="output-shape",
            ),
            _number(
                self.tr("Params"),
                lambda record: formats.compact(record.parameters) if record.parameters else "",
                self.tr("Number of parameters, with all below"),
                lambda record: self._sum_tip(record, record.parameters, record.own_parameters),
                explained_by="parameters",
            ),
            _number(
                self.tr("Multiply-adds"),
                lambda r: formats.compact(r.multiply_adds) if r.multiply_adds else "",
                self.tr(
                    "Products that go into a sum, for one image, with all below; their billions "
                    "are what papers call GFLOPs"
                ),
                lambda record: self._sum_tip(
                    record, record.multiply_adds, record.own_multiply_adds
                ),
                explained_by="multiply-adds",
            ),
            _number(
                self.tr("Field px"),
                self._field_text,
                self.tr(
                    "Receptive field: side of the square of pixels that one value can depend on. "
                    "Gates for whole channels and statistics of norms are left aside."
                ),
                self._field_tip,
                explained_by="receptive-field",
            ),
            Column(
                self.tr("Share"),
                self._share_text,
                self.tr("Share of the whole network"),
                is_number=True,
                font=small_font,
                tip=self._share_tip,
                explained_by="layer.measure",
            ),
        )

    def _field_text(self, record: LayerRecord) -> str:
        is_whole = record.field_note is FieldNote.WHOLE
        return self.tr("image") if is_whole else record.field_text

    def _share_text(self, record: LayerRecord) -> str:
        share = self.share_of(record)
        if 0.0 < share < LEAST_SHARE:
            return f"<{formats.percent(LEAST_SHARE)}"
        return formats.percent(share) if share else ""

    def _output_tip(self, record: LayerRecord) -> str:
        if record.calls <= 1:
            return _name_tip(record)
        return self.tr(
            "It runs {count} times; size and receptive field are those of the first time."
        ).format(count=record.calls)

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
        if not total:
            return _name_tip(record)
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


def _name_tip(record: LayerRecord) -> str:
    return f"{record.path} ({record.kind})"


def _column(
    title: str,
    text: Callable[[LayerRecord], str],
    help: str,
    tip: Callable[[LayerRecord], str] = _name_tip,
    *,
    is_number: bool = False,
    explained_by: str = "",
) -> Column[LayerRecord]:
    """A quiet one in small letters."""
    return Column(
        title,
        text,
        help,
        is_number,
        tip=tip,
        token=lambda record: "text_soft",
        font=small_font,
        explained_by=explained_by,
    )


_number = partial(_column, is_number=True)
