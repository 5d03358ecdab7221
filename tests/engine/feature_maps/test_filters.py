"""Filters of the first convolution as little pictures."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from tlstudio.core.errors import ModelError
from tlstudio.core.feature_maps.maps import MapOrder
from tlstudio.engine.feature_maps.filters import compare_filters, first_filters


def network_with(weight: torch.Tensor) -> nn.Module:
    conv = nn.Conv2d(weight.shape[1], len(weight), weight.shape[2], bias=False)
    conv.weight = nn.Parameter(weight)
    return nn.Sequential(nn.Identity(), conv, nn.Conv2d(len(weight), 4, 1))


def known() -> torch.Tensor:
    """The first filter looks for red at the left; the second is zero."""
    weight = torch.zeros(2, 3, 2, 2)
    weight[0, 0, :, 0] = 0.5
    weight[0, 2, :, 1] = -0.25
    return weight


def test_grey_is_zero_and_each_filter_reaches_its_limit() -> None:
    filters = first_filters(network_with(known()))
    assert filters.path == "1" and filters.count == 2
    assert filters.tiles.shape == (2, 2, 2, 3)
    assert filters.tiles[0, 0, 0].tolist() == [255, 128, 128]
    assert filters.tiles[0, 0, 1].tolist() == [128, 128, 64]
    assert (filters.tiles[1] == 128).all()
    assert filters.limits == (0.5, 0)


def test_filters_of_grey_images_are_grey() -> None:
    filters = first_filters(network_with(torch.randn(3, 1, 5, 5)))
    assert filters.tiles.shape == (3, 5, 5)


def test_order_and_pages() -> None:
    weight = torch.stack([torch.full((3, 2, 2), scale) for scale in (0.1, -0.9, 0.5)])
    network = network_with(weight)
    assert first_filters(network).numbers == (0, 1, 2)
    assert first_filters(network, order=MapOrder.STRENGTH).numbers == (1, 2, 0)
    assert first_filters(network, first=1, count=1).numbers == (1,)


def test_networks_that_do_not_begin_with_colours_say_so() -> None:
    for network in (nn.Linear(3, 4), nn.Conv2d(48, 4, 3)):
        with pytest.raises(ModelError, match="no filters"):
            first_filters(network)


def test_a_comparison_has_one_scale() -> None:
    both = compare_filters(network_with(known()), network_with(known() * 2))
    assert both.before.limits == both.after.limits == (1.0, 0)
    assert both.before.tiles[0, 0, 0, 0] == 191
    assert both.difference.limits == (0.5, 0)
    assert both.difference.tiles[0, 0, 0].tolist() == [255, 128, 128]
