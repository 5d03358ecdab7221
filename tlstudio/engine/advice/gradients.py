"""The gradient of one batch at each stage: its norm over the norm of the weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - its usual name

from tlstudio.core.data.dataset import Sample
from tlstudio.core.networks.layers import LayerTree
from tlstudio.engine.data.loader import Batch, eval_batches
from tlstudio.engine.data.store import ImageStore
from tlstudio.engine.models.classifier import Classifier

BATCH = 32


def gradient_ratios(
    classifier: Classifier,
    tree: LayerTree,
    paths: Sequence[str],
    samples: Sequence[Sample],
    store: ImageStore,
) -> Mapping[str, float]:
    """Return ``|gradient| / |weights|`` (Frobenius norms) of the parameters below each path.

    Of the cross entropy of one batch of plain views, each class in turn, with the head as it is,
    everything trainable and the network in eval mode, so that its statistics stay as they are. The
    network is left without gradients, and with the modes and `requires_grad` that it had. Paths
    without parameters, or whose weights are all zero, are left out.
    """
    network = classifier.network
    modes = {module: module.training for module in network.modules()}
    wishes = {parameter: parameter.requires_grad for parameter in network.parameters()}
    try:
        network.eval()
        network.requires_grad_(True)
        network.zero_grad(set_to_none=True)
        if not _pull(classifier, mixed(samples, BATCH), store):
            return {}
        return _ratios(network, tree, paths)
    finally:
        network.zero_grad(set_to_none=True)
        for module, mode in modes.items():
            module.training = mode
        for parameter, wish in wishes.items():
            parameter.requires_grad_(wish)


def mixed(samples: Sequence[Sample], count: int, seed: int = 0) -> tuple[Sample, ...]:
    """Draw up to `count` samples, classes taking turns, each class in a seeded order."""
    random = np.random.default_rng(seed)
    of_class: dict[int, list[Sample]] = {}
    for place in random.permutation(len(samples)):
        of_class.setdefault(samples[place].class_index, []).append(samples[place])
    queues = [of_class[index] for index in sorted(of_class)]
    turns = [queue[turn] for turn in range(count) for queue in queues if turn < len(queue)]
    return tuple(turns[:count])


def _pull(classifier: Classifier, samples: Sequence[Sample], store: ImageStore) -> bool:
    """Fill in the gradients; returns whether there was an image to do so with."""
    batches = eval_batches(
        samples,
        store,
        classifier.preprocessing,
        batch_size=len(samples),
        device=classifier.device,
    )
    for batch in batches:
        if isinstance(batch, Batch):
            with torch.enable_grad():
                loss = F.cross_entropy(classifier.network(batch.images).float(), batch.targets)
            loss.backward()  # type: ignore[no-untyped-call]
            return True
    return False


def _ratios(network: nn.Module, tree: LayerTree, paths: Sequence[str]) -> dict[str, float]:
    modules = dict(network.named_modules())
    found = {}
    for path in paths:
        own = {
            parameter
            for layer in tree.layers_below(path)
            for parameter in modules[layer.path].parameters(recurse=False)
        }
        gradient = sum(float(p.grad.double().square().sum()) for p in own if p.grad is not None)
        weights = sum(float(p.detach().double().square().sum()) for p in own)
        if weights > 0:
            found[path] = (gradient / weights) ** 0.5
    return found
