"""The leaderboard bound to a session."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from tests.gui.leaderboards import ALEXNET, LITE0, RANDOM_LITE0, Ranker, make_record, open_photos
from tests.gui.networks import make_ready, no_engine
from tests.gui.showing import on_screen
from tlstudio.core.rank import Candidate
from tlstudio.gui.features.rank.state import RankingState
from tlstudio.gui.features.rank.table_model import INTERVAL_ROLE, RankColumn
from tlstudio.gui.features.rank.view import RankView
from tlstudio.gui.kit.table import ROW_ROLE
from tlstudio.gui.state.run import RunStatus
from tlstudio.gui.state.session import Session, Step


@pytest.fixture
def ranker(monkeypatch: pytest.MonkeyPatch) -> Ranker:
    return Ranker(monkeypatch)


@pytest.fixture
def view(ready_session: Session, qtbot: QtBot, tmp_path: Path, ranker: Ranker) -> RankView:
    open_photos(ready_session, tmp_path)
    return on_screen(RankView(ready_session), qtbot, 840, 660)


def rank(view: RankView, session: Session, qtbot: QtBot) -> None:
    with qtbot.waitSignal(session.feature(RankingState).ended):
        qtbot.mouseClick(view.strip.rank, Qt.MouseButton.LeftButton)


def order(view: RankView) -> list[Candidate]:
    rows = range(view.proxy.rowCount())
    return [view.proxy.index(row, 0).data(ROW_ROLE) for row in rows]


def text(view: RankView, candidate: Candidate, column: RankColumn) -> str:
    row = order(view).index(candidate)
    return str(view.proxy.index(row, column).data())


def test_says_what_it_waits_for(
    session: Session,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    ranker: Ranker,
) -> None:
    no_engine(monkeypatch)
    view = on_screen(RankView(session), qtbot, 840, 660)
    assert view.loading.isVisible()
    make_ready(session, qtbot)
    assert view.no_dataset.isVisible()
    open_photos(session, tmp_path)
    assert view.table.isVisible()


def test_candidates_are_there_before_anything_is_ranked(view: RankView) -> None:
    assert order(view) == [LITE0, ALEXNET]
    assert text(view, LITE0, RankColumn.ACCURACY) == "Not ranked yet"
    assert view.strip.words.text.startswith("2 ")
    view.strip.with_random.click()
    assert len(order(view)) == 4
    assert text(view, RANDOM_LITE0, RankColumn.MODEL).startswith("Random")


def test_who_starts_from_a_file_has_chosen_none_of_them(
    view: RankView, ready_session: Session
) -> None:
    assert view.chosen is not None
    ready_session.network.change(initialisation="file", start_from="w.pth")
    assert view.chosen is None


def test_ranks_best_on_top(view: RankView, ready_session: Session, qtbot: QtBot) -> None:
    view.strip.with_random.click()
    QAbstractItemModelTester(view.proxy, QAbstractItemModelTester.FailureReportingMode.Fatal, view)
    rank(view, ready_session, qtbot)
    assert order(view)[:3] == [LITE0, ALEXNET, RANDOM_LITE0]
    assert text(view, LITE0, RankColumn.ACCURACY) == "82.0%"
    assert text(view, LITE0, RankColumn.AGAINST) == "best"
    low, value, high = view.proxy.index(0, 1).data(INTERVAL_ROLE)
    assert low < value == 0.82 < high
    assert not view.strip.rank.isEnabled() and "All are ranked" in view.strip.rank.toolTip()


def test_says_what_is_not_significant(view: RankView, ready_session: Session, qtbot: QtBot) -> None:
    view.strip.with_random.click()
    rank(view, ready_session, qtbot)
    # 4 images of 200 is no difference, 60 of them is one
    assert text(view, ALEXNET, RankColumn.AGAINST) == "≈ −2.0"
    assert text(view, RANDOM_LITE0, RankColumn.AGAINST) == "−30.0"
    assert "Not significantly different from it: AlexNet." in view.summary.text()
    row = order(view).index(ALEXNET)
    tip = view.proxy.index(row, RankColumn.AGAINST).data(Qt.ItemDataRole.ToolTipRole)
    assert "Not significantly different from the best on 200" in tip
    assert any("could not be read" in words for words in view.remarks.texts)


def test_weights_of_one_network_are_told_apart(view: RankView) -> None:
    names = ("IMAGENET1K_V1", "IMAGENET1K_SWAG_V1", "IMAGENET1K_V2")
    keys = [Candidate("resnet50", name) for name in names]
    assert [view.texts.own_start(key, keys) for key in keys] == ["V1", "SWAG_V1", "V2"]
    assert view.texts.own_start(keys[0], [keys[0], LITE0]) == ""


def test_sorts_by_any_column_with_the_unknown_last(
    view: RankView, ready_session: Session, qtbot: QtBot, ranker: Ranker
) -> None:
    ranker.fails = {LITE0}
    rank(view, ready_session, qtbot)
    for column in RankColumn:
        for direction in (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder):
            view.table.sortByColumn(column, direction)
            if column in (RankColumn.LOGME, RankColumn.SPEED, RankColumn.ACCURACY):
                assert order(view) == [ALEXNET, LITE0]
    view.table.sortByColumn(RankColumn.MODEL, Qt.SortOrder.DescendingOrder)
    assert order(view) == [LITE0, ALEXNET]


def test_tells_why_a_row_failed(
    view: RankView, ready_session: Session, qtbot: QtBot, ranker: Ranker
) -> None:
    ranker.fails = {ALEXNET}
    rank(view, ready_session, qtbot)
    assert text(view, ALEXNET, RankColumn.ACCURACY) == "alexnet does not fit."
    assert any("AlexNet: alexnet does not fit." in words for words in view.remarks.texts)


def test_while_it_ranks_it_can_be_cancelled(
    view: RankView, ready_session: Session, qtbot: QtBot, ranker: Ranker
) -> None:
    ranker.may_go.clear()
    qtbot.mouseClick(view.strip.rank, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "25%" in text(view, ALEXNET, RankColumn.ACCURACY))
    assert view.strip.bar.isVisible() and not view.strip.rank.isVisible()
    assert view.strip.bar.value() == pytest.approx(1250) and view.strip.bar.maximum() == 2000
    assert "AlexNet" in view.strip.words.text and "(2 of 2)" in view.strip.words.text
    with qtbot.waitSignal(ready_session.feature(RankingState).ended):
        qtbot.mouseClick(view.strip.cancel, Qt.MouseButton.LeftButton)
    assert view.strip.rank.isVisible()
    assert text(view, LITE0, RankColumn.ACCURACY) == "82.0%"
    assert any("What was found is kept" in words for words in view.remarks.texts)


def test_the_best_can_be_used(view: RankView, ready_session: Session, qtbot: QtBot) -> None:
    ready_session.feature(RankingState).use(ALEXNET)
    rank(view, ready_session, qtbot)
    assert view.table.current == LITE0  # the best
    assert view.use.isEnabled()
    qtbot.mouseClick(view.use, Qt.MouseButton.LeftButton)
    assert ready_session.network.config.model == LITE0.model
    assert view.model.chosen == LITE0
    assert not view.use.isEnabled() and "already" in view.use.toolTip()
    view.table.select(ALEXNET)
    qtbot.keyClick(view.table, Qt.Key.Key_Return)
    assert ready_session.network.config.model == ALEXNET.model


def test_a_random_network_is_a_reference_only(
    view: RankView, ready_session: Session, qtbot: QtBot
) -> None:
    view.strip.with_random.click()
    rank(view, ready_session, qtbot)
    view.table.select(RANDOM_LITE0)
    assert not view.use.isEnabled() and "reference" in view.use.toolTip()


def test_says_why_it_waits_for_others(view: RankView, ready_session: Session) -> None:
    ready_session.run.status = RunStatus.RUNNING
    ready_session.run.status_changed.emit(RunStatus.RUNNING)
    assert not view.strip.rank.isEnabled()
    assert view.strip.why_not.isVisible() and "training" in view.strip.why_not.text()
    ready_session.run.status = RunStatus.IDLE
    ready_session.run.status_changed.emit(RunStatus.IDLE)
    assert view.strip.rank.isEnabled() and not view.strip.why_not.isVisible()


def test_says_when_the_images_changed(
    view: RankView, ready_session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    rank(view, ready_session, qtbot)
    open_photos(ready_session, tmp_path)
    qtbot.waitUntil(lambda: any("images, or how" in words for words in view.remarks.texts))
    assert view.strip.rank.isEnabled() and view.strip.rank.text() == "Rank again"
    assert text(view, LITE0, RankColumn.ACCURACY) == "82.0%"


def test_another_window_shows_the_same(
    view: RankView, ready_session: Session, qtbot: QtBot
) -> None:
    view.strip.with_random.click()
    rank(view, ready_session, qtbot)
    second = on_screen(RankView(ready_session), qtbot, 840, 660)
    assert order(second) == order(view) and second.strip.with_random.isChecked()
    assert second.summary.text() == view.summary.text()


def test_tells_a_person_who_looks_elsewhere(
    view: RankView, ready_session: Session, qtbot: QtBot, ranker: Ranker
) -> None:
    ranker.may_go.clear()
    qtbot.mouseClick(view.strip.rank, Qt.MouseButton.LeftButton)
    view.hide()
    with (
        qtbot.waitSignal(ready_session.notifications.posted) as told,
        qtbot.waitSignal(ready_session.feature(RankingState).ended),
    ):
        ranker.may_go.set()
    assert "EfficientNet-Lite0: 82.0%" in told.args[0].hint


def test_copies_whole_numbers(view: RankView, ready_session: Session, qtbot: QtBot) -> None:
    assert not view.copy.isEnabled()
    rank(view, ready_session, qtbot)
    qtbot.mouseClick(view.copy, Qt.MouseButton.LeftButton)
    rows = list(csv.DictReader(io.StringIO(QGuiApplication.clipboard().text())))
    assert [row["model"] for row in rows] == [LITE0.model, ALEXNET.model]
    assert float(rows[0]["accuracy"]) == 0.82 and rows[0]["memory_bytes"] == ""


def test_leads_to_the_dataset(ready_session: Session, qtbot: QtBot, ranker: Ranker) -> None:
    view = on_screen(RankView(ready_session), qtbot, 840, 660)
    ready_session.go_to(Step.MODEL)
    view._on_data()
    assert ready_session.step is Step.DATA


def test_known_rows_are_shown_when_it_is_opened(
    ready_session: Session, qtbot: QtBot, tmp_path: Path, ranker: Ranker
) -> None:
    ranker.known = make_record(LITE0, ALEXNET)
    open_photos(ready_session, tmp_path)
    view = on_screen(RankView(ready_session), qtbot, 840, 660)
    qtbot.waitUntil(lambda: text(view, LITE0, RankColumn.ACCURACY) == "82.0%")


def test_the_keyboard_begins_and_cancels(
    view: RankView, ready_session: Session, qtbot: QtBot, ranker: Ranker
) -> None:
    view.activateWindow()
    ranker.may_go.clear()
    view.strip.rank.setFocus()
    qtbot.keyClick(view.strip.rank, Qt.Key.Key_Space)
    qtbot.waitUntil(view.strip.cancel.hasFocus)
    with qtbot.waitSignal(ready_session.feature(RankingState).ended):
        qtbot.keyClick(view.strip.cancel, Qt.Key.Key_Space)
    qtbot.waitUntil(view.strip.rank.hasFocus)
