"""Measuring speeds on request: one after another, cancelled, and never beside a run."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.networks import make_ready
from tests.gui.speeds import Machine, make_record
from tlstudio.gui.features.compare.state import SpeedsState
from tlstudio.gui.state.run import RunStatus
from tlstudio.gui.state.session import Session


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(monkeypatch)


@pytest.fixture
def ready(session: Session, qtbot: QtBot, machine: Machine) -> Session:
    make_ready(session, qtbot)
    session.feature(SpeedsState).load()
    return session


def test_measures_one_after_another(ready: Session, qtbot: QtBot, machine: Machine) -> None:
    speeds = ready.feature(SpeedsState)
    speeds.measure([("resnet18", 224), ("alexnet", 224), ("resnet18", 224)])
    assert speeds.is_measuring and speeds.total == 2 and not speeds.can_measure
    qtbot.waitUntil(lambda: not speeds.is_measuring)
    assert machine.asked == [("resnet18", 224), ("alexnet", 224)]
    assert speeds.speeds["alexnet", 224].inference_images_per_s == 100


def test_what_does_not_fit_is_skipped_with_the_reason(ready: Session, qtbot: QtBot) -> None:
    speeds = ready.feature(SpeedsState)
    speeds.measure([("vgg11_bn", 224), ("alexnet", 224)])
    qtbot.waitUntil(lambda: not speeds.is_measuring)
    assert list(speeds.speeds) == [("alexnet", 224)]
    assert [skipped.key for skipped in speeds.skipped] == [("vgg11_bn", 224)]
    assert str(speeds.skipped[0].error) == "Does not fit: vgg11_bn"


def test_cancel(ready: Session, qtbot: QtBot, machine: Machine) -> None:
    machine.goes_on.clear()
    ready.feature(SpeedsState).measure([("alexnet", 224), ("resnet18", 224)])
    qtbot.waitUntil(lambda: bool(machine.asked))
    ready.feature(SpeedsState).cancel()
    assert not ready.feature(SpeedsState).is_measuring and ready.feature(SpeedsState).can_measure
    qtbot.waitUntil(lambda: not ready.engine_pool.busy)
    assert machine.asked == [("alexnet", 224)] and not ready.feature(SpeedsState).speeds


def test_a_run_ends_it_and_none_begins_beside_one(
    ready: Session, qtbot: QtBot, machine: Machine
) -> None:
    machine.goes_on.clear()
    ready.feature(SpeedsState).measure([("alexnet", 224)])
    ready.run._set_status(RunStatus.RUNNING)
    assert (
        not ready.feature(SpeedsState).is_measuring and not ready.feature(SpeedsState).can_measure
    )
    ready.feature(SpeedsState).measure([("alexnet", 224)])
    assert not ready.feature(SpeedsState).is_measuring
    ready.run._set_status(RunStatus.IDLE)
    assert ready.feature(SpeedsState).can_measure


def test_knows_what_was_measured_before_once_somebody_looks(
    session: Session, qtbot: QtBot, machine: Machine
) -> None:
    machine.known = (make_record("alexnet"),)
    make_ready(session, qtbot)
    qtbot.waitUntil(lambda: not session.engine_pool.busy)
    assert not session.feature(SpeedsState).speeds
    with qtbot.waitSignal(session.feature(SpeedsState).changed):
        session.feature(SpeedsState).load()
    assert list(session.feature(SpeedsState).speeds) == [("alexnet", 224)]
