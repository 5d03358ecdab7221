"""The range test: what it trains, how it ends, and that it leaves no trace."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.helpers import make_split_photos, photo, plan_of, tiny_classifier
from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import DatasetIndex, Split
from tlstudio.core.errors import TLStudioError, TrainingError
from tlstudio.core.rate_finder import (
    FeaturesCounted,
    RangeEnd,
    RangeEnded,
    RangeStarted,
    RatePoint,
    RateRange,
    rate_of_step,
)
from tlstudio.core.runs.events import SampleSkipped, StopToken
from tlstudio.engine.data.sources import open_dataset
from tlstudio.engine.found_rates import keep_rate, last_rate
from tlstudio.engine.rate_finder import find_rate, with_fewer_samples
from tlstudio.engine.training.learner import Learner

HEAD = ("6",)


@pytest.fixture
def index(tmp_path: Path) -> DatasetIndex:
    return open_dataset(make_split_photos(tmp_path / "photos", train=9, val=4))


def config(**values: Any) -> RunConfig:
    return RunConfig().changed(
        **{"device": "cpu", "batch_size": 4, "precision": "float32"} | values
    )


def run(
    index: DatasetIndex,
    *trainable: str,
    steps: int = 100,
    stop: StopToken | None = None,
    on_event: Callable[[object], object] = lambda event: None,
    rates: dict[str, float] | None = None,
    **values: Any,
) -> tuple[list[Any], Any]:
    """Events, and the network that was trained."""
    classifier = tiny_classifier(index.classes)
    plan = plan_of(classifier.network, *trainable)
    if rates:
        plan.last.rates.update(rates)  # type: ignore[attr-defined]
    events = []
    for event in find_rate(
        config(**values), index, stop or StopToken(), classifier=classifier, plan=plan, steps=steps
    ):
        events.append(event)
        on_event(event)
    return events, classifier.network


def points_of(events: list[Any]) -> list[RatePoint]:
    return [event for event in events if isinstance(event, RatePoint)]


def result_of(events: list[Any]) -> RateRange:
    assert isinstance(events[-1], RangeEnded)
    return events[-1].result


def test_it_finds_a_rate_that_learns(index: DatasetIndex) -> None:
    events, _ = run(index)
    assert isinstance(events[0], RangeStarted)
    result, points = result_of(events), points_of(events)
    assert result.points == tuple(points)
    assert [point.step for point in points] == list(range(1, len(points) + 1))
    assert result.suggestion is not None and 1e-4 < result.suggestion < 1
    assert result.lowest is not None and result.lowest.smoothed < points[9].smoothed


def test_it_takes_as_many_epochs_as_the_steps_need(index: DatasetIndex) -> None:
    events, _ = run(index, steps=30, epochs=1)  # 18 images are 5 batches
    points = points_of(events)
    assert len(points) == 30 or events[-1].result.end == "diverged"
    assert points[20].learning_rate == pytest.approx(rate_of_step(21, 30))


def test_the_same_seed_draws_the_same_curve(index: DatasetIndex) -> None:
    state = torch.get_rng_state()
    first, _ = run(index, *HEAD)
    assert torch.equal(torch.get_rng_state(), state)
    torch.rand(3)  # whatever else draws from it
    again, _ = run(index, *HEAD)
    other, _ = run(index, *HEAD, seed=1)
    assert points_of(first) == points_of(again)
    assert points_of(first) != points_of(other)


def test_the_settings_rate_and_schedule_have_no_part_in_it(index: DatasetIndex) -> None:
    plain, _ = run(index, steps=20)
    for values in ({"learning_rate": 1e-5}, {"schedule": "one_cycle"}, {"warmup_epochs": 3}):
        other, _ = run(index, steps=20, **values)
        assert points_of(other) == points_of(plain), values


@pytest.mark.parametrize(
    "values",
    [
        {"optimizer": "adam"},
        {"label_smoothing": 0.3},
        {"balance": "sampling"},
        {"clip_norm": 1e-3},
        {"mixing": "mixup"},
    ],
    ids=str,
)
def test_the_other_settings_have(index: DatasetIndex, values: dict[str, Any]) -> None:
    plain, _ = run(index, steps=40)
    other, _ = run(index, steps=40, **values)
    assert points_of(other) != points_of(plain)
    assert all(math.isfinite(point.loss) for point in points_of(other))


def test_what_is_frozen_stays_and_features_come_first(index: DatasetIndex) -> None:
    before = tiny_classifier(index.classes).network.state_dict()
    events, network = run(index, *HEAD)
    after = network.state_dict()
    changed = {name for name in after if not torch.equal(after[name], before[name])}
    assert changed == {"6.weight", "6.bias"}
    counted = [event for event in events if isinstance(event, FeaturesCounted)]
    assert counted and counted[0].total == 18


def test_layers_keep_their_multiple_of_the_rate(
    index: DatasetIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[float]] = []
    learn = Learner.learn

    def listening(self: Learner, loss: torch.Tensor) -> None:
        seen.append([group["lr"] for group in self.optimizer.param_groups])
        learn(self, loss)

    monkeypatch.setattr(Learner, "learn", listening)
    run(index, steps=15, rates={"0": 0.1, "1": 0.1})
    assert len(seen) == 15
    for step, (fast, slow) in enumerate(seen, 1):
        assert fast == pytest.approx(rate_of_step(step, 15))
        assert slow == pytest.approx(fast / 10)


def test_batches_that_make_a_step_together_are_one_point(
    index: DatasetIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    rates: list[float] = []
    learn = Learner.learn

    def listening(self: Learner, loss: torch.Tensor) -> None:
        rates.append(self.learning_rate)
        learn(self, loss)

    monkeypatch.setattr(Learner, "learn", listening)
    events, _ = run(index, steps=6, accumulation=2)
    assert len(points_of(events)) == 6
    assert len(rates) == 10  # 5 batches an epoch: two steps of two, one of one
    assert rates[0] == rates[1] < rates[2] == rates[3] < rates[4] < rates[5]


def test_cancelling_keeps_what_was_measured(index: DatasetIndex) -> None:
    stop = StopToken()
    events, _ = run(
        index,
        stop=stop,
        on_event=lambda event: stop.stop() if isinstance(event, RatePoint) else None,
    )
    assert len(points_of(events)) == 1
    (ended,) = [event for event in events if isinstance(event, RangeEnded)]
    assert ended.result.end is RangeEnd.STOPPED and ended.result.suggestion is None
    assert list(ended.result.points) == points_of(events)
    keep_rate(config(), index, ended.result)
    assert last_rate(index) == (config(), ended.result)
    whole = replace(ended.result, end=RangeEnd.COMPLETE)
    for result in (whole, ended.result):  # less does not take the place of more
        keep_rate(config(), index, result)
        assert last_rate(index) == (config(), whole)
    assert last_rate(replace(index, samples=index.samples[1:])) is None


def test_what_speaks_against_a_run_speaks_against_it(tmp_path: Path, index: DatasetIndex) -> None:
    classifier = tiny_classifier(("other", "classes"))
    plan = plan_of(classifier.network)
    with pytest.raises(TLStudioError, match="other classes"):
        list(find_rate(config(), index, StopToken(), classifier=classifier, plan=plan))


def test_unreadable_images_are_told_of(tmp_path: Path) -> None:
    root = make_split_photos(tmp_path / "photos", train=4, val=1)
    index = open_dataset(root)
    victim = index.by_split[Split.TRAIN][0].image.path
    victim.write_bytes(b"no image any more")
    events, _ = run(index, steps=5)
    skipped = [event for event in events if isinstance(event, SampleSkipped)]
    assert [event.path for event in skipped] == [str(victim)]
    for sample in index.by_split[Split.TRAIN]:
        sample.image.path.write_bytes(b"nor these")
    with pytest.raises(TrainingError, match="No training image"):
        run(index, steps=5)


def test_large_datasets_are_not_read_whole(tmp_path: Path, index: DatasetIndex) -> None:
    fewer = with_fewer_samples(index, 8, seed=0)
    assert len(fewer.samples) == 8 and set(fewer.samples) < set(index.by_split[Split.TRAIN])
    assert fewer == with_fewer_samples(index, 8, seed=0)
    assert fewer.classes == index.classes
    assert len(with_fewer_samples(index, 100, seed=0).samples) == 18


def test_without_validation_images(tmp_path: Path) -> None:
    for n, name in enumerate(("green", "red")):
        for number in range(6):
            path = tmp_path / "only" / "train" / name / f"{number}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            photo(n, number).save(path)
    events, _ = run(open_dataset(tmp_path / "only"), steps=12)
    assert len(points_of(events)) == 12


def test_probing_plans_begin_with_the_probe(index: DatasetIndex) -> None:
    classifier = tiny_classifier(index.classes)
    from dataclasses import replace

    plan = replace(plan_of(classifier.network), probes_head=True)
    events = list(
        find_rate(config(), index, StopToken(), classifier=classifier, plan=plan, steps=12)
    )
    plain, _ = run(index, steps=12)
    assert any(isinstance(event, FeaturesCounted) for event in events)
    assert points_of(events)[0].loss < points_of(plain)[0].loss
