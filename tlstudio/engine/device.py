"""The devices of this machine, and which one a run takes."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import torch

from tlstudio.core.devices import DeviceRecord
from tlstudio.core.errors import DeviceError
from tlstudio.core.preferences import in_force
from tlstudio.core.texts import QT_TRANSLATE_NOOP


def available_devices() -> tuple[DeviceRecord, ...]:
    """List the devices that a network can run on, fastest first and the processor last."""
    devices: list[DeviceRecord] = []
    if torch.cuda.is_available():
        for index in range(torch.cuda.device_count()):
            card = torch.cuda.get_device_properties(index)
            devices.append(DeviceRecord(f"cuda:{index}", card.name, card.total_memory))
    if torch.backends.mps.is_available():
        devices.append(DeviceRecord("mps", f"{processor_name()} GPU", _memory_bytes()))
    devices.append(DeviceRecord("cpu", processor_name(), _memory_bytes()))
    return tuple(devices)


def resolve_device(name: str) -> torch.device:
    """The device called `name`; ``cuda`` is the first card.

    ``auto`` takes the one of the preferences, or the fastest if they name none that is here.

    Raises:
        DeviceError: this machine has no such device; the hint names those that it has.
    """
    devices = available_devices()
    names = [device.name for device in devices]
    preferred = in_force().device if name == "auto" else name
    wanted = "cuda:0" if preferred == "cuda" else preferred
    if wanted in names:
        return torch.device(wanted)
    if name == "auto":
        return torch.device(names[0])
    raise DeviceError(
        QT_TRANSLATE_NOOP("core", "This machine has no device called “{name}”."),
        QT_TRANSLATE_NOOP("core", "Choose one of: {names}."),
        name=name,
        names=", ".join(["auto", *names]),
    )


def processor_name() -> str:
    """Return the processor's name as its maker writes it, or else its architecture."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            key, _, value = line.partition(":")
            if key.strip() in ("model name", "Model") and value.strip():
                return " ".join(value.split())
    except OSError:
        pass  # not Linux
    return platform.processor() or platform.machine() or "CPU"


def _memory_bytes() -> int:
    """Main memory; 0 where the system does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return 0
