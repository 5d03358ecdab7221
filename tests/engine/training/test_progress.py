"""Progress never goes back, ends at the end, and promises no negative time."""

from __future__ import annotations

import random

import pytest
import torch

from tlstudio.core.runs.clock import RunClock
from tlstudio.core.runs.events import EpochPart
from tlstudio.engine.training.progress import BatchSums, ProgressMeter

WEIGHTS = {EpochPart.FEATURES: 0.9, EpochPart.TRAIN: 0.3, EpochPart.VAL: 0.1}


class Steps:
    """A meter, and what it said after each step."""

    def __init__(self, features: int, train: int, val: int, epochs: int) -> None:
        images = {EpochPart.FEATURES: features, EpochPart.TRAIN: train, EpochPart.VAL: val}
        self.meter = ProgressMeter(RunClock(), images, epochs, WEIGHTS)
        self.shares = [self.meter.progress]

    def go(self, phase: EpochPart, epoch: int, images: int, found: int = 0) -> None:
        self.meter.enter(phase, epoch)
        if found:
            self.meter.found(found)
        for count in _threes(images):
            self.meter.add(count)
            self.shares.append(self.meter.progress)
            left = self.meter.remaining_s
            assert left is None or left >= 0
        self.shares.append(self.meter.progress)

    def check(self) -> None:
        assert self.shares == sorted(self.shares)
        assert all(0 <= share <= 1 for share in self.shares)
        assert self.shares[-1] == 1


def _threes(count: int) -> list[int]:
    return [min(3, count - start) for start in range(0, count, 3)]


@pytest.mark.parametrize("val", [0, 4])
@pytest.mark.parametrize("epochs", [1, 3])
def test_a_run_without_features(epochs: int, val: int) -> None:
    steps = Steps(0, 10, val, epochs)
    for epoch in range(1, epochs + 1):
        steps.go(EpochPart.TRAIN, epoch, 10)
        if val:
            steps.go(EpochPart.VAL, epoch, val)
    steps.check()


@pytest.mark.parametrize("lost", [0, 1])
@pytest.mark.parametrize("found", [0, 4])
@pytest.mark.parametrize("val", [0, 4])
@pytest.mark.parametrize("epochs", [1, 2, 5])
def test_a_run_with_two_views(epochs: int, val: int, found: int, lost: int) -> None:
    """`lost` training views are never told of: their files cannot be read, or are there twice."""
    views = min(2, epochs)
    steps = Steps(10 * views + val, 10, val, epochs)
    for epoch in range(1, epochs + 1):
        if epoch <= views:
            steps.go(EpochPart.FEATURES, epoch, 10 - found - lost, found)
        steps.go(EpochPart.TRAIN, epoch, 10 - lost * (val > 0))
        if val:
            if epoch == 1:
                steps.go(EpochPart.FEATURES, epoch, val)
            steps.go(EpochPart.VAL, epoch, val)
    steps.check()


def test_all_from_the_cache() -> None:
    steps = Steps(14, 10, 4, 2)
    steps.go(EpochPart.FEATURES, 1, 0, found=10)
    assert steps.shares[-1] > 0
    steps.go(EpochPart.TRAIN, 1, 10)
    steps.go(EpochPart.FEATURES, 1, 0, found=4)
    steps.go(EpochPart.VAL, 1, 4)
    steps.go(EpochPart.TRAIN, 2, 10)
    steps.go(EpochPart.VAL, 2, 4)
    steps.check()


def test_any_numbers() -> None:
    chance = random.Random(0)
    for _ in range(50):
        epochs, train, val = chance.randint(1, 4), chance.randint(1, 20), chance.randint(1, 9)
        views = chance.randint(1, epochs)
        steps = Steps(views * train + val, train, val, epochs)
        for epoch in range(1, epochs + 1):
            if epoch <= views:
                found = chance.randint(0, train)
                steps.go(EpochPart.FEATURES, epoch, train - found, found)
            steps.go(EpochPart.TRAIN, epoch, train)
            if epoch == 1:
                steps.go(EpochPart.FEATURES, epoch, val)
            steps.go(EpochPart.VAL, epoch, val)
        steps.check()


def test_time_is_told_once_something_is_known() -> None:
    steps = Steps(14, 10, 4, 2)
    assert steps.meter.remaining_s is None
    steps.go(EpochPart.FEATURES, 1, 10)
    assert steps.meter.remaining_s is not None


def test_nothing_to_do() -> None:
    meter = ProgressMeter(RunClock(), dict.fromkeys(EpochPart, 0), 1, WEIGHTS)
    assert meter.progress == 0
    assert meter.remaining_s is None


def test_sums() -> None:
    sums = BatchSums()
    sums.add(torch.tensor(1.0), torch.tensor([[0.0, 1.0], [1.0, 0.0]]), torch.tensor([1, 1]))
    sums.add(torch.tensor(4.0), torch.tensor([[0.0, 1.0]]), torch.tensor([1]))
    assert sums.batches == 2
    assert sums.means() == {
        "train_loss": pytest.approx(2),
        "train_accuracy": pytest.approx(2 / 3),
    }


def test_other_layers_that_train_later_are_counted_from_the_start() -> None:
    """Two cheap epochs of a head, then two of everything: the first are a small part."""
    images = {EpochPart.FEATURES: 10, EpochPart.TRAIN: 10, EpochPart.VAL: 0}
    head = {EpochPart.FEATURES: 0.9, EpochPart.TRAIN: 0.3, EpochPart.VAL: 0.1}
    everything = {EpochPart.FEATURES: 0.0, EpochPart.TRAIN: 3.0, EpochPart.VAL: 1.0}
    meter = ProgressMeter(RunClock(), images, 2, head, later=2 * 10 * 3.0)
    shares = [meter.progress]

    def go(phase: EpochPart, epoch: int) -> None:
        meter.enter(phase, epoch)
        meter.add(10)
        shares.append(meter.progress)

    go(EpochPart.FEATURES, 1)
    go(EpochPart.TRAIN, 1)
    go(EpochPart.TRAIN, 2)
    assert shares[-1] == pytest.approx(15 / 75)
    meter.replan(3, 4, 0, everything, 0.0)
    assert meter.progress == shares[-1]
    go(EpochPart.TRAIN, 3)
    assert shares[-1] == pytest.approx(45 / 75)
    go(EpochPart.TRAIN, 4)
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_a_machine_that_slept_spoils_neither_speed_nor_time_left() -> None:
    now_s = busy_s = 100.0
    clock = RunClock(lambda: now_s, lambda: busy_s)
    images = {EpochPart.FEATURES: 0, EpochPart.TRAIN: 800, EpochPart.VAL: 0}
    meter = ProgressMeter(clock, images, 1, WEIGHTS)
    meter.enter(EpochPart.TRAIN, 1)
    for batch in range(10):
        slept_s = 8 * 3600.0 if batch == 4 else 0.0
        now_s += 2.0 + slept_s
        busy_s += 2.0
        meter.add(8)
    assert meter.images_per_s == pytest.approx(4.0)
    assert meter.remaining_s == pytest.approx(720 / 4.0)
    assert clock.elapsed_s == pytest.approx(20.0)
