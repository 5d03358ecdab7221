"""How many threads the processor computes with, as the preferences have it."""

from __future__ import annotations

import os

from tlstudio.core.storage import told_preferences

_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS")


def limit_threads() -> None:
    """Let torch begin with the threads of the preferences; to be called before it is imported.

    What the environment says already goes on to hold.
    """
    told = told_preferences().get("threads")
    if isinstance(told, int) and 0 < told <= 1024:
        for name in _VARIABLES:
            os.environ.setdefault(name, str(told))


def set_threads(count: int) -> None:
    """Compute with so many threads from now on; 0 for as many as there are cores."""
    import torch

    torch.set_num_threads(count or len(_cores()))


def _cores() -> range | set[int]:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return os.sched_getaffinity(0)
    return range(os.cpu_count() or 1)
