"""Who is whose neighbour, and how much (van der Maaten & Hinton, 2008)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch

from tlstudio.core.runs.events import StopToken

_MATRIX_ELEMENTS = 16 << 20  # of squared distances at a time: 64 MB
_HALVINGS = 64  # of the interval in which a bandwidth lies


@dataclass(frozen=True, slots=True)
class Affinities:
    """A symmetric, sparse matrix of N rows whose elements add up to 1.

    Attributes:
        offsets: where each row begins among the elements, int64 ``[N + 1]``.
        columns: int64 ``[M]``.
        values: float32 ``[M]``.
    """

    offsets: torch.Tensor
    columns: torch.Tensor
    values: torch.Tensor


def nearest_neighbours(
    x: torch.Tensor, count: int, stop: StopToken
) -> tuple[torch.Tensor, torch.Tensor] | None:
    """The `count` nearest other rows of each row of ``[N, F]``, by Euclid's distance, exactly.

    Returns:
        Squared distances, ascending, and row numbers, ``[N, count]`` each; None if stopped.
    """
    squares = x.square().sum(dim=1)
    distances, numbers = [], []
    first = 0
    for part in torch.split(x, max(1, _MATRIX_ELEMENTS // len(x))):
        if stop.stopped:
            return None
        between = torch.addmm(squares[None], part, x.T, alpha=-2)
        between += squares[first : first + len(part), None]
        own = torch.arange(len(part))
        between[own, first + own] = math.inf
        near = between.topk(count, dim=1, largest=False, sorted=True)
        distances.append(near.values.clamp_min(0))
        numbers.append(near.indices)
        first += len(part)
    return torch.cat(distances), torch.cat(numbers)


def calibrated(squared: torch.Tensor, perplexity: float) -> torch.Tensor:
    """The weights of neighbours, ``[N, K]``: each row adds up to 1 and has this perplexity.

    They fall off as a normal distribution does, whose width is found by halving, for all rows at
    once. A row that cannot have the perplexity, e.g. of equal distances, comes as near as it can.

    Args:
        squared: distances, ``[N, K]``.
        perplexity: between 1 and K.
    """
    squared = (squared - squared[:, :1]).double()  # the same weights, and none of them vanishes
    wanted = math.log(perplexity)
    scale = squared.mean(dim=1, keepdim=True).clamp_min(1e-300)
    low, high = torch.full_like(scale, -40.0), torch.full_like(scale, 40.0)  # log precision
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        logits = -squared / scale * middle.exp()
        logs = logits - logits.logsumexp(dim=1, keepdim=True)
        entropy = -(logs.exp() * logs).sum(dim=1, keepdim=True)
        is_wide = entropy > wanted
        low, high = torch.where(is_wide, middle, low), torch.where(is_wide, high, middle)
    return torch.softmax(-squared / scale * ((low + high) / 2).exp(), dim=1).float()


def symmetric(numbers: torch.Tensor, weights: torch.Tensor) -> Affinities:
    """Join the weights of both directions, ``(W + W.T) / 2N``, from neighbours ``[N, K]``."""
    total, count = numbers.shape
    rows = torch.arange(total).repeat_interleave(count)
    columns, values = numbers.flatten(), weights.flatten() / (2 * total)
    places = torch.cat([rows * total + columns, columns * total + rows])
    places, order = places.sort(stable=True)
    there, which = torch.unique_consecutive(places, return_inverse=True)
    joined = torch.zeros(len(there), dtype=torch.float64)
    joined.index_add_(0, which, torch.cat([values, values])[order].double())
    of_rows = torch.bincount(there // total, minlength=total)
    offsets = torch.cat([torch.zeros(1, dtype=torch.int64), of_rows.cumsum(0)])
    return Affinities(offsets, there % total, joined.float())
