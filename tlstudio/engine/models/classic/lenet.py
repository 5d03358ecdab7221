"""LeNet-5, as printed in 1998 and as it is written today.

LeCun, Bottou, Bengio, Haffner: Gradient-Based Learning Applied to Document Recognition. Proceedings
of the IEEE 86(11), 1998. https://doi.org/10.1109/5.726791 (section II.B and appendix A)
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812

# Table I of the paper: the maps of S2 that each map of C3 sees. The first six see three neighbours,
# the next six four neighbours, the next three two pairs, and the last one sees all.
C3_INPUTS: tuple[tuple[int, ...], ...] = (
    (0, 1, 2),
    (1, 2, 3),
    (2, 3, 4),
    (3, 4, 5),
    (4, 5, 0),
    (5, 0, 1),
    (0, 1, 2, 3),
    (1, 2, 3, 4),
    (2, 3, 4, 5),
    (3, 4, 5, 0),
    (4, 5, 0, 1),
    (5, 0, 1, 2),
    (0, 1, 3, 4),
    (1, 2, 4, 5),
    (2, 3, 5, 0),
    (0, 1, 2, 3, 4, 5),
)


class ScaledTanh(nn.Module):
    """The squashing function ``1.7159 tanh(2/3 a)``: f(1) = 1, f(-1) = -1, steepest in between."""

    amplitude = 1.7159
    slope = 2 / 3

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.amplitude * torch.tanh(self.slope * x)


class SubSampling(nn.Module):
    """Sums 2x2 inputs, times a trainable coefficient, plus a trainable bias, one of each per map.

    ``[B, C, H, W]`` to ``[B, C, H // 2, W // 2]``; 2 C parameters.
    """

    def __init__(self, maps: int) -> None:
        super().__init__()
        self.coefficient = nn.Parameter(torch.ones(maps))
        self.bias = nn.Parameter(torch.zeros(maps))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        sums = 4 * F.avg_pool2d(x, 2)
        return sums * self.coefficient[:, None, None] + self.bias[:, None, None]

    def extra_repr(self) -> str:
        return str(self.coefficient.numel())


class PartialConv(nn.Module):
    """A convolution whose every output map sees only some input maps, named by number.

    Neighbours in `inputs` that see equally many maps share one grouped convolution, so nothing is
    computed or counted that the paper's table leaves out.

    Args:
        inputs: for each output map, the input maps that it sees.
        kernel_size: side of the square kernel.
    """

    def __init__(self, inputs: Sequence[Sequence[int]], kernel_size: int) -> None:
        super().__init__()
        self.seen = _runs_of_equal_length(inputs)
        self.convs = nn.ModuleList(
            nn.Conv2d(sum(map(len, run)), len(run), kernel_size, groups=len(run))
            for run in self.seen
        )

    @property
    def connections(self) -> tuple[tuple[int, ...], ...]:
        """For each output map, the input maps that it sees."""
        return tuple(seen for run in self.seen for seen in run)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        maps = []
        for run, conv in zip(self.seen, self.convs, strict=True):
            maps.append(conv(x[:, [seen for of_one_map in run for seen in of_one_map]]))
        return torch.cat(maps, dim=1)


class LeNet5(nn.Sequential):
    """The network of figure 2: ``[B, 1, 32, 32]``, ink positive, to ``[B, num_classes]``.

    Sub-sampling with trainable coefficients, the partial connections of Table I, scaled tanh after
    every layer. One thing is replaced: the paper's output units measure the distance to fixed
    drawings of the ten digits (RBF), which no other classes have; here a linear layer is trained.
    """

    def __init__(self, num_classes: int = 10) -> None:
        super().__init__(
            OrderedDict(
                c1=nn.Conv2d(1, 6, 5),
                squash1=ScaledTanh(),
                s2=SubSampling(6),
                squash2=ScaledTanh(),
                c3=PartialConv(C3_INPUTS, 5),
                squash3=ScaledTanh(),
                s4=SubSampling(16),
                squash4=ScaledTanh(),
                c5=nn.Conv2d(16, 120, 5),
                squash5=ScaledTanh(),
                flatten=nn.Flatten(),
                f6=nn.Linear(120, 84),
                squash6=ScaledTanh(),
                output=nn.Linear(84, num_classes),
            )
        )
        self.apply(_initialise)


class LeNet5Modern(nn.Sequential):
    """LeNet-5 as textbooks write it now: every map sees all, ReLU, max pooling, a linear output.

    ``[B, 1, 32, 32]`` to ``[B, num_classes]``; the layers keep the paper's names and widths.
    """

    def __init__(self, num_classes: int = 10) -> None:
        super().__init__(
            OrderedDict(
                c1=nn.Conv2d(1, 6, 5),
                relu1=nn.ReLU(),
                s2=nn.MaxPool2d(2),
                c3=nn.Conv2d(6, 16, 5),
                relu3=nn.ReLU(),
                s4=nn.MaxPool2d(2),
                c5=nn.Conv2d(16, 120, 5),
                relu5=nn.ReLU(),
                flatten=nn.Flatten(),
                f6=nn.Linear(120, 84),
                relu6=nn.ReLU(),
                output=nn.Linear(84, num_classes),
            )
        )


def lenet5(num_classes: int = 10) -> LeNet5:
    """LeNet-5 of 1998: 60,000 parameters and the output layer."""
    return LeNet5(num_classes)


def lenet5_modern(num_classes: int = 10) -> LeNet5Modern:
    """LeNet-5 with today's parts: 61,706 parameters for ten classes."""
    return LeNet5Modern(num_classes)


def _runs_of_equal_length(
    inputs: Sequence[Sequence[int]],
) -> tuple[tuple[tuple[int, ...], ...], ...]:
    runs: list[list[tuple[int, ...]]] = []
    for seen in map(tuple, inputs):
        if not runs or len(runs[-1][-1]) != len(seen):
            runs.append([])
        runs[-1].append(seen)
    return tuple(map(tuple, runs))


def _initialise(module: nn.Module) -> None:
    """Appendix A: uniform between -2.4/F and 2.4/F, F the number of inputs of a unit."""
    if isinstance(module, nn.Conv2d | nn.Linear):
        inputs = module.weight[0].numel()
        nn.init.uniform_(module.weight, -2.4 / inputs, 2.4 / inputs)
        assert module.bias is not None
        nn.init.zeros_(module.bias)
    elif isinstance(module, SubSampling):
        nn.init.uniform_(module.coefficient, -2.4 / 4, 2.4 / 4)
