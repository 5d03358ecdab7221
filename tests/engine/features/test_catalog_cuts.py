"""The networks of the catalog are cut where a strategy or a person cuts them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from torch import nn

from tests.engine.features.networks import images, prepared
from tlstudio.core.networks.catalog import SizeRule
from tlstudio.engine.features.cut import cut_network
from tlstudio.engine.models.build import architecture
from tlstudio.engine.models.catalog import list_models

# Those of one size are slow at it, and have small likenesses in `test_cut`.
MODELS = [
    spec.name
    for spec in list_models()
    if spec.recommended and spec.weights and spec.size_rule is SizeRule.ANY
]
INITIALISERS = ("kaiming_normal_", "kaiming_uniform_", "normal_", "trunc_normal_", "uniform_")


@pytest.fixture(autouse=True)
def quick_initialisation(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in INITIALISERS:
        monkeypatch.setattr(nn.init, name, lambda tensor, *_, **__: tensor)
    with torch.random.fork_rng(devices=[]):
        yield


def network_of(model: str) -> nn.Module:
    torch.default_generator.manual_seed(0)
    network = architecture(model, 3)
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            if parameter.dim() > 1:  # neither vanishing nor growing
                bound = (6 / parameter[0].numel()) ** 0.5
                parameter.uniform_(-bound, bound)
            elif name.endswith("bias"):
                parameter.zero_()
    return network


@pytest.mark.parametrize("model", MODELS)
def test_every_network(model: str) -> None:
    network = network_of(model)
    layers = [
        path
        for path, module in network.named_modules()
        if any(True for _ in module.parameters(recurse=False))
    ]
    batch = images(2, 64)
    shares = []
    for first in (layers[-1], layers[len(layers) * 3 // 4]):
        prepared(network, first, layers[-1])
        cut = cut_network(network, 64)
        assert cut is not None
        network.eval()
        with torch.no_grad():
            logits = network(batch)
            assert torch.equal(cut.eval_above(*cut.below(batch)), logits)
            assert logits.isfinite().all() and not torch.equal(logits[0], logits[1])
        assert not any(p.requires_grad for p in cut.below.parameters())
        shares.append(len(list(cut.below.parameters())) / len(list(network.parameters())))
    assert shares[0] > 0.6
    assert shares[1] > 0.3
