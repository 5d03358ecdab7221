"""File > Report: the run in hand as HTML or PDF, written while the window goes on."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QDesktopServices
from pytestqt.qtbot import QtBot

from tests.engine.runs.runs import write_kept
from tests.gui.networks import no_engine
from tests.gui.windows import show_window
from tlstudio.engine.runs.store import RunStore
from tlstudio.gui.app.actions import ACTION_BY_NAME, why_not
from tlstudio.gui.features.report.pdf import pdf_of
from tlstudio.gui.kit import file_dialogs
from tlstudio.gui.state.notifications import Level
from tlstudio.gui.state.session import Session

PATIENCE_MS = 60_000


@pytest.mark.parametrize(("name", "begins"), [("r.html", b"<!DOCTYPE html>"), ("r.pdf", b"%PDF")])
def test_the_run_in_hand_is_written(
    name: str,
    begins: bytes,
    session: Session,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    no_engine(monkeypatch)
    window = show_window(session, qtbot, (1280, 800))
    action = window.actions_by_name["report"]
    assert not action.isEnabled()
    assert "No run is in hand" in why_not(ACTION_BY_NAME["report"], session)

    store = RunStore()
    write_kept(store.folder / "run-1")
    session.runs._set_current(store.entry("run-1"))
    assert action.isEnabled()
    target = tmp_path / "out" / name
    offered: list[str] = []

    def ask(*given: object) -> None:
        offered.append(str(given[3]))
        answer = given[5]
        assert callable(answer)
        answer(target)

    monkeypatch.setattr(file_dialogs, "ask_target", ask)
    action.trigger()
    qtbot.waitUntil(lambda: _saved(session, target.name), timeout=PATIENCE_MS)
    assert target.read_bytes().startswith(begins)
    assert offered == ["fotos · Feature extraction report"]

    shown: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: shown.append(url.toLocalFile()))
    told = session.notifications.kept[-1]
    assert told.action == "Show in folder" and told.act is not None
    told.act()
    assert shown == [str(target.parent)]


def _saved(session: Session, name: str) -> bool:
    kept = session.notifications.kept
    return bool(kept) and kept[-1].level is Level.SUCCESS and name in kept[-1].text


def test_a_pdf_has_as_many_pages_as_it_needs(app: object) -> None:
    short = pdf_of("<html><head><title>한글</title></head><body><p>짧은 글</p></body></html>")
    long = pdf_of("<html><body>" + "<p>글</p>" * 200 + "</body></html>")
    assert short.count(b"/Type /Page\n") == 1
    assert long.count(b"/Type /Page\n") > 3
