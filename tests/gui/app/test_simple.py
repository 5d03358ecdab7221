"""Simple and full: what only experts need goes out of sight, and goes on to hold."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.networks import make_ready, no_engine
from tests.gui.windows import show_window
from tlstudio.core.config import FIELDS
from tlstudio.core.needs import Need
from tlstudio.gui.app.main_window import MainWindow
from tlstudio.gui.app.model_page import ModelPage, ModelTab
from tlstudio.gui.app.train_page import TrainPage, TrainTab
from tlstudio.gui.features.dataset.start_view import StartView
from tlstudio.gui.features.strategy.panel import StrategyPanel
from tlstudio.gui.state.session import Session, Step

EXPERT = {spec.name for spec in FIELDS if spec.text.is_expert}


@pytest.fixture
def window(session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> MainWindow:
    no_engine(monkeypatch)
    make_ready(session, qtbot)
    window = show_window(session, qtbot, (1280, 800))
    session.go_to(Step.MODEL)
    return window


def settings_of(window: MainWindow) -> StrategyPanel:
    return window.inspector.fill().settings


def titles(page: object) -> list[str]:
    assert isinstance(page, ModelPage | TrainPage)
    return [button.text() for button in page.tabs.buttons()]


def test_the_first_start_shows_everything(window: MainWindow, session: Session) -> None:
    assert not session.is_simple and not window.actions_by_name["simple"].isChecked()
    assert window.inspector.fill().layers.view.isVisible()
    assert len(titles(window.pages[Step.MODEL])) == len(ModelTab)
    assert not settings_of(window).help.isVisible()


def test_simple_leaves_out_what_only_experts_need(window: MainWindow, session: Session) -> None:
    window.actions_by_name["simple"].trigger()
    assert session.is_simple and session.preferences.is_simple
    assert window.actions_by_name["simple"].isChecked()
    layers, settings = window.inspector.fill().layers, settings_of(window)
    assert not layers.view.isVisible() and not layers.search.isVisible()
    assert layers.line.isVisible() and settings.help.isVisible()  # how much trains, and why
    assert titles(window.pages[Step.MODEL]) == ["Choose", "Compare", "Rank", "What it sees"]
    session.go_to(Step.TRAIN)
    assert titles(window.pages[Step.TRAIN]) == ["Run", "Advice"]
    session.network.change(strategy="gradual")
    settings.more.click()
    seen = {name for name, row in settings.popup.rows.items() if row.isVisible()}
    assert {"norms", "precision", "device"} <= EXPERT
    assert not seen & EXPERT and {"unfreeze_every", "label_smoothing"} <= seen
    body = settings.popup.body
    assert settings.popup.height() == body.sizeHint().height() + 2  # rows lie as close as ever
    settings.popup.close()
    window.actions_by_name["simple"].trigger()
    assert layers.view.isVisible() and len(titles(window.pages[Step.TRAIN])) == len(TrainTab)


def test_a_view_that_goes_out_of_sight_makes_room_for_the_first(
    window: MainWindow, session: Session
) -> None:
    page = window.pages[Step.MODEL]
    assert isinstance(page, ModelPage)
    page.show_tab(ModelTab.LAYERS)
    session.set_simple(True)
    assert session.model_tab == ModelTab.CHOOSE and page.tabs.value == ModelTab.CHOOSE
    page.show_tab(ModelTab.COMPARE)
    session.set_simple(False)
    assert page.tabs.value == ModelTab.COMPARE


def test_a_view_that_is_asked_for_by_name_brings_the_others_back(
    window: MainWindow, session: Session
) -> None:
    page = window.pages[Step.MODEL]
    assert isinstance(page, ModelPage)
    session.set_simple(True)
    page.show_tab(ModelTab.LAYERS)  # as the command palette does
    assert not session.is_simple and page.tabs.value == ModelTab.LAYERS
    assert page.view(ModelTab.LAYERS).isVisible()


def test_what_is_hidden_goes_on_to_hold_and_is_said(
    window: MainWindow, session: Session, qtbot: QtBot
) -> None:
    settings = settings_of(window)
    session.set_simple(True)
    assert not settings.hidden.isVisible()
    session.network.change(precision="float32", norms="fixed", label_smoothing=0.1)
    assert session.network.config.precision == "float32"
    assert settings.hidden.isVisible()
    assert settings.more.text().endswith("(1)") and "BatchNorm" not in settings.more.text()
    assert "float32" in settings.hidden.words.text and "0.1" not in settings.hidden.words.text
    session.network.tick({"head", "stem"})
    assert "ticked" in settings.hidden.words.text
    qtbot.mouseClick(settings.hidden.show_all, Qt.MouseButton.LeftButton)
    assert not session.is_simple and not settings.hidden.isVisible()


def test_what_must_be_mended_comes_back_into_sight(window: MainWindow, session: Session) -> None:
    settings = settings_of(window)
    session.set_simple(True)
    session.network.show_field("momentum")
    assert not session.is_simple
    assert settings.popup.focusWidget() is settings.popup.rows["momentum"].editor
    settings.popup.close()
    session.set_simple(True)
    session.mending_wanted.emit(Need.PLAN)
    assert not session.is_simple and window.inspector.fill().layers.view.isVisible()


def test_the_start_page_offers_it(window: MainWindow, session: Session, qtbot: QtBot) -> None:
    session.go_to(Step.DATA)
    link = window.pages[Step.DATA].findChild(StartView).simple
    assert link.isVisible() and "first lesson" in link.text()
    qtbot.mouseClick(link, Qt.MouseButton.LeftButton)
    assert session.is_simple and link.text() == "Show everything"
    again = MainWindow(session)  # built anew, for another language say
    qtbot.addWidget(again, before_close_func=lambda w: setattr(w, "_may_close", True))
    again.resize(1280, 800)
    again.show()
    session.go_to(Step.MODEL)
    QApplication.processEvents()
    assert not again.inspector.fill().layers.view.isVisible()
