"""What counts as the same for the same image in every batch and epoch."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - its usual name

from tests.engine.features.networks import PX, prepared
from tlstudio.engine.features.cut import cut_network


class Trained(nn.Module):
    """`part`, frozen, between a frozen stem and a head that trains, in a parent that trains."""

    def __init__(self, part: nn.Module) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 4, 3, stride=4)
        self.part = part
        self.head = nn.Linear(4, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.head(self.part(self.stem(x)).mean(dim=(2, 3)))
        return logits


def is_below(part: nn.Module) -> bool:
    """Whether the cut comes after `part`."""
    cut = cut_network(prepared(Trained(part), "head"), PX)
    assert cut is not None
    return cut.boundary != ("stem",)


@pytest.mark.parametrize(
    "part",
    [
        nn.Dropout(0),
        nn.Dropout2d(0),
        nn.ReLU(inplace=True),
        nn.GELU(),
        nn.SiLU(),
        nn.Identity(),
        nn.MaxPool2d(2),
        nn.BatchNorm2d(4),
        nn.BatchNorm2d(4, affine=False),
        nn.GroupNorm(2, 4),
        nn.InstanceNorm2d(4, affine=True),
        nn.Sequential(nn.Conv2d(4, 4, 1), nn.BatchNorm2d(4), nn.Dropout(0.5)),
    ],
    ids=repr,
)
def test_fixed(part: nn.Module) -> None:
    assert is_below(part)


@pytest.mark.parametrize(
    "part",
    [
        nn.Dropout(0.5),
        nn.Dropout2d(0.1),
        nn.AlphaDropout(0.5),
        nn.Sequential(nn.ReLU(), nn.Dropout(0.5)),
        nn.RReLU(),
        nn.BatchNorm2d(4, affine=False, track_running_stats=False),
        nn.BatchNorm2d(4, track_running_stats=False),
        nn.FractionalMaxPool2d(2, output_size=3),
    ],
    ids=repr,
)
def test_not_fixed(part: nn.Module) -> None:
    assert not is_below(part)


class Function(nn.Module):
    """Traced into: a part of it trains."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.stem = nn.Conv2d(3, 4, 3, stride=4)
        self.head = nn.Linear(4, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.stem(x)
        match self.name:
            case "dropout":
                x = F.dropout(x, 0.5, self.training)
            case "dropout always":
                x = F.dropout(x, 0.5)
            case "dropout never":
                x = F.dropout(x, 0.5, training=False)
            case "noise":
                x = x + torch.randn_like(x)
            case "attention":
                x = F.scaled_dot_product_attention(x, x, x, None, 0.5)
            case "attention without dropout":
                x = F.scaled_dot_product_attention(x, x, x, dropout_p=0.0)
            case "gumbel":
                x = F.gumbel_softmax(x)
            case "normalize":
                x = F.normalize(x)
            case "relu":
                x = F.relu(x)
        logits: torch.Tensor = self.head(x.mean(dim=(2, 3)))
        return logits


@pytest.mark.parametrize(
    ("name", "is_fixed"),
    [
        ("dropout", False),
        ("dropout always", False),
        ("noise", False),
        ("attention", False),
        ("gumbel", False),
        ("dropout never", True),
        ("attention without dropout", True),
        ("normalize", True),
        ("relu", True),
    ],
)
def test_functions(name: str, is_fixed: bool) -> None:
    cut = cut_network(prepared(Function(name), "head"), PX)
    if is_fixed:
        assert cut is not None and cut.boundary == ("mean",)
    else:
        assert cut is None or cut.boundary == ("stem",)  # what draws in eval mode runs whole
