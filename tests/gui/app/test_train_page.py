"""The Train page: views of one run beside each other."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.gui.fakes import make_images, make_index, play
from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.runs.events import RunEndReason
from tlstudio.gui.app.train_page import VIEWS, TrainPage, TrainTab
from tlstudio.gui.features.training.view import RunView
from tlstudio.gui.state.run import RunStatus
from tlstudio.gui.state.session import Session


@pytest.fixture
def index(tmp_path: Path) -> DatasetIndex:
    root = tmp_path / "photos"
    return make_index(root, make_images(root))


@pytest.fixture
def page(session: Session, qtbot: QtBot) -> TrainPage:
    page = TrainPage(session)
    qtbot.addWidget(page)
    page.resize(800, 700)
    page.show()
    return page


def rest(session: Session) -> None:
    """Leave a run that has no thread."""
    session.run._set_status(RunStatus.IDLE)


def test_every_view_can_be_shown(page: TrainPage) -> None:
    assert {spec.view for spec in VIEWS} == set(TrainTab)
    for button, spec in zip(page.tabs.buttons(), VIEWS, strict=True):
        button.click()
        assert page.view(spec.view).isVisible() and button.text()


def test_titles_of_the_views_are_whole_in_a_small_window(page: TrainPage, qtbot: QtBot) -> None:
    page.resize(600, 500)
    qtbot.waitUntil(lambda: all(b.width() >= b.sizeHint().width() for b in page.tabs.buttons()))


def test_another_window_shows_the_same_view(session: Session, qtbot: QtBot) -> None:
    first = TrainPage(session)
    qtbot.addWidget(first)
    first.tabs.buttons()[1].click()
    second = TrainPage(session)
    qtbot.addWidget(second)
    assert second.tabs.value is VIEWS[1].view


def test_a_run_that_starts_is_shown(session: Session, page: TrainPage, index: DatasetIndex) -> None:
    page.show_tab(TrainTab.PLAN)
    play(session, index, epochs=2)
    assert page.view(TrainTab.RUN).isVisible() and page.tabs.value is TrainTab.RUN
    page.show_tab(TrainTab.PLAN)  # a person may look elsewhere meanwhile
    session.run.pause()
    assert page.view(TrainTab.PLAN).isVisible()
    rest(session)


def test_the_title_tells_of_the_run_whatever_is_shown(
    session: Session, page: TrainPage, index: DatasetIndex
) -> None:
    assert page.title.text() == "Train"
    play(session, index, epochs=3, planned=25)
    assert page.title.text() == "Epoch 3 of 25"
    page.show_tab(TrainTab.PLAN)
    session.run.pause()
    assert page.title.text() == "Paused in epoch 3 of 25"
    session.run.resume()
    session.run.stop()
    assert page.title.text() == "Stopping…"
    rest(session)


@pytest.mark.parametrize(
    ("reason", "title"),
    [(RunEndReason.FINISHED, "Finished"), (RunEndReason.STOPPED, "Stopped")],
)
def test_the_title_tells_how_the_run_ended(
    session: Session, page: TrainPage, index: DatasetIndex, reason: RunEndReason, title: str
) -> None:
    play(session, index, epochs=4, reason=reason)
    assert page.title.text() == title


def test_saving_is_asked_for_through_the_page(
    session: Session, page: TrainPage, index: DatasetIndex, qtbot: QtBot
) -> None:
    play(session, index, epochs=4, reason=RunEndReason.FINISHED)
    view = page.view(TrainTab.RUN)
    assert isinstance(view, RunView)
    with qtbot.waitSignal(page.save_weights_requested):
        qtbot.mouseClick(view.save_button, Qt.MouseButton.LeftButton)
