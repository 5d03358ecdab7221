"""When the machine is measured, and what is made of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.fakes import make_images, make_index
from tests.gui.networks import make_ready, no_engine, small_costs, wait_for_plan
from tests.helpers import epoch_record
from tlstudio.core.config import RunConfig
from tlstudio.core.config.variation import Variation
from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.errors import DeviceError
from tlstudio.core.forecast.forecast import KeepObstacle, PhaseForecast, VariationForecast
from tlstudio.core.forecast.kept import NOTHING_KEPT, KeptFeatures
from tlstudio.core.runs.events import RunEnded, RunEndReason, StopToken
from tlstudio.core.runs.execution_plan import FeatureRow
from tlstudio.core.runs.history import History
from tlstudio.core.runs.record import RunRecord
from tlstudio.core.strategies import FreezePlan
from tlstudio.gui.state import forecast as forecast_state
from tlstudio.gui.state import jobs
from tlstudio.gui.state.forecast_texts import ForecastTexts
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
    qtbot.waitUntil(lambda: bool(session.forecasts._kept))  # what is in the cache is known, too
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


@pytest.mark.parametrize("change", [{"image_px": 64}, {"head_hidden": 8}])
def test_another_build_is_measured_anew(
    session: Session,
    machine: Machine,
    index: DatasetIndex,
    qtbot: QtBot,
    change: dict[str, object],
) -> None:
    make_ready(session, qtbot)
    show_dataset(session, index)
    wait(session, qtbot)
    session.network.change(**change)
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


ALL_KEPT = KeptFeatures(val=1.0, plain=1.0, varied=(1.0,) * 4)


class Cache:
    """Answers what is in it, and counts the questions."""

    def __init__(self) -> None:
        self.kept = NOTHING_KEPT
        self.asked = 0

    def __call__(self, config: Any, index: Any, plan: FreezePlan, stop: StopToken) -> Any:
        self.asked += 1
        return (self.kept,) * len(plan.phases)


@pytest.fixture
def cache(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Cache:
    cache = Cache()
    monkeypatch.setattr(jobs, "kept_features", cache)
    monkeypatch.setattr(forecast_state, "CUT_MS", 10)
    return cache


def reused(session: Session) -> float:
    assert session.forecasts.forecast is not None
    return session.forecasts.forecast.reused[Variation.CACHED]


def test_what_a_run_left_in_the_cache_leaves_the_forecast(
    session: Session, cache: Cache, index: DatasetIndex, qtbot: QtBot
) -> None:
    make_ready(session, qtbot)
    show_dataset(session, index)
    wait(session, qtbot)
    qtbot.waitUntil(lambda: cache.asked == 1)
    before = session.forecasts.forecast
    assert before is not None and reused(session) == 0

    cache.kept = ALL_KEPT
    session.run.ended.emit(RunEnded(RunEndReason.FINISHED, 1, 1, 0.5, 1.0, None))
    qtbot.waitUntil(lambda: reused(session) == 1)
    after = session.forecasts.forecast
    assert after is not None
    config = session.network.config
    assert after.of(config).total_s < before.of(config).total_s
    assert not after.of(config).has_slow_start
    asked = cache.asked
    session.network.change(learning_rate=0.5, cached_views=2)
    assert reused(session) == 1
    assert not session.forecasts._cutting.isActive()  # nothing of that moves the cut
    assert cache.asked == asked
    session.network.change(batch_size=5)
    assert reused(session) == 0  # until it was looked up
    qtbot.waitUntil(lambda: reused(session) == 1)


def test_an_emptied_cache_is_noticed(
    session: Session, cache: Cache, index: DatasetIndex, qtbot: QtBot
) -> None:
    cache.kept = ALL_KEPT
    make_ready(session, qtbot)
    show_dataset(session, index)
    wait(session, qtbot)
    qtbot.waitUntil(lambda: reused(session) == 1)
    cache.kept = NOTHING_KEPT
    session.forecasts.look_again()
    qtbot.waitUntil(lambda: reused(session) == 0)


def test_the_next_forecast_is_close_to_what_a_run_took(
    session: Session, cache: Cache, index: DatasetIndex, qtbot: QtBot
) -> None:
    make_ready(session, qtbot)
    show_dataset(session, index)
    wait(session, qtbot)
    qtbot.waitUntil(lambda: cache.asked == 1)
    run, settings = session.run, session.network.settings
    run.record = RunRecord(settings, index.name, classes=index.classes)
    run._set_status(RunStatus.PREPARING)
    epochs = settings.config.epochs
    before = session.forecasts.forecast
    assert before is not None
    (phase,) = before.of(settings.config).phases
    took_s = [4 * phase.first_epoch_s] * 4 + [2 * phase.later_epoch_s] * (epochs - 4)
    records = [epoch_record(epoch=n + 1, elapsed_s=s) for n, s in enumerate(took_s)]
    end = RunEnded(RunEndReason.FINISHED, epochs, 1, 0.5, sum(took_s) + 3.0, None)
    run.record = replace(run.record, history=History(tuple(records)), end=end)
    run._set_status(RunStatus.IDLE)
    run.ended.emit(end)
    told = session.forecasts.forecast
    assert told is not None
    assert told.of(settings.config).total_s == pytest.approx(end.elapsed_s, rel=0.05)
    assert told.of(settings.config).usual_epoch_s == pytest.approx(2 * phase.later_epoch_s)


def test_what_is_in_the_cache_and_what_is_unsure_is_said(
    session: Session, cache: Cache, index: DatasetIndex, qtbot: QtBot
) -> None:
    texts = ForecastTexts()
    cache.kept = replace(ALL_KEPT, varied=(1.0, 1.0))
    make_ready(session, qtbot)
    show_dataset(session, index)
    wait(session, qtbot)
    qtbot.waitUntil(lambda: reused(session) > 0)
    told, config = session.forecasts.forecast, session.network.config
    assert told is not None
    assert "60% of the features are in the cache" in texts.reason(told, config, 18)
    cache.kept = ALL_KEPT
    session.forecasts.look_again()
    qtbot.waitUntil(lambda: reused(session) == 1)
    told = session.forecasts.forecast
    assert told is not None
    assert "features of an earlier run are used again" in texts.reason(told, config, 18)
    row = VariationForecast((PhaseForecast(1, 1, 16.0, 16.0),))
    assert texts.in_all(row) == "16 s in all"
    assert texts.in_all(replace(row, unsure=1.6)) == "10 s to 26 s in all"


def test_another_look_at_the_same_folder_is_not_compared_image_by_image(
    session: Session,
    machine: Machine,
    index: DatasetIndex,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_ready(session, qtbot)
    show_dataset(session, index)
    wait(session, qtbot)
    said = session.forecasts.forecast

    def refused(*_: object) -> bool:
        raise AssertionError("two images were compared")

    monkeypatch.setattr(ImageRef, "__eq__", refused)
    paths = [sample.path for sample in index.samples[: len(index.samples) // 2]]
    show_dataset(session, make_index(index.root, [path for path in paths if path is not None]))
    assert session.forecasts.forecast is said and session.datasets.index is not index
