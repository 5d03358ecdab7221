"""Normalisation folded into the convolutions before it: one pass over memory less for each."""

from __future__ import annotations

import copy
from collections import Counter
from typing import Any

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_weights

_ROUNDING = 1e-3  # relative; 1e-6 is usual


def folded(layers: nn.Module, images: torch.Tensor) -> nn.Module:
    """A copy of `layers` (in eval mode) whose BatchNorm layers are part of their convolutions.

    Which convolution feeds which BatchNorm is seen by running `images` through. timm's BatchNorm
    with an activation inside keeps the activation.

    Raises:
        ValueError: the copy gives something else, since more than a BatchNorm reads what a
            convolution gives, or its weight is made anew for each batch.
    """
    original, layers = layers, copy.deepcopy(layers)
    modules = dict(layers.named_modules())
    norms = {m: path for path, m in modules.items() if isinstance(m, nn.BatchNorm2d)}
    for norm, convolution in _pairs(layers, images):
        assert norm.running_mean is not None and norm.running_var is not None
        convolution.weight, convolution.bias = fuse_conv_bn_weights(
            convolution.weight,
            convolution.bias,
            norm.running_mean,
            norm.running_var,
            norm.eps,
            norm.weight,
            norm.bias,
        )
        layers.set_submodule(norms[norm], _rest(norm))
    if not _are_equal(original, layers, images[:1]):
        raise ValueError("folding changes what the layers give")
    return layers


@torch.no_grad()
def _are_equal(layers: nn.Module, others: nn.Module, images: torch.Tensor) -> bool:
    """Whether two stacks of layers agree up to rounding."""
    wanted, given = layers(images), others(images)
    if isinstance(wanted, torch.Tensor):
        wanted, given = (wanted,), (given,)
    return all(
        bool((b - a).norm() <= _ROUNDING * a.norm()) for a, b in zip(wanted, given, strict=True)
    )


@torch.no_grad()
def _pairs(layers: nn.Module, images: torch.Tensor) -> list[tuple[nn.BatchNorm2d, nn.Conv2d]]:
    """Pair each BatchNorm with the convolution before it, where both run once."""
    calls: Counter[nn.Module] = Counter()
    latest: list[tuple[nn.Conv2d, torch.Tensor]] = []  # holds the tensor, so that its id is its own
    pairs: list[tuple[nn.BatchNorm2d, nn.Conv2d]] = []

    def on_convolution(module: nn.Module, _inputs: Any, output: torch.Tensor) -> None:
        assert isinstance(module, nn.Conv2d)
        calls[module] += 1
        latest[:] = [(module, output)]

    def on_norm(module: nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
        assert isinstance(module, nn.BatchNorm2d)
        calls[module] += 1
        if latest and inputs[0] is latest[0][1] and module.running_mean is not None:
            pairs.append((module, latest[0][0]))
        latest.clear()

    hooks = []
    for module in layers.modules():
        if isinstance(module, nn.Conv2d):
            hooks.append(module.register_forward_hook(on_convolution))
        elif isinstance(module, nn.BatchNorm2d):
            hooks.append(module.register_forward_pre_hook(on_norm))
    try:
        layers(images)
    finally:
        for hook in hooks:
            hook.remove()
    return [pair for pair in pairs if all(calls[module] == 1 for module in pair)]


def _rest(norm: nn.BatchNorm2d) -> nn.Module:
    """Return what remains of a BatchNorm layer once its normalisation is folded."""
    parts = [part for name in ("drop", "act") if (part := getattr(norm, name, None)) is not None]
    return nn.Sequential(*parts) if parts else nn.Identity()
