"""Races of real, tiny runs: same split, same seeds, one after another."""

from __future__ import annotations

import dataclasses
import gc
import weakref
from pathlib import Path
from typing import Any

import pytest

from tests.helpers import make_photos, make_split_photos
from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.data.sample import Split
from tlstudio.core.errors import TLStudioError
from tlstudio.core.race.race import (
    RaceConfig,
    RaceEnded,
    RaceEntry,
    RaceEvent,
    RaceRunEnded,
    RaceRunSaid,
    RaceRunStarted,
    RaceStarted,
    last_race,
)
from tlstudio.core.race.recipes import RECIPES
from tlstudio.core.runs.events import EpochEnded, PredictionsReady, RunEndReason, StopToken
from tlstudio.engine.data.sources import open_dataset
from tlstudio.engine.models.build import build_classifier
from tlstudio.engine.models.catalog import get_model
from tlstudio.engine.race import check_race, expected_seconds, race
from tlstudio.engine.training.trainer import train


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> DatasetIndex:
    return open_dataset(make_split_photos(tmp_path_factory.mktemp("photos"), train=4, val=3))


def entry(name: str, **values: Any) -> RaceEntry:
    base = {
        "model": "squeezenet1_1",
        "initialisation": "random",
        "device": "cpu",
        "epochs": 2,
        "batch_size": 4,
        "image_px": 32,
    }
    return RaceEntry(name, RunConfig().changed(**{**base, **values}))


def test_every_entry_runs_with_every_seed(index: DatasetIndex) -> None:
    config = RaceConfig((entry("head"), entry("all", strategy="fine_tuning")), (0, 5))
    events = list(race(config, index, StopToken()))
    assert isinstance(events[0], RaceStarted)
    assert isinstance(events[-1], RaceEnded)
    started = [e for e in events if isinstance(e, RaceRunStarted)]
    assert [(e.entry, e.seed, e.number) for e in started] == [
        (0, 0, 1),
        (1, 0, 2),
        (0, 5, 3),
        (1, 5, 4),
    ]
    said = [e for e in events if isinstance(e, RaceRunSaid)]
    assert not any(isinstance(e.event, PredictionsReady) for e in said)
    record = events[-1].record
    assert record.is_complete
    assert (record.images, record.device) == (6, "cpu")
    for result in record.results:
        assert result.is_whole
        assert result.final is not None and result.best is not None
        assert result.final.epoch == 2
        assert result.final.accuracy == pytest.approx(result.history.epochs[-1].val_accuracy)
        best = result.history.best
        assert best is not None
        assert (result.best.epoch, result.best.accuracy) == (best.epoch, best.val_accuracy)
    head, everything = record.results[:2]
    assert head.run.trainable_parameters < everything.run.trainable_parameters
    assert everything.run.trainable_parameters == everything.run.total_parameters
    assert last_race(index.root) == record


@pytest.mark.parametrize("model", ["squeezenet1_1", "vit_tiny_patch16_224"])
def test_networks_are_let_go_without_garbage_collection(
    model: str, index: DatasetIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    networks: list[weakref.ref[Any]] = []

    def remembered(*args: Any) -> Any:
        classifier = build_classifier(*args)
        networks.append(weakref.ref(classifier.network))
        return classifier

    monkeypatch.setattr("tlstudio.engine.runs.study_run.build_classifier", remembered)
    one = entry("head", model=model)
    config = RaceConfig((one, entry("all", model=model, strategy="fine_tuning")), (0,))
    for event in race(config, index, StopToken()):
        if isinstance(event, RaceRunEnded):
            assert not gc.isenabled() and networks[-1]() is None
    assert len(networks) == 2


def test_a_run_of_a_race_is_the_run_alone(index: DatasetIndex) -> None:
    config = RaceConfig((entry("head"), entry("all", strategy="fine_tuning")), (3,))
    raced = list(race(config, index, StopToken(), keep=False))
    assert last_race(index.root) is None
    alone = config.config_of(1, 3)
    classifier = build_classifier(alone, index.classes)
    events = list(train(alone, index, StopToken(), classifier))
    losses = [e.record.train_loss for e in events if isinstance(e, EpochEnded)]
    assert isinstance(raced[-1], RaceEnded)
    history = raced[-1].record.results[1].history
    assert [record.train_loss for record in history.epochs] == losses


def test_one_that_fails_is_told_of_and_the_others_run(index: DatasetIndex) -> None:
    wild = entry("wild", strategy="fine_tuning", learning_rate=10.0)
    events = list(race(RaceConfig((wild, entry("head"))), index, StopToken()))
    failed, whole = events[-1].record.results  # type: ignore[union-attr]
    assert failed.reason is RunEndReason.FAILED
    assert "finite" in str(failed.error)
    assert whole.is_whole
    record = last_race(index.root)
    assert record is not None
    assert str(record.results[0].error) == str(failed.error)


def test_stopping_keeps_what_is_there(index: DatasetIndex) -> None:
    stop = StopToken()
    events: list[RaceEvent] = []
    for event in race(
        RaceConfig((entry("head"), entry("all", strategy="fine_tuning"))), index, stop
    ):
        events.append(event)
        if isinstance(event, RaceRunEnded):
            stop.stop()
    ended = events[-1]
    assert isinstance(ended, RaceEnded)
    assert ended.is_stopped
    assert [result.is_whole for result in ended.record.results] == [True]
    assert not ended.record.is_complete


def test_all_problems_are_found_before_anything_trains(index: DatasetIndex, tmp_path: Path) -> None:
    missing = entry("missing", initialisation="pretrained")
    gone = entry("gone", device="cuda:7")
    config = RaceConfig((missing, gone))
    problems = [str(problem) for problem in check_race(config, index)]
    assert len(problems) == 2
    assert "not on this machine" in problems[0] + problems[1]
    with pytest.raises(TLStudioError) as caught:
        next(race(config, index, StopToken()))
    assert len(caught.value.problems) == 2

    alone = open_dataset(make_photos(tmp_path / "one", per_class=1))
    texts = [str(p) for p in check_race(RaceConfig((entry("a"), entry("b", epochs=3))), alone)]
    assert texts == ["A race is decided by validation images: there are none."]


def test_a_race_goes_on_where_it_was_killed(index: DatasetIndex) -> None:
    config = RaceConfig((entry("head"), entry("all", strategy="fine_tuning")))
    whole = list(race(config, index, StopToken(), keep=False))[-1]
    assert isinstance(whole, RaceEnded)
    for event in race(config, index, StopToken()):
        if isinstance(event, RaceRunStarted) and event.number == 2:
            break  # the program is gone
    before = last_race(index.root)
    assert before is not None and len(before.results) == 1
    events = list(race(config, index, StopToken(), before=before))
    assert [e.number for e in events if isinstance(e, RaceRunStarted)] == [2]
    assert isinstance(events[-1], RaceEnded) and events[-1].record.is_complete
    assert [r.final for r in events[-1].record.results] == [r.final for r in whole.record.results]


def test_what_goes_on_must_be_the_same_race(index: DatasetIndex) -> None:
    config = RaceConfig((entry("head"), entry("all", strategy="fine_tuning")))
    before = list(race(config, index, StopToken(), keep=False))[-1].record  # type: ignore[union-attr]
    other = dataclasses.replace(config, train_images=4)
    events = race(other, index, StopToken(), keep=False, before=before)
    assert [e.number for e in events if isinstance(e, RaceRunStarted)] == [1, 2]


def test_a_few_images_of_each_class(index: DatasetIndex) -> None:
    config = RaceConfig((entry("a"), entry("b")), train_images=4, val_images=2)
    few = config.images_of(index)
    assert few.counts[Split.TRAIN] == (2, 2)
    assert few.counts[Split.VAL] == (1, 1)
    assert config.images_of(index) == few
    assert set(few.samples) < set(index.samples)


def test_deeper_networks_are_expected_to_take_longer(index: DatasetIndex) -> None:
    tiny = {"image_px": 8, "strategy": "from_scratch"}
    shallow, deep = (entry(n, model=n, **tiny) for n in ("plain20", "plain56"))
    few = RaceConfig((deep, shallow), train_images=4)
    times = expected_seconds(few, index)
    assert times[0] > 2 * times[1] > 0


def test_the_recipes_networks_are_in_the_catalog() -> None:
    for recipe in RECIPES:
        for row in recipe.entries:
            assert get_model(row.model).title == row.title
