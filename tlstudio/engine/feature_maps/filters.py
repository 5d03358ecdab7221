"""The filters of the first convolution: the only ones that look at colours directly."""

from __future__ import annotations

import torch
from torch import nn

from tlstudio.core.errors import ModelError
from tlstudio.core.feature_maps.maps import MAPS_SHOWN, FilterComparison, Filters, MapOrder
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.feature_maps.maps import scaled


def first_filters(
    network: nn.Module,
    *,
    order: MapOrder = MapOrder.NUMBER,
    first: int = 0,
    count: int = MAPS_SHOWN,
) -> Filters:
    """Some filters of the first convolution as pictures, each scaled symmetrically around grey.

    Args:
        network: any whose first convolution sees the image itself.
        order: by number, or those with the greatest weights (mean square) first.
        first: how many of them to pass over.
        count: how many to return at most.

    Raises:
        ModelError: it has no convolution, or the first one does not see one or three channels.
    """
    path, weight = _first_weight(network)
    numbers = _ordered(weight, order)[first : first + count]
    return _filters(path, weight, numbers, _reach(weight[numbers]), first)


def compare_filters(
    before: nn.Module,
    after: nn.Module,
    *,
    order: MapOrder = MapOrder.NUMBER,
    first: int = 0,
    count: int = MAPS_SHOWN,
) -> FilterComparison:
    """Compare the filters of two networks of one kind on the same scale, sorted by change.

    Raises:
        ModelError: see `first_filters`.
    """
    path, old = _first_weight(before)
    _, new = _first_weight(after)
    change = new - old
    numbers = _ordered(change, order)[first : first + count]
    reach = torch.maximum(_reach(old[numbers]), _reach(new[numbers]))
    return FilterComparison(
        before=_filters(path, old, numbers, reach, first),
        after=_filters(path, new, numbers, reach, first),
        difference=_filters(path, change, numbers, _reach(change[numbers]), first),
    )


def _first_weight(network: nn.Module) -> tuple[str, torch.Tensor]:
    """Path and weight, float32 ``[n, 1 or 3, k, k]`` on the CPU."""
    for path, module in network.named_modules():
        if isinstance(module, nn.Conv2d):
            if module.weight.shape[1] in (1, 3) and module.groups == 1:
                return path, module.weight.detach().to("cpu", torch.float32)
            break
    raise ModelError(
        QT_TRANSLATE_NOOP("core", "This network has no filters that see colours directly."),
        QT_TRANSLATE_NOOP("core", "Look at the feature maps of its first layer instead."),
    )


def _ordered(weight: torch.Tensor, order: MapOrder) -> torch.Tensor:
    if order is MapOrder.NUMBER:
        return torch.arange(len(weight))
    return torch.argsort(weight.square().mean((1, 2, 3)), descending=True, stable=True)


def _reach(weight: torch.Tensor) -> torch.Tensor:
    return weight.abs().amax((1, 2, 3))


def _filters(
    path: str, weight: torch.Tensor, numbers: torch.Tensor, reach: torch.Tensor, first: int
) -> Filters:
    room = torch.where(reach > 0, reach, torch.ones_like(reach))[:, None, None, None]
    tiles = scaled(weight[numbers].permute(0, 2, 3, 1), -room, room)
    return Filters(
        path=path,
        count=len(weight),
        tiles=tiles if weight.shape[1] == 3 else tiles[..., 0],
        numbers=tuple(int(number) for number in numbers),
        limits=tuple(float(limit) for limit in reach),
        first=first,
    )
