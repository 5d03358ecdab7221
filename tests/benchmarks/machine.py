"""The machine that a benchmark ran on, as far as it decides the figures."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from pathlib import Path

_FLAGS = ("avx2", "avx512f", "avx512_bf16", "amx_bf16", "amx_int8", "asimd", "bf16")


def machine_facts() -> dict[str, object]:
    """Names and counts, nothing personal."""
    import torch

    processor, flags = _processor()
    facts: dict[str, object] = {
        "processor": processor,
        "cores": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count(),
        "flags": flags,
        "memory_gb": _memory_gb(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "torch": torch.__version__,
        "threads": torch.get_num_threads(),
        "gpu": torch.cuda.get_device_name(0) if torch.cuda.is_available() else None,
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "load": load_average(),
    }
    return facts


def load_average() -> float | None:
    """Programs that wanted to compute in the last minute; 0 on a quiet machine."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def cpu_seconds() -> float:
    """Of this process so far, and of those it started that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def described(facts: dict[str, object]) -> str:
    """One line for a person."""
    flags = facts["flags"]
    parts = [
        str(facts["gpu"] or facts["processor"]),
        f"{facts['cores']} cores",
        f"{facts['memory_gb']} GB",
        *([", ".join(flags)] if isinstance(flags, list) and flags and not facts["gpu"] else []),
        f"torch {facts['torch']}",
        str(facts["system"]),
    ]
    return "; ".join(parts) + f"; load average at the start {facts['load']}"


def _processor() -> tuple[str, list[str]]:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine(), []
    rows: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        rows[name.strip()] = value.strip()
    has = set((rows.get("flags") or rows.get("Features") or "").split())
    return rows.get("model name", platform.machine()), [flag for flag in _FLAGS if flag in has]


def _memory_gb() -> int | None:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9)
    except (AttributeError, ValueError, OSError):
        return None
