"""Every classic is a network as the studio wants them."""

from __future__ import annotations

import subprocess
import sys

import pytest
import timm
import torch
from torch import fx, nn
from torchvision import models

from tests.engine.models.classic.measures import on_meta, parameters
from tests.helpers import plan_of
from tlstudio.core.networks.catalog import SizeRule
from tlstudio.engine.models.classic import CLASSICS, ClassicSpec
from tlstudio.engine.models.heads import head_path, replace_head
from tlstudio.engine.models.libraries import size_rule
from tlstudio.engine.training.freezing import apply_phase

ROWS = [pytest.param(spec, id=spec.name) for spec in CLASSICS]
SMALL = [
    pytest.param(spec, id=spec.name) for spec in CLASSICS if parameters(on_meta(spec.name)) < 12e6
]


def images(spec: ClassicSpec, count: int, side: int) -> torch.Tensor:
    return torch.randn(count, spec.channels, side, side)


def test_names_are_nobody_elses() -> None:
    others = {*models.list_models(), *timm.list_models()}
    assert not others & set(CLASSICS.names)
    assert {"lenet5", "vgg_a_lrn", "plain20", "resnet110"} < set(CLASSICS.names)
    assert {"shufflenet_v1_g3_x1_0", "shufflenet_v1_g8_x0_25"} < set(CLASSICS.names)
    assert {"se_resnet50", "googlenet_2014", "googlenet_naive"} < set(CLASSICS.names)


def test_the_table_is_read_without_torch() -> None:
    code = "import sys, tlstudio.engine.models.classic as c; c.CLASSICS['lenet5']; "
    subprocess.run([sys.executable, "-c", code + "assert 'torch' not in sys.modules"], check=True)


@pytest.mark.parametrize("spec", ROWS)
def test_facts_of_a_row(spec: ClassicSpec) -> None:
    assert spec.paper.title and spec.paper.url.startswith("https://")
    assert 1998 <= spec.year <= 2017
    assert spec.channels in (1, 3)
    assert spec.min_input_px <= spec.image_px <= (spec.max_input_px or spec.image_px)
    assert spec.image_px in (32, 224, 227)


@pytest.mark.parametrize("spec", ROWS)
def test_one_tensor_of_logits_and_a_gradient_for_every_parameter(spec: ClassicSpec) -> None:
    with torch.device("meta"):
        network = spec.build(3).train()
        logits = network(torch.empty(2, spec.channels, spec.image_px, spec.image_px))
        assert isinstance(logits, torch.Tensor)
        assert logits.shape == (2, 3)
        logits.sum().backward()
    assert all(p.grad is not None and p.grad.shape == p.shape for p in network.parameters())


@pytest.mark.parametrize("spec", ROWS)
def test_the_smallest_and_the_largest_image(spec: ClassicSpec) -> None:
    network = on_meta(spec.name, 3)
    with torch.device("meta"), torch.no_grad():
        largest = spec.max_input_px or spec.image_px + 61
        for side in (spec.min_input_px, largest):
            assert network(torch.empty(1, spec.channels, side, side)).shape == (1, 3)
        outside = [spec.min_input_px - 1] if spec.min_input_px > 1 else []
        for side in outside + ([spec.max_input_px + 1] if spec.max_input_px else []):
            with pytest.raises(RuntimeError):
                network(torch.empty(1, spec.channels, side, side))


def test_the_studio_knows_which_sizes_are_fixed() -> None:
    fixed = {spec.name for spec in CLASSICS if size_rule(spec.name) is SizeRule.FIXED}
    assert fixed == {"lenet5", "lenet5_modern"}


@pytest.mark.parametrize("spec", ROWS)
def test_a_replaced_head_is_the_one_that_would_have_been_built(spec: ClassicSpec) -> None:
    replaced, built = on_meta(spec.name, 10), on_meta(spec.name, 4)
    (path,) = replace_head(replaced, 4)
    assert str(replaced) == str(built)
    assert isinstance(built.get_submodule(path), nn.Linear)
    with torch.device("meta"):
        image = torch.empty(1, spec.channels, spec.image_px, spec.image_px)
    assert replaced(image).shape == (1, 4)


@pytest.mark.parametrize("spec", ROWS)
def test_frozen_to_the_head(spec: ClassicSpec) -> None:
    network = on_meta(spec.name, 4)
    path = head_path(network)
    apply_phase(network, plan_of(network, path).last)
    trainable = {name for name, p in network.named_parameters() if p.requires_grad}
    assert trainable == {f"{path}.weight", f"{path}.bias"}


@pytest.mark.parametrize("spec", ROWS)
def test_tracing(spec: ClassicSpec) -> None:
    network = on_meta(spec.name, 4)
    traced = fx.symbolic_trace(network)
    assert parameters(traced) == parameters(network)


@pytest.mark.parametrize("spec", SMALL)
def test_values_there_and_back(spec: ClassicSpec) -> None:
    """Real numbers: gradients reach every layer; a state dict and a trace give the same logits."""
    network, other = spec.build(3), spec.build(3)
    batch = images(spec, 4, max(spec.min_input_px, 32))
    network.eval()(batch).square().sum().backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None and parameter.grad.isfinite().all(), name
        assert parameter.grad.any(), name
    other.eval().load_state_dict(network.state_dict())
    with torch.no_grad():
        logits = network(batch)
        assert logits.isfinite().all() and not torch.equal(logits[0], logits[1])
        assert torch.equal(other(batch), logits)
        assert torch.equal(fx.symbolic_trace(network)(batch), logits)
