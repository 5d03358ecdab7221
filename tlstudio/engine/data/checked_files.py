"""Remembers the checks of a dataset's files, so that opening it again is quick.

A file is known again only if its size, times and inode are what they were when it was looked into.
The memory is a cache: whatever is wrong with it, the files are looked into anew.
"""

from __future__ import annotations

import hashlib
import json
import logging
import sys
import time
import zlib
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from pathlib import Path

import PIL

from tlstudio import __version__
from tlstudio.core.errors import StorageError
from tlstudio.core.storage import atomic_write, cache_dir, keep_newest
from tlstudio.engine.data.files import FACTS, FolderImages
from tlstudio.engine.data.images import FINE

KEPT = 24  # datasets
_VERSION = 1
_TICK_NS = 2_000_000_000  # a file system's clock may stand still for that long (FAT)

Verdict = str | None  # of `look_into`; None where it is to be looked into

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Folder:
    """The checks of one folder; `reasons` has the verdicts that are not `FINE`, by position."""

    names: tuple[str, ...]
    facts: array[int]
    reasons: dict[int, str] = field(default_factory=dict)

    def is_of(self, block: FolderImages) -> bool:
        """Whether nothing has changed, and nothing is to be looked into again."""
        return self.names == block.names and self.facts == block.facts and -1 not in self.facts

    def verdicts(self, block: FolderImages) -> list[Verdict]:
        if self.is_of(block):
            verdicts: list[Verdict] = [FINE] * len(self.names)
            for position, reason in self.reasons.items():
                verdicts[position] = reason
            return verdicts
        known = {name: position for position, name in enumerate(self.names)}
        return [self._verdict(known.get(name), block, i) for i, name in enumerate(block.names)]

    def _verdict(self, position: int | None, block: FolderImages, number: int) -> Verdict:
        if position is None:
            return None
        now = block.facts[FACTS * number : FACTS * (number + 1)]
        if -1 in now or self.facts[FACTS * position : FACTS * (position + 1)] != now:
            return None
        return self.reasons.get(position, FINE)


class CheckedFiles:
    """Verdicts on the files below one folder.

    Args:
        root: the folder that is opened, in whatever spelling.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._began_ns = time.time_ns()
        key = hashlib.sha256(_real(root).encode("utf-8", "surrogatepass")).hexdigest()[:24]
        self._file = cache_dir() / "datasets" / f"{key}.checked"
        self._before = self._read()
        self._now: dict[str, _Folder] = {}

    def verdicts(self, block: FolderImages) -> list[Verdict]:
        """Return what is known of each file of `block`."""
        folder = self._before.get(self._key(block))
        return [None] * len(block.names) if folder is None else folder.verdicts(block)

    def remember(self, block: FolderImages, verdicts: Sequence[Verdict]) -> None:
        """Keep what was found out about `block`, and None for what was not.

        A file that changed a moment ago may change again without its times telling, so it will be
        looked into once more.
        """
        before = self._before.get(self._key(block))
        if before is not None and before.is_of(block):
            self._now[self._key(block)] = before
            return
        facts = array("q", block.facts)
        newest = self._began_ns - _TICK_NS
        for i, verdict in enumerate(verdicts):
            at = FACTS * i
            if verdict is None or max(facts[at + 1], facts[at + 2]) > newest:
                facts[at] = -1
        reasons = {i: verdict for i, verdict in enumerate(verdicts) if verdict}
        self._now[self._key(block)] = _Folder(block.names, facts, reasons)

    def save(self) -> None:
        """Write it down if anything is new; without room or rights, nothing is remembered."""
        if self._now == self._before:
            return
        try:
            atomic_write(self._file, self._packed())
        except StorageError as error:
            logger.info("the checked files are not remembered: %s", error)
            return
        keep_newest(self._file.parent, "*.checked", KEPT)

    def _key(self, block: FolderImages) -> str:
        return block.folder.relative_to(self._root).as_posix()

    def _packed(self) -> bytes:
        """A line of JSON, then all facts, then all names."""
        folders = list(self._now.values())
        facts = array("q")
        for folder in folders:
            facts.extend(folder.facts)
        if sys.byteorder == "big":
            facts.byteswap()
        names = "\0".join(name for folder in folders for name in folder.names)
        body = facts.tobytes() + names.encode("utf-8", "surrogatepass")
        head = {
            **self._stamp(),
            "crc": zlib.crc32(body),
            "folders": list(self._now),
            "counts": [len(folder.names) for folder in folders],
            "reasons": [list(folder.reasons.items()) for folder in folders],
        }
        return json.dumps(head).encode("ascii") + b"\n" + body

    def _read(self) -> dict[str, _Folder]:
        try:
            line, _, body = self._file.read_bytes().partition(b"\n")
            head = json.loads(line)
            is_ours = all(head[name] == value for name, value in self._stamp().items())
            return _unpacked(head, body) if is_ours and head["crc"] == zlib.crc32(body) else {}
        except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError):
            return {}

    def _stamp(self) -> dict[str, object]:
        """Return what must be unchanged for verdicts to hold, versions of the readers included."""
        return {
            "version": _VERSION,
            "root": _real(self._root),
            "reader": f"TLStudio {__version__}, Pillow {PIL.__version__}",
        }


def _unpacked(head: dict[str, list[object]], body: bytes) -> dict[str, _Folder]:
    counts = [int(count) for count in head["counts"]]  # type: ignore[call-overload]
    bounds = list(pairwise(accumulate(counts, initial=0)))
    total = sum(counts)
    facts = array("q", body[: total * FACTS * 8])
    if sys.byteorder == "big":
        facts.byteswap()
    names = body[total * FACTS * 8 :].decode("utf-8", "surrogatepass").split("\0")
    if len(names) != total or min(counts) < 1:
        raise ValueError
    rows = zip(head["folders"], bounds, head["reasons"], strict=True)
    return {
        str(key): _Folder(
            tuple(names[start:end]),
            facts[FACTS * start : FACTS * end],
            {int(position): str(reason) for position, reason in reasons},  # type: ignore[attr-defined]
        )
        for key, (start, end), reasons in rows
    }


def _real(root: Path) -> str:
    return str(root.resolve())
