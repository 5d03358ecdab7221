"""Frozen means frozen."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from tests.helpers import plan_of, tiny_network
from tlstudio.core.errors import ModelError
from tlstudio.engine.training.freezing import apply_phase, set_train_mode


class Block(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(4, 4, 1)
        self.bare = nn.BatchNorm2d(4, affine=False)
        self.norm = nn.BatchNorm2d(4)
        self.drop = nn.Dropout(0.5)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = self.drop(self.norm(self.bare(self.conv(x))))
        return out


def network() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(3, 4, 3),
        nn.BatchNorm2d(4),
        Block(),
        Block(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Dropout(0.5),
        nn.Linear(4, 2),
    )


def step(net: nn.Module) -> None:
    optimizer = torch.optim.AdamW(
        [p for p in net.parameters() if p.requires_grad], lr=0.1, weight_decay=0.1
    )
    for _ in range(3):
        loss = nn.functional.cross_entropy(net(torch.rand(4, 3, 8, 8)), torch.tensor([0, 1, 0, 1]))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


@pytest.mark.parametrize(
    "trainable", [("7",), ("3.conv", "7"), ("3.conv", "3.norm", "7"), ("1",), ("0", "3.norm")]
)
def test_what_is_frozen_is_bitwise_unchanged(trainable: tuple[str, ...]) -> None:
    net = network()
    plan = plan_of(net, *trainable)
    before = {name: value.clone() for name, value in net.state_dict().items()}
    net.train()
    apply_phase(net, plan.last)
    set_train_mode(net, plan.last)
    step(net)
    moving = set(trainable)
    if {"3.conv", "3.norm"} <= moving:
        moving.add("3.bare")  # statistics without parameters follow the block around them
    for name, value in net.state_dict().items():
        if name.rpartition(".")[0] in moving:
            assert not torch.equal(value, before[name]), name
        else:
            assert torch.equal(value, before[name]), name


def test_everything_trains_statistics_included() -> None:
    net = network()
    plan = plan_of(net)
    apply_phase(net, plan.last)
    set_train_mode(net, plan.last)
    assert all(module.training for module in net.modules())
    before = {name: value.clone() for name, value in net.state_dict().items()}
    step(net)
    unchanged = [n for n, v in net.state_dict().items() if torch.equal(v, before[n])]
    assert unchanged == []


def test_dropout_rests_in_frozen_parts_only() -> None:
    net = network()
    plan = plan_of(net, "3.norm", "7")
    apply_phase(net, plan.last)
    set_train_mode(net, plan.last)
    modules = dict(net.named_modules())
    assert not modules["2.drop"].training
    assert modules["3.drop"].training
    assert modules["6"].training
    assert not modules["1"].training
    assert not modules["3.bare"].training
    assert modules["3.norm"].training


def test_a_shared_parameter_trains_if_one_owner_does() -> None:
    net = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    net[1].weight = net[0].weight
    apply_phase(net, plan_of(net, "1").last)
    assert net[0].weight.requires_grad
    assert not net[0].bias.requires_grad


def test_a_plan_of_another_network_changes_nothing() -> None:
    net = tiny_network()
    plan = plan_of(network(), "3.conv")
    with pytest.raises(ModelError, match="no layer called"):
        apply_phase(net, plan.last)
    assert all(p.requires_grad for p in net.parameters())
