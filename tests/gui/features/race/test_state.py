"""The state of races: one at a time, kept with its dataset."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.fakes import make_images, make_index
from tests.gui.races import Racer
from tlstudio.core.data.dataset import DatasetIndex, Split
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.errors import TrainingError
from tlstudio.core.networks.catalog import Library
from tlstudio.gui.features.race.choice import RaceField
from tlstudio.gui.features.race.state import RaceState
from tlstudio.gui.state.session import Session


@pytest.fixture
def racer(monkeypatch: pytest.MonkeyPatch) -> Racer:
    return Racer(monkeypatch)


@pytest.fixture
def index(tmp_path: Path) -> DatasetIndex:
    root = tmp_path / "photos"
    return make_index(root, make_images(root, 10))


def show(session: Session, index: DatasetIndex | None) -> None:
    session.datasets.index = index
    session.datasets.changed.emit(index)


@pytest.fixture
def ready(ready_session: Session, racer: Racer, index: DatasetIndex) -> Session:
    show(ready_session, index)
    return ready_session


def run(session: Session, qtbot: QtBot, index: DatasetIndex) -> None:
    session.feature(RaceState).start(session.feature(RaceState).choice.config, index)
    assert session.is_busy and not session.can_train
    qtbot.waitUntil(lambda: not session.feature(RaceState).active)


def test_a_race_comes_back_with_its_dataset(
    ready: Session, qtbot: QtBot, index: DatasetIndex
) -> None:
    races = ready.feature(RaceState)
    run(ready, qtbot, index)
    assert not ready.is_busy
    assert races.record is not None and races.record.is_complete
    assert races.verdict is not None and races.verdict.winner == 1
    assert races.progress == 1 and races.running is None
    kept = races.record
    show(ready, None)
    assert races.record is None
    show(ready, index)
    qtbot.waitUntil(lambda: races.record == kept)
    assert races.verdict is not None and not races.is_stale


def test_other_validation_images_make_it_stale(
    ready: Session, qtbot: QtBot, index: DatasetIndex
) -> None:
    run(ready, qtbot, index)
    fewer = make_index(index.root, [sample.image.path for sample in index.samples[:20]])
    show(ready, fewer)
    qtbot.waitUntil(lambda: ready.feature(RaceState).record is not None)
    assert ready.feature(RaceState).is_stale


def test_cancelling_keeps_what_was_measured(
    ready: Session, qtbot: QtBot, index: DatasetIndex, racer: Racer
) -> None:
    races = ready.feature(RaceState)
    racer.goes_on.clear()
    races.start(races.choice.config, index)
    qtbot.waitUntil(lambda: races.number == 2 and bool(races.live.history.epochs))
    assert races.running == (1, 0)
    assert 1 / 3 < races.progress < 1
    races.cancel()
    assert races.is_cancelled
    racer.goes_on.set()
    qtbot.waitUntil(lambda: not races.active)
    assert races.is_stopped
    assert races.record is not None
    assert [result.is_whole for result in races.record.results] == [True, False]


def test_a_race_that_cannot_start_says_why_and_the_last_one_stays(
    ready: Session, qtbot: QtBot, index: DatasetIndex, racer: Racer
) -> None:
    run(ready, qtbot, index)
    before = ready.feature(RaceState).record
    racer.refusal = TrainingError("It cannot.")
    run(ready, qtbot, index)
    qtbot.waitUntil(lambda: ready.feature(RaceState).record == before)
    assert ready.notifications.kept[-1].text == "It cannot."


def test_what_is_chosen_follows_the_settings(ready: Session) -> None:
    choice = ready.feature(RaceState).choice
    assert choice.ticked == ["feature_extraction", "partial", "fine_tuning"]
    ready.network.change(learning_rate=0.02, epochs=4, seed=7)
    choice.seeds = 2
    config = choice.config
    assert config.seeds == (7, 8)
    assert {entry.config.epochs for entry in config.entries} == {4}
    assert {entry.config.learning_rate for entry in config.entries} == {0.02}
    assert choice.tenths == {"partial": pytest.approx(0.002), "fine_tuning": pytest.approx(0.002)}
    choice.set_rate("fine_tuning", 0.004)
    assert list(choice.tenths) == ["partial"]
    assert [entry.config.learning_rate for entry in choice.entries] == [0.02, 0.02, 0.004]


def test_ten_at_most_race(ready: Session) -> None:
    row = next(spec for spec in ready.network.models if spec.name == "alexnet")
    classics = [replace(row, name=f"a{n}", library=Library.CLASSIC, weights=()) for n in range(11)]
    ready.network.models = tuple(classics)
    choice = ready.feature(RaceState).choice
    choice.field = RaceField.MODELS
    for spec in classics:
        choice.tick(spec.name)
    assert choice.ticked == [f"a{n}" for n in range(10)]
    choice.tick("a3", is_ticked=False)
    choice.tick("a10")
    assert "a10" in choice.ticked and len(choice.ticked) == 10
    assert "custom" not in choice.strategies


def test_only_networks_of_this_machine_race(ready: Session) -> None:
    choice = ready.feature(RaceState).choice
    choice.field = RaceField.MODELS
    assert [spec.name for spec in choice.models] == ["tf_efficientnet_lite0", "alexnet"]
    for spec in choice.models:
        choice.tick(spec.name)
    assert [entry.name for entry in choice.entries] == ["EfficientNet-Lite0", "AlexNet"]
    assert choice.config.problems == []


def test_ticks_by_hand_race_under_any_strategy(ready: Session, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: ready.network.tree is not None)
    ready.network.tick(["head", "body.1.conv"])
    choice = ready.feature(RaceState).choice
    assert "custom" in choice.strategies
    ready.network.set_strategy("feature_extraction")
    assert "custom" in choice.strategies
    choice.tick("custom")
    custom = next(e.config for e in choice.entries if e.config.strategy == "custom")
    assert custom.trainable == ("body.1.conv", "head")
    others = [e.config.trainable for e in choice.entries if e.config.strategy != "custom"]
    assert others == [()] * 3
    ready.network.set_model("alexnet")  # the ticks were another network's
    assert "custom" not in choice.strategies


def test_learning_rates_of_one_strategy_race(ready: Session) -> None:
    choice = ready.feature(RaceState).choice
    ready.network.change(learning_rate=0.02)
    choice.field = RaceField.RATES
    assert [entry.name for entry in choice.entries] == ["lr 0.002", "lr 0.006", "lr 0.02"]
    assert len({entry.config.strategy for entry in choice.entries}) == 1
    assert choice.config.problems == [] and choice.tenths == {}
    choice.set_rate("b", 0.02)
    assert "in the race twice" in str(choice.config.problems[0])


def test_a_classic_without_weights_races_from_random_values(ready: Session) -> None:
    row = next(spec for spec in ready.network.models if spec.name == "alexnet")
    classic = replace(row, name="lenet5", title="LeNet-5", library=Library.CLASSIC, weights=())
    ready.network.models = (*ready.network.models, classic)
    choice = ready.feature(RaceState).choice
    choice.field = RaceField.MODELS
    choice.tick("lenet5")
    (entry,) = choice.entries
    assert (entry.config.strategy, entry.config.initialisation) == ("from_scratch", "random")


def test_without_weights_only_scratch_can_race(ready: Session, qtbot: QtBot) -> None:
    ready.network.set_model("resnet18")
    choice = ready.feature(RaceState).choice
    assert choice.lacks_weights("fine_tuning") and not choice.lacks_weights("from_scratch")
    assert choice.ticked == []


def test_another_look_at_the_same_folder_leaves_it_as_it_is(
    ready: Session, qtbot: QtBot, index: DatasetIndex, racer: Racer
) -> None:
    races = ready.feature(RaceState)
    racer.goes_on.clear()
    races.start(races.choice.config, index)
    qtbot.waitUntil(lambda: races.number == 2)
    show(ready, replace(index))
    racer.goes_on.set()
    qtbot.waitUntil(lambda: not races.active)
    assert races.record is not None and races.record.is_complete and not races.is_stale
    show(ready, replace(index))
    qtbot.waitUntil(lambda: races.record is not None)
    assert not races.is_stale


@pytest.mark.parametrize("change", ["file", "split"])
def test_a_split_or_file_that_changes_meanwhile_makes_it_stale(
    ready: Session, qtbot: QtBot, index: DatasetIndex, racer: Racer, change: str
) -> None:
    races = ready.feature(RaceState)
    racer.goes_on.clear()
    races.start(races.choice.config, index)
    qtbot.waitUntil(lambda: races.number == 2)
    first = index.samples[0]
    changed = (
        replace(first, split=Split.TEST)
        if change == "split"
        else replace(first, image=ImageRef(first.image.container, "new.png"))
    )
    show(ready, replace(index, samples=(changed, *index.samples[1:])))
    racer.goes_on.set()
    qtbot.waitUntil(lambda: races.is_stale)
    assert races.record is not None
