"""Changes where images enter a network: one channel instead of three, a stem for tiny images."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import nn

from tlstudio.core.errors import ModelError
from tlstudio.core.networks.build_config import BuildConfig
from tlstudio.core.texts import QT_TRANSLATE_NOOP

_STEM_CONVOLUTIONS = 3  # deep stems have three of them before the pooling
_SMALL_KERNEL = 3


def change_input_layers(network: nn.Module, build: BuildConfig) -> None:
    """Fit channels and stem of `network`, in place; values that it has are carried over.

    Sizes are no matter of values: who builds the network decides them.

    Raises:
        ModelError: its first layers cannot be changed so.
    """
    if build.channels == 1:
        set_channels(network, 1)
    if build.stem == "small":
        set_small_stem(network)


def set_channels(network: nn.Module, channels: int) -> None:
    """Let the first convolution take `channels` channels.

    From three to one its weights are summed, so that a grey image gives what its three equal
    channels gave (timm does the same with ``in_chans=1``).

    Raises:
        ModelError: its first layer is no convolution, or the change is another than from 3 to 1.
    """
    path, old = _first_convolution(network)
    if old.in_channels == channels:
        return
    if (old.in_channels, channels) != (3, 1) or old.groups != 1:
        raise ModelError(
            QT_TRANSLATE_NOOP("core", "{kind} cannot take images of {channels} channels."),
            QT_TRANSLATE_NOOP("core", "Choose another model, or leave the colours as they are."),
            kind=type(network).__name__,
            channels=channels,
        )
    weight = old.weight.detach().sum(dim=1, keepdim=True)
    _set_weight(old, weight)
    old.in_channels = channels
    assert network.get_submodule(path) is old


def set_small_stem(network: nn.Module) -> None:
    """Keep the size of the image: first convolution with stride 1, no pooling after it.

    Kernels larger than 3x3 are cut down to their centres.

    Raises:
        ModelError: the network does not begin with a convolution that halves the image.
    """
    leaves = list(_leaves(network))
    convolutions = [(path, leaf) for path, leaf in leaves if isinstance(leaf, nn.Conv2d)]
    first = convolutions[0][1] if convolutions else None
    if first is None or first.stride != (2, 2) or min(first.kernel_size) < _SMALL_KERNEL:
        raise ModelError(
            QT_TRANSLATE_NOOP("core", "{kind} has no stem that could be made smaller."),
            QT_TRANSLATE_NOOP("core", "Choose the original stem: tiny images are enlarged then."),
            kind=type(network).__name__,
        )
    height, width = first.kernel_size
    if min(height, width) > _SMALL_KERNEL:
        top, left = (height - _SMALL_KERNEL) // 2, (width - _SMALL_KERNEL) // 2
        centre = first.weight.detach()[..., top : top + _SMALL_KERNEL, left : left + _SMALL_KERNEL]
        _set_weight(first, centre)
        first.kernel_size = (_SMALL_KERNEL, _SMALL_KERNEL)
        first.padding = (_SMALL_KERNEL // 2, _SMALL_KERNEL // 2)
        first._reversed_padding_repeated_twice = [_SMALL_KERNEL // 2] * 4
    first.stride = (1, 1)
    pooling = _stem_pooling(leaves)
    if pooling:
        parent, _, name = pooling.rpartition(".")
        setattr(network.get_submodule(parent), name, nn.Identity())


def _stem_pooling(leaves: list[tuple[str, nn.Module]]) -> str:
    """Path of the pooling that ends the stem; empty if there is none."""
    convolutions = 0
    for path, leaf in leaves:
        if isinstance(leaf, nn.Conv2d):
            convolutions += 1
            if convolutions > _STEM_CONVOLUTIONS or (convolutions > 1 and leaf.stride != (1, 1)):
                return ""
        if isinstance(leaf, nn.MaxPool2d):
            return path
    return ""


def _first_convolution(network: nn.Module) -> tuple[str, nn.Conv2d]:
    for path, leaf in _leaves(network):
        if isinstance(leaf, nn.Conv2d) and leaf.in_channels in (1, 3):
            return path, leaf
    raise ModelError(
        QT_TRANSLATE_NOOP("core", "{kind} cannot take images of {channels} channels."),
        QT_TRANSLATE_NOOP("core", "Choose another model, or leave the colours as they are."),
        kind=type(network).__name__,
        channels=1,
    )


def _leaves(network: nn.Module) -> Iterator[tuple[str, nn.Module]]:
    """Modules without children, as they are registered; stems are registered first."""
    for path, module in network.named_modules():
        if next(module.children(), None) is None:
            yield path, module


def _set_weight(layer: nn.Conv2d, weight: torch.Tensor) -> None:
    layer.weight = nn.Parameter(
        weight.clone(memory_format=torch.contiguous_format), layer.weight.requires_grad
    )
