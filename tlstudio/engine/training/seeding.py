"""Chance that belongs to a run: torch's global generators are borrowed and given back."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch

# The generators belong to the whole process: two threads that borrow them at once (a run, and a
# measurement beside it) would draw from each other's numbers.
_borrowed = threading.RLock()


@contextmanager
def generators_kept(cards: Sequence[torch.device] = ()) -> Iterator[None]:
    """Within the block, torch's global generators are this thread's; afterwards as they were.

    Never yield from a generator inside the block.

    Args:
        cards: CUDA devices whose generators are kept as well as that of the CPU.
    """
    with _borrowed, torch.random.fork_rng(devices=list(cards)):
        yield


@contextmanager
def seeded(device: torch.device, *parts: int) -> Iterator[None]:
    """Within the block, chance (dropout, ...) follows from `parts` alone.

    The states of the global generators of the CPU and of `device` are restored afterwards. Never
    yield from a generator inside the block.
    """
    seed = random.Random("/".join(map(str, parts))).getrandbits(63)
    with _borrowed:
        yield from _seeded(device, seed)


def _seeded(device: torch.device, seed: int) -> Iterator[None]:
    cpu_state = torch.default_generator.get_state()
    device_state = None
    if device.type == "cuda":
        device_state = torch.cuda.get_rng_state(device)
    elif device.type == "mps":
        device_state = torch.mps.get_rng_state()
    torch.default_generator.manual_seed(seed)
    if device.type == "cuda":
        with torch.cuda.device(device):
            torch.cuda.manual_seed(seed)
    elif device.type == "mps":
        torch.mps.manual_seed(seed)
    try:
        yield
    finally:
        torch.default_generator.set_state(cpu_state)
        if device_state is not None and device.type == "cuda":
            torch.cuda.set_rng_state(device_state, device)
        elif device_state is not None:
            torch.mps.set_rng_state(device_state)
