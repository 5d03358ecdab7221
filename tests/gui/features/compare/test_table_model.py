"""The comparison as a table: texts, sorting, filters."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.modeltest import ModelTester

from tests.gui.speeds import COMPARED, make_record
from tlstudio.core.compare import CompareFilter, Comparison, FamilyGroup
from tlstudio.gui.features.compare.table_model import (
    CompareColumn,
    CompareProxy,
    CompareTableModel,
)
from tlstudio.gui.kit import formats
from tlstudio.gui.kit.table import ROW_ROLE

Order = Qt.SortOrder


@pytest.fixture
def table(app: QApplication) -> CompareTableModel:
    table = CompareTableModel()
    table.set_rows(Comparison.of(COMPARED).rows)
    return table


def titles(proxy: CompareProxy) -> list[str]:
    rows = [proxy.index(row, 0).data(ROW_ROLE) for row in range(proxy.rowCount())]
    return [f"{row.spec.name} {row.image_px}" for row in rows]


def test_is_a_sound_model(table: CompareTableModel, qtmodeltester: ModelTester) -> None:
    qtmodeltester.check(table)


def test_numbers_sort_as_numbers(table: CompareTableModel) -> None:
    proxy = CompareProxy(table)
    proxy.sort(CompareColumn.PARAMETERS, Order.AscendingOrder)
    assert titles(proxy) == ["resnet18 224", "resnet18 320", "alexnet 224", "vgg11_bn 224"]
    proxy.sort(CompareColumn.GFLOPS, Order.DescendingOrder)
    assert titles(proxy) == ["vgg11_bn 224", "resnet18 320", "resnet18 224", "alexnet 224"]


def test_what_is_unknown_is_last_in_both_orders(table: CompareTableModel) -> None:
    records = (make_record("resnet18"), make_record("alexnet"))
    table.set_speeds({record.key: record for record in records})
    proxy = CompareProxy(table)
    proxy.sort(CompareColumn.INFERENCE, Order.AscendingOrder)
    assert titles(proxy)[:2] == ["resnet18 224", "alexnet 224"]
    proxy.sort(CompareColumn.INFERENCE, Order.DescendingOrder)
    assert titles(proxy)[:2] == ["alexnet 224", "resnet18 224"]


def test_filters(table: CompareTableModel) -> None:
    proxy = CompareProxy(table)
    proxy.set_filter(CompareFilter("large"))
    assert titles(proxy) == ["resnet18 320"]
    proxy.set_filter(CompareFilter(groups=frozenset({FamilyGroup.PLAIN})))
    assert titles(proxy) == ["vgg11_bn 224", "alexnet 224"]
    proxy.set_filter(CompareFilter(ready=True))
    assert titles(proxy) == ["alexnet 224"]


def test_measured_numbers_say_how_they_were_measured(table: CompareTableModel) -> None:
    record = make_record("alexnet", is_steady=False)
    table.set_speeds({record.key: record})
    memory = table.index(3, CompareColumn.MEMORY)
    assert memory.data() == "1.5 GB"
    tip = memory.data(Qt.ItemDataRole.ToolTipRole)
    assert "2026-01-02" in tip and "32 images" in tip and "grew" in tip and "busy" in tip
    assert table.index(0, CompareColumn.MEMORY).data() == "–"


def test_rates_have_three_figures() -> None:
    assert [formats.images_per_s(rate) for rate in (0.4123, 41.23, 412.3, 999.6, 4123)] == [
        "0.412", "41.2", "412", "1,000", "4,120",
    ]  # fmt: skip


def test_another_choice_changes_two_rows(table: CompareTableModel) -> None:
    first, second = table.rows[0].key, table.rows[2].key
    table.set_chosen(first)
    changed: list[int] = []
    table.dataChanged.connect(lambda top, bottom, roles: changed.append(top.row()))
    table.set_chosen(second)
    table.set_chosen(second)
    assert changed == [0, 2]
