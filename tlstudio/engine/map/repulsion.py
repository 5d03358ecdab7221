"""How all points of a layout push each other away: exactly, or by a grid.

The push on a point is a sum over all others, of a function of the difference alone. On a grid that
is a convolution, which the fast Fourier transform does for all points at once (FIt-SNE: Linderman
et al., Nature Methods 16, 2019); points that lie between grid points take part by interpolation.
"""

from __future__ import annotations

from functools import lru_cache

import torch

EXACT_UP_TO = 1000  # points; beyond, the grid is faster
SPACING = 0.5  # of the grid; the functions change over 1
_MARGIN = 2  # grid points around the layout, which interpolation takes in
_LARGEST = 1536  # side; 60 MB. A layout that is wider, as no usual one is, has a coarser grid
_STEP = 32  # sides are multiples of it, so that few kinds of grid occur


def exact_repulsion(y: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The pushes on the points of ``[N, 2]``, ``[N, 2]``, and what they are to be divided by."""
    apart = y[:, None] - y[None]
    near = 1 / (1 + apart.square().sum(dim=2))
    near.fill_diagonal_(0)
    return (near.square()[..., None] * apart).sum(dim=1), near.sum()


def grid_repulsion(y: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """What `exact_repulsion` gives, to some hundredths, in time that hardly grows with N.

    To a quarter only where all points lie within one cell, as they do for the first few steps.
    """
    low, high = y.min(dim=0).values, y.max(dim=0).values
    span = float((high - low).max())
    spacing = max(SPACING, span / (_LARGEST - 2 * _MARGIN - 2))
    side = -(-int(span / spacing + 2 * _MARGIN + 2) // _STEP) * _STEP
    at = (y - low) / spacing + _MARGIN
    cell = at.floor()
    weights = _cubic(at - cell)  # [N, 4, 2]
    around = cell.long()[:, None] + torch.arange(-1, 3)[None, :, None]  # [N, 4, 2]
    places = (around[:, :, None, 0] * side + around[:, None, :, 1]).flatten(1)  # [N, 16]
    shares = (weights[:, :, None, 0] * weights[:, None, :, 1]).flatten(1)
    charges = torch.bincount(places.flatten(), shares.flatten(), side * side)
    field = _convolved(charges.view(side, side).to(y.dtype), _kernels(side, spacing))
    felt = torch.nn.functional.embedding_bag(places, field, mode="sum", per_sample_weights=shares)
    return felt[:, 1:].contiguous(), felt[:, 0].sum() - len(y)


def _convolved(charges: torch.Tensor, kernels: torch.Tensor) -> torch.Tensor:
    """``[S, S]`` with each of the kernels, ``[S * S, 3]``.

    Axis by axis, along the one that lies close in memory, and without the rows that are only zero
    or of no use: several times as fast as `torch.fft.irfft2`.
    """
    side = len(charges)
    waves = torch.fft.rfft(charges, n=2 * side)
    waves = torch.fft.fft(waves.T.contiguous(), n=2 * side)
    fields = torch.fft.ifft(waves * kernels)[:, :, :side].transpose(1, 2).contiguous()
    found = torch.fft.irfft(fields, n=2 * side)[:, :, :side]
    return torch.stack([field.flatten() for field in found], dim=1)


@lru_cache(maxsize=4)
def _kernels(side: int, spacing: float) -> torch.Tensor:
    """The transforms of ``1 / (1 + d²)`` and of the push along both axes, ``[3, S + 1, 2S]``."""
    steps = torch.arange(2 * side, dtype=torch.float64)
    steps = torch.where(steps < side, steps, steps - 2 * side) * spacing
    down, right = steps[:, None], steps[None]
    near = 1 / (1 + down.square() + right.square())
    functions = torch.stack([near, near.square() * down, near.square() * right])
    waves: torch.Tensor = torch.fft.rfft2(functions)
    return waves.transpose(1, 2).contiguous().to(torch.complex64)


def _cubic(t: torch.Tensor) -> torch.Tensor:
    """Lagrange's weights of the grid points at -1, 0, 1, 2 for places ``[N, 2]`` in 0..1."""
    return torch.stack(
        [
            -t * (t - 1) * (t - 2) / 6,
            (t + 1) * (t - 1) * (t - 2) / 2,
            -(t + 1) * t * (t - 2) / 2,
            (t + 1) * t * (t - 1) / 6,
        ],
        dim=1,
    )
