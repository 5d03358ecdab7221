"""ShuffleNet v1: pointwise convolutions in groups, and a shuffle that lets the groups meet.

Zhang, Zhou, Lin, Sun: ShuffleNet: An Extremely Efficient Convolutional Neural Network for Mobile
Devices. CVPR 2018. https://arxiv.org/abs/1707.01083
"""

from __future__ import annotations

from collections import OrderedDict

import torch
from torch import nn

# Table 1: maps that leave stage 2, by the number of groups; stages 3 and 4 double them.
STAGE2_MAPS = {1: 144, 2: 200, 3: 240, 4: 272, 8: 384}
_REPEATS = (4, 8, 4)  # units of stages 2, 3, 4; the first of each has stride 2
_FIRST_MAPS = 24


class ChannelShuffle(nn.Module):
    """Figure 1: maps as a matrix of [groups, maps of a group], transposed and laid out again."""

    def __init__(self, groups: int) -> None:
        super().__init__()
        self.groups = groups

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        matrix = torch.unflatten(x, 1, (self.groups, -1))
        return matrix.transpose(1, 2).flatten(1, 2)

    def extra_repr(self) -> str:
        return f"groups={self.groups}"


class ShuffleUnit(nn.Module):
    """Figure 2: pointwise group convolution, shuffle, 3x3 depthwise, pointwise group convolution.

    With stride 1 (b) the input is added. With stride 2 (c) the input, averaged over 3x3, is
    concatenated: the branch then makes the maps that are missing to `maps_out`.

    Args:
        maps_in, maps_out: of the unit.
        stride: 1 or 2.
        groups: of the pointwise convolutions.
        first_groups: of the first one alone; 1 in stage 2, whose input has few maps.
    """

    def __init__(
        self, maps_in: int, maps_out: int, stride: int, groups: int, first_groups: int
    ) -> None:
        super().__init__()
        inner = _multiple(maps_out / 4, groups)
        made = maps_out - maps_in if stride == 2 else maps_out
        self.branch = nn.Sequential(
            OrderedDict(
                reduce=nn.Conv2d(maps_in, inner, 1, groups=first_groups, bias=False),
                bn1=nn.BatchNorm2d(inner),
                relu=nn.ReLU(),
                shuffle=ChannelShuffle(groups),
                depthwise=nn.Conv2d(inner, inner, 3, stride, padding=1, groups=inner, bias=False),
                bn2=nn.BatchNorm2d(inner),
                expand=nn.Conv2d(inner, made, 1, groups=groups, bias=False),
                bn3=nn.BatchNorm2d(made),
            )
        )
        self.shortcut: nn.Module = nn.Identity()
        if stride == 2:
            self.shortcut = nn.AvgPool2d(3, stride=2, padding=1)
        self.concatenates = stride == 2
        self.relu = nn.ReLU()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        made, kept = self.branch(x), self.shortcut(x)
        out = torch.cat((kept, made), dim=1) if self.concatenates else kept + made
        return self.relu(out)  # type: ignore[no-any-return]


class ShuffleNetV1(nn.Module):
    """Table 1: ``[B, 3, 224, 224]`` to ``[B, num_classes]``.

    Args:
        groups: of the pointwise convolutions: 1, 2, 3, 4 or 8.
        scale: multiplies all widths (the paper's s in ShuffleNet sx). Where a width then does not
            divide by the groups, the next larger one is taken that does; the paper says nothing.
        num_classes: outputs.
    """

    def __init__(self, groups: int = 3, scale: float = 1.0, num_classes: int = 1000) -> None:
        super().__init__()
        first = _multiple(_FIRST_MAPS * scale, groups)
        widths = [_multiple(STAGE2_MAPS[groups] * scale, groups) * factor for factor in (1, 2, 4)]
        self.conv1 = nn.Conv2d(3, first, 3, stride=2, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(first)
        self.relu = nn.ReLU()
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        self.stage2 = _stage(first, widths[0], _REPEATS[0], groups, first_groups=1)
        self.stage3 = _stage(widths[0], widths[1], _REPEATS[1], groups, first_groups=groups)
        self.stage4 = _stage(widths[1], widths[2], _REPEATS[2], groups, first_groups=groups)
        self.globalpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(widths[2], num_classes)
        self.apply(_initialise)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.stage4(self.stage3(self.stage2(x)))
        return self.fc(self.globalpool(x).flatten(1))  # type: ignore[no-any-return]


def shufflenet_v1(groups: int = 3, scale: float = 1.0, num_classes: int = 1000) -> ShuffleNetV1:
    """ShuffleNet `scale`x with `groups` groups: about 140 million multiply-adds times scale²."""
    return ShuffleNetV1(groups, scale, num_classes)


def _stage(maps_in: int, maps: int, repeats: int, groups: int, first_groups: int) -> nn.Sequential:
    first = ShuffleUnit(maps_in, maps, 2, groups, first_groups)
    rest = (ShuffleUnit(maps, maps, 1, groups, groups) for _ in range(repeats - 1))
    return nn.Sequential(first, *rest)


def _multiple(width: float, groups: int) -> int:
    """`width`, or the next larger number that divides by `groups`."""
    return -int(-width // groups) * groups


def _initialise(module: nn.Module) -> None:
    """Initialise as in ResNet, whose training the paper follows."""
    if isinstance(module, nn.Conv2d):
        nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
