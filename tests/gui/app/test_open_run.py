"""A kept run opens by its folder or its `run.json`: from the terminal, and by a drop."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.engine.runs.runs import write_kept
from tests.gui.networks import no_engine
from tests.gui.windows import show_window
from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.gui.app.main_window import MainWindow
from tlstudio.gui.state import run_jobs
from tlstudio.gui.state.run_jobs import OpenedRun
from tlstudio.gui.state.session import Session, Step


@pytest.fixture
def window(session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> MainWindow:
    def open_run(run_id: str, index: DatasetIndex | None) -> OpenedRun:
        return OpenedRun(run_jobs.store().open(run_id, index), None)

    no_engine(monkeypatch)
    monkeypatch.setattr(run_jobs, "open_run", open_run)
    return show_window(session, qtbot, (1280, 800))


@pytest.mark.parametrize("is_inside", [True, False], ids=["in the studio's folder", "elsewhere"])
@pytest.mark.parametrize("name", ["", "run.json"])
def test_a_dropped_run_opens_and_shows_its_results(
    window: MainWindow,
    session: Session,
    qtbot: QtBot,
    tmp_path: Path,
    is_inside: bool,
    name: str,
) -> None:
    folder = (run_jobs.store().folder if is_inside else tmp_path / "사진") / "run-1"
    write_kept(folder)
    with qtbot.waitSignals([session.runs.opened, session.step_changed]):
        window.commands.take_dropped([folder / name])
    assert session.step is Step.RESULTS
    assert len(session.run.record.history.epochs) == 3
    qtbot.waitUntil(lambda: [entry.id for entry in session.runs.entries] == ["run-1"])


def test_a_file_of_this_name_that_is_no_run_is_one_sentence(
    window: MainWindow, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "run.json").write_text('{"scripts": {}}', encoding="utf-8")
    with qtbot.waitSignal(session.notifications.posted):
        window.commands.take_dropped([tmp_path / "run.json"])
    assert "no run" in session.notifications.kept[-1].text
    assert session.step is Step.DATA


def test_where_no_run_is_something_else_is_done(
    session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    done: list[Path] = []
    session.open_run_at(tmp_path, lambda: done.append(tmp_path))
    qtbot.waitUntil(lambda: bool(done))


def test_a_drive_that_does_not_answer_is_left_to_whoever_opens_datasets(
    session: Session, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers, done = threading.Event(), []
    monkeypatch.setattr(run_jobs, "find_run", lambda path: answers.wait(60) and None)
    session.open_run_at(tmp_path, lambda: done.append(tmp_path))
    qtbot.waitUntil(lambda: bool(done))
    answers.set()
    qtbot.waitUntil(lambda: not session.disk_pool.busy)
    assert done == [tmp_path]
