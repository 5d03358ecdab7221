"""Pretrained weights on this machine and on their way to it: plain values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from tlstudio.core.errors import TLStudioError
from tlstudio.core.networks.catalog import WeightsPlace


class WeightsName(NamedTuple):
    """The name of a set of pretrained weights: its model and its own name in the catalog.

    Attributes:
        model: of the network.
        weights: as the library calls them; never empty.
    """

    model: str
    weights: str


@dataclass(frozen=True, slots=True)
class DownloadProgress:
    """The progress of a download.

    Attributes:
        done_bytes: on the disk, with those of an earlier attempt.
        total_bytes: 0 where the server does not say.
        bytes_per_s: over the last seconds; 0 before there is anything to tell.
        is_resumed: it went on where an earlier attempt had ended.
    """

    done_bytes: int
    total_bytes: int
    bytes_per_s: float = 0.0
    is_resumed: bool = False

    @property
    def fraction(self) -> float | None:
        """The share that has arrived, 0..1; None where the server does not tell the size."""
        if not self.total_bytes:
            return None
        return min(1.0, self.done_bytes / self.total_bytes)

    @property
    def seconds_left(self) -> float | None:
        """Seconds left at the present speed; None where it cannot be estimated."""
        if not self.total_bytes or self.bytes_per_s <= 0:
            return None
        return max(0, self.total_bytes - self.done_bytes) / self.bytes_per_s


class DownloadStatus(StrEnum):
    """The states of a download."""

    QUEUED = "queued"  # until the one before it has ended
    RUNNING = "running"
    STOPPED = "stopped"  # by a person, or an earlier session ended; what has come is kept
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Download:
    """Weights on their way to this machine.

    Attributes:
        name: what is fetched.
        title: of the network.
        status: where it stands.
        progress: how far it is.
        error: why it failed.
        is_restart: what has come before is not wanted.
    """

    name: WeightsName
    title: str
    status: DownloadStatus
    progress: DownloadProgress
    error: TLStudioError | None = None
    is_restart: bool = False

    @property
    def active(self) -> bool:
        """Whether the download is running, or will start by itself."""
        return self.status in (DownloadStatus.QUEUED, DownloadStatus.RUNNING)


@dataclass(frozen=True, slots=True)
class StoredWeights:
    """A file of pretrained weights on this machine.

    Attributes:
        names: all that it serves; some networks share a file. At least one.
        title: of the first network.
        place: on board or downloaded.
        path: where it lies.
        size_bytes: of the file.
        used_s: when it was last read or written, seconds since 1970, as far as the disk notes it.
    """

    names: tuple[WeightsName, ...]
    title: str
    place: WeightsPlace
    path: Path
    size_bytes: int
    used_s: float

    @property
    def name(self) -> WeightsName:
        """The name of the weights that is shown: the first of `names`."""
        return self.names[0]

    @property
    def removable(self) -> bool:
        """Whether the file can be deleted; what was installed with the studio cannot."""
        return self.place is WeightsPlace.CACHED


@dataclass(frozen=True, slots=True)
class PartialDownload:
    """The part of an unfinished download that is on this machine.

    Attributes:
        name: what it will be.
        title: of the network.
        path: the file so far.
        done_bytes: its size.
        total_bytes: when complete; 0 while unknown.
    """

    name: WeightsName
    title: str
    path: Path
    done_bytes: int
    total_bytes: int


@dataclass(frozen=True, slots=True)
class WeightsGuess:
    """A guess at which weights a file holds.

    Attributes:
        choices: the weights that it may be, likeliest first; never empty.
        is_certain: its digits or what lies beside it say so, and there is one choice.
    """

    choices: tuple[WeightsName, ...]
    is_certain: bool
