"""What whoever helps wants to know of a machine and its studio, as facts that can be sent along."""

from __future__ import annotations

import os
import platform
import re
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from tlstudio import __version__
from tlstudio.core.crashes import last_crash
from tlstudio.core.log import last_lines
from tlstudio.core.storage import (
    cache_dir,
    config_dir,
    data_dir,
    nearest,
    resources_dir,
    runs_dir,
    weights_dir,
)
from tlstudio.core.texts import QT_TRANSLATE_NOOP

LOG_LINES = 200
PACKAGES = (
    *("torch", "torchvision", "timm", "PySide6-Essentials", "pyqtgraph", "pillow", "numpy"),
    *("pydantic", "safetensors", "huggingface-hub"),
)
# Flags of processors that decide how fast numbers are multiplied, of x86 and ARM
PROCESSOR_FLAGS = (
    *("avx", "avx2", "fma", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16", "amx_int8"),
    *("asimd", "asimddp", "bf16", "i8mm", "sve", "sve2"),
)
VARIABLES = re.compile(
    r"(TLSTUDIO|QT|QML|TORCH|PYTORCH|HF|CUDA|OMP|MKL|KMP|XDG_SESSION|XDG_CURRENT|XDG_RUNTIME)_?.*"
    r"|(LANG(UAGE)?|LC_.*|DISPLAY|WAYLAND_DISPLAY|DESKTOP_SESSION|PYTHONPATH|LD_LIBRARY_PATH"
    r"|LD_PRELOAD|(http|https|no|all)_proxy)",
    re.IGNORECASE,
)
_SECRET = re.compile(r"TOKEN|SECRET|PASSWORD|KEY", re.IGNORECASE)
_LOGIN = re.compile(r"(?<=//)[^/@\s]+@")  # name and password in an address


@dataclass(frozen=True, slots=True)
class Fact:
    """A title, marked for translation or a name that is the same everywhere, and its value."""

    title: str
    value: str


@dataclass(frozen=True, slots=True)
class FactGroup:
    """Facts about one thing, below a title that is marked for translation."""

    title: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Diagnostics:
    """All that can be told; the home folder is written ``~``, and no address has a password.

    Attributes:
        log: the last lines of the log, oldest first.
        crash: last words of the last window that was not closed; empty if there was none.
    """

    groups: tuple[FactGroup, ...]
    log: tuple[str, ...] = ()
    crash: str = ""

    def text(self, translate: Callable[[str], str] = str) -> str:
        """All of it, to be pasted somewhere."""
        parts = []
        for group in self.groups:
            facts = (f"{translate(fact.title)}: {fact.value}" for fact in group.facts)
            parts.append("\n".join((f"## {translate(group.title)}", *facts)))
        if self.crash:
            parts.append(f"## {translate(LAST_CRASH)}\n{self.crash.rstrip()}")
        parts.append("\n".join((f"## {translate(LOG)}", *self.log)))
        return "\n\n".join(parts) + "\n"


LAST_CRASH = QT_TRANSLATE_NOOP("core", "Last crash")
LOG = QT_TRANSLATE_NOOP("core", "Log")


def gather(more: Sequence[FactGroup] = ()) -> Diagnostics:
    """Gather what needs neither Qt nor torch. Asks the disk.

    Args:
        more: what those know who call, behind the versions.
    """
    groups = (_versions(), *more, _machine(), _folders(), _environment(os.environ))
    crash = last_crash()
    return Diagnostics(
        tuple(
            FactGroup(g.title, tuple(Fact(f.title, without_person(f.value)) for f in g.facts))
            for g in groups
            if g.facts
        ),
        tuple(map(without_person, last_lines(LOG_LINES))),
        without_person(crash.text) if crash is not None else "",
    )


def without_person(text: str) -> str:
    """`text` with the home folder as ``~``, and without names and passwords in addresses."""
    home = str(Path.home())
    if len(home) > 1:
        text = re.sub(rf"{re.escape(home)}(?![\w.-])", "~", text)
    return _LOGIN.sub("…@", text)


def _versions() -> FactGroup:
    kind = "bundle" if getattr(sys, "frozen", False) else str(Path(__file__).parents[1])
    facts = [
        Fact("TLStudio", f"{__version__} ({kind})"),
        Fact("Python", f"{platform.python_version()} ({sys.executable})"),
    ]
    return FactGroup(
        QT_TRANSLATE_NOOP("core", "Versions"),
        (*facts, *(Fact(name, _version(name)) for name in PACKAGES)),
    )


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:  # as in a bundle that leaves its notes out
        module = sys.modules.get(package.replace("-", "_").partition("_")[0])
        return str(getattr(module, "__version__", "–"))


def _machine() -> FactGroup:
    flags = processor_flags()
    total, free = memory_bytes()
    system = " ".join(filter(None, (_distribution(), platform.platform())))
    facts = [
        Fact(QT_TRANSLATE_NOOP("core", "System"), system),
        Fact(QT_TRANSLATE_NOOP("core", "Processor cores"), str(os.cpu_count() or "–")),
    ]
    if flags:
        facts.append(Fact(QT_TRANSLATE_NOOP("core", "Processor can"), " ".join(flags)))
    if total:
        memory = f"{_gb(total)}, {_gb(free)} free" if free else _gb(total)
        facts.append(Fact(QT_TRANSLATE_NOOP("core", "Memory"), memory))
    return FactGroup(QT_TRANSLATE_NOOP("core", "Machine"), tuple(facts))


def processor_flags(told: Path = Path("/proc/cpuinfo")) -> tuple[str, ...]:
    """Those of `PROCESSOR_FLAGS` that the processor has; none where the system does not say."""
    try:
        text = told.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ()
    lines = (line.partition(":") for line in text.splitlines())
    found = next((v for key, _, v in lines if key.strip() in ("flags", "Features")), "")
    return tuple(flag for flag in PROCESSOR_FLAGS if flag in found.split())


def memory_bytes() -> tuple[int, int]:
    """Main memory, and how much of it is free; 0 where the system does not say."""
    try:
        page = os.sysconf("SC_PAGE_SIZE")
        total = page * os.sysconf("SC_PHYS_PAGES")
        return total, page * os.sysconf("SC_AVPHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return 0, 0


def _distribution() -> str:
    try:
        return str(platform.freedesktop_os_release()["PRETTY_NAME"])
    except (OSError, KeyError):
        return ""


def _folders() -> FactGroup:
    folders = {
        QT_TRANSLATE_NOOP("core", "Preferences"): config_dir(),
        QT_TRANSLATE_NOOP("core", "Runs"): runs_dir(),
        QT_TRANSLATE_NOOP("core", "Log"): data_dir(),
        QT_TRANSLATE_NOOP("core", "Features"): cache_dir(),
        QT_TRANSLATE_NOOP("core", "Pretrained weights"): weights_dir(),
        QT_TRANSLATE_NOOP("core", "Resources"): resources_dir(),
    }
    facts = (Fact(title, _folder(path)) for title, path in folders.items() if path is not None)
    return FactGroup(QT_TRANSLATE_NOOP("core", "Folders"), tuple(facts))


def _folder(path: Path) -> str:
    """The folder with the room on its disk, and whether it can be written."""
    try:
        place = nearest(path)
        room = f"{_gb(shutil.disk_usage(place).free)} free"
        return f"{path} ({room}{'' if os.access(place, os.W_OK) else ', read-only'})"
    except OSError as error:
        return f"{path} ({error.strerror or error})"


def _environment(environ: Mapping[str, str]) -> FactGroup:
    names = sorted(name for name in environ if VARIABLES.fullmatch(name))
    return FactGroup(
        QT_TRANSLATE_NOOP("core", "Environment"),
        tuple(Fact(name, "…" if _SECRET.search(name) else environ[name]) for name in names),
    )


def _gb(size_bytes: int) -> str:
    return f"{size_bytes / 1e9:.1f} GB"
