"""Classifiers and files that several tests of this folder use."""

from __future__ import annotations

import copy
from functools import cache

import torch
from torch import nn

from tests.helpers import epoch_record
from tlstudio.core.config import RunConfig
from tlstudio.core.networks.preprocessing import Preprocessing
from tlstudio.core.runs.history import History
from tlstudio.engine.models.build import build_network
from tlstudio.engine.models.classifier import Classifier

CLASSES = ("귤", "pear", "quince")
SMALL = "squeezenet1_1"


def classifier(model: str = SMALL, seed: int = 0) -> Classifier:
    """A random network with everything else filled in, none of it the default."""
    return copy.deepcopy(_made(model, seed))


@cache
def _made(model: str, seed: int) -> Classifier:
    torch.manual_seed(seed)
    network = build_network(model, len(CLASSES), initialisation="random", seed=seed)
    for buffer in network.buffers():  # as if it had trained
        if buffer.is_floating_point():
            buffer.add_(torch.rand_like(buffer))
    return Classifier(
        network=network.eval(),
        model=model,
        classes=CLASSES,
        preprocessing=Preprocessing(resize_px=80, crop_px=64, mean=(0.1, 0.2, 0.3)),
        config=RunConfig(model=model, initialisation="random", strategy="from_scratch", epochs=2),
        history=History((epoch_record(1, 1.5, 0.5, None, None, 0.001, 2.0, 30.0),)),
    )


def logits(network: nn.Module) -> torch.Tensor:
    """What the network says of a fixed image."""
    images = torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        result: torch.Tensor = network.eval()(images)
    return result


def same_weights(one: Classifier, other: Classifier) -> bool:
    """Whether all parameters and buffers are equal."""
    left, right = one.network.state_dict(), other.network.state_dict()
    return left.keys() == right.keys() and all(torch.equal(left[n], right[n]) for n in left)
