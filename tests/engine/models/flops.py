"""torch's own count of operations, to compare with."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode


class _NoTracker(contextlib.nullcontext[None]):
    """Telling modules apart takes most of the counter's time."""

    parents = frozenset({"Global"})


@contextlib.contextmanager
def counted_flops() -> Iterator[FlopCounterMode]:
    """Counts what runs within the block; a multiply-add is two operations."""
    counter = FlopCounterMode(display=False)
    counter.mod_tracker = _NoTracker()
    with counter, torch.no_grad():
        yield counter


def flops_of(network: nn.Module, image_px: int, channels: int = 3) -> int:
    """Of one image; leaves the network in eval mode, its parameters frozen."""
    network.eval().requires_grad_(False)
    image = torch.zeros(1, channels, image_px, image_px, device=next(network.parameters()).device)
    with counted_flops() as counter:
        network(image)
    return counter.get_total_flops()  # type: ignore[no-any-return]
