"""The generic table: columns that are rows of a table, one model, one order, one view."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from tlstudio.gui.kit import theme
from tlstudio.gui.kit.table import ROW_ROLE, Column, RowTable, SortProxy, TableModel

Role = Qt.ItemDataRole
UP, DOWN = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder


@dataclass(frozen=True)
class Pet:
    name: str
    legs: int | None


CAT, BIRD, FISH = Pet("cat", 4), Pet("Bird", 2), Pet("fish", None)
COLUMNS = (
    Column[Pet]("Name", lambda pet: pet.name, "As it is called", spoken=lambda pet: pet.name),
    Column[Pet](
        "Legs",
        lambda pet: "–" if pet.legs is None else str(pet.legs),
        is_number=True,
        key=lambda pet: pet.legs,
        tip=lambda pet: f"{pet.name} walks" if pet.legs else None,
        token=lambda pet: "" if pet.legs else "wrong",
    ),
)


class Choices(TableModel[Pet]):
    has_choice = True


@pytest.fixture
def model(app: QApplication) -> TableModel[Pet]:
    model = TableModel(COLUMNS, identity=lambda pet: pet.name)
    model.set_rows((CAT, BIRD, FISH))
    return model


def names(proxy: SortProxy) -> list[str]:
    return [proxy.index(row, 0).data(ROW_ROLE).name for row in range(proxy.rowCount())]


def test_is_a_sound_model(model: TableModel[Pet], qtmodeltester: ModelTester) -> None:
    qtmodeltester.check(model)


def test_keeps_qts_rules_while_rows_come_and_go(
    model: TableModel[Pet], qtmodeltester: ModelTester
) -> None:
    qtmodeltester.check(model)  # goes on listening
    model.set_rows((Pet("dog", 4), CAT, BIRD, FISH), grows=True)
    model.set_rows((BIRD,))
    model.set_rows(())
    model.set_rows((CAT, CAT))
    model.set_rows((CAT,))


def test_columns_say_what_cells_show(model: TableModel[Pet]) -> None:
    cell = model.index(0, 1)
    assert [cell.data(), cell.data(Role.ToolTipRole)] == ["4", "cat walks"]
    assert cell.data(Role.TextAlignmentRole) & Qt.AlignmentFlag.AlignRight
    assert cell.data(Role.ForegroundRole) is None
    assert model.index(2, 1).data(Role.ForegroundRole) == QColor(theme.current().wrong)
    horizontal = Qt.Orientation.Horizontal
    assert model.headerData(0, horizontal) == "Name"
    assert model.headerData(0, horizontal, Role.ToolTipRole) == "Name\nAs it is called"
    assert model.headerData(1, horizontal, Role.TextAlignmentRole) & Qt.AlignmentFlag.AlignRight
    assert model.headerData(0, Qt.Orientation.Vertical) is None


def test_sorts_by_values_with_what_is_unknown_last(model: TableModel[Pet]) -> None:
    proxy = SortProxy(model)
    proxy.sort(1, UP)
    assert names(proxy) == ["Bird", "cat", "fish"]
    proxy.sort(1, DOWN)
    assert names(proxy) == ["cat", "Bird", "fish"]
    proxy.sort(0, UP)  # capitals do not count
    assert names(proxy) == ["Bird", "cat", "fish"]


def test_selections_hold_while_facts_change_or_rows_come_on_top(
    model: TableModel[Pet], qtbot: QtBot
) -> None:
    table = RowTable(model)
    qtbot.addWidget(table)
    rows = QItemSelectionModel.SelectionFlag.Rows | QItemSelectionModel.SelectionFlag.Select
    table.selectionModel().select(model.index(1, 0), rows)
    with qtbot.waitSignal(model.dataChanged):
        model.set_rows((CAT, replace(BIRD, legs=3), FISH))
    with qtbot.waitSignal(model.rowsInserted):
        model.set_rows((Pet("dog", 4), CAT, BIRD, FISH), grows=True)
    selected = table.selectionModel().selectedRows()
    assert [index.data() for index in selected] == ["Bird"]
    with qtbot.waitSignal(model.modelReset):
        model.set_rows((FISH, CAT))


def test_the_chosen_row_is_told_by_icon_letters_and_words(app: QApplication) -> None:
    model = Choices(COLUMNS, identity=lambda pet: pet.name)
    model.set_rows((CAT, BIRD, FISH))
    changed: list[int] = []
    model.dataChanged.connect(lambda top, bottom, roles: changed.append(top.row()))
    model.set_chosen("cat")
    model.set_chosen("Bird")
    model.set_chosen("Bird")
    assert changed == [0, 0, 1]
    chosen, other = model.index(1, 0), model.index(0, 0)
    assert not chosen.data(Role.DecorationRole).isNull() and chosen.data(Role.FontRole).bold()
    assert chosen.data(Role.AccessibleTextRole) == "Bird, chosen"
    assert other.data(Role.DecorationRole) is None is other.data(Role.FontRole)
    assert other.data(Role.AccessibleTextRole) == "cat"
    quiet = QColor(theme.current().text_soft)
    assert model.index(0, 1).data(Role.ForegroundRole) == quiet
    assert model.index(1, 1).data(Role.ForegroundRole) is None
    assert model.index(2, 1).data(Role.ForegroundRole) == QColor(theme.current().wrong)


def test_the_invalid_index_has_nothing(model: TableModel[Pet]) -> None:
    assert model.data(QModelIndex()) is None
    assert model.rowCount(model.index(0, 0)) == 0 == model.columnCount(model.index(0, 0))
