"""The plan before it runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.fakes import make_images, make_index
from tests.gui.showing import on_screen
from tlstudio.core.strategies.timeline import Start, Statistics
from tlstudio.gui.features.strategy.plan_legend import LegendSign
from tlstudio.gui.features.strategy.plan_view import PlanView
from tlstudio.gui.state.session import Session


@pytest.fixture
def view(ready_session: Session, qtbot: QtBot) -> PlanView:
    return on_screen(PlanView(ready_session), qtbot, 760, 620)


def signs(view: PlanView) -> set[Start | Statistics | None]:
    return {s._sign for s in view.legend.findChildren(LegendSign) if s.isVisible()}


def test_it_waits_for_a_network(session: Session, qtbot: QtBot) -> None:
    view = on_screen(PlanView(session), qtbot, 760, 620)
    assert view.waiting.isVisible() and view.chart.plan is None


def test_it_draws_the_plan_and_follows_every_setting(view: PlanView, session: Session) -> None:
    assert view.chart.isVisible() and view.title.text() == "Feature extraction"
    assert view.table.text(0, 1) == "head"
    assert {Start.RANDOM, None, Statistics.FIXED} == signs(view)
    session.network.change(strategy="gradual", unfreeze_every=3, epochs=9)
    plan = view.chart.plan
    assert plan is not None and plan.epochs == 9
    shown = [(view.table.text(n, 0), view.table.text(n, 1)) for n in range(3)]
    assert shown == [("1", "head"), ("4", "body"), ("7", "stem")]
    assert {Start.PRETRAINED, Statistics.MOVE} < signs(view)
    session.network.change(strategy="head_first", head_epochs=4)
    assert view.table.text(1, 1) == "everything else"
    session.network.change(strategy="fine_tuning")
    assert view.table.text(0, 1) == "everything"


def test_a_stage_in_an_epoch_is_told(view: PlanView, session: Session, qtbot: QtBot) -> None:
    session.network.change(
        strategy="gradual", unfreeze_every=3, schedule="none", learning_rate=0.001
    )
    assert "Point at" in view.told.text
    chart = view.chart
    for _ in range(4):  # the rows have their new height
        QApplication.processEvents()
    qtbot.mouseMove(chart.grid.viewport(), chart.cell_rect(1, 2).center().toPoint())
    assert view.told.text.startswith("body · epoch 2 · frozen")
    assert "statistics frozen" in view.told.text
    chart.setFocus()
    for _ in range(2):
        qtbot.keyClick(chart, Qt.Key.Key_Right)
    assert view.told.text.startswith("body · epoch 4 · learning rate 1e-4")
    assert "statistics move" in view.told.text
    qtbot.keyClick(chart, Qt.Key.Key_Down)
    assert view.told.text.startswith("head · epoch 4 · learning rate 0.001")
    session.network.change(strategy="custom", trainable=("body.1.conv", "head"))
    chart.mark(1, 1)
    assert "300 of 557 parameters" in view.told.text


def test_the_plan_is_told_by_epoch_and_can_be_saved(view: PlanView, session: Session) -> None:
    session.network.change(
        strategy="gradual", unfreeze_every=3, schedule="none", epochs=6, learning_rate=0.001
    )
    chart = view.chart
    chart.point_at(3)
    assert chart.readout.title.text() == "Epoch 4"
    told = {row.name: row.values for row in chart.reading(3).rows}
    assert told == {"stem": ("–",), "body": ("1e-4",), "head": ("0.001",)}
    header, *lines = chart.csv().splitlines()
    assert header == "stage,epoch,learning_rate,statistics" and len(lines) == 3 * 6
    rates = [line.split(",")[2] for line in lines if line.startswith("body")]
    assert rates[:3] == ["", "", ""] and [float(rate) for rate in rates[3:]] == [1e-4] * 3


def test_nothing_ticked_is_said(view: PlanView, session: Session) -> None:
    session.network.tick(())
    assert view.nothing.isVisible()
    session.network.set_strategy("fine_tuning")
    assert view.chart.isVisible()


def test_a_hidden_view_follows_when_it_is_shown(view: PlanView, session: Session) -> None:
    view.hide()
    session.network.set_strategy("fine_tuning")
    assert view.title.text() == "Feature extraction"
    view.show()
    assert view.title.text() == "Fine-tuning"


def test_each_phase_says_what_it_takes(
    view: PlanView, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    assert view.table.text(0, 3) == "–" and not view.train.isEnabled()
    root = tmp_path / "photos"
    index = make_index(root, make_images(root))
    session.datasets.index = index
    session.datasets.changed.emit(index)
    qtbot.waitUntil(lambda: session.forecasts.forecast is not None)
    session.network.change(strategy="head_first", head_epochs=4)
    assert "s" in view.table.text(0, 3) and "B" in view.table.text(1, 4)
    assert view.expected.text.startswith("About ")
    session.network.change(patience=3)
    assert view.expected.text.startswith("At most about ")
    assert view.train.isEnabled()


def test_memory_is_known_from_the_shapes_alone(view: PlanView, session: Session) -> None:
    assert "B" in view.table.text(0, 4)
    assert "no dataset" in view.train.toolTip()  # and so nothing can be trained
