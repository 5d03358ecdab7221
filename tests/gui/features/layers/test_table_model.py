"""The layer table as a tree model."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.modeltest import ModelTester

from tests.gui.networks import wide_tree
from tests.gui.tables import small_table, table_of
from tlstudio.gui.features.layers.filter import LayerFilter
from tlstudio.gui.features.layers.table_model import SHARE_ROLE, LayerTableModel, TableColumn

TIP = Qt.ItemDataRole.ToolTipRole


@pytest.fixture
def model(app: QApplication) -> LayerTableModel:
    model = LayerTableModel()
    model.set_table(small_table(num_classes=3))
    return model


def at(model: LayerTableModel, path: str, column: TableColumn) -> QModelIndex:
    return model.index_of(path).siblingAtColumn(column)


def text(model: LayerTableModel, path: str, column: TableColumn) -> str:
    return str(at(model, path, column).data() or "")


def tip(model: LayerTableModel, path: str, column: TableColumn) -> str:
    return str(at(model, path, column).data(TIP))


def test_is_a_sound_model(model: LayerTableModel, qtmodeltester: ModelTester) -> None:
    qtmodeltester.check(model)


def test_cells_say_what_a_layer_does(model: LayerTableModel) -> None:
    row = [text(model, "body.0.conv", column) for column in TableColumn]
    assert row == ["conv", "Conv2d", "3×3", "2", "1", "8×7×7", "200", "200 k", "40", "33.3%"]
    row = [text(model, "relu", column) for column in TableColumn]
    assert row == ["relu", "ReLU", "", "", "", "8×7×7", "", "", "3", ""]
    assert text(model, "head", TableColumn.FIELD) == "image"
    assert text(model, "body.1.conv", TableColumn.FIELD) == "–"


def test_containers_are_sums_and_hold_no_rows_of_their_own(model: LayerTableModel) -> None:
    assert text(model, "body", TableColumn.PARAMETERS) == "557"
    assert model.rowCount(model.index_of("body")) == 2
    assert "7 by itself" in tip(model, "body", TableColumn.PARAMETERS)
    assert tip(model, "body.0", TableColumn.MULTIPLY_ADDS) == "200,000"


def test_tooltips_have_the_rest(model: LayerTableModel) -> None:
    window = tip(model, "stem", TableColumn.STRIDE)
    assert "dilation 1" in window and "4 group" in window
    assert "2 times" in tip(model, "relu", TableColumn.OUTPUT)
    assert "40×40" in tip(model, "stem", TableColumn.FIELD)
    assert "more than the image" in tip(model, "stem", TableColumn.FIELD)
    assert "window" in tip(model, "body.1", TableColumn.FIELD)
    assert "whole image" in tip(model, "head", TableColumn.FIELD)
    assert tip(model, "body.0", TableColumn.LAYER) == "body.0 (Block)"
    for column in TableColumn:
        assert model.headerData(column, Qt.Orientation.Horizontal, TIP)


def test_shares_are_of_multiply_adds_or_of_parameters(model: LayerTableModel) -> None:
    total = 100_000 + 200_000 + 300_000 + 14 + 12
    share = at(model, "body.1", TableColumn.SHARE).data(SHARE_ROLE)
    assert share == pytest.approx(300_000 / total)
    model.set_shares_parameters(True)
    assert at(model, "body.1", TableColumn.SHARE).data(SHARE_ROLE) == pytest.approx(330 / 669)


def test_totals(model: LayerTableModel) -> None:
    assert model.total(TableColumn.LAYER) == "Total"
    assert model.total(TableColumn.PARAMETERS) == "669"
    assert model.total(TableColumn.MULTIPLY_ADDS) == "600 k"
    assert model.total(TableColumn.KERNEL) == ""
    assert "600,026 multiply-adds" in model.total_tip() and "3×32×32" in model.total_tip()
    model.set_table(None)
    assert not model.rowCount() and model.total_tip() == "" == model.total(TableColumn.LAYER)


def test_filters_like_the_freeze_tree(app: QApplication) -> None:
    model = LayerTableModel()
    rows = LayerFilter(model)
    model.set_table(table_of(wide_tree(50)))
    rows.set_query("b7 conv2d")
    assert rows.rowCount() == 1
    rows.set_query("")
    rows.set_only_parameters(True)
    assert rows.rowCount(rows.index(0, 0)) == 2
