"""What torch says of this machine, beside what is known without it."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from tlstudio.core.diagnostics import Diagnostics, Fact, FactGroup, gather
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.device import available_devices, resolve_device
from tlstudio.engine.training.precision import resolve_precision


def gather_all(more: Sequence[FactGroup] = ()) -> Diagnostics:
    """Gather everything. Loads torch, and measures the precision where it is not known yet.

    Args:
        more: what only the caller knows.
    """
    return gather((_computing(), *more))


def _computing() -> FactGroup:
    devices = [
        Fact(device.name, f"{device.title}, {device.memory_bytes / 1e9:.1f} GB")
        for device in available_devices()
    ]
    chosen = resolve_device("auto")
    precision = resolve_precision("auto", chosen)
    return FactGroup(
        QT_TRANSLATE_NOOP("core", "Computing"),
        (
            *devices,
            Fact(QT_TRANSLATE_NOOP("core", "Chosen by itself"), f"{chosen}, {precision}"),
            Fact(QT_TRANSLATE_NOOP("core", "Threads"), str(torch.get_num_threads())),
            Fact(QT_TRANSLATE_NOOP("core", "torch computes with"), _kernels()),
        ),
    )


def _kernels() -> str:
    """Names of what torch was built with and the processor can, or the card's."""
    kernels = [torch.backends.cpu.get_cpu_capability()]
    if torch.backends.mkldnn.is_available():  # type: ignore[no-untyped-call]
        kernels.append("oneDNN")
    if torch.version.cuda:
        kernels.append(f"CUDA {torch.version.cuda}")
    return ", ".join(kernels)
