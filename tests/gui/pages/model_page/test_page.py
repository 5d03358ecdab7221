"""The Model page: views of one network beside each other."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.networks import no_engine
from tlstudio.gui.pages.model_page.page import ModelPage, ModelView
from tlstudio.gui.session import Session


def test_every_view_can_be_shown(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_engine(monkeypatch)
    page = ModelPage(session)
    qtbot.addWidget(page)
    page.show()
    for button, view in zip(page.tabs.buttons(), ModelView, strict=True):
        button.click()
        assert page.view(view).isVisible() and button.text()
