"""How many threads the processor computes with, as the preferences have it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from tlstudio.core.storage import told_preferences

T = TypeVar("T")
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


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Within the block the calling thread computes alone; all others go on as they do.

    For many small steps, each of which would wait for the slower of two threads: where another
    program computes as well, t-SNE took ten times as long with both. torch keeps a number for each
    thread that has computed, and one for those that come later, which is put right again at once.
    """
    import torch

    usual = torch.get_num_threads()
    torch.set_num_threads(1)
    _on_new_thread(torch.set_num_threads, usual)
    try:
        yield
    finally:
        torch.set_num_threads(_on_new_thread(torch.get_num_threads))


def _on_new_thread(work: Callable[..., T], *args: object) -> T:
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work, *args).result()


def _cores() -> range | set[int]:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return os.sched_getaffinity(0)
    return range(os.cpu_count() or 1)
