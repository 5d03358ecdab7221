"""The test of a heat map: whether its brightest part matters, and whether the weights made it."""

from __future__ import annotations

import copy

import numpy as np
import torch
from torch import nn

from tlstudio.core.runs.events import StopToken
from tlstudio.core.understanding.heat_maps import BLANKED_SHARE, MapCheck
from tlstudio.engine.understanding.grad_cam import class_activation
from tlstudio.engine.understanding.occlusion import blanked, log_probabilities

OTHER_PLACES = 11  # beside the dimmest part
SHUFFLES = 3
SEED = 0  # the same map is always tested in the same way


def deletion_check(
    network: nn.Module, pixels: torch.Tensor, class_index: int, values: torch.Tensor
) -> MapCheck:
    """Blank the brightest part of an image, and as much elsewhere.

    Elsewhere is the dimmest part, and the shape of the brightest one moved at random around the
    edges: what is blanked in one piece does another harm than what is blanked in many.

    Args:
        network: in eval mode.
        pixels: preprocessed, float32 ``[1, C, H, W]``.
        class_index: of the logit.
        values: the map, ``[H, W]`` on the CPU.
    """
    masks = [_most(values), _most(-values), *_moved(_most(values), values.shape[-1])]
    images = torch.cat([pixels, blanked(pixels, torch.stack(masks))])
    found = log_probabilities(network, images, class_index).double().exp().tolist()
    return MapCheck(found[0], found[1], tuple(found[2:]))


def likeness(
    network: nn.Module,
    pixels: torch.Tensor,
    class_index: int,
    values: torch.Tensor,
    layer: str,
    stop: StopToken | None = None,
) -> float | None:
    """Mean rank correlation of a Grad-CAM map with those of networks with shuffled weights.

    Every tensor of parameters keeps its values in another order, so that their spread stays. (The
    test of Adebayo et al., 2018, with all layers at once.)

    Args:
        values: the map as the layer has it, ``[h, w]``.
        layer: its module path.
        stop: read between modules.

    Returns:
        -1 to 1; a map that is flat is like no other, which counts as 0. None if stopped.
    """
    generator = torch.Generator().manual_seed(SEED)
    found = []
    for _ in range(SHUFFLES):
        other = class_activation(
            _shuffled(network, generator), pixels, class_index, layer=layer, stop=stop
        )
        if other is None:
            return None
        found.append(rank_correlation(values, other.values))
    return sum(found) / len(found)


def rank_correlation(one: torch.Tensor, other: torch.Tensor) -> float:
    """Spearman's, with equal values at their mean rank; 0 where one of them is constant."""
    ranks = torch.stack([_ranks(one.flatten()), _ranks(other.flatten())])
    ranks -= ranks.mean(1, keepdim=True)
    lengths = ranks.norm(dim=1)
    if not bool(lengths.all()):
        return 0.0
    return float((ranks[0] * ranks[1]).sum() / lengths.prod())


def _ranks(values: torch.Tensor) -> torch.Tensor:
    _, places, counts = np.unique(values.numpy(), return_inverse=True, return_counts=True)
    return torch.from_numpy((counts.cumsum() - (counts - 1) / 2)[places.reshape(-1)])


def _most(values: torch.Tensor) -> torch.Tensor:
    """Where the greatest `BLANKED_SHARE` of the values are; of equal ones the first."""
    count = max(1, round(BLANKED_SHARE * values.numel()))
    mask = torch.zeros(values.numel(), dtype=torch.bool)
    mask[values.flatten().argsort(descending=True, stable=True)[:count]] = True
    return mask.view(values.shape)


def _moved(mask: torch.Tensor, side: int) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(SEED)
    least = side // 4  # not nearly where it was
    steps = torch.randint(least, side - least + 1, (OTHER_PLACES, 2), generator=generator)
    return [mask.roll((int(down), int(right)), (0, 1)) for down, right in steps]


def _shuffled(network: nn.Module, generator: torch.Generator) -> nn.Module:
    twin = copy.deepcopy(network)
    with torch.no_grad():
        for parameter in twin.parameters():
            order = torch.randperm(parameter.numel(), generator=generator).to(parameter.device)
            parameter.copy_(parameter.flatten()[order].view_as(parameter))
    return twin
