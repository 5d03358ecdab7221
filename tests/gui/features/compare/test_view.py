"""The comparison bound to a session."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from tests.gui.networks import make_ready, make_spec, make_weights
from tests.gui.showing import on_screen
from tests.gui.speeds import Machine, make_record
from tlstudio.core.compare import CompareAxis, WeightsKey
from tlstudio.core.networks.catalog import Library, WeightsPlace
from tlstudio.gui.features.compare.state import ResultsState, SpeedsState
from tlstudio.gui.features.compare.table_model import CompareColumn
from tlstudio.gui.features.compare.view import CompareView
from tlstudio.gui.kit.table import ROW_ROLE
from tlstudio.gui.state.run import RunStatus
from tlstudio.gui.state.session import Session

REMOTE = WeightsPlace.REMOTE
LARGE = ("resnet18", "LARGE")
ALEXNET = ("alexnet", "IMAGENET1K_V1")


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(monkeypatch)


@pytest.fixture
def view(session: Session, qtbot: QtBot, machine: Machine) -> CompareView:
    make_ready(session, qtbot)
    return show(session, qtbot)


def show(session: Session, qtbot: QtBot) -> CompareView:
    return on_screen(CompareView(session), qtbot, 800, 640)


def click_ball(view: CompareView, qtbot: QtBot, key: WeightsKey) -> None:
    index = [ball.key for ball in view.chart.balls].index(key)
    x, y = view.chart.plot.centres[index]
    viewport = view.chart.plot.viewport()
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=QPoint(round(x), round(y)))


def click_row(
    view: CompareView,
    qtbot: QtBot,
    key: WeightsKey,
    modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    for row in range(view.proxy.rowCount()):
        index = view.proxy.index(row, CompareColumn.TOP1)
        if index.data(ROW_ROLE).key == key:
            view.table.scrollTo(index)
            place = view.table.visualRect(index).center()
            qtbot.mouseClick(view.table.viewport(), Qt.MouseButton.LeftButton, modifier, pos=place)


def test_waits_for_the_library(session: Session, qtbot: QtBot, machine: Machine) -> None:
    view = show(session, qtbot)
    assert view.loading.isVisible()
    make_ready(session, qtbot)
    assert view.chart.isVisible() and len(view.chart.balls) == 4


def test_says_how_many_are_left_out(view: CompareView) -> None:
    assert "1 left out" in view.chart.footnote.text


def test_a_click_on_a_ball_chooses_model_and_weights(
    view: CompareView, session: Session, qtbot: QtBot
) -> None:
    click_ball(view, qtbot, LARGE)
    assert (session.network.config.model, session.network.config.weights) == LARGE
    assert view.chosen == view.model.chosen == LARGE
    marks = view.chart.overlay.marks
    assert view.chart.balls[marks.chosen].key == LARGE
    assert [row.key for row in view.table.marked_rows] == [LARGE]


def test_a_click_on_a_row_chooses_too(view: CompareView, session: Session, qtbot: QtBot) -> None:
    click_row(view, qtbot, ALEXNET)
    assert session.network.config.model == "alexnet"
    assert view.chosen == ALEXNET
    click_row(view, qtbot, LARGE, Qt.KeyboardModifier.ControlModifier)  # only marks
    assert view.chosen == ALEXNET and len(view.table.marked_rows) == 2


def test_nothing_is_chosen_while_training(
    view: CompareView, session: Session, qtbot: QtBot
) -> None:
    before = session.network.config
    session.run._set_status(RunStatus.RUNNING)
    click_ball(view, qtbot, LARGE)
    assert session.network.config == before
    assert "while training" in view.chart.footnote.text
    assert not view.measure.marked.isEnabled() and not view.measure.short_list.isEnabled()
    assert "training run" in view.measure.words.text
    session.run._set_status(RunStatus.IDLE)
    assert view.measure.short_list.isEnabled()


def test_filters_hold_for_chart_and_table(view: CompareView) -> None:
    def shown() -> set[str]:
        return {ball.key[0] for ball in view.chart.balls if ball.is_shown}

    view.legend.buttons["plain"].click()
    assert shown() == {"alexnet", "vgg11_bn"} and view.proxy.rowCount() == 2
    view.ready.click()
    assert shown() == {"alexnet"} and view.proxy.rowCount() == 1
    view.legend.clear()
    view.ready.click()
    view.search.setText("large")
    assert shown() == {"resnet18"} and view.proxy.rowCount() == 1
    assert len(view.chart.balls) == 4  # the others stay as shadows


def test_measures_what_is_marked_and_shows_it(
    view: CompareView, session: Session, qtbot: QtBot, machine: Machine
) -> None:
    assert view.table.isColumnHidden(CompareColumn.INFERENCE)
    click_row(view, qtbot, LARGE)
    click_row(view, qtbot, ("vgg11_bn", "IMAGENET1K_V1"), Qt.KeyboardModifier.ControlModifier)
    machine.goes_on.clear()
    view.measure.marked.click()
    qtbot.waitUntil(lambda: bool(machine.asked))
    assert view.measure.bar.isVisible() and view.measure.cancel.isVisible()
    machine.goes_on.set()
    qtbot.waitUntil(lambda: not session.feature(SpeedsState).is_measuring)
    assert sorted(machine.asked) == [("resnet18", 320), ("vgg11_bn", 224)]
    assert not view.table.isColumnHidden(CompareColumn.INFERENCE)
    assert view.measure.problems.texts == ("Does not fit: vgg11_bn",)
    view.axis.set_value(CompareAxis.MILLISECONDS)
    view.axis.chosen.emit(CompareAxis.MILLISECONDS)
    assert [ball.key for ball in view.chart.balls] == [LARGE]
    assert "3 not measured" in view.chart.footnote.text


def test_measuring_can_be_cancelled(
    view: CompareView, session: Session, qtbot: QtBot, machine: Machine
) -> None:
    machine.goes_on.clear()
    view.measure.short_list.click()
    qtbot.waitUntil(lambda: bool(machine.asked))
    view.measure.cancel.click()
    assert not session.feature(SpeedsState).is_measuring and view.measure.short_list.isVisible()


def test_shows_what_was_measured_before_and_that_the_machine_was_busy(
    session: Session, qtbot: QtBot, machine: Machine
) -> None:
    machine.known = (make_record("alexnet", is_steady=False),)
    make_ready(session, qtbot)
    view = show(session, qtbot)
    qtbot.waitUntil(lambda: bool(session.feature(SpeedsState).speeds))
    assert "Processor" in view.measure.words.text
    assert "busy" in view.measure.problems.texts[0] and "AlexNet" in view.measure.problems.texts[0]


def test_without_speeds_the_axis_of_time_says_what_to_do(view: CompareView) -> None:
    view.axis.set_value(CompareAxis.MILLISECONDS)
    view.axis.chosen.emit(CompareAxis.MILLISECONDS)
    assert view.unmeasured.isVisible() and "measure" in view.unmeasured.text()


def test_a_whole_row_is_highlighted(view: CompareView, qtbot: QtBot) -> None:
    place = view.table.visualRect(view.proxy.index(1, CompareColumn.TOP1)).center()
    qtbot.mouseMove(view.table.viewport(), place)
    assert view.table.hovered_row == 1


def test_names_of_weights_are_whole_where_there_is_room(view: CompareView) -> None:
    view.resize(1200, 640)
    for row in range(view.proxy.rowCount()):
        for column in CompareColumn:
            index = view.proxy.index(row, column)
            wanted = view.table.fontMetrics().horizontalAdvance(str(index.data()))
            shown = not view.table.isColumnHidden(column)
            assert not shown or view.table.columnWidth(column) > wanted


def test_timms_results_join_and_top_5_is_drawn(
    view: CompareView, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    before = len(view.comparison.rows)
    spec = replace(
        make_spec("resnet50", top1=None),
        library=Library.TIMM,
        weights=(make_weights(REMOTE, None, "a1"),),
    )
    session.network.models = (*session.network.models, spec)
    table = tmp_path / "results-imagenet.csv"
    table.write_text("model,top1,top5,img_size\nresnet50.a1,81.2,95.1,288\n")
    state = session.feature(ResultsState)
    with qtbot.waitSignal(state.changed):
        state.open(table)
    assert len(view.comparison.rows) == before + 1
    assert "1 as timm has published them" in view.chart.footnote.text
    view.worth.buttons()[1].click()
    assert [(ball.key[0], ball.y) for ball in view.chart.balls] == [("resnet50", 0.951)]
    row = view.model.find(("resnet50", "a1"))
    assert view.model.index(row, CompareColumn.TOP5).data() == "95.1%"
    tip = view.model.index(row, CompareColumn.TOP5).data(Qt.ItemDataRole.ToolTipRole)
    assert "288 px" in tip
    with qtbot.waitSignal(state.changed):
        view.forget.trigger()
    assert len(view.comparison.rows) == before


def test_marked_networks_are_shown_side_by_side(
    view: CompareView, session: Session, qtbot: QtBot
) -> None:
    click_row(view, qtbot, ALEXNET)
    assert not view.measure.beside.isVisible()
    click_row(view, qtbot, LARGE, Qt.KeyboardModifier.ControlModifier)
    with qtbot.waitSignal(session.target_requested) as signal:
        view.measure.beside.click()
    target = signal.args[0]
    assert target.tab == "picture" and set(target.models) == {"alexnet", "resnet18"}
