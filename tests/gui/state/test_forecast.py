"""When the machine is measured, and what is made of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.fakes import make_images, make_index
from tests.gui.networks import make_ready, no_engine, small_costs, wait_for_plan
from tlstudio.core.config import RunConfig
from tlstudio.core.config.variation import Variation
from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.errors import DeviceError
from tlstudio.core.forecast.forecast import KeepObstacle
from tlstudio.core.runs.events import StopToken
from tlstudio.core.runs.execution_plan import FeatureRow
from tlstudio.core.strategies import FreezePlan
from tlstudio.gui.state import forecast as forecast_state
from tlstudio.gui.state import jobs
from tlstudio.gui.state.run import RunStatus
from tlstudio.gui.state.session import Session


class Machine:
    """Counts the measurements that are asked for, and answers at once."""

    def __init__(self) -> None:
        self.models: list[str] = []
        self.answer: Any = small_costs()

    def __call__(self, config: Any, index: DatasetIndex, *, stop: StopToken) -> Any:
        self.models.append(config.model)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def machine(session: Session, monkeypatch: pytest.MonkeyPatch) -> Machine:
    no_engine(monkeypatch)
    machine = Machine()
    monkeypatch.setattr(jobs, "run_costs", machine)
    monkeypatch.setattr(forecast_state, "IDLE_MS", 30)
    monkeypatch.setattr(forecast_state, "AGAIN_MS", 40)
    return machine


@pytest.fixture
def index(tmp_path: Path) -> DatasetIndex:
    root = tmp_path / "photos"
    return make_index(root, make_images(root))


def show_dataset(session: Session, index: DatasetIndex) -> None:
    session.datasets.index = index
    session.datasets.changed.emit(index)


def wait(session: Session, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: session.forecasts.forecast is not None)


def test_nothing_is_measured_without_a_dataset(
    session: Session, machine: Machine, index: DatasetIndex, qtbot: QtBot
) -> None:
    make_ready(session, qtbot)
    assert not session.forecasts.is_coming
    assert session.forecasts.can_keep is True  # that follows from the tree alone
    show_dataset(session, index)
    qtbot.waitUntil(lambda: session.forecasts.is_coming)
    wait(session, qtbot)
    assert not session.forecasts.is_coming
    assert len(machine.models) == 1


def test_ticks_change_the_forecast_at_once(
    session: Session, machine: Machine, index: DatasetIndex, qtbot: QtBot
) -> None:
    make_ready(session, qtbot)
    show_dataset(session, index)
    wait(session, qtbot)
    head = session.forecasts.forecast
    assert head is not None
    with qtbot.waitSignal(session.forecasts.changed):
        session.network.tick(["head", "body.1.conv", "body.1.bn"])
    more = session.forecasts.forecast
    assert more is not None and more is not head
    cached = Variation.CACHED
    assert more.by_variation[cached].usual_epoch_s > head.by_variation[cached].usual_epoch_s
    session.network.set_strategy("fine_tuning")
    assert session.forecasts.can_keep is False
    session.network.change(epochs=1)
    assert len(machine.models) == 1


def test_the_size_at_the_real_cut_replaces_the_guess(
    session: Session,
    machine: Machine,
    index: DatasetIndex,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []

    def rows(config: RunConfig, classes: int, plan: FreezePlan) -> tuple[FeatureRow, ...]:
        asked.append(classes)
        return tuple(FeatureRow(1 << 40) for _ in plan.phases)

    monkeypatch.setattr(jobs, "planned_rows", rows)
    monkeypatch.setattr(forecast_state, "CUT_MS", 0)
    make_ready(session, qtbot)
    show_dataset(session, index)
    wait(session, qtbot)
    qtbot.waitUntil(lambda: session.forecasts.obstacle is KeepObstacle.TOO_LARGE)
    forecast = session.forecasts.forecast
    assert forecast is not None
    by = forecast.by_variation
    assert by[Variation.CACHED] == by[Variation.LIVE] and not forecast.can_keep
    session.network.change(learning_rate=0.5)  # the cut is the same
    assert session.forecasts.obstacle is KeepObstacle.TOO_LARGE
    assert not session.forecasts._cutting.isActive()
    assert asked == [len(index.classes)]


def test_without_a_tick_there_is_nothing_to_foretell(
    session: Session, machine: Machine, index: DatasetIndex, qtbot: QtBot
) -> None:
    make_ready(session, qtbot)
    show_dataset(session, index)
    wait(session, qtbot)
    session.network.tick([])
    assert session.forecasts.forecast is None and session.forecasts.can_keep is None
    session.network.tick(["head"])
    assert session.forecasts.forecast is not None
    assert len(machine.models) == 1


def test_another_entrance_is_measured_anew(
    session: Session, machine: Machine, index: DatasetIndex, qtbot: QtBot
) -> None:
    make_ready(session, qtbot)
    show_dataset(session, index)
    wait(session, qtbot)
    session.network.change(image_px=64)
    assert session.forecasts.forecast is None
    wait(session, qtbot)
    assert len(machine.models) == 2


def test_another_model_is_measured_anew(
    session: Session, machine: Machine, index: DatasetIndex, qtbot: QtBot
) -> None:
    make_ready(session, qtbot)
    show_dataset(session, index)
    wait(session, qtbot)
    session.network.set_model("resnet18")
    assert session.forecasts.forecast is None
    wait(session, qtbot)
    assert machine.models == ["tf_efficientnet_lite0", "resnet18"]


def test_a_run_is_not_disturbed(
    session: Session, machine: Machine, index: DatasetIndex, qtbot: QtBot
) -> None:
    make_ready(session, qtbot)
    session.run._set_status(RunStatus.PREPARING)
    show_dataset(session, index)
    wait_for_plan(session, qtbot)
    session.run._set_status(RunStatus.RUNNING)
    assert not session.forecasts.is_coming
    session.run._set_status(RunStatus.IDLE)
    wait(session, qtbot)
    assert len(machine.models) == 1


def test_a_measurement_gives_way_to_a_run(
    session: Session, machine: Machine, index: DatasetIndex, qtbot: QtBot
) -> None:
    make_ready(session, qtbot)
    show_dataset(session, index)
    wait_for_plan(session, qtbot)
    qtbot.waitUntil(lambda: session.forecasts._task is not None or bool(machine.models))
    stop = session.forecasts._stop
    is_measuring = session.forecasts._task is not None
    session.run._set_status(RunStatus.RUNNING)
    assert stop.stopped is is_measuring
    session.run._set_status(RunStatus.IDLE)
    wait(session, qtbot)


@pytest.mark.parametrize("answer", [None, DeviceError("There is no such device.")])
def test_what_cannot_be_measured_is_left_open(
    session: Session,
    machine: Machine,
    index: DatasetIndex,
    qtbot: QtBot,
    answer: DeviceError | None,
) -> None:
    machine.answer = answer
    make_ready(session, qtbot)
    show_dataset(session, index)
    wait_for_plan(session, qtbot)
    qtbot.waitUntil(lambda: bool(machine.models) and not session.forecasts.is_coming)
    assert session.forecasts.forecast is None
    assert not session.notifications.kept
    session.network.change(epochs=2)  # it is not tried again and again
    assert not session.forecasts.is_coming


def test_a_busy_machine_is_measured_again_some_times(
    session: Session, machine: Machine, index: DatasetIndex, qtbot: QtBot
) -> None:
    machine.answer = replace(small_costs(), is_steady=False)
    make_ready(session, qtbot)
    show_dataset(session, index)
    wait(session, qtbot)  # what there is is shown meanwhile
    qtbot.waitUntil(lambda: len(machine.models) == forecast_state.TRIES)
    qtbot.waitUntil(lambda: not session.forecasts.is_coming)
    assert len(machine.models) == forecast_state.TRIES


def test_another_look_at_the_same_folder_is_not_measured_again(
    session: Session, machine: Machine, index: DatasetIndex, qtbot: QtBot
) -> None:
    make_ready(session, qtbot)
    show_dataset(session, index)
    wait(session, qtbot)
    show_dataset(session, replace(index))
    assert session.forecasts.forecast is not None and not session.forecasts.is_coming
    show_dataset(session, replace(index, samples=index.samples[1:]))
    qtbot.waitUntil(lambda: len(machine.models) == 2)
