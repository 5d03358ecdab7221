"""From losses to steps: accumulation, clipping, averages, objectives."""

from __future__ import annotations

import copy
from collections import Counter
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - its usual name

from tests.helpers import plan_of
from tlstudio.core.config import RunConfig
from tlstudio.engine.data.order import balanced_draws
from tlstudio.engine.training.averaging import WeightAverage
from tlstudio.engine.training.learner import Learner
from tlstudio.engine.training.objective import Objective, class_of, class_weights, mixed

CPU = torch.device("cpu")


def linear() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 3))


def learner_of(network: nn.Module, batches: int, **values: Any) -> Learner:
    config = RunConfig().changed(**{"schedule": "none", "learning_rate": 0.1, **values})
    return Learner(network, config, plan_of(network), batches)


def batch(number: int, size: int = 4) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(number)
    images = torch.randn(size, 4, generator=generator)
    return images, torch.randint(3, (size,), generator=generator)


def test_accumulated_batches_step_as_one() -> None:
    whole, parts = linear(), linear()
    images, targets = batch(0, 8)
    one = learner_of(whole, 1)
    one.learn(F.cross_entropy(whole(images), targets))
    one.end_epoch()
    two = learner_of(parts, 2, accumulation=2)
    before = copy.deepcopy(parts.state_dict())
    two.learn(F.cross_entropy(parts(images[:4]), targets[:4]))
    assert torch.equal(parts[0].weight, before["0.weight"])
    two.learn(F.cross_entropy(parts(images[4:]), targets[4:]))
    assert torch.allclose(parts[0].weight, whole[0].weight)


def test_what_is_left_over_steps_at_the_end_of_the_epoch() -> None:
    network = linear()
    learner = learner_of(network, 1, accumulation=4)
    before = network[0].weight.detach().clone()
    learner.learn(F.cross_entropy(*map_batch(network, 1)))
    learner.end_epoch()
    assert not torch.equal(network[0].weight, before)


def map_batch(network: nn.Module, number: int) -> tuple[torch.Tensor, torch.Tensor]:
    images, targets = batch(number)
    return network(images), targets


def test_long_gradients_are_shortened() -> None:
    network = linear()
    learner = learner_of(network, 1, clip_norm=0.01, momentum=0.0, learning_rate=1.0)
    before = torch.cat([p.detach().flatten() for p in network.parameters()])
    learner.learn(100 * F.cross_entropy(*map_batch(network, 1)))
    after = torch.cat([p.detach().flatten() for p in network.parameters()])
    assert float((after - before).norm()) == pytest.approx(0.01, rel=1e-3)


def test_one_cycle_ends_where_torch_says_however_many_steps_come() -> None:
    network = linear()
    learner = learner_of(network, 2, schedule="one_cycle", epochs=3, learning_rate=1.0)
    rates = []
    for number in range(9):  # more than the 6 that were announced
        rates.append(learner.learning_rate)
        learner.learn(F.cross_entropy(*map_batch(network, number)))
    assert max(rates) <= 1.0
    assert rates[0] == pytest.approx(0.04)
    assert learner.learning_rate < 1e-4


def test_the_average_follows_its_formula_and_swaps() -> None:
    network = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
    network.train()
    average = WeightAverage(network, 0.9)
    expected = network[0].weight.detach().clone()
    for step in range(1, 40):
        with torch.no_grad():
            network[0].weight.add_(0.1)
            network[1].num_batches_tracked.add_(1)
        average.update()
        decay = min(0.9, (1 + step) / (10 + step))
        expected = decay * expected + (1 - decay) * network[0].weight.detach()
    raw = network[0].weight.detach().clone()
    average.put_in()
    average.put_in()
    assert torch.allclose(network[0].weight, expected, atol=1e-6)
    assert int(network[1].num_batches_tracked) == 39
    average.take_out()
    assert torch.equal(network[0].weight, raw)


def test_class_weights_make_classes_count_the_same() -> None:
    assert class_weights((90, 10)) == pytest.approx([100 / 180, 5.0])
    assert class_weights((4, 0)) == [0.5, 0.0]
    config = RunConfig().changed(balance="weights")
    objective = Objective(config, (90, 10), CPU)
    logits = torch.zeros(100, 2, requires_grad=True)
    targets = torch.tensor([0] * 90 + [1] * 10)
    objective(logits, targets).backward()
    assert logits.grad is not None
    pulls = logits.grad[:90, 0].sum(), logits.grad[90:, 1].sum()
    assert torch.allclose(*pulls)


def test_smoothing_is_torchs() -> None:
    logits, targets = torch.randn(5, 3), torch.tensor([0, 1, 2, 0, 1])
    objective = Objective(RunConfig().changed(label_smoothing=0.1), (2, 2, 1), CPU)
    assert objective(logits, targets) == F.cross_entropy(logits, targets, label_smoothing=0.1)


@pytest.mark.parametrize("kind", ["mixup", "cutmix"])
def test_mixed_images_bring_mixed_targets(kind: str) -> None:
    config = RunConfig().changed(mixing=kind, mixing_alpha=1.0)
    images = torch.stack([torch.full((3, 8, 8), float(n)) for n in range(4)])
    torch.manual_seed(1)
    made, shares = mixed(config, images, torch.tensor([0, 1, 2, 0]), 3)
    assert made.shape == images.shape
    assert torch.allclose(shares.sum(dim=1), torch.ones(4))
    share = float(shares[1, 1])
    assert 0 < share < 1
    assert float(made[1].mean()) == pytest.approx(share * 1 + (1 - share) * 0, abs=1e-5)
    assert class_of(shares).tolist()[1] == (1 if share > 0.5 else 0)


def test_balanced_draws_show_small_classes_as_often() -> None:
    classes = [0] * 90 + [1] * 10
    draws = balanced_draws(classes, seed=0, epoch=1)
    assert len(draws) == 100
    assert len(set(draws)) == 100  # a draw of its own for each view
    counts = Counter(classes[draw % 100] for draw in draws)
    assert 30 < counts[1] < 70
    assert draws == balanced_draws(classes, seed=0, epoch=1)
    assert draws != balanced_draws(classes, seed=0, epoch=2)
