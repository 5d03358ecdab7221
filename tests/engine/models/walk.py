"""What every network of the catalog must be able to do; the tests say which networks walk through.

Small inputs keep it quick. Networks that are built for one size run at that one, on the meta
device: shapes and counts are the same there, and nothing is computed.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn

from tests.engine.models.flops import counted_flops, flops_of
from tlstudio.core.config import RunConfig
from tlstudio.core.strategies import PlanOptions, freeze_plan
from tlstudio.engine.inspection.layer_table import layer_table
from tlstudio.engine.models.build import architecture
from tlstudio.engine.models.catalog import get_model
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.models.heads import is_inside, replace_head
from tlstudio.engine.models.tree import layer_tree
from tlstudio.engine.training.freezing import apply_phase
from tlstudio.engine.weights.load import load_weights
from tlstudio.engine.weights.save import save_weights

CLASSES = 3
LARGE = 12_000_000  # parameters


def walk(model: str, folder: Path) -> None:
    """Build with a head of three, count, freeze, run forward and backward, save and load."""
    spec = get_model(model)
    shape = (2, spec.preprocessing.channels, spec.preprocessing.crop_px, spec.preprocessing.crop_px)
    with torch.device("meta"):
        network = architecture(model, 1000)
        heads = replace_head(network, CLASSES)
    tree = layer_tree(model, CLASSES)
    assert tree.head_path == heads[0]
    _counts_agree(network, tree.parameters, shape)
    _runs_both_ways(network, shape)
    _freezes_to_the_head(network, model, heads)
    _goes_into_a_file_and_back(network, model, folder)


def _counts_agree(network: nn.Module, parameters: int, shape: tuple[int, ...]) -> None:
    """The layer table against the network itself and against torch's own counter."""
    with counted_flops() as counter:
        table = layer_table(network, shape[-1], shape[1])
    total = sum(parameter.numel() for parameter in network.parameters())
    assert table.parameters == parameters == total
    is_recurrent = any(isinstance(module, nn.RNNBase) for module in network.modules())
    # the table does not unroll recurrent layers, and torch counts only the steps of unrolled ones
    flops = flops_of(network, shape[-1], shape[1]) if is_recurrent else counter.get_total_flops()
    assert table.multiply_adds == flops // 2
    network.requires_grad_(True)


def _runs_both_ways(network: nn.Module, shape: tuple[int, ...]) -> None:
    network.train()
    logits = network(torch.empty(shape, device="meta"))
    assert logits.shape == (shape[0], CLASSES)
    logits.sum().backward()
    assert any(parameter.grad is not None for parameter in network.parameters())
    network.zero_grad(set_to_none=True)


def _freezes_to_the_head(network: nn.Module, model: str, heads: tuple[str, ...]) -> None:
    apply_phase(
        network, freeze_plan(layer_tree(model, CLASSES), PlanOptions("feature_extraction")).last
    )
    parameters = dict(network.named_parameters())
    trains = {name for name, parameter in parameters.items() if parameter.requires_grad}
    assert trains and trains == {name for name in parameters if is_inside(name, heads)}


def _goes_into_a_file_and_back(network: nn.Module, model: str, folder: Path) -> None:
    """Through a real file, which tells its model by itself; large networks only by their names."""
    parameters = sum(parameter.numel() for parameter in network.parameters())
    if parameters > LARGE:
        with torch.device("meta"):
            again = architecture(model, CLASSES)
        again.load_state_dict(network.state_dict(), strict=True, assign=True)
        return
    network = network.to_empty(device="cpu")
    with torch.no_grad():
        for number, value in enumerate((*network.parameters(), *network.buffers())):
            value.fill_(number % 5)
    spec = get_model(model)
    classifier = Classifier(
        network,
        model,
        ("a", "b", "c"),
        spec.preprocessing,
        RunConfig(model=model, strategy="custom"),
    )
    save_weights(classifier, folder / "net.safetensors")
    loaded = load_weights(folder / "net.safetensors").classifier
    assert loaded.model == model
    state = network.state_dict()
    after = loaded.network.state_dict()
    assert [*after] == [*state]
    assert all(torch.equal(after[name], value) for name, value in state.items())
