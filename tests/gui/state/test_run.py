"""A run on its thread: it ends once, whatever happens, and the worker's token pauses it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.fakes import make_images, make_index, run_events
from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.runs.events import RunEnded, RunEndReason, RunEvent, StopToken
from tlstudio.gui.state import jobs, run_jobs
from tlstudio.gui.state.run import RunState, RunStatus
from tlstudio.gui.state.session import Session

CLASSIFIER = SimpleNamespace(model="a network", classes=("a", "b"))


@pytest.fixture
def index(tmp_path: Path) -> DatasetIndex:
    return make_index(tmp_path, make_images(tmp_path))


@pytest.fixture
def run(session: Session, monkeypatch: pytest.MonkeyPatch) -> RunState:
    monkeypatch.setattr(jobs, "check_run", lambda *_: ())
    monkeypatch.setattr(jobs, "build_classifier", lambda *_: CLASSIFIER)
    return session.run


def ends_of(run: RunState) -> list[RunEnded]:
    ends: list[RunEnded] = []
    run.ended.connect(ends.append)
    return ends


def test_a_network_that_cannot_be_built_ends_the_run_once(
    session: Session,
    run: RunState,
    index: DatasetIndex,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> object:
        raise MemoryError("out of memory")

    monkeypatch.setattr(jobs, "build_classifier", fail)
    ends, trained = ends_of(run), []
    run.trained.connect(lambda *_: trained.append(True))
    with qtbot.waitSignal(run.ended):
        run.start(session.network.settings, index)
    assert [end.reason for end in ends] == [RunEndReason.FAILED]
    assert run.record.end == ends[0]
    assert "out of memory" in str(ends[0].error)
    assert (run.status, trained) == (RunStatus.IDLE, [])


def test_a_failure_in_the_middle_ends_the_run_once_and_keeps_its_history(
    session: Session,
    run: RunState,
    index: DatasetIndex,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def train(*_: object, **__: object) -> Iterator[RunEvent]:
        yield from run_events(index, epochs=2)  # type: ignore[misc]
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(run_jobs, "keep_run", train)
    ends = ends_of(run)
    with qtbot.waitSignal(run.ended):
        run.start(session.network.settings, index)
    assert [end.reason for end in ends] == [RunEndReason.FAILED]
    assert "the disk is full" in str(ends[0].error)
    assert len(run.record.history.epochs) == 2


def test_the_token_of_the_run_pauses_resumes_and_stops_it(
    session: Session,
    run: RunState,
    index: DatasetIndex,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tokens: list[StopToken] = []

    def train(
        _s: object, _i: object, stop: StopToken, *_: object, **__: object
    ) -> Iterator[RunEvent]:
        tokens.append(stop)
        yield from run_events(index, epochs=0)  # type: ignore[misc]
        while not stop.stopped:
            stop.wait_while_paused()
        yield RunEnded(RunEndReason.STOPPED, 0, None, None, 0.0)

    monkeypatch.setattr(run_jobs, "keep_run", train)
    ends, trained = ends_of(run), []
    run.trained.connect(lambda *args: trained.append(args))
    with qtbot.waitSignal(run.started):
        run.start(session.network.settings, index)
    run.pause()
    assert (tokens[0].paused, run.status) == (True, RunStatus.PAUSED)
    run.resume()
    assert (tokens[0].paused, run.status) == (False, RunStatus.RUNNING)
    with qtbot.waitSignal(run.ended):
        run.stop()
        assert run.status is RunStatus.STOPPING
    assert [end.reason for end in ends] == [RunEndReason.STOPPED]
    assert trained == [(CLASSIFIER, ends[0])]
