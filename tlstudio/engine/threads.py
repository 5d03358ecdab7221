"""How many threads the processor computes with, as the preferences have it."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from tlstudio.core.storage import told_preferences

T = TypeVar("T")
_LOAD = Path("/proc/loadavg")
_LOOKS, _BETWEEN_LOOKS_S = 5, 0.008  # one thread that runs for a moment is no reason
_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS")


def limit_threads() -> None:
    """Let torch begin with the threads of the preferences; to be called before it is imported.

    What the environment says already goes on to hold.
    """
    told = told_preferences().get("threads")
    if isinstance(told, int) and 0 < told <= 1024:
        for name in _VARIABLES:
            os.environ.setdefault(name, str(told))


def sleep_where_others_compute() -> None:
    """Let waiting threads sleep if other programs want the processor now; before torch is imported.

    GNU OpenMP's threads wait for each other by spinning, which nobody else can use (pytorch#57715).
    Measured on two cores, a step of fine-tuning EfficientNet-Lite0 with 4 images of 64 px: beside
    two busy programs 288 ms, and 77 asleep; alone 78 ms, and 147 asleep. Shorter spinning is no way
    out: 10,000 rounds took 527 and 74 ms, 1,000 took 116 and 110. It holds for the whole process,
    so it is for commands, which compute as soon as they have begun. What the environment says goes
    on to hold.
    """
    if "OMP_WAIT_POLICY" in os.environ or "GOMP_SPINCOUNT" in os.environ:
        return
    for number in range(_LOOKS):
        if number:
            time.sleep(_BETWEEN_LOOKS_S)
        if _runnable_others() + len(_cores()) <= (os.cpu_count() or 1):
            return
    os.environ["OMP_WAIT_POLICY"] = "PASSIVE"


def _runnable_others() -> int:
    """How many other threads of this machine want to compute just now; 0 if nobody says."""
    try:
        return int(_LOAD.read_text().split()[3].partition("/")[0]) - 1
    except (OSError, ValueError, IndexError):
        return 0


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
