"""A dressed application and a session without a window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.conftest import PATIENCE_MS
from tests.gui.networks import make_ready, no_engine
from tlstudio.gui.kit import language, theme
from tlstudio.gui.kit.preferences import Preferences
from tlstudio.gui.state import health
from tlstudio.gui.state.session import Session

NEVER_MS = 10**9


@pytest.fixture
def app(qapp: QApplication) -> QApplication:
    """The application in the light theme, speaking English."""
    language.install("en")
    theme.load_fonts(qapp)
    theme.apply(qapp, theme.Scheme.LIGHT)
    return qapp


@pytest.fixture(autouse=True)
def unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    """No dataset is checked by itself, beside what a test looks at; tests of the check want it."""
    monkeypatch.setattr(health, "IDLE_MS", NEVER_MS)


@pytest.fixture
def session(app: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[Session]:
    """A session of its own; all its threads end with the test."""
    session = Session(Preferences(tmp_path / "preferences.ini"))
    yield session
    assert session.close(PATIENCE_MS), "a thread was left over"
    session.deleteLater()


@pytest.fixture
def ready_session(session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Session:
    """The same session with the small catalog of `networks`, and its first model chosen."""
    no_engine(monkeypatch)
    make_ready(session, qtbot)
    return session
