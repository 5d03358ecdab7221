"""The model picker bound to a session."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.gui.networks import CATALOG, make_ready, make_weights, no_engine
from tlstudio.core.catalog import WeightsPlace
from tlstudio.core.errors import WeightsError
from tlstudio.core.events import StopToken
from tlstudio.gui import jobs
from tlstudio.gui.models.model_table_model import NAME_ROLE
from tlstudio.gui.pages.model_page.choose_view import ChooseView
from tlstudio.gui.session import Session
from tlstudio.gui.state.run_state import RunPhase


@pytest.fixture
def page(session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> ChooseView:
    no_engine(monkeypatch)
    make_ready(session, qtbot)
    return show(session, qtbot)


def show(session: Session, qtbot: QtBot) -> ChooseView:
    page = ChooseView(session)
    qtbot.addWidget(page)
    page.resize(812, 700)
    page.show()
    return page


def click(page: ChooseView, qtbot: QtBot, row: int) -> None:
    place = page.table.visualRect(page.filter.index(row, 2)).center()
    qtbot.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_says_that_the_library_is_loading(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_engine(monkeypatch)
    page = show(session, qtbot)
    assert page.loading.isVisible() and page.busy.isVisible() and not page.card.isVisible()
    make_ready(session, qtbot)
    assert page.table.isVisible() and page.card.isVisible() and not page.busy.isVisible()
    assert page.filter.rowCount() == len(CATALOG)


def test_a_click_chooses(page: ChooseView, session: Session, qtbot: QtBot) -> None:
    click(page, qtbot, 1)
    assert session.network.config.model == "resnet18"
    assert page.model.chosen == "resnet18"
    assert page.card.title.text() == "ResNet-18"
    assert "IMAGENET1K_V1" in page.card.names.text()
    assert "crop 224 px" in page.card.facts.text()


def test_arrows_look_and_enter_chooses(page: ChooseView, session: Session, qtbot: QtBot) -> None:
    page.table.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_Down)
    qtbot.keyClick(page.table, Qt.Key.Key_Down)
    assert session.network.config.model == "tf_efficientnet_lite0"
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    assert session.network.config.model == "vgg11_bn"


def test_a_choice_made_elsewhere_is_shown(page: ChooseView, session: Session) -> None:
    session.network.set_model("alexnet")
    assert page.table.currentIndex().data(NAME_ROLE) == "alexnet"
    assert page.card.title.text() == "AlexNet"


def test_search(page: ChooseView, qtbot: QtBot) -> None:
    qtbot.keyClicks(page.search, "vgg")
    assert page.filter.rowCount() == 1
    qtbot.keyClicks(page.search, "zzz")
    assert page.nothing.isVisible()
    page.search.clear()
    assert page.table.isVisible() and page.filter.rowCount() == len(CATALOG)
    assert page.table.currentIndex().data(NAME_ROLE) == "tf_efficientnet_lite0"


def test_enter_in_the_search_goes_to_what_was_found(
    page: ChooseView, session: Session, qtbot: QtBot
) -> None:
    qtbot.keyClicks(page.search, "vgg")
    qtbot.keyClick(page.search, Qt.Key.Key_Return)
    assert page.table.currentIndex().data(NAME_ROLE) == "vgg11_bn"
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    assert session.network.config.model == "vgg11_bn"


def test_sorting_keeps_the_chosen_row(page: ChooseView, session: Session) -> None:
    session.network.set_model("resnet18")
    page.table.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    assert page.filter.index(0, 0).data() == "VGG-11"
    assert page.table.currentIndex().data(NAME_ROLE) == "resnet18"


def test_download_with_progress(
    page: ChooseView, session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()

    def download(model: str, *, stop: StopToken, on_progress: Callable[[int, int], None]) -> None:
        on_progress(10_000_000, 40_000_000)
        assert go_on.wait(10)

    monkeypatch.setattr(jobs, "download_weights", download)
    session.network.set_model("resnet18")
    assert page.card.download.isVisible() and "44.7 MB" in page.card.download.text()
    assert page.card.hint.isVisible()
    qtbot.mouseClick(page.card.download, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.card.bar.value() == 250)
    assert page.card.bar.isVisible() and page.card.cancel.isVisible()
    session.network.set_model("vgg11_bn")
    assert not page.card.bar.isVisible() and not page.card.download.isEnabled()

    here = dataclasses.replace(CATALOG[1], weights=(make_weights(WeightsPlace.CACHED),))
    monkeypatch.setattr(jobs, "list_models", lambda: (CATALOG[0], here, *CATALOG[2:]))
    session.network.set_model("resnet18")
    go_on.set()
    qtbot.waitUntil(lambda: "on this machine" in page.card.place.text())
    assert page.card.place.isVisible() and not page.card.download.isVisible()


def test_a_download_can_be_cancelled(
    page: ChooseView, session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def download(model: str, *, stop: StopToken, on_progress: Callable[[int, int], None]) -> None:
        while not stop.stopped:
            threading.Event().wait(0.01)
        raise WeightsError("The download was cancelled.")

    monkeypatch.setattr(jobs, "download_weights", download)
    session.network.set_model("resnet18")
    qtbot.mouseClick(page.card.download, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(page.card.cancel, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(page.card.download.isVisible)
    assert page.card.download.isEnabled()
    assert not session.notifications.kept


def test_while_training_the_model_stays(page: ChooseView, session: Session, qtbot: QtBot) -> None:
    session.run._set_phase(RunPhase.RUNNING)
    click(page, qtbot, 2)
    assert session.network.config.model == "tf_efficientnet_lite0"
    assert page.note.isVisible()
    assert page.table.currentIndex().data(NAME_ROLE) == "tf_efficientnet_lite0"
    session.run._set_phase(RunPhase.IDLE)
