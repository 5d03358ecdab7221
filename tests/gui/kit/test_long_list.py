"""A long list that nobody sees does no work when the look changes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget
from pytestqt.qtbot import QtBot

from tests.gui.showing import on_screen
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.long_list import LongList

ROWS = 500
Index = QModelIndex | QPersistentModelIndex


class Rows(QAbstractListModel):
    """Counts how often it is asked."""

    asked = 0

    def rowCount(self, parent: Index | None = None) -> int:
        self.asked += 1
        return ROWS

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        self.asked += 1
        return f"row {index.row()}" if role == Qt.ItemDataRole.DisplayRole else None


@pytest.fixture
def rows(app: QApplication) -> Iterator[LongList]:
    theme.apply(app, theme.Scheme.LIGHT)
    yield LongList()
    theme.apply(app, theme.Scheme.LIGHT)


def test_a_hidden_list_is_laid_out_when_it_is_shown(
    app: QApplication, rows: LongList, qtbot: QtBot
) -> None:
    model = Rows(rows)
    rows.setModel(model)
    pages = QStackedWidget()
    pages.addWidget(rows)
    pages.addWidget(QWidget())
    on_screen(pages, qtbot, 200, 300)
    pages.setCurrentIndex(1)
    model.asked = 0
    theme.apply(app, theme.Scheme.DARK)
    assert model.asked < ROWS / 10
    app.setStyleSheet("QListView::item { min-height: 60px }")
    pages.setCurrentIndex(0)
    assert rows.visualRect(model.index(1, 0)).top() >= 60
    assert rows.verticalScrollBar().maximum() >= ROWS - 300 // 60
