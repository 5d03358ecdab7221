"""The two halves of a network are the whole, bit for bit, or there are none."""

from __future__ import annotations

import copy
import threading
from collections.abc import Iterator

import pytest
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - its usual name
from torchvision.ops import StochasticDepth

from tests.engine.features.networks import (
    PX,
    assert_halves_are_the_whole,
    conv_net,
    cut_of,
    images,
    prepared,
    seeded,
)
from tlstudio.core.strategies import PlanOptions, freeze_plan
from tlstudio.engine.features import cut as cut_module
from tlstudio.engine.features.cut import cut_network
from tlstudio.engine.models.build import build_network
from tlstudio.engine.models.tree import layer_tree


class Nasty(nn.Module):
    """A stem, something of the subclass in the middle, and a head."""

    def __init__(self) -> None:
        super().__init__()
        seeded()
        self.stem = nn.Conv2d(3, 6, 3, stride=4)
        self.middle = nn.Conv2d(6, 6, 3, padding=1)
        self.head = nn.Linear(6, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.head(self.between(self.stem(x)).mean(dim=(2, 3)))
        return logits

    def between(self, x: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = self.middle(x)
        return out


class InPlaceOnTheBoundary(Nasty):
    def between(self, x: torch.Tensor) -> torch.Tensor:
        y = self.middle(x)
        y += x
        return torch.relu_(y)


class DropsByFunction(Nasty):
    def between(self, x: torch.Tensor) -> torch.Tensor:
        x = F.dropout(self.middle(x), 0.5, training=self.training)
        return torch.dropout(x, 0.5, self.training)


class DropsInAttention(Nasty):
    def between(self, x: torch.Tensor) -> torch.Tensor:
        q = self.middle(x).flatten(2)
        return F.scaled_dot_product_attention(
            q, q, q, dropout_p=0.5 if self.training else 0.0
        ).unflatten(2, x.shape[2:])


class HasBuffers(Nasty):
    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("scale", torch.full((6, 1, 1), 2.0))

    def between(self, x: torch.Tensor) -> torch.Tensor:
        return self.middle(x * self.scale.sqrt()) + self.scale  # type: ignore[no-any-return]


class LooksAtTheBatchSize(Nasty):
    def between(self, x: torch.Tensor) -> torch.Tensor:
        x = self.middle(x)
        n, c, h, w = x.shape
        x = x.reshape(n * c, h, w) * 2
        return x.reshape(n, c, h, w)


class TwiceTheSame(Nasty):
    def between(self, x: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = self.middle(torch.relu(self.middle(x)))
        return out


class TwoWays(Nasty):
    """Two outputs of frozen steps cross the boundary."""

    def between(self, x: torch.Tensor) -> torch.Tensor:
        a, b = torch.relu(x), torch.tanh(x[:, :, ::2, ::2])
        return self.middle(a).mean(dim=(2, 3), keepdim=True) * b


class ManyTokens(Nasty):
    """Axes in another order than memory, as attention leaves them."""

    def between(self, x: torch.Tensor) -> torch.Tensor:
        tokens = x.flatten(2).permute(2, 0, 1).contiguous().transpose(0, 1)
        return self.middle(tokens.transpose(1, 2).unflatten(2, x.shape[2:]))  # type: ignore[no-any-return]


class Tied(Nasty):
    def __init__(self) -> None:
        super().__init__()
        self.again = nn.Conv2d(6, 6, 3, padding=1)
        self.again.weight = self.middle.weight

    def between(self, x: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = self.again(torch.relu(self.middle(x)))
        return out


class Deep(Nasty):
    """Stochastic depth of a block of which a part is frozen."""

    def __init__(self) -> None:
        super().__init__()
        self.skip = StochasticDepth(0.5, "row")

    def between(self, x: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = x + self.skip(self.middle(x))
        return out


@pytest.mark.parametrize(
    "network",
    [
        InPlaceOnTheBoundary,
        DropsByFunction,
        DropsInAttention,
        HasBuffers,
        LooksAtTheBatchSize,
        TwiceTheSame,
        TwoWays,
        ManyTokens,
        Tied,
        Deep,
    ],
)
@pytest.mark.parametrize("trainable", [("head",), ("middle", "head"), ("middle",)])
def test_nasty_networks(network: type[Nasty], trainable: tuple[str, ...]) -> None:
    assert_halves_are_the_whole(network(), *trainable)


@pytest.mark.parametrize(
    ("model", "trainable"),
    [
        ("resnet18", ("layer4.0.bn2", "fc")),
        ("googlenet", ("inception5b.branch2.1.bn", "fc")),
        ("mobilenet_v3_small", ("features.9.block.2.fc1", "classifier.3")),
        ("shufflenet_v2_x1_0", ("stage4.1.branch2.3", "fc")),
        ("tf_efficientnet_lite0", ("blocks.5.1.conv_pw", "classifier")),
        ("squeezenet1_1", ("features.12.expand1x1", "classifier.1")),
    ],
)
def test_real_networks_in_mid_block(model: str, trainable: tuple[str, ...]) -> None:
    network = build_network(model, 3, initialisation="random", seed=1)
    assert_halves_are_the_whole(network, *trainable)


@pytest.mark.parametrize("model", ["resnet18", "mobilenet_v2", "squeezenet1_1"])
def test_strategies(model: str) -> None:
    network = build_network(model, 3, initialisation="random", seed=1)
    for strategy in ("partial", "feature_extraction"):
        plan = freeze_plan(layer_tree(model, 3), PlanOptions(strategy))
        assert_halves_are_the_whole(network, *sorted(plan.trainable))


class TinyTransformer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        seeded()
        self.patches = nn.Conv2d(3, 8, 8, stride=8)
        self.token = nn.ParameterList([nn.Parameter(torch.randn(1, 1, 8))])
        self.layers = nn.ModuleList(
            nn.TransformerEncoderLayer(8, 2, 16, dropout=0.1, batch_first=True) for _ in range(2)
        )
        self.head = nn.Linear(8, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.token[0].expand(x.shape[0], -1, -1), x], dim=1)
        for layer in self.layers:
            x = layer(x)
        out: torch.Tensor = self.head(x[:, 0])
        return out


def test_transformer() -> None:
    cut = assert_halves_are_the_whole(TinyTransformer(), "head")
    assert cut.shapes == ((8,),)
    last = "layers.1"
    cut = assert_halves_are_the_whole(TinyTransformer(), f"{last}.linear1", "head")
    assert cut.boundary == ("layers.0",)


def test_class_token_that_trains() -> None:
    cut = assert_halves_are_the_whole(TinyTransformer(), "token", "head")
    assert cut.shapes == ((16, 8),)


class Tuples(Nasty):
    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, int]:  # type: ignore[override]
        return super().forward(x), 1


class DecidesOnData(Nasty):
    def between(self, x: torch.Tensor) -> torch.Tensor:
        return self.middle(x) if x.sum() > 0 else x  # type: ignore[no-any-return]


class Counts(Nasty):
    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("calls", torch.zeros(()))

    def between(self, x: torch.Tensor) -> torch.Tensor:
        self.calls += 1
        return self.middle(x)  # type: ignore[no-any-return]


class Remembers(Nasty):
    def between(self, x: torch.Tensor) -> torch.Tensor:
        self.latest = x
        return self.middle(x)  # type: ignore[no-any-return]


class CountsInPlace(Counts):
    def between(self, x: torch.Tensor) -> torch.Tensor:
        self.calls.add_(1)  # type: ignore[operator]
        return self.middle(x)  # type: ignore[no-any-return]


class DropsUnseen(Nasty):
    """What the dropout returns is not looked at."""

    def __init__(self) -> None:
        super().__init__()
        self.drop = nn.Dropout(0.5, inplace=True)

    def between(self, x: torch.Tensor) -> torch.Tensor:
        x = self.middle(x) * 1
        self.drop(x)
        return x


class RectifiesUnseen(Nasty):
    def between(self, x: torch.Tensor) -> torch.Tensor:
        x = self.middle(x)
        torch.relu_(x)
        return x


class SeesTheWholeBatch(Nasty):
    def between(self, x: torch.Tensor) -> torch.Tensor:
        x = self.middle(x)
        return x - x.mean(dim=0, keepdim=True)


@pytest.mark.parametrize(
    "network",
    [
        Tuples,
        DecidesOnData,
        Counts,
        Remembers,
        CountsInPlace,
        DropsUnseen,
        RectifiesUnseen,
        SeesTheWholeBatch,
    ],
)
def test_what_cannot_be_cut_runs_whole(network: type[Nasty]) -> None:
    whole = prepared(network(), "head")
    state = {name: value.clone() for name, value in whole.state_dict().items()}
    assert cut_network(whole, PX) is None
    assert not hasattr(whole, "latest")
    assert all(torch.equal(value, state[name]) for name, value in whole.state_dict().items())


def test_nothing_frozen_first() -> None:
    assert cut_network(prepared(Nasty()), PX) is None
    assert cut_network(prepared(Nasty(), "stem"), PX) is None
    assert cut_network(prepared(Nasty(), "stem", "head"), PX) is None


def test_batch_statistics_are_no_features() -> None:
    network = nn.Sequential(
        nn.Conv2d(3, 4, 3, stride=4),
        nn.BatchNorm2d(4, track_running_stats=False),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(4, 2),
    )
    cut = assert_halves_are_the_whole(network, "4")
    assert cut.boundary == ("0",)


def test_frozen_layers_above_the_first_that_trains_stay_above() -> None:
    cut = assert_halves_are_the_whole(conv_net(), "3")
    assert cut.boundary == ("2",)
    trainable = {p for p in cut.train_above.parameters() if p.requires_grad}
    assert len(list(cut.train_above.parameters())) > len(trainable)


def test_halves_share_the_parameters() -> None:
    network = conv_net()
    cut = cut_of(network, "8")
    mine = {id(parameter) for parameter in network.parameters()}
    assert {id(p) for p in cut.below.parameters()} < mine
    assert {id(p) for p in cut.train_above.parameters()} < mine


def test_modes_and_hooks_stay() -> None:
    network = prepared(conv_net(), "4", "8")
    calls = []
    handle = network[0].register_forward_hook(lambda *_: calls.append(1))
    modes = [module.training for module in network.modules()]
    cut = cut_network(network, PX)
    assert cut is not None
    assert [module.training for module in network.modules()] == modes
    calls.clear()
    cut.below(images())
    assert calls == [1]
    handle.remove()


def test_the_global_generator_is_left_alone() -> None:
    network = prepared(DropsByFunction(), "middle", "head")
    before = torch.get_rng_state()
    cut_network(network, PX)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.fixture
def slow_tracing(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[threading.Event, ...]]:
    """Tracing waits in the middle: ``(it is there, it may go on)``."""
    there, go = threading.Event(), threading.Event()
    is_leaf = cut_module._Tracer.is_leaf_module

    def slow(self: cut_module._Tracer, module: nn.Module, path: str) -> bool:
        there.set()
        assert go.wait(60)
        return is_leaf(self, module, path)

    monkeypatch.setattr(cut_module._Tracer, "is_leaf_module", slow)
    yield there, go
    go.set()


def test_other_threads_compute_while_a_network_is_traced(
    slow_tracing: tuple[threading.Event, ...],
) -> None:
    there, go = slow_tracing
    network = prepared(conv_net(), "4", "8")
    found = []
    thread = threading.Thread(target=lambda: found.append(cut_network(network, PX)))
    thread.start()
    assert there.wait(60)
    try:
        other = copy.deepcopy(network).eval()
        assert other(images()).shape == (4, 3)
        assert network(images()).shape == (4, 3)  # the same one, even
    finally:
        go.set()
        thread.join()
    assert found[0] is not None


def test_two_networks_are_cut_at_once() -> None:
    call = nn.Module.__call__
    networks = [prepared(conv_net(), "4", "8") for _ in range(4)]
    found = []
    threads = [
        threading.Thread(target=lambda n=network: found.append(cut_network(n, PX)))
        for network in networks
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(cut is not None for cut in found)
    assert nn.Module.__call__ is call
