"""The learning-rate view, from the empty state to the rate that is used."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from tests.gui.fakes import make_images, make_index
from tests.gui.labels import lies_on
from tests.gui.rates import Finder
from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.gui.features.rate_finder.state import RateState
from tlstudio.gui.features.rate_finder.view import RateView
from tlstudio.gui.kit import file_dialogs
from tlstudio.gui.state.run import RunStatus
from tlstudio.gui.state.session import Session, Step

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def finder(monkeypatch: pytest.MonkeyPatch) -> Finder:
    return Finder(monkeypatch)


@pytest.fixture
def index(tmp_path: Path) -> DatasetIndex:
    root = tmp_path / "photos"
    return make_index(root, make_images(root))


def shown(session: Session, qtbot: QtBot) -> RateView:
    view = RateView(session)
    qtbot.addWidget(view)
    view.resize(760, 620)
    view.show()
    return view


def open_index(session: Session, index: DatasetIndex) -> None:
    session.datasets.index = index
    session.datasets.changed.emit(index)


@pytest.fixture
def view(ready_session: Session, qtbot: QtBot, finder: Finder, index: DatasetIndex) -> RateView:
    open_index(ready_session, index)
    qtbot.waitUntil(
        lambda: ready_session.feature(RateState).can_find
    )  # the network fits the classes
    return shown(ready_session, qtbot)


def find(view: RateView, session: Session, qtbot: QtBot) -> None:
    qtbot.mouseClick(view.find_button, LEFT)
    qtbot.waitUntil(lambda: not session.feature(RateState).active)


def x_of(view: RateView, rate: float) -> QPoint:
    """A place in the plot at this learning rate."""
    import math

    plot = view.ensure_chart().plot
    box = plot.getPlotItem().getViewBox()
    middle = (box.viewRange()[1][0] + box.viewRange()[1][1]) / 2
    return plot.mapFromScene(box.mapViewToScene(QPointF(math.log10(rate), middle)))


def test_without_a_dataset_it_says_where_to_get_one(session: Session, qtbot: QtBot) -> None:
    view = shown(session, qtbot)
    assert "no dataset" in view.empty.text.text()
    assert not view.find_button.isVisible()
    session.go_to(Step.TRAIN)
    qtbot.mouseClick(view.remedy_button, LEFT)
    assert session.step is Step.DATA


def test_without_weights_it_leads_to_the_model(
    view: RateView, ready_session: Session, qtbot: QtBot
) -> None:
    ready_session.network.set_model("resnet18")
    qtbot.waitUntil(lambda: ready_session.network.plan is not None)
    assert "weights" in view.empty.text.text() and view.remedy_button.isVisible()
    ready_session.network.set_model("tf_efficientnet_lite0")
    qtbot.waitUntil(lambda: ready_session.feature(RateState).can_find)
    assert view.find_button.isVisible() and view.find_button.isEnabled()


def test_it_waits_for_a_run(view: RateView, ready_session: Session) -> None:
    ready_session.run._set_status(RunStatus.RUNNING)
    assert not view.find_button.isEnabled()
    assert "training run is in progress" in view.empty.text.text()
    ready_session.run._set_status(RunStatus.IDLE)
    assert view.find_button.isEnabled()


def test_find_use_train(view: RateView, ready_session: Session, qtbot: QtBot) -> None:
    find(view, ready_session, qtbot)
    assert view.headline.text().endswith("suits this run")
    assert "falls fastest" in view.reason.text()
    assert view.use_button.isVisible() and not view.train_button.isVisible()
    suggestion = ready_session.feature(RateState).chosen
    assert view.numbers.text("suggested") == f"{suggestion:g}" in view.use_button.text()
    assert view.numbers.text("present") == "0.01"
    qtbot.mouseClick(view.use_button, LEFT)
    assert ready_session.network.config.learning_rate == suggestion
    assert view.train_button.isVisible() and view.train_button.isEnabled()
    assert not view.use_button.isVisible()
    assert "next run" in view.headline.text()


@pytest.mark.parametrize("height", [430, 620, 900])
def test_no_label_lies_on_a_loss(
    view: RateView, ready_session: Session, qtbot: QtBot, height: int
) -> None:
    view.resize(620, height)
    find(view, ready_session, qtbot)
    chart = view.ensure_chart()
    rates = [point.learning_rate for point in chart._points]
    for marked in (*rates[5::20], rates[-1]):  # wherever its line is, and that of the settings
        ready_session.feature(RateState).choose(marked)
        for present in rates[3::30]:
            chart.set_present(present)
            plot = chart.plot
            texts = [plot.marker_text, plot.present_text, *plot.zones]
            assert plot.marker_text.isVisible() and plot.present_text.isVisible()
            for text in (text for text in texts if text.isVisible()):
                assert lies_on(plot, text, *(o for o in texts if o is not text)) == []


def test_the_curve_grows_and_can_be_cancelled(
    view: RateView, ready_session: Session, qtbot: QtBot, finder: Finder
) -> None:
    finder.goes_on.clear()
    qtbot.mouseClick(view.find_button, LEFT)
    qtbot.waitUntil(lambda: "step 10" in view.reason.text())
    assert view.progress_bar.isVisible() and view.progress_bar.value() == 10
    assert view.cancel_button.isVisible() and not view.use_button.isVisible()
    assert "10 step" in view.ensure_chart().accessibleName()
    qtbot.mouseClick(view.cancel_button, LEFT)
    qtbot.waitUntil(lambda: not ready_session.feature(RateState).active)
    assert view.again_button.isVisible() and not view.cancel_button.isVisible()
    assert view.ensure_chart().isVisible()  # what was measured stays
    assert "stopped" in view.headline.text() and not view.use_button.isVisible()


def test_another_rate_is_clicked_and_moved_by_keys(
    view: RateView, ready_session: Session, qtbot: QtBot
) -> None:
    find(view, ready_session, qtbot)
    rates, chart = ready_session.feature(RateState), view.ensure_chart()
    suggestion = rates.chosen
    qtbot.mouseClick(chart.plot.viewport(), LEFT, pos=x_of(view, 1e-4))
    assert rates.chosen is not None and 0.7e-4 < rates.chosen < 1.4e-4
    assert view.headline.text().startswith("You chose")
    before = rates.chosen
    qtbot.keyClick(chart, Qt.Key.Key_Right)
    assert rates.chosen > before
    for _ in range(3):
        qtbot.keyClick(chart, Qt.Key.Key_Left)
    assert rates.chosen < before
    qtbot.keyClick(chart, Qt.Key.Key_Home)
    assert rates.chosen == suggestion
    qtbot.mouseClick(chart.plot.viewport(), LEFT, pos=x_of(view, 2e-6))
    for _ in range(10):
        qtbot.keyClick(chart, Qt.Key.Key_Left)
    assert rates.chosen == pytest.approx(1e-6)  # no rate beyond the curve


def test_nothing_found_is_said_plainly(
    view: RateView, ready_session: Session, qtbot: QtBot, finder: Finder
) -> None:
    finder.falls = False
    find(view, ready_session, qtbot)
    assert "no learning rate" in view.headline.text()
    assert "never fell" in view.reason.text()
    assert not view.use_button.isVisible() and view.again_button.isEnabled()
    qtbot.mouseClick(view.ensure_chart().plot.viewport(), LEFT, pos=x_of(view, 0.01))
    assert view.use_button.isVisible()


def test_other_settings_make_it_stale(view: RateView, ready_session: Session, qtbot: QtBot) -> None:
    find(view, ready_session, qtbot)
    assert not view.stale.isVisible()
    ready_session.network.change(batch_size=4)
    assert "Batch size" in view.stale.text() and view.stale.isVisible()
    assert view.again_button.property("kind") != "quiet"
    assert view.use_button.property("kind") == "quiet"
    qtbot.mouseClick(view.again_button, LEFT)
    qtbot.waitUntil(lambda: not ready_session.feature(RateState).active)
    assert not view.stale.isVisible()


def test_a_failure_is_told(
    view: RateView, ready_session: Session, qtbot: QtBot, finder: Finder
) -> None:
    finder.fails = True
    find(view, ready_session, qtbot)
    assert view.empty.text.text() == "It broke. Try again." and view.find_button.isVisible()


def test_a_view_that_is_built_later_shows_what_was_found(
    view: RateView, ready_session: Session, qtbot: QtBot
) -> None:
    find(view, ready_session, qtbot)
    ready_session.feature(RateState).choose(0.003)
    later = shown(ready_session, qtbot)
    assert later.headline.text() == "You chose 0.003"


def test_export(
    view: RateView,
    ready_session: Session,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    find(view, ready_session, qtbot)
    targets = iter(tmp_path / f"chart.{ending}" for ending in ("png", "svg", "csv"))

    def ask(*arguments: object) -> None:
        chosen = arguments[-1]
        assert isinstance(chosen, Callable)  # type: ignore[arg-type]
        chosen(next(targets))

    monkeypatch.setattr(file_dialogs, "ask_target", ask)
    for action in view.export_button.menu().actions():
        action.trigger()
    qtbot.waitUntil(lambda: (tmp_path / "chart.csv").exists())
    qtbot.waitUntil(lambda: (tmp_path / "chart.png").exists())
    qtbot.waitUntil(lambda: not ready_session.disk_pool.busy)
    assert QImage(str(tmp_path / "chart.png")).width() == 2 * view.ensure_chart().width()
    rows = list(csv.DictReader((tmp_path / "chart.csv").read_text().splitlines()))
    assert ready_session.feature(RateState).found is not None
    assert len(rows) == len(ready_session.feature(RateState).found.result.points)
