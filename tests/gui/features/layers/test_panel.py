"""The layer tree bound to a session: presets and hands move the same boxes."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QStyle, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from tests.gui.evidence import Measurer, open_photos
from tests.gui.fakes import make_images, make_index
from tests.gui.networks import (
    BACKBONE,
    make_ready,
    no_engine,
    small_costs,
    wait_for_plan,
    wide_tree,
)
from tests.gui.showing import on_screen
from tlstudio.core.errors import ModelError
from tlstudio.core.forecast.costs import RunCosts
from tlstudio.core.runs.events import PhaseStarted, RunEnded, RunEndReason
from tlstudio.core.runs.execution import ExecutionRecord
from tlstudio.core.runs.freeze_proof import FreezeProof
from tlstudio.core.runs.record import RunRecord
from tlstudio.gui.features.layers.measures import LayerMeasure
from tlstudio.gui.features.layers.panel import LayerTreePanel
from tlstudio.gui.features.layers.rows import LayerState
from tlstudio.gui.features.layers.tree_model import (
    MEASURE_ROLE,
    STATISTICS_ROLE,
    LayerColumn,
    LayerTreeModel,
)
from tlstudio.gui.state import jobs
from tlstudio.gui.state.run import RunStatus
from tlstudio.gui.state.session import Session


@pytest.fixture
def panel(ready_session: Session, qtbot: QtBot) -> LayerTreePanel:
    return show(ready_session, qtbot)


def show(session: Session, qtbot: QtBot) -> LayerTreePanel:
    return on_screen(LayerTreePanel(session), qtbot, 380, 500)


def shown_index(panel: LayerTreePanel, path: str) -> QModelIndex:
    return panel.filter.mapFromSource(panel.model.index_of(path))


def box_of(panel: LayerTreePanel, path: str) -> QPoint:
    """Where the check box of a row is on the screen."""
    index = shown_index(panel, path)
    panel.view.scrollTo(index)
    option = QStyleOptionViewItem()
    panel.view.initViewItemOption(option)
    option.rect = panel.view.visualRect(index)
    option.features |= QStyleOptionViewItem.ViewItemFeature.HasCheckIndicator
    element = QStyle.SubElement.SE_ItemViewItemCheckIndicator
    return panel.view.style().subElementRect(element, option, panel.view).center()


def state(panel: LayerTreePanel, path: str) -> LayerState:
    row = panel.model.row_of(panel.model.index_of(path))
    assert row is not None
    return row.state


def test_says_what_it_waits_for(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_engine(monkeypatch)
    panel = show(session, qtbot)
    assert "Loading" in panel.waiting.text.text() and panel.waiting.busy.isVisible()
    make_ready(session, qtbot)
    assert panel.view.isVisible() and not panel.waiting.busy.isVisible()
    session.network.set_num_classes(4)
    assert "Building" in panel.waiting.text.text() and panel.waiting.isVisible()
    wait_for_plan(session, qtbot)
    assert panel.view.isVisible()


def test_presets_move_the_boxes(panel: LayerTreePanel, session: Session) -> None:
    assert state(panel, "head") is LayerState.TRAINS and state(panel, "body") is LayerState.FROZEN
    assert "4,000 of 4," in panel.line.text.text()
    session.network.set_strategy("fine_tuning")
    assert state(panel, "body") is LayerState.TRAINS
    session.network.train_from("body.1")
    assert state(panel, "body") is LayerState.PARTLY and state(panel, "stem") is LayerState.FROZEN


def test_a_click_on_a_box_makes_a_custom_strategy(
    panel: LayerTreePanel, session: Session, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(session.network.settings_changed):
        qtbot.mouseClick(
            panel.view.viewport(), Qt.MouseButton.LeftButton, pos=box_of(panel, "stem")
        )
    assert session.network.config.strategy == "custom"
    assert session.network.config.trainable == ("head", "stem")
    assert state(panel, "stem") is LayerState.TRAINS


def test_space_ticks_a_container_with_all_below(
    panel: LayerTreePanel, session: Session, qtbot: QtBot
) -> None:
    panel.view.setCurrentIndex(shown_index(panel, "body").siblingAtColumn(3))
    qtbot.keyClick(panel.view, Qt.Key.Key_Space)
    assert session.network.plan is not None
    assert session.network.plan.trainable == BACKBONE - {"stem"} | {"head"}
    qtbot.keyClick(panel.view, Qt.Key.Key_Space)
    assert session.network.plan.trainable == {"head"}


def hover(panel: LayerTreePanel, path: str, qtbot: QtBot) -> QPoint:
    """The mouse comes to the button of a row."""
    place = panel.view.button_rect(shown_index(panel, path)).center()
    qtbot.mouseMove(panel.view.viewport(), place)
    QApplication.processEvents()
    return place


def test_train_from_here_on_by_the_button_in_the_row(
    panel: LayerTreePanel, session: Session, qtbot: QtBot
) -> None:
    panel.view.expandAll()
    place = hover(panel, "body.1", qtbot)
    qtbot.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert session.network.config.strategy == "partial"
    assert session.network.config.train_from == "body.1"
    assert session.network.selected_layer == "body.1"
    assert state(panel, "body.0") is LayerState.FROZEN


def test_the_button_is_seen_in_the_row_under_the_mouse(
    panel: LayerTreePanel, session: Session, qtbot: QtBot
) -> None:
    def picture() -> QImage:
        return (
            panel.view.viewport().grab(panel.view.button_rect(shown_index(panel, "stem"))).toImage()
        )

    def colours(image: QImage) -> set[int]:
        return {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}

    assert len(colours(picture())) == 1
    panel.view.setCurrentIndex(shown_index(panel, "stem"))
    assert len(colours(picture())) > 1
    session.run._set_status(RunStatus.RUNNING)
    assert len(colours(picture())) == 1


def test_train_from_here_on_by_key(panel: LayerTreePanel, session: Session, qtbot: QtBot) -> None:
    panel.view.setCurrentIndex(shown_index(panel, "body.1"))
    panel.view.setFocus()
    qtbot.keyClick(panel.view, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert session.network.config.train_from == "body.1"


def test_train_from_the_start(panel: LayerTreePanel, session: Session) -> None:
    """A layer without parameters, and the network's own parameters, are places to start too."""
    panel.view.setCurrentIndex(shown_index(panel, "relu"))
    panel.train_from_action.trigger()
    assert session.network.plan is not None
    assert "stem" not in session.network.plan.trainable
    assert "body.0.conv" in session.network.plan.trainable


def test_nothing_ticked_is_said(panel: LayerTreePanel, session: Session, qtbot: QtBot) -> None:
    words, height = panel.line.words, panel.line.height()
    assert words.property("tone") == ""
    panel.view.setCurrentIndex(shown_index(panel, "head"))
    qtbot.keyClick(panel.view, Qt.Key.Key_Space)
    assert words.property("tone") == "warning" and words.text.strip()
    assert session.network.plan is None and panel.line.height() == height
    qtbot.keyClick(panel.view, Qt.Key.Key_Space)
    assert words.property("tone") == ""
    assert state(panel, "head") is LayerState.TRAINS


def test_what_is_open_stays_open(panel: LayerTreePanel, session: Session, qtbot: QtBot) -> None:
    panel.view.expand(shown_index(panel, "body"))
    panel.view.expand(shown_index(panel, "body.1"))
    session.network.set_strategy("fine_tuning")
    assert panel.view.isExpanded(shown_index(panel, "body.1"))
    session.network.set_num_classes(7)  # a dataset was opened: the tree is built again
    wait_for_plan(session, qtbot)
    assert panel.view.isExpanded(shown_index(panel, "body.1"))
    assert not panel.view.isExpanded(shown_index(panel, "body.0"))


def test_search_opens_what_it_finds_and_closes_it_again(
    panel: LayerTreePanel, qtbot: QtBot
) -> None:
    qtbot.keyClicks(panel.search, "batchnorm")
    assert panel.view.isExpanded(shown_index(panel, "body.0"))
    assert not shown_index(panel, "stem").isValid()
    qtbot.keyClicks(panel.search, "xyz")
    assert panel.empty.isVisible()
    panel.search.clear()
    assert panel.view.isVisible() and shown_index(panel, "stem").isValid()
    assert not panel.view.isExpanded(shown_index(panel, "body"))


def test_while_training_it_is_for_looking(
    panel: LayerTreePanel, session: Session, qtbot: QtBot
) -> None:
    top = panel.stack.y()
    panel.view.setCurrentIndex(shown_index(panel, "body"))
    session.run._set_status(RunStatus.RUNNING)
    QApplication.processEvents()
    assert "can't be changed" in panel.line.words.text and panel.stack.y() == top
    place = panel.view.button_rect(shown_index(panel, "body")).center()
    qtbot.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    panel.train_from_action.trigger()
    assert session.network.config.strategy == "feature_extraction"
    index = shown_index(panel, "stem")
    assert not panel.filter.flags(index) & Qt.ItemFlag.ItemIsUserCheckable
    session.run._set_status(RunStatus.IDLE)
    assert "can't be changed" not in panel.line.words.text and panel.train_from_action.isEnabled()


def test_columns_fit_the_dock(panel: LayerTreePanel, qtbot: QtBot) -> None:
    view = panel.view

    def shown() -> list[LayerColumn]:
        return [column for column in LayerColumn if not view.isColumnHidden(column)]

    name, kind, measure, state = (
        LayerColumn.NAME,
        LayerColumn.KIND,
        LayerColumn.MEASURE,
        LayerColumn.STATE,
    )
    for width in (300, 372, 420):
        panel.resize(width, 500)
        QApplication.processEvents()
        assert shown() == [name, kind, measure, state]  # the output is the first to give way
        assert view.header().length() == view.viewport().width()
        assert view.columnWidth(name) > view.columnWidth(kind) > 80
        for column in shown():
            assert (
                view.columnWidth(column) >= view.header().sectionSizeHint(column) or column is state
            )
    panel.resize(640, 500)
    qtbot.waitUntil(lambda: shown() == list(LayerColumn))


@pytest.mark.parametrize("measure", list(LayerMeasure))
def test_the_title_of_a_measure_fits_its_column(
    panel: LayerTreePanel, measure: LayerMeasure
) -> None:
    choose(panel, measure)
    header = panel.view.header()
    assert header.sectionSizeHint(LayerColumn.MEASURE) <= header.sectionSize(LayerColumn.MEASURE)


def test_a_thousand_modules_are_fluid(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another plan asks for the rows on the screen only, however many modules there are.

    `python -m tests.benchmarks.window --parts layers` says how long that takes.
    """
    asked: list[int] = []
    data = LayerTreeModel.data

    def listen(self: LayerTreeModel, index: QModelIndex, role: int = 0) -> Any:
        asked.append(index.internalId())
        return data(self, index, role)

    no_engine(monkeypatch)
    monkeypatch.setattr(jobs, "layer_tree", lambda *_: wide_tree())
    monkeypatch.setattr(LayerTreeModel, "data", listen)
    panel = show(session, qtbot)
    session.network.load_engine()
    qtbot.waitUntil(lambda: session.network.plan is not None)
    panel.view.expandAll()
    panel.grab()
    asked.clear()
    told: list[QModelIndex] = []
    panel.model.dataChanged.connect(lambda first, last, roles: told.append(first))
    session.network.set_strategy("fine_tuning")
    panel.grab()
    row_px = panel.view.visualRect(shown_index(panel, "b0")).height()
    most = panel.view.viewport().height() // row_px + 2
    assert 1 < len(set(asked)) <= most < len(panel.model.rows) / 10
    assert len(asked) < 100 * most
    parents = {row.parent for row in panel.model.rows}
    assert len(told) <= 2 * len(parents)  # of the boxes and of a measure; siblings at once


def test_a_tree_that_cannot_be_built_says_why_and_can_be_tried_again(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(model: str, num_classes: int, inputs: object) -> None:
        raise ModelError("No such network: {name}.", name=model)

    panel = LayerTreePanel(session)
    qtbot.addWidget(panel)
    no_engine(monkeypatch)
    make_ready(session, qtbot)
    wait_for_plan(session, qtbot)
    with monkeypatch.context() as broken, qtbot.waitSignal(session.network.failed):
        broken.setattr(jobs, "layer_tree", refuse)
        session.network.set_num_classes(7)
    assert "No such network" in panel.waiting.text.text()
    session.network.retry()
    wait_for_plan(session, qtbot)
    assert session.network.failure is None
    assert panel.model.tree is not None


def test_ticks_say_what_they_cost(
    panel: LayerTreePanel,
    session: Session,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    may_measure = threading.Event()

    def measure(*_: object, **__: object) -> RunCosts:
        may_measure.wait(60)
        return small_costs()

    monkeypatch.setattr(jobs, "run_costs", measure)
    assert not panel.line.words.text.strip()
    height = panel.line.height()
    index = make_index(tmp_path, make_images(tmp_path))
    session.datasets.index = index
    session.datasets.changed.emit(index)
    wait_for_plan(session, qtbot)
    assert "Measuring" in panel.line.words.text
    may_measure.set()
    qtbot.waitUntil(lambda: "an epoch" in panel.line.words.text)
    before = panel.line.words.text
    qtbot.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=box_of(panel, "stem"))
    assert panel.line.words.text != before
    assert panel.line.height() == height


def test_the_layer_that_is_looked_at_is_shared(panel: LayerTreePanel, session: Session) -> None:
    panel.view.setCurrentIndex(shown_index(panel, "head"))
    assert session.network.selected_layer == "head"
    panel.view.collapseAll()
    session.network.select_layer("body.1")
    row = panel.model.row_of(panel.filter.mapToSource(panel.view.currentIndex()))
    assert row is not None and row.node.path == "body.1"
    assert panel.view.visualRect(panel.view.currentIndex()).isValid()
    session.network.select_layer("no.such.layer")  # of a view that shows more than modules
    assert panel.view.currentIndex().isValid()


def choose(panel: LayerTreePanel, measure: LayerMeasure) -> None:
    panel.measures.field.setCurrentIndex(panel.measures.field.findData(measure))
    panel.measures.field.activated.emit(panel.measures.field.currentIndex())


def measure_of(panel: LayerTreePanel, path: str) -> str:
    index = panel.model.index_of(path).siblingAtColumn(LayerColumn.MEASURE)
    return str(index.data())


def test_the_column_of_measures_follows_the_settings(
    panel: LayerTreePanel, session: Session
) -> None:
    assert measure_of(panel, "stem") == "frozen" and measure_of(panel, "head") == "0.01"
    session.network.change(strategy="fine_tuning", learning_rate=0.02)
    assert measure_of(panel, "stem") == "0.02"
    session.network.change(strategy="head_first", head_epochs=3)
    stem = panel.model.index_of("stem").siblingAtColumn(LayerColumn.MEASURE)
    assert "4" in stem.data(MEASURE_ROLE).note
    choose(panel, LayerMeasure.PARAMETERS)
    assert measure_of(panel, "body") == "557"
    assert panel.view.isColumnHidden(LayerColumn.PARAMETERS)


def test_what_is_not_measured_is_offered_in_place(
    panel: LayerTreePanel,
    session: Session,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    measurer = Measurer(monkeypatch)
    offer = panel.measures.offer
    assert not offer.isVisible()
    choose(panel, LayerMeasure.ACCURACY)
    assert "dataset" in offer.words.text and not offer.measure.isVisible()
    assert measure_of(panel, "stem") == "–"
    open_photos(session, qtbot, tmp_path)
    assert offer.measure.isVisible()
    measurer.may_end.clear()
    qtbot.mouseClick(offer.measure, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "body" in offer.words.text and offer.cancel.isVisible())
    measurer.may_end.set()
    qtbot.waitUntil(lambda: measure_of(panel, "body") == "60.0%")
    assert not offer.isVisible()
    choose(panel, LayerMeasure.GRADIENT)
    assert measure_of(panel, "head") == "0.1"
    again = show(session, qtbot)  # the window was built anew
    assert again.measures.measure is LayerMeasure.GRADIENT
    choose(panel, LayerMeasure.DRIFT)
    assert "run" in offer.words.text and not offer.measure.isVisible()


def end_run(session: Session, proof: FreezeProof) -> None:
    run = session.run
    end = RunEnded(RunEndReason.FINISHED, 3, 2, 0.8, 1.0, proof=proof)
    run.record = RunRecord(session.network.settings, end=end)
    run.ended.emit(end)


def test_the_proof_of_the_last_run(panel: LayerTreePanel, session: Session, qtbot: QtBot) -> None:
    proof = panel.measures.proof
    assert not proof.isVisible()
    end_run(session, FreezeProof(7, 4, "3fa2b1c9" * 8, (), {"head": 0.25}))
    assert proof.isVisible() and proof.accessibleName() == proof.toolTip()
    assert "11 frozen" in proof.toolTip() and "3fa2b1c9" * 8 in proof.toolTip()
    choose(panel, LayerMeasure.DRIFT)
    assert measure_of(panel, "head") == "25%" and measure_of(panel, "stem") == "0"
    end_run(session, FreezeProof(7, 4, "0" * 64, ("stem.weight",), {"head": 0.25}))
    assert "changed" in proof.fault and "stem.weight" in proof.toolTip()
    assert panel.line.words.text == proof.fault and panel.line.words.property("tone") == "wrong"
    end_run(session, FreezeProof(0, 0, "", (), {"stem": 0.1, "head": 0.25}))
    assert "Nothing" in proof.toolTip() and panel.line.words.property("tone") == ""
    session.network.set_model("alexnet")  # it is of another network
    wait_for_plan(session, qtbot)
    assert not proof.isVisible() and measure_of(panel, "head") == "–"


def test_a_run_shows_which_layers_train_by_now(panel: LayerTreePanel, session: Session) -> None:
    session.network.change(strategy="head_first", epochs=9, head_epochs=3)
    session.run._set_status(RunStatus.RUNNING)
    assert state(panel, "stem") is LayerState.WAITS and state(panel, "head") is LayerState.TRAINS
    assert "epoch 4" in panel.line.words.text
    box = panel.model.index_of("stem").data(Qt.ItemDataRole.CheckStateRole)
    assert Qt.CheckState(box) is Qt.CheckState.Checked  # the plan is what it was
    session.run._on_event(PhaseStarted(4, 4657, ExecutionRecord()))
    assert state(panel, "stem") is LayerState.TRAINS
    session.run.record = RunRecord()
    session.run._set_status(RunStatus.IDLE)
    assert state(panel, "stem") is LayerState.TRAINS and "epoch 4" not in panel.line.words.text


def test_norms_say_what_their_statistics_do(panel: LayerTreePanel, session: Session) -> None:
    def tip() -> str:
        index = panel.model.index_of("body.0.bn").siblingAtColumn(LayerColumn.STATE)
        assert index.data(STATISTICS_ROLE) is not None
        return str(index.data(Qt.ItemDataRole.ToolTipRole))

    stem = panel.model.index_of("stem").siblingAtColumn(LayerColumn.STATE)
    assert stem.data(STATISTICS_ROLE) is None
    assert "stay what they are" in tip()
    session.network.change(norms="adapt")
    assert "follow your images" in tip()
    session.network.change(strategy="fine_tuning", norms="fixed")
    assert "stay what they are" in tip()
