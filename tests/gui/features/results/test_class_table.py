"""The table of classes on the Results page."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tlstudio.core.evaluation.scores import ClassScores
from tlstudio.gui.features.results.class_table import ClassTable

Role = Qt.ItemDataRole


def row(name: str, right: int, support: int) -> ClassScores:
    return ClassScores(name, right, support, predicted=support, images=8)


@pytest.fixture
def table(app: QApplication, qtbot: QtBot) -> ClassTable:
    table = ClassTable()
    qtbot.addWidget(table)
    table.set_rows([row("acorn", 3, 4), row("leaf", 4, 4), row("moss", 0, 0)])
    table.resize(304, 200)
    table.show()
    return table


def test_choosing_a_class_twice_lets_it_go(table: ClassTable, qtbot: QtBot) -> None:
    chosen: list[int] = []
    table.class_chosen.connect(chosen.append)
    at = table.visualRect(table.model().index(1, 0)).center()
    for _ in range(2):
        qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    qtbot.keyClick(table, Qt.Key.Key_Down)
    qtbot.keyClick(table, Qt.Key.Key_Return)
    assert chosen == [1, -1, 2]


def test_every_number_has_its_interval_in_words(table: ClassTable) -> None:
    recall = table.model().index(0, 1)
    assert recall.data() == "75%"
    assert recall.data(Role.AccessibleTextRole) == "75.0% (30% – 95%)"
    assert table.model().index(0, 3).data(Role.ToolTipRole) == "75.0% (37% – 94%)"
    assert table.model().index(2, 1).data() == "–"
    assert table.model().index(2, 1).data(Role.ToolTipRole) == "There is no image of this class."
    assert table.model().index(0, 4).data(Role.ToolTipRole) == "acorn: 3 of 4"


def test_it_is_sorted_by_any_number_and_chosen_by_what_it_shows(
    table: ClassTable, qtbot: QtBot
) -> None:
    table.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    names = [table.model().index(n, 0).data() for n in range(3)]
    assert names == ["acorn", "leaf", "moss"]
    table.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    assert [table.model().index(n, 0).data() for n in range(3)] == ["leaf", "acorn", "moss"]
    chosen: list[int] = []
    table.class_chosen.connect(chosen.append)
    at = table.visualRect(table.model().index(0, 0)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert chosen == [1]
