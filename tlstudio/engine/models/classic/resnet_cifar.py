"""The residual and plain networks for CIFAR-10, on which the ResNet paper shows degradation.

He, Zhang, Ren, Sun: Deep Residual Learning for Image Recognition. CVPR 2016, section 4.2.
https://arxiv.org/abs/1512.03385
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812


class PaddedShortcut(nn.Module):
    """Option A: every `stride`-th pixel, and zeros for the maps that are new; no parameters."""

    def __init__(self, new_maps: int, stride: int) -> None:
        super().__init__()
        self.new_maps = new_maps
        self.stride = stride

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        kept = x[:, :, :: self.stride, :: self.stride]
        return F.pad(kept, (0, 0, 0, 0, 0, self.new_maps))

    def extra_repr(self) -> str:
        return f"new_maps={self.new_maps}, stride={self.stride}"


class CifarBlock(nn.Module):
    """Two 3x3 convolutions with batch normalisation; a shortcut around them where `residual`."""

    def __init__(self, maps_in: int, maps: int, stride: int, *, residual: bool) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(maps_in, maps, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(maps)
        self.relu1 = nn.ReLU()
        self.conv2 = nn.Conv2d(maps, maps, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(maps)
        self.shortcut: nn.Module | None = None
        if residual and maps_in == maps and stride == 1:
            self.shortcut = nn.Identity()
        elif residual:
            self.shortcut = PaddedShortcut(maps - maps_in, stride)
        self.relu2 = nn.ReLU()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out = self.relu1(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        if self.shortcut is not None:
            out = out + self.shortcut(x)
        return self.relu2(out)  # type: ignore[no-any-return]


class CifarResNet(nn.Module):
    """6n + 2 layers: one convolution, three stages of n blocks, a linear layer.

    ``[B, 3, 32, 32]`` to ``[B, num_classes]``; the stages give 16 maps of 32x32, 32 of 16x16 and
    64 of 8x8.

    Args:
        depth: 6n + 2.
        num_classes: outputs.
        residual: without shortcuts it is the paper's plain network.

    Raises:
        ValueError: there is no such n.
    """

    def __init__(self, depth: int, num_classes: int = 10, *, residual: bool = True) -> None:
        super().__init__()
        blocks, rest = divmod(depth - 2, 6)
        if rest or blocks < 1:
            raise ValueError(f"depth must be 6n + 2, not {depth}")
        self.conv1 = nn.Conv2d(3, 16, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        self.relu = nn.ReLU()
        self.layer1 = _stage(16, 16, 1, blocks, residual)
        self.layer2 = _stage(16, 32, 2, blocks, residual)
        self.layer3 = _stage(32, 64, 2, blocks, residual)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(64, num_classes)
        self.apply(_initialise)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.relu(self.bn1(self.conv1(x)))
        x = self.layer3(self.layer2(self.layer1(x)))
        return self.fc(self.avgpool(x).flatten(1))  # type: ignore[no-any-return]


def resnet_cifar(depth: int, num_classes: int = 10) -> CifarResNet:
    """ResNet-20, 32, 44, 56 or 110: 0.27, 0.46, 0.66, 0.85, 1.7 million parameters."""
    return CifarResNet(depth, num_classes)


def plain_cifar(depth: int, num_classes: int = 10) -> CifarResNet:
    """The same depths without shortcuts: as many parameters, and worse when deeper."""
    return CifarResNet(depth, num_classes, residual=False)


def _stage(maps_in: int, maps: int, stride: int, blocks: int, residual: bool) -> nn.Sequential:
    first = CifarBlock(maps_in, maps, stride, residual=residual)
    rest = (CifarBlock(maps, maps, 1, residual=residual) for _ in range(blocks - 1))
    return nn.Sequential(first, *rest)


def _initialise(module: nn.Module) -> None:
    """N(0, 2 / inputs): He et al., Delving Deep into Rectifiers, 2015, equation 10."""
    if isinstance(module, nn.Conv2d):
        nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
