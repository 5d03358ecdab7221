"""The Advice view: what to do, why, and the evidence for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from tests.gui.evidence import Measurer, make_record, open_photos
from tests.gui.networks import wait_for_plan
from tests.gui.showing import on_screen
from tlstudio.gui.features.advice.view import AdviceView
from tlstudio.gui.state.evidence import EvidenceState
from tlstudio.gui.state.run import RunStatus
from tlstudio.gui.state.session import Session, Step


@pytest.fixture
def measurer(monkeypatch: pytest.MonkeyPatch, ready_session: Session) -> Measurer:
    return Measurer(monkeypatch)


def show(session: Session, qtbot: QtBot, width: int = 772) -> AdviceView:
    return on_screen(AdviceView(session), qtbot, width, 640)


def shown_with_evidence(
    session: Session, qtbot: QtBot, folder: Path, measurer: Measurer
) -> AdviceView:
    measurer.kept = measurer.record
    open_photos(session, qtbot, folder)
    qtbot.waitUntil(lambda: session.feature(EvidenceState).record is not None)
    return show(session, qtbot)


def test_without_a_dataset_it_says_what_to_do(
    ready_session: Session, qtbot: QtBot, measurer: Measurer
) -> None:
    view = show(ready_session, qtbot)
    assert view.empty.isVisible()
    ready_session.go_to(Step.TRAIN)
    qtbot.mouseClick(view.open_button, Qt.MouseButton.LeftButton)
    assert ready_session.step is Step.DATA


def test_measures_and_then_shows_the_depths(
    ready_session: Session, qtbot: QtBot, tmp_path: Path, measurer: Measurer
) -> None:
    open_photos(ready_session, qtbot, tmp_path)
    view = show(ready_session, qtbot)
    offer, evidence = view.depths.offer, ready_session.feature(EvidenceState)
    assert offer.isVisible() and view.picture.place is None
    assert offer.measure.property("kind") != "quiet" == view.use.property("kind")
    measurer.may_end.clear()
    qtbot.mouseClick(offer.measure, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "body" in offer.text.text())
    assert offer.cancel.isVisible() and not offer.measure.isVisible()
    measurer.may_end.set()
    qtbot.waitUntil(lambda: not evidence.active and view.depths.chart.isVisible())
    assert [point.path for point in view.depths.chart.points] == ["", "stem", "body", "head"]
    assert view.picture.place is not None
    assert view.use.property("kind") != "quiet"
    assert any("80.0%" in text for text in view.reasons.texts)


def test_cancelled_and_failed_can_be_tried_again(
    ready_session: Session, qtbot: QtBot, tmp_path: Path, measurer: Measurer
) -> None:
    open_photos(ready_session, qtbot, tmp_path)
    view = show(ready_session, qtbot)
    offer = view.depths.offer
    measurer.may_end.clear()
    qtbot.mouseClick(offer.measure, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(offer.cancel, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not ready_session.feature(EvidenceState).active)
    assert offer.measure.isVisible() and offer.measure.isEnabled()
    measurer.fails = True
    with qtbot.waitSignal(ready_session.feature(EvidenceState).ended):
        qtbot.mouseClick(offer.measure, Qt.MouseButton.LeftButton)
    assert "too few" in offer.title.text() and "Add some" in offer.text.text()
    assert offer.measure.isEnabled()


def test_a_run_comes_first(
    ready_session: Session, qtbot: QtBot, tmp_path: Path, measurer: Measurer
) -> None:
    open_photos(ready_session, qtbot, tmp_path)
    view = show(ready_session, qtbot)
    ready_session.run._set_status(RunStatus.RUNNING)
    offer = view.depths.offer
    assert not offer.measure.isEnabled() and "training run is in progress" in offer.text.text()
    assert not view.use.isEnabled()
    ready_session.run._set_status(RunStatus.IDLE)
    assert offer.measure.isEnabled()


def test_one_click_takes_the_advice(
    ready_session: Session, qtbot: QtBot, tmp_path: Path, measurer: Measurer
) -> None:
    ready_session.network.set_strategy("fine_tuning")
    view = shown_with_evidence(ready_session, qtbot, tmp_path, measurer)
    assert not view.followed.isVisible()
    qtbot.mouseClick(view.use, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(view.followed.isVisible)
    assert not view.use.isVisible()
    assert ready_session.network.config.strategy == "feature_extraction"
    ready_session.network.set_strategy("fine_tuning")
    qtbot.waitUntil(view.use.isVisible)


def test_the_chart_shows_what_the_advice_would_train(
    ready_session: Session, qtbot: QtBot, tmp_path: Path, measurer: Measurer
) -> None:
    measurer.record = make_record(body=60, head=80)
    view = shown_with_evidence(ready_session, qtbot, tmp_path, measurer)
    assert [point.trains for point in view.depths.chart.points] == [False, False, False, True]


def test_training_begins_where_a_person_points(
    ready_session: Session, qtbot: QtBot, tmp_path: Path, measurer: Measurer
) -> None:
    view = shown_with_evidence(ready_session, qtbot, tmp_path, measurer)
    depths, network = view.depths, ready_session.network
    assert not depths.train_from.isVisible()
    plot = depths.chart.accuracy
    place = QPoint(round(plot.x_px(2)), plot.height() // 2)
    qtbot.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert network.selected_layer == "body" and "60.0%" in depths.facts.text
    network.select_layer("body.1.conv")  # in the tree
    assert depths.chart.current == "body"
    qtbot.mouseClick(depths.train_from, Qt.MouseButton.LeftButton)
    assert (network.config.strategy, network.config.train_from) == ("partial", "body")


def test_a_model_without_weights_is_trained_from_scratch(
    ready_session: Session, qtbot: QtBot, tmp_path: Path, measurer: Measurer
) -> None:
    open_photos(ready_session, qtbot, tmp_path)
    view = show(ready_session, qtbot)
    spec = ready_session.network.models[0]
    bare = type(spec)(**{name: getattr(spec, name) for name in spec.__slots__} | {"weights": ()})
    ready_session.network.models = (bare,)
    ready_session.network.models_changed.emit()
    qtbot.waitUntil(lambda: not view.depths.isVisible())
    assert "random" in view.headline.text() and view.use.property("kind") != "quiet"


def test_weights_that_are_elsewhere_are_downloaded_first(
    ready_session: Session, qtbot: QtBot, tmp_path: Path, measurer: Measurer
) -> None:
    open_photos(ready_session, qtbot, tmp_path)
    view = show(ready_session, qtbot)
    ready_session.network.set_model("resnet18")
    wait_for_plan(ready_session, qtbot)
    qtbot.waitUntil(lambda: "Download" in view.depths.offer.text.text())
    assert not view.depths.offer.measure.isEnabled()


def test_the_other_advice_stands_beside_where_there_is_room(
    ready_session: Session, qtbot: QtBot, tmp_path: Path, measurer: Measurer
) -> None:
    view = shown_with_evidence(ready_session, qtbot, tmp_path, measurer)
    assert view.items.rows and view.items.y() > view.depths.y()
    view.resize(1400, 900)
    qtbot.waitUntil(lambda: view.items.mapTo(view, view.items.rect().topLeft()).x() > 900)
    view.resize(772, 640)
    qtbot.waitUntil(lambda: view.items.width() > 600)


def test_a_window_that_is_built_anew_shows_the_same(
    ready_session: Session, qtbot: QtBot, tmp_path: Path, measurer: Measurer
) -> None:
    first = shown_with_evidence(ready_session, qtbot, tmp_path, measurer)
    ready_session.network.select_layer("body")
    again = show(ready_session, qtbot)
    assert again.headline.text() == first.headline.text()
    assert again.depths.chart.current == "body"
