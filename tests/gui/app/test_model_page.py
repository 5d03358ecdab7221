"""The Model page: views of one network beside each other."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.networks import no_engine
from tlstudio.gui.app.model_page import ModelPage, ModelTab
from tlstudio.gui.state.session import Session


def test_every_view_can_be_shown(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_engine(monkeypatch)
    page = ModelPage(session)
    qtbot.addWidget(page)
    page.show()
    for button, view in zip(page.tabs.buttons(), ModelTab, strict=True):
        button.click()
        assert page.view(view).isVisible() and button.text()


def test_titles_of_the_views_are_whole_in_a_small_window(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_engine(monkeypatch)
    page = ModelPage(session)
    qtbot.addWidget(page)
    page.resize(900, 500)
    page.show()
    assert page.weights.text() and page.chosen.isVisible()
    page.resize(570, 500)
    assert not page.weights.text() and page.weights.accessibleName()
    qtbot.waitUntil(lambda: all(b.width() >= b.sizeHint().width() for b in page.tabs.buttons()))


def test_another_window_shows_the_same_view(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_engine(monkeypatch)
    first = ModelPage(session)
    qtbot.addWidget(first)
    first.tabs.buttons()[list(ModelTab).index(ModelTab.PICTURE)].click()
    second = ModelPage(session)
    qtbot.addWidget(second)
    assert second.tabs.value is ModelTab.PICTURE
