"""Weights of many networks in a folder, e.g. on a USB stick: what each file is, and what came."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tlstudio.core.errors import TLStudioError
from tlstudio.core.networks.downloads import WeightsName
from tlstudio.core.texts import QT_TRANSLATE_NOOP


class Arrival(StrEnum):
    """What becomes of a file."""

    NEW = "new"
    HERE = "here"
    TWICE = "twice"
    SEVERAL = "several"
    UNKNOWN = "unknown"
    TAKEN = "taken"
    FAILED = "failed"


ARRIVAL_TITLES = {
    Arrival.NEW: QT_TRANSLATE_NOOP("core", "Comes"),
    Arrival.HERE: QT_TRANSLATE_NOOP("core", "Here already, stays as it is"),
    Arrival.TWICE: QT_TRANSLATE_NOOP("core", "The same as another file"),
    Arrival.SEVERAL: QT_TRANSLATE_NOOP("core", "May be several: import it by itself"),
    Arrival.UNKNOWN: QT_TRANSLATE_NOOP("core", "Left out"),
    Arrival.TAKEN: QT_TRANSLATE_NOOP("core", "Imported"),
    Arrival.FAILED: QT_TRANSLATE_NOOP("core", "Failed"),
}


@dataclass(frozen=True, slots=True)
class FoundWeights:
    """A file of weights in a folder.

    Attributes:
        path: the file.
        size_bytes: of it.
        arrival: what becomes of it.
        name: what it is; None where that is not known, or not for sure.
        sha256: of the file.
        problem: why it is left out, or failed.
    """

    path: Path
    size_bytes: int
    arrival: Arrival
    name: WeightsName | None = None
    sha256: str = ""
    problem: TLStudioError | None = None


@dataclass(frozen=True, slots=True)
class WeightsProgressed:
    """So many files of all were looked into, or imported; `path` is the one that is at work."""

    done: int
    total: int
    path: Path | None = None
