"""Principal components, the same ones each time."""

from __future__ import annotations

import torch

_ROWS = 4096  # at a time, so that no second copy of all of them is needed


def principal_components(x: torch.Tensor, count: int) -> torch.Tensor:
    """Return the coordinates of ``[N, F]`` in its first principal components, ``[N, count]``.

    Largest first; fewer columns where there are fewer components. The sign of each is such that its
    largest weight is positive. Of few rows, the products of rows are taken apart, of few columns
    those of columns.
    """
    mean = x.mean(dim=0)
    count = min(count, len(x), x.shape[1])
    if len(x) <= x.shape[1]:
        centred = (x - mean).double()
        values, vectors = torch.linalg.eigh(centred @ centred.T)
        values, vectors = values[-count:].flip(0), vectors[:, -count:].flip(1)
        scores = vectors * values.clamp_min(0).sqrt()
        weights = centred.T @ vectors
    else:
        products = x.new_zeros(x.shape[1], x.shape[1], dtype=torch.float64)
        for part in torch.split(x, _ROWS):
            centred = part - mean
            products += (centred.T @ centred).double()
        _, weights = torch.linalg.eigh(products)
        weights = weights[:, -count:].flip(1)
        scores = torch.cat([(part - mean) @ weights.to(x.dtype) for part in torch.split(x, _ROWS)])
    largest = weights.abs().argmax(dim=0)
    signs = weights[largest, torch.arange(count)].sign()
    signs[signs == 0] = 1
    found: torch.Tensor = (scores * signs).to(x.dtype)
    return found
