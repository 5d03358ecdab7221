"""Small networks and the halves they are cut into."""

from __future__ import annotations

import copy

import torch
from torch import nn

from tests.helpers import plan_of
from tlstudio.core.networks.preprocessing import Preprocessing
from tlstudio.engine.features.cut import Cut, cut_network
from tlstudio.engine.features.frozen import FrozenPart
from tlstudio.engine.training.freezing import apply_phase, set_train_mode
from tlstudio.engine.training.precision import Precision

PX = 32
PREPROCESSING = Preprocessing(resize_px=40, crop_px=PX)


def seeded(seed: int = 0) -> None:
    torch.default_generator.manual_seed(seed)


def images(count: int = 4, px: int = PX, seed: int = 1) -> torch.Tensor:
    """As the loader stacks them: channels last."""
    generator = torch.Generator().manual_seed(seed)
    values = torch.randn(count, 3, px, px, generator=generator)
    return values.to(memory_format=torch.channels_last)


def with_statistics(network: nn.Module) -> nn.Module:
    """Gives BatchNorm layers something to do, as training would have."""
    generator = torch.Generator().manual_seed(7)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d) and module.running_mean is not None:
            assert module.running_var is not None
            module.running_mean.normal_(0, 0.3, generator=generator)
            module.running_var.uniform_(0.5, 2, generator=generator)
    return network


def conv_net() -> nn.Sequential:
    """Convolution ``0``, BatchNorm ``1``, convolution ``3``, BatchNorm ``4``, head ``8``."""
    seeded()
    network = nn.Sequential(
        nn.Conv2d(3, 8, 3, stride=2, bias=False),
        nn.BatchNorm2d(8),
        nn.ReLU(inplace=True),
        nn.Conv2d(8, 12, 3, stride=2),
        nn.BatchNorm2d(12),
        nn.ReLU(inplace=True),
        nn.AdaptiveAvgPool2d(2),
        nn.Flatten(),
        nn.Linear(48, 3),
    )
    with_statistics(network)
    return network


def prepared(network: nn.Module, *trainable: str) -> nn.Module:
    """As it trains: frozen but for `trainable`."""
    plan = plan_of(network, *trainable)
    apply_phase(network, plan.last)
    set_train_mode(network, plan.last)
    return network


def cut_of(network: nn.Module, *trainable: str, px: int = PX) -> Cut:
    cut = cut_network(prepared(network, *trainable), px)
    assert cut is not None
    return cut


def frozen_part(
    network: nn.Module | None = None,
    *trainable: str,
    precision: Precision = "float32",
    probe: torch.Tensor | None = None,
) -> FrozenPart:
    network = conv_net() if network is None else network
    cut = cut_of(network, *(trainable or ("8",)))
    return FrozenPart(cut, precision, images() if probe is None else probe)


def assert_halves_are_the_whole(network: nn.Module, *trainable: str, px: int = PX) -> Cut:
    """In both modes: outputs, gradients, buffers; and nothing of the network has changed."""
    cut = cut_of(network, *trainable, px=px)
    twin = copy.deepcopy(network)
    batch = images(4, px)

    seeded(5)
    twin(batch).square().sum().backward()
    seeded(5)
    with torch.no_grad():
        features = cut.below(batch)
    out = cut.train_above(*(value.clone() for value in features))
    out.square().sum().backward()
    for (name, mine), theirs in zip(network.named_parameters(), twin.parameters(), strict=True):
        assert (mine.grad is None) == (theirs.grad is None), name
        assert mine.grad is None or torch.equal(mine.grad, theirs.grad), name
    for (name, mine), theirs in zip(network.named_buffers(), twin.buffers(), strict=True):
        assert torch.equal(mine, theirs), name

    network.eval()
    with torch.no_grad():
        assert torch.equal(cut.eval_above(*cut.below(batch)), twin.eval()(batch))
    network.zero_grad()
    return cut
