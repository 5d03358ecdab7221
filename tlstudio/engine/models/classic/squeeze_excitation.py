"""Squeeze-and-Excitation: a block that weighs maps by what is in all of the image.

Hu, Shen, Albanie, Sun, Wu: Squeeze-and-Excitation Networks. CVPR 2018, TPAMI 2020.
https://arxiv.org/abs/1709.01507
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TypeVar

import torch
from torch import nn
from torchvision.models import resnet18, resnet50
from torchvision.models.googlenet import Inception
from torchvision.models.resnet import BasicBlock, Bottleneck

from tlstudio.engine.models.classic.inception import (
    GoogLeNet2014,
    InceptionModule,
    NaiveInceptionModule,
    googlenet_2014,
)
from tlstudio.engine.models.classic.resnet_cifar import CifarBlock, CifarResNet, resnet_cifar

N = TypeVar("N", bound=nn.Module)

# Residual blocks by the name of their last normalisation: the block goes behind it (figure 3).
_LAST_NORM: dict[type[nn.Module], str] = {BasicBlock: "bn2", Bottleneck: "bn3", CifarBlock: "bn2"}


class SqueezeExcitation(nn.Module):
    """``x * sigmoid(W2 relu(W1 mean(x)))``, one factor for each map of each image.

    ``[B, C, H, W]`` to the same shape. 2 C² / `reduction` parameters: without biases, for the
    authors found it better so (section 6).
    """

    def __init__(self, maps: int, reduction: int = 16) -> None:
        super().__init__()
        inner = max(1, maps // reduction)
        self.squeeze = nn.AdaptiveAvgPool2d(1)
        self.reduce = nn.Linear(maps, inner, bias=False)
        self.relu = nn.ReLU()
        self.expand = nn.Linear(inner, maps, bias=False)
        self.sigmoid = nn.Sigmoid()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * self.excitation(x)[:, :, None, None]

    def excitation(self, x: torch.Tensor) -> torch.Tensor:
        """The factors, 0 to 1: ``[B, C]``."""
        squeezed = self.squeeze(x).flatten(1)
        return self.sigmoid(self.expand(self.relu(self.reduce(squeezed))))  # type: ignore[no-any-return]


def add_squeeze_excitation(network: N, reduction: int = 16) -> N:
    """Put an SE block into every residual and Inception block of `network`, which is returned.

    Residual blocks (torchvision's and ours): after the last normalisation, before the addition.
    Inception modules (ours and those of torchvision's GoogLeNet): after the concatenation. The
    layer before it and the SE block become a `Sequential` of `inner` and `squeeze_excitation`.

    Raises:
        ValueError: the network has no such block.
    """
    found = 0
    for path, block in list(network.named_modules()):
        norm_name = _LAST_NORM.get(type(block))
        if norm_name is not None:
            norm = block.get_submodule(norm_name)
            assert isinstance(norm, nn.BatchNorm2d)
            block.set_submodule(norm_name, _followed(norm, norm.num_features, reduction))
            found += 1
        elif path and isinstance(block, InceptionModule | NaiveInceptionModule | Inception):
            network.set_submodule(path, _followed(block, _maps_out(block), reduction))
            found += 1
    if not found:
        raise ValueError(f"{type(network).__name__} has no residual and no Inception blocks")
    return network


def se_resnet18(num_classes: int = 1000) -> nn.Module:
    """SE-ResNet-18: torchvision's ResNet-18 with SE blocks."""
    network: nn.Module = resnet18(num_classes=num_classes)
    return add_squeeze_excitation(network)


def se_resnet50(num_classes: int = 1000) -> nn.Module:
    """SE-ResNet-50: 2.5 million parameters, a tenth, more than ResNet-50."""
    network: nn.Module = resnet50(num_classes=num_classes)
    return add_squeeze_excitation(network)


def se_resnet20(num_classes: int = 10) -> CifarResNet:
    """SE-ResNet-20 for images of 32x32; reduction 4, for a 16th of 16 maps would be one unit."""
    return add_squeeze_excitation(resnet_cifar(20, num_classes), reduction=4)


def se_googlenet(num_classes: int = 1000, *, auxiliary: bool = False) -> GoogLeNet2014:
    """GoogLeNet of 2014 with an SE block behind each Inception module (figure 2 of the paper)."""
    return add_squeeze_excitation(googlenet_2014(num_classes, auxiliary=auxiliary))


def _followed(layer: nn.Module, maps: int, reduction: int) -> nn.Sequential:
    block = SqueezeExcitation(maps, reduction).to(next(layer.parameters()))
    return nn.Sequential(OrderedDict(inner=layer, squeeze_excitation=block))


def _maps_out(module: nn.Module) -> int:
    """Maps that leave an Inception module; those of torchvision do not say."""
    own = getattr(module, "maps_out", None)
    if isinstance(own, int):
        return own
    last = [
        [m for m in branch.modules() if isinstance(m, nn.Conv2d)][-1]
        for branch in module.children()
    ]
    return sum(conv.out_channels for conv in last)
