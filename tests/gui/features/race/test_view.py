"""The race on the Train page, as a newcomer goes through it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from tests.gui.fakes import make_images, make_index
from tests.gui.fields import type_number
from tests.gui.races import Racer
from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.race.recipes import DEGRADATION
from tlstudio.core.runs.kept import RunEntry
from tlstudio.gui.features.race import jobs
from tlstudio.gui.features.race.choice import RaceField
from tlstudio.gui.features.race.state import RaceState
from tlstudio.gui.features.race.view import RaceView
from tlstudio.gui.kit.elided_label import ElidedLabel
from tlstudio.gui.state.session import Session, Step

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def racer(monkeypatch: pytest.MonkeyPatch) -> Racer:
    return Racer(monkeypatch)


@pytest.fixture
def index(tmp_path: Path) -> DatasetIndex:
    root = tmp_path / "photos"
    return make_index(root, make_images(root, 20))


@pytest.fixture
def view(ready_session: Session, racer: Racer, qtbot: QtBot) -> Iterator[RaceView]:
    view = RaceView(ready_session)
    qtbot.addWidget(view)
    view.resize(820, 640)
    view.show()
    yield view
    racer.goes_on.set()


def open_dataset(view: RaceView, session: Session, index: DatasetIndex | None) -> None:
    session.datasets.index = index
    session.datasets.changed.emit(index)


def texts(view: RaceView) -> str:
    return "\n".join(label.text() for label in view.shown.findChildren(QLabel))


def test_without_a_dataset_it_says_where_to_begin(
    view: RaceView, ready_session: Session, index: DatasetIndex
) -> None:
    assert view.shown is view.empty
    open_dataset(view, ready_session, index)
    assert view.shown is view.setup
    open_dataset(view, ready_session, None)
    assert view.shown is view.empty


def test_choosing_and_racing(
    view: RaceView, ready_session: Session, index: DatasetIndex, racer: Racer, qtbot: QtBot
) -> None:
    open_dataset(view, ready_session, index)
    setup = view.setup
    assert setup.tenth_button.isHidden()  # each has the rate that is recommended for it
    ready_session.network.change(learning_rate=0.001)
    assert setup.start_button.isEnabled()
    assert "60 validation image" in setup.summary.text()
    setup.entries.box("partial").click()
    qtbot.mouseClick(setup.seeds.buttons()[1], LEFT)
    qtbot.mouseClick(setup.tenth_button, LEFT)
    assert setup.entries.rate("fine_tuning").typed == "1e-4"
    racer.goes_on.clear()
    qtbot.mouseClick(setup.start_button, LEFT)
    qtbot.waitUntil(lambda: ready_session.feature(RaceState).number == 2)
    assert view.shown is view.result
    result = view.result
    qtbot.waitUntil(lambda: "Run 2 of 4: Fine-tuning, seed 0" in texts(view))
    assert result.cancel_button.isVisible() and not result.new_button.isVisible()
    assert not result.table.button(0).isEnabled()
    racer.goes_on.set()
    qtbot.waitUntil(lambda: not ready_session.feature(RaceState).active)
    (asked,) = racer.asked
    assert [entry.config.learning_rate for entry in asked.entries] == [0.001, 0.0001]
    assert len(asked.seeds) == 2
    assert "“Fine-tuning” is the best: 100.0%" in result.headline.text()
    assert "by 50.0 points" in result.comparisons.text()
    assert "2 seed" in result.method.text()


@pytest.mark.parametrize("size", [(1300, 1000), (820, 640), (700, 420)])
def test_what_starts_it_follows_the_list(
    view: RaceView,
    ready_session: Session,
    index: DatasetIndex,
    qtbot: QtBot,
    size: tuple[int, int],
) -> None:
    """It is not left alone at the foot of a high page, and in sight on a low one."""
    view.resize(*size)
    open_dataset(view, ready_session, index)
    setup = view.setup
    last = setup.entries
    qtbot.waitUntil(lambda: setup.start_button.visibleRegion().boundingRect().height() > 20)
    QApplication.processEvents()
    foot = last.mapTo(view, last.rect().bottomLeft()).y()
    start = setup.start_button.mapTo(view, setup.start_button.rect().topLeft()).y()
    assert start - foot < 160
    if size[1] > 600:
        assert last.visibleRegion().boundingRect().height() == last.height()


def test_using_the_winner(
    view: RaceView, ready_session: Session, index: DatasetIndex, qtbot: QtBot
) -> None:
    open_dataset(view, ready_session, index)
    view.setup.start_button.click()
    qtbot.waitUntil(lambda: not ready_session.feature(RaceState).active)
    ready_session.network.change(seed=42)
    view.result.table.button(2).click()
    assert ready_session.network.config.strategy == "fine_tuning"
    assert ready_session.network.config.seed == 42
    view.result.new_button.click()
    assert view.shown is view.setup
    view.setup.back_button.click()
    assert view.shown is view.result


def test_a_failed_entry_says_why_and_the_others_are_compared(
    view: RaceView, ready_session: Session, index: DatasetIndex, racer: Racer, qtbot: QtBot
) -> None:
    open_dataset(view, ready_session, index)
    racer.failing = 1
    view.setup.start_button.click()
    qtbot.waitUntil(lambda: not ready_session.feature(RaceState).active)
    rows = view.result._texts.rows(ready_session.feature(RaceState))
    assert (rows[1].state, rows[1].is_error) == ("It broke off.", True)
    assert rows[0].interval is not None and rows[2].interval is not None
    assert "is ahead with 55.0%" in view.result.headline.text()


def test_the_chart_tells_the_numbers_of_an_epoch(
    view: RaceView, ready_session: Session, index: DatasetIndex, qtbot: QtBot
) -> None:
    open_dataset(view, ready_session, index)
    ready_session.network.change(epochs=2)
    view.setup.start_button.click()
    qtbot.waitUntil(lambda: not ready_session.feature(RaceState).active)
    reading = view.result.chart.reading(1)
    assert reading.title == "Epoch 2"
    assert [row.name for row in reading.rows] == [
        "Partial fine-tuning",
        "Fine-tuning",
        "Feature extraction",
    ]
    assert "Partial fine-tuning: 100.0%" in view.result.chart.accessibleDescription()
    view.result.chart.grab()


def test_it_does_not_start_while_something_else_goes_on(
    view: RaceView, ready_session: Session, index: DatasetIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_dataset(view, ready_session, index)
    monkeypatch.setattr(type(ready_session), "is_busy", property(lambda self: True))
    ready_session.busy_changed.emit(True)
    assert not view.setup.start_button.isEnabled()
    assert "can start when it is over" in view.setup.summary.text()


def test_networks_race_as_well(
    view: RaceView, ready_session: Session, index: DatasetIndex, racer: Racer, qtbot: QtBot
) -> None:
    open_dataset(view, ready_session, index)
    setup = view.setup
    setup.field.buttons()[2].click()
    assert setup.choice.field is RaceField.MODELS
    assert setup.entries.keys == ("tf_efficientnet_lite0", "alexnet")
    assert not setup.start_button.isEnabled()
    setup.entries.box("alexnet").click()
    assert setup.start_button.isEnabled()
    setup.start_button.click()
    qtbot.waitUntil(lambda: not ready_session.feature(RaceState).active)
    assert [entry.config.model for entry in racer.asked[0].entries] == [
        "tf_efficientnet_lite0",
        "alexnet",
    ]


def test_a_rate_in_error_holds_the_race(
    view: RaceView, ready_session: Session, index: DatasetIndex, qtbot: QtBot
) -> None:
    open_dataset(view, ready_session, index)
    setup = view.setup
    assert setup.start_button.isEnabled()
    rate = setup.entries.rate("fine_tuning")
    type_number(qtbot, rate, "0,5")
    assert setup.choice.rate("fine_tuning") == 0.5
    type_number(qtbot, rate, "1,000", leaves=True)
    setup.refresh()
    assert not setup.start_button.isEnabled() and rate.typed == "1,000"
    assert "Learning rate of" in setup.summary.text() and "1000 or 1.0" in setup.summary.text()
    setup.entries.box("fine_tuning").click()  # is gone
    setup.entries.box("fine_tuning").click()
    assert setup.start_button.isEnabled()


def test_the_runs_of_a_race_are_compared(
    view: RaceView, ready_session: Session, index: DatasetIndex, racer: Racer, qtbot: QtBot
) -> None:
    racer.keeps = True
    result, runs = view.result, ready_session.runs
    open_dataset(view, ready_session, index)
    with qtbot.waitSignal(runs.entries_changed):  # read again when the race is over
        qtbot.mouseClick(view.setup.start_button, LEFT)
    assert result.compare_button.isHidden()  # none of them is kept
    runs.entries = tuple(RunEntry(f"run-{place}", Path("x")) for place in (0, 2, 7))
    runs.entries_changed.emit()
    assert not result.compare_button.isHidden()
    with qtbot.waitSignal(runs.comparison_requested) as asked:
        qtbot.mouseClick(result.compare_button, LEFT)
    assert asked.args == [("run-0", "run-2")]
    assert ready_session.step is Step.RUNS


def test_a_tie_is_called_level(
    view: RaceView, ready_session: Session, index: DatasetIndex, racer: Racer, qtbot: QtBot
) -> None:
    racer.right = [0.5, 0.5, 0.5, 0.5]
    open_dataset(view, ready_session, index)
    qtbot.mouseClick(view.setup.start_button, LEFT)
    qtbot.waitUntil(lambda: not ready_session.feature(RaceState).active)
    words = texts(view)
    assert "are level with 50.0%" in words and "ahead" not in words
    subtitles = [row.text for row in view.result.table.findChildren(ElidedLabel)]
    assert sum(text.startswith("level · ") for text in subtitles) == 3


def test_the_recipe_is_set_up_by_one_click_and_drawn_by_its_errors(
    view: RaceView,
    ready_session: Session,
    index: DatasetIndex,
    racer: Racer,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    times = {entry.model: 60.0 * entry.depth for entry in DEGRADATION.entries}
    monkeypatch.setattr(jobs, "expected_seconds", lambda race, index: times)
    open_dataset(view, ready_session, index)
    setup = view.setup
    qtbot.mouseClick(setup.field.buttons()[-1], LEFT)
    assert setup.choice.ticked == ["plain20", "plain56", "resnet20", "resnet56"]
    qtbot.waitUntil(lambda: "2 h 32 min" in setup.summary.text())
    qtbot.mouseClick(setup.budgets.buttons()[-1], LEFT)
    assert len(setup.choice.ticked) == 10
    assert {e.config.schedule for e in setup.choice.config.entries} == {"multi_step"}
    assert setup.choice.config.train_images == 0
    qtbot.mouseClick(setup.budgets.buttons()[0], LEFT)
    qtbot.mouseClick(setup.start_button, LEFT)
    races = ready_session.feature(RaceState)
    qtbot.waitUntil(lambda: races.number == 4 and not races.active)
    assert racer.asked[0].recipe == "degradation"
    assert racer.asked[0].train_images > 0
    chart = view.result.error_chart
    assert chart.isVisible()
    assert list(chart.panes) == ["Plain", "Residual"]
    assert "plain-56: training 10.0%, validation 0.0%" in chart.accessibleDescription()
    assert "plain-56,training" not in chart.csv()
    qtbot.mouseClick(view.result.drawn.buttons()[0], LEFT)
    assert view.result.chart.isVisible() and chart.isHidden()


def test_a_race_that_was_stopped_goes_on(
    view: RaceView, ready_session: Session, index: DatasetIndex, racer: Racer, qtbot: QtBot
) -> None:
    open_dataset(view, ready_session, index)
    racer.goes_on.clear()
    qtbot.mouseClick(view.setup.start_button, LEFT)
    races = ready_session.feature(RaceState)
    qtbot.waitUntil(lambda: races.number == 2)
    qtbot.mouseClick(view.result.cancel_button, LEFT)
    racer.goes_on.set()
    qtbot.waitUntil(lambda: not races.active)
    assert view.result.go_on_button.isVisible()
    qtbot.mouseClick(view.result.go_on_button, LEFT)
    qtbot.waitUntil(lambda: not races.active and len(racer.asked) == 2)
    assert races.record is not None and races.record.is_complete
    assert [result.entry for result in races.record.results] == [0, 1, 2]
    assert view.result.go_on_button.isHidden()


def test_errors_that_were_seen_stay_when_a_race_is_stopped(
    view: RaceView, ready_session: Session, index: DatasetIndex, racer: Racer, qtbot: QtBot
) -> None:
    open_dataset(view, ready_session, index)
    racer.goes_on.clear()
    qtbot.mouseClick(view.setup.field.buttons()[-1], LEFT)
    qtbot.mouseClick(view.setup.start_button, LEFT)
    races = ready_session.feature(RaceState)
    qtbot.waitUntil(lambda: races.number == 2)
    qtbot.mouseClick(view.result.cancel_button, LEFT)
    racer.goes_on.set()
    qtbot.waitUntil(lambda: not races.active)
    last = races.record.results[-1] if races.record is not None else None
    assert last is not None and not last.is_whole and last.history.epochs
    assert "plain-56: training" in view.result.error_chart.accessibleDescription()
