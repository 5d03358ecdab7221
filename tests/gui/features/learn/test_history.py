"""The history lesson: dragging through the years tells of each entry, and leads to its network."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tlstudio.core.lessons.history import ENTRIES, HUMAN_ERROR
from tlstudio.core.lessons.printed import Count, Quantity
from tlstudio.core.lessons.target import faults
from tlstudio.engine.lessons.printed import count
from tlstudio.engine.models.catalog import list_models
from tlstudio.gui.features.learn.lessons.history import HistoryLesson
from tlstudio.gui.features.learn.window import open_learn
from tlstudio.gui.state.session import Session


@pytest.fixture
def screen(ready_session: Session, qtbot: QtBot) -> Iterator[HistoryLesson]:
    owner = QWidget()
    qtbot.addWidget(owner)
    owner.show()
    page = open_learn(ready_session, owner, "lesson/history").page
    assert isinstance(page, HistoryLesson)
    yield page


def test_entries_are_in_order_and_lead_to_networks_that_exist() -> None:
    models = {row.name for row in list_models()}
    assert [entry.year for entry in ENTRIES] == sorted(entry.year for entry in ENTRIES)
    winners = [entry for entry in ENTRIES if entry.place == 1]
    assert [entry.year for entry in winners] == list(range(2010, 2018))
    assert all(a.error > b.error for a, b in itertools.pairwise(winners))
    assert next(entry.year for entry in winners if entry.error < HUMAN_ERROR) == 2015
    for entry in ENTRIES:
        assert (entry.target is None) == (entry.year < 2012)
        assert entry.target is None or list(faults(entry.target, models, ())) == []


def test_depths_are_those_of_the_networks() -> None:
    for entry in ENTRIES:
        if entry.network and entry.depth != 152:  # counted with the ResNet paper's table
            assert count(Count(entry.network, Quantity.DEPTH)) == entry.depth


def test_dragging_through_the_years(screen: HistoryLesson, qtbot: QtBot) -> None:
    chart = screen.chart
    assert screen.name.text() == "2012 · AlexNet"
    qtbot.mousePress(chart, Qt.MouseButton.LeftButton, pos=chart.column_rect(6).center().toPoint())
    assert screen.entry.name == "ResNet"
    assert "3.57%" in screen.facts.text and "152" in screen.place.text()
    for _ in range(2):
        qtbot.keyClick(chart, Qt.Key.Key_Left)
    assert screen.entry.name == "VGG" and screen.place.text().startswith("Second")
    with qtbot.waitSignal(screen.session.target_requested) as followed:
        qtbot.keyClick(chart, Qt.Key.Key_Return)
    assert followed.args == [screen.entry.target]


def test_what_had_no_network_leads_nowhere(screen: HistoryLesson, qtbot: QtBot) -> None:
    qtbot.keyClick(screen.chart, Qt.Key.Key_Home)
    assert screen.entry.year == 2010
    assert screen.try_it.isHidden()
    assert screen.kept("entry", None) == 0
    screen.window().close()
