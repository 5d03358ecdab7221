"""Measures free memory, the memory that work took, and what a training step would take."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path
from typing import Any

import torch
from torch import nn

from tlstudio.engine.memory import freed_memory_kept

_STATUS, _FORGET_PEAK = Path("/proc/self/status"), Path("/proc/self/clear_refs")
# Where containers are told how much they may use: version 2 and version 1 of cgroups.
_LIMITS = (
    (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current")),
    (
        Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
        Path("/sys/fs/cgroup/memory/memory.usage_in_bytes"),
    ),
)
_VALUE_BYTES = 4
_PER_PARAMETER = 4  # itself, its gradient, the optimizer's momentum, and one of these in the making
# With bfloat16 most of what is kept for the way back is half as large; measured, see the tests.
_SHORT_SHARE = 0.65
_WORKSPACE = 1.15


def free_bytes(device: torch.device) -> int | None:
    """Memory that new work on `device` may take; None where the system does not say."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    try:
        text = Path("/proc/meminfo").read_text(encoding="utf-8")
    except OSError:
        return None  # not Linux
    found = re.search(r"^MemAvailable:\s+(\d+) kB", text, re.MULTILINE)
    free = [int(found[1]) * 1024] if found else []
    for limit, used in _LIMITS:
        with contextlib.suppress(OSError, ValueError):  # "max" is no number: no limit
            free.append(int(limit.read_text()) - int(used.read_text()))
    return min(free, default=None)


def step_bytes(network: nn.Module, shape: tuple[int, ...], *, is_short: bool) -> int:
    """Estimate the least memory of a training step by a dry run; nothing is computed.

    Args:
        network: on the meta device, in training mode.
        shape: of the batch, ``[B, C, H, W]``.
        is_short: whether products are in bfloat16.
    """
    parameters = {p.data_ptr() or id(p): p for p in network.parameters()}
    own = {p.untyped_storage()._cdata for p in parameters.values()}
    kept: dict[int, tuple[Any, int]] = {}  # the storages themselves, so that none is used twice

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        if storage._cdata not in own:
            kept[storage._cdata] = (storage, storage.nbytes())
        return tensor

    images = torch.empty(shape, device="meta")
    with (
        torch.enable_grad(),
        torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor),
    ):
        network(images)
    activations = sum(size for _, size in kept.values())
    weights = sum(p.numel() for p in parameters.values())
    share = _SHORT_SHARE if is_short else 1.0
    return round(
        _PER_PARAMETER * _VALUE_BYTES * weights
        + _WORKSPACE * share * activations
        + images.numel() * _VALUE_BYTES
    )


class PeakMemory:
    """Within the block, the most memory that was used at once, less what was used before.

    On graphics cards it is what torch allocated; on Linux how much the process grew in the main
    memory, whoever did it. Freed memory goes back to the system first, so this belongs outside of
    `freed_memory_kept`.

    Attributes:
        bytes: None where the system does not tell.
        source: ``allocated``, ``resident`` or empty.
    """

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._before: int | None = None
        self.bytes: int | None = None
        self.source = ""

    def __enter__(self) -> PeakMemory:
        if self._device.type == "cuda":
            torch.cuda.empty_cache()
            torch.cuda.reset_peak_memory_stats(self._device)
            self._before = torch.cuda.memory_allocated(self._device)
        else:
            with freed_memory_kept():
                pass  # at its end what is free goes back
            self._before = _forget_peak() if self._device.type == "cpu" else None
        return self

    def __exit__(self, *_: object) -> None:
        if self._before is None:
            return
        if self._device.type == "cuda":
            peak: int | None = torch.cuda.max_memory_allocated(self._device)
            self.source = "allocated"
        else:
            peak, self.source = _status_bytes("VmHWM"), "resident"
        if peak is not None:
            self.bytes = max(0, peak - self._before)


def _forget_peak() -> int | None:
    """Let the high-water mark of this process start anew; what is resident now."""
    try:
        _FORGET_PEAK.write_text("5", encoding="ascii")
    except OSError:
        return None
    return _status_bytes("VmRSS")


def _status_bytes(name: str) -> int | None:
    try:
        found = re.search(
            rf"^{name}:\s+(\d+) kB", _STATUS.read_text(encoding="utf-8"), re.MULTILINE
        )
    except OSError:
        return None
    return int(found[1]) * 1024 if found else None
