"""The health check in the background: when it runs, what it keeps, and what undoes what."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.findings import LABELS, LEAKS, Checker, checked, plant
from tlstudio.core.data.manifest import Manifest
from tlstudio.core.health import REMEDIES
from tlstudio.engine.health.check import check_dataset
from tlstudio.gui.state import health_jobs
from tlstudio.gui.state.datasets import DatasetState
from tlstudio.gui.state.health import HealthState
from tlstudio.gui.state.run import RunStatus
from tlstudio.gui.state.session import Session


@pytest.fixture
def checker(monkeypatch: pytest.MonkeyPatch) -> Checker:
    return Checker(monkeypatch)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return plant(tmp_path / "photos")


def test_it_begins_by_itself_and_is_kept(
    session: Session, qtbot: QtBot, root: Path, checker: Checker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine's own check: copies are found; opened again, nothing is looked at anew."""
    monkeypatch.setattr(
        health_jobs, "check_dataset", lambda index, _, stop: check_dataset(index, stop)
    )
    health = checked(session, qtbot, root)
    assert health.report is not None and health.serious_count >= LEAKS
    found = health.report.findings
    session.datasets.close()
    assert health.report is None and health.serious_count == 0
    monkeypatch.setattr(health_jobs, "check_dataset", checker.check)
    checked(session, qtbot, root)
    assert health.report.findings == found and checker.calls == 0


def test_reading_a_dataset_goes_first(
    session: Session, qtbot: QtBot, root: Path, checker: Checker, monkeypatch: pytest.MonkeyPatch
) -> None:
    checker.waits = True
    health = session.feature(HealthState)
    session.datasets.open(root)
    qtbot.waitUntil(lambda: checker.calls == 1)
    checker.waits = False
    with monkeypatch.context() as patch:
        patch.setattr(DatasetState, "loading", True)
        session.datasets.loading_changed.emit(True)
        qtbot.waitUntil(lambda: not health.is_checking)
        assert health.report is None and health.is_waiting
    session.datasets.loading_changed.emit(False)
    qtbot.waitUntil(lambda: health.report is not None)


def test_it_waits_while_a_run_trains_and_begins_anew_after_it(
    session: Session, qtbot: QtBot, root: Path, checker: Checker
) -> None:
    checker.waits = True
    health = session.feature(HealthState)
    session.datasets.open(root)
    qtbot.waitUntil(lambda: checker.calls == 1)
    session.run._set_status(RunStatus.RUNNING)
    qtbot.waitUntil(lambda: not health.is_checking)
    assert health.is_waiting and health.report is None
    checker.waits = False
    session.run._set_status(RunStatus.IDLE)
    qtbot.waitUntil(lambda: health.open is not None)
    assert checker.calls == 2


def test_who_cancels_is_left_in_peace(
    session: Session, qtbot: QtBot, root: Path, checker: Checker
) -> None:
    checker.waits = True
    health = session.feature(HealthState)
    session.datasets.open(root)
    qtbot.waitUntil(lambda: checker.calls == 1)
    health.cancel()
    qtbot.waitUntil(lambda: not health.is_checking)
    assert not health.is_waiting and health.report is None and health.progress is None
    checker.waits = False
    health.check()
    qtbot.waitUntil(lambda: health.report is not None)


def test_a_remedy_closes_findings_and_undo_opens_them(
    session: Session, qtbot: QtBot, root: Path, checker: Checker
) -> None:
    health = checked(session, qtbot, root)
    assert health.report is not None and session.datasets.index is not None
    images = len(session.datasets.index.samples)
    leaks = health.report.by_kind["leaks"]
    assert health.serious_count == LEAKS
    health.treat(REMEDIES["leave_out_of_training"], leaks)
    qtbot.waitUntil(lambda: health.serious_count == 0)
    assert len(session.datasets.index.samples) == images - LEAKS
    assert health.report.by_kind["leaks"] == leaks  # what was done stays in sight
    session.undo.undo()
    qtbot.waitUntil(lambda: health.serious_count == LEAKS)
    assert len(session.datasets.index.samples) == images
    session.undo.redo()
    qtbot.waitUntil(lambda: health.serious_count == 0)
    health.take_back(leaks[:1])
    qtbot.waitUntil(lambda: health.serious_count == 1)
    assert checker.calls == 1  # no edit needs another check


@pytest.mark.parametrize("remedy", ["accept", "keep_together", "keep_one", "leave_out"])
def test_whatever_was_done_can_be_taken_back(
    session: Session, qtbot: QtBot, root: Path, checker: Checker, remedy: str
) -> None:
    health = checked(session, qtbot, root)
    assert health.report is not None
    leaks, labels = (health.report.by_kind[kind] for kind in ("leaks", "labels"))
    findings = (*leaks, *labels)
    health.treat(REMEDIES[remedy], findings)
    assert session.datasets.manifest != Manifest()
    health.take_back(findings)
    assert session.datasets.manifest == Manifest()
    qtbot.waitUntil(lambda: len(health.open_ids) == LEAKS + LABELS + 1)


def test_a_file_that_changed_is_looked_at_anew(
    session: Session, qtbot: QtBot, root: Path, checker: Checker
) -> None:
    """Under the same name, so that the dataset is called the same."""
    health = checked(session, qtbot, root)
    assert session.datasets.index is not None
    fingerprint = session.datasets.index.fingerprint
    (root / "train/leaf/1.png").write_bytes((root / "train/leaf/2.png").read_bytes())
    with qtbot.waitSignal(session.datasets.changed):
        session.datasets.reload()
    assert session.datasets.index.fingerprint == fingerprint
    qtbot.waitUntil(lambda: checker.calls == 2 and health.open is not None)
