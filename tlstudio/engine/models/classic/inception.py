"""GoogLeNet of 2014 and its Inception modules, naive and with dimension reduction.

Szegedy, Liu, Jia, Sermanet, Reed, Anguelov, Erhan, Vanhoucke, Rabinovich: Going Deeper with
Convolutions. CVPR 2015. https://arxiv.org/abs/1409.4842 (torchvision's GoogLeNet is another
network: batch normalisation, and 3x3 where the paper has 5x5.)
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, NamedTuple

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812

from tlstudio.engine.models.classic.alexnet import local_response_norm


class InceptionWidths(NamedTuple):
    """A row of Table 1: the output channels of each convolution of a module."""

    conv1x1: int
    reduce3x3: int
    conv3x3: int
    reduce5x5: int
    conv5x5: int
    pool_proj: int


TABLE_1 = {
    "3a": InceptionWidths(64, 96, 128, 16, 32, 32),
    "3b": InceptionWidths(128, 128, 192, 32, 96, 64),
    "4a": InceptionWidths(192, 96, 208, 16, 48, 64),
    "4b": InceptionWidths(160, 112, 224, 24, 64, 64),
    "4c": InceptionWidths(128, 128, 256, 24, 64, 64),
    "4d": InceptionWidths(112, 144, 288, 32, 64, 64),
    "4e": InceptionWidths(256, 160, 320, 32, 128, 128),
    "5a": InceptionWidths(256, 160, 320, 32, 128, 128),
    "5b": InceptionWidths(384, 192, 384, 48, 128, 128),
}

# The modules that auxiliary classifiers stand behind.
AUXILIARY_BEHIND = {"4a": "aux1", "4d": "aux2"}


class InceptionModule(nn.Module):
    """Figure 2b: 1x1 convolutions make the input narrow before 3x3 and 5x5, and after pooling.

    ``[B, maps_in, H, W]`` to ``[B, maps_out, H, W]``.
    """

    def __init__(self, maps_in: int, widths: InceptionWidths) -> None:
        super().__init__()
        w = widths
        self.branch1x1 = nn.Sequential(OrderedDict(_conv("conv", maps_in, w.conv1x1, 1)))
        self.branch3x3 = nn.Sequential(
            OrderedDict(
                [
                    *_conv("reduce", maps_in, w.reduce3x3, 1),
                    *_conv("conv", w.reduce3x3, w.conv3x3, 3),
                ]
            )
        )
        self.branch5x5 = nn.Sequential(
            OrderedDict(
                [
                    *_conv("reduce", maps_in, w.reduce5x5, 1),
                    *_conv("conv", w.reduce5x5, w.conv5x5, 5),
                ]
            )
        )
        self.branch_pool = nn.Sequential(
            OrderedDict(
                [
                    ("pool", nn.MaxPool2d(3, stride=1, padding=1)),
                    *_conv("proj", maps_in, w.pool_proj, 1),
                ]
            )
        )
        self.maps_out = w.conv1x1 + w.conv3x3 + w.conv5x5 + w.pool_proj

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        branches = (self.branch1x1(x), self.branch3x3(x), self.branch5x5(x), self.branch_pool(x))
        return torch.cat(branches, dim=1)


class NaiveInceptionModule(nn.Module):
    """Figure 2a: 1x1, 3x3, 5x5 and pooling side by side on the full input.

    The pooled input is passed on whole, so the maps can only become more:
    ``[B, maps_in, H, W]`` to ``[B, maps_out, H, W]`` with maps_out > maps_in.
    """

    def __init__(self, maps_in: int, widths: InceptionWidths) -> None:
        super().__init__()
        self.branch1x1 = nn.Sequential(OrderedDict(_conv("conv", maps_in, widths.conv1x1, 1)))
        self.branch3x3 = nn.Sequential(OrderedDict(_conv("conv", maps_in, widths.conv3x3, 3)))
        self.branch5x5 = nn.Sequential(OrderedDict(_conv("conv", maps_in, widths.conv5x5, 5)))
        self.branch_pool = nn.MaxPool2d(3, stride=1, padding=1)
        self.maps_out = widths.conv1x1 + widths.conv3x3 + widths.conv5x5 + maps_in

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        branches = (self.branch1x1(x), self.branch3x3(x), self.branch5x5(x), self.branch_pool(x))
        return torch.cat(branches, dim=1)


class AuxiliaryPool(nn.Module):
    """The 5x5 average with stride 3 that leaves 4x4 of the 14x14 of an image of 224 pixels.

    Images of other sizes come to 4x4 as well.
    """

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        side = min(5, *x.shape[-2:])
        return F.adaptive_avg_pool2d(F.avg_pool2d(x, side, stride=3), 4)


class AuxiliaryClassifier(nn.Sequential):
    """Section 5: average, 128 1x1 convolutions, 1024 units, dropout of 70%, a linear layer.

    ``[B, maps, H, W]`` to ``[B, num_classes]``.
    """

    def __init__(self, maps: int, num_classes: int) -> None:
        super().__init__(
            OrderedDict(
                [
                    ("pool", AuxiliaryPool()),
                    *_conv("conv", maps, 128, 1),
                    ("flatten", nn.Flatten()),
                    ("fc", nn.Linear(128 * 4 * 4, 1024)),
                    ("fc_relu", nn.ReLU()),
                    ("dropout", nn.Dropout(0.7)),
                    ("linear", nn.Linear(1024, num_classes)),
                ]
            )
        )


class GoogLeNet2014(nn.Sequential):
    """Table 1: 22 layers deep, ``[B, 3, 224, 224]`` to ``[B, num_classes]``.

    Local response normalisation (the paper gives no constants: AlexNet's), no batch normalisation,
    pooling that rounds sizes up, dropout of 40%. The average over 7x7 is one over whatever is left,
    so other sizes run. With `auxiliary` its answer in train mode is a tuple: its own logits, and
    those of the two auxiliary classifiers, behind the modules 4a and 4d.

    Whoever counts will find that the table does not quite follow from its own widths: multiply-adds
    do in all modules but 5a (51 million, printed 54), parameters less so (4c: 497 x 1024, printed
    463 K; conv1: 9.4 thousand, printed 2.7 K).

    Args:
        num_classes: outputs.
        module: the kind of Inception module to build it of.
        auxiliary: whether it has the classifiers that only training uses.
    """

    def __init__(
        self,
        num_classes: int = 1000,
        module: type[InceptionModule | NaiveInceptionModule] = InceptionModule,
        *,
        auxiliary: bool = False,
    ) -> None:
        layers: OrderedDict[str, nn.Module] = OrderedDict(
            [
                *_conv("conv1", 3, 64, 7, stride=2),
                ("pool1", _halving()),
                ("norm1", local_response_norm()),
                *_conv("conv2_reduce", 64, 64, 1),
                *_conv("conv2", 64, 192, 3),
                ("norm2", local_response_norm()),
                ("pool2", _halving()),
            ]
        )
        maps = 192
        for name, widths in TABLE_1.items():
            inception = module(maps, widths)
            layers[f"inception_{name}"] = inception
            maps = inception.maps_out
            if auxiliary and name in AUXILIARY_BEHIND:
                layers[AUXILIARY_BEHIND[name]] = AuxiliaryClassifier(maps, num_classes)
            if name in ("3b", "4e"):
                layers[f"pool{name[0]}"] = _halving()
        layers["avgpool"] = nn.AdaptiveAvgPool2d(1)
        layers["flatten"] = nn.Flatten()
        layers["dropout"] = nn.Dropout(0.4)
        layers["linear"] = nn.Linear(maps, num_classes)
        super().__init__(layers)
        self.apply(_initialise)
        for name, layer in self.named_modules():
            if name.rpartition(".")[2] == "linear":
                nn.init.zeros_(layer.bias)

    def forward(self, x: torch.Tensor) -> Any:
        answers = []
        for name, layer in self.named_children():
            if name not in AUXILIARY_BEHIND.values():
                x = layer(x)
            elif self.training:
                answers.append(layer(x))
        return (x, *answers) if answers else x


def googlenet_2014(num_classes: int = 1000, *, auxiliary: bool = False) -> GoogLeNet2014:
    """GoogLeNet as published: 7.0 million parameters, 1.58 billion multiply-adds."""
    return GoogLeNet2014(num_classes, auxiliary=auxiliary)


def googlenet_naive(num_classes: int = 1000, *, auxiliary: bool = False) -> GoogLeNet2014:
    """GoogLeNet of naive modules: why the reduction was needed. It is not a network of the paper.

    Table 1's 1x1, 3x3 and 5x5 convolutions, without the reductions and the pool projections.
    """
    return GoogLeNet2014(num_classes, NaiveInceptionModule, auxiliary=auxiliary)


def _conv(
    name: str, maps_in: int, maps: int, side: int, stride: int = 1
) -> list[tuple[str, nn.Module]]:
    """A convolution with its ReLU: "All the convolutions [...] use rectified linear activation"."""
    conv = nn.Conv2d(maps_in, maps, side, stride, padding=side // 2)
    return [(name, conv), (f"{name}_relu", nn.ReLU())]


def _halving() -> nn.MaxPool2d:
    return nn.MaxPool2d(3, stride=2, ceil_mode=True)


def _initialise(module: nn.Module) -> None:
    """The paper does not say; this is that of its replication in Caffe (bvlc_googlenet)."""
    if isinstance(module, nn.Conv2d | nn.Linear):
        nn.init.kaiming_uniform_(module.weight, nonlinearity="linear")
        assert module.bias is not None
        nn.init.constant_(module.bias, 0.2)
