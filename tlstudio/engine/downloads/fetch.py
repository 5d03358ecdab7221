"""Fetches a file from a server; a broken download is kept, continued later, and checked."""

from __future__ import annotations

import hashlib
import os
import re
import time
import urllib.error
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

from tlstudio.core import storage
from tlstudio.core.errors import WeightsError
from tlstudio.core.networks.downloads import DownloadProgress
from tlstudio.core.runs.events import StopToken
from tlstudio.core.storage import unwritable
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.downloads import web
from tlstudio.engine.downloads.first_seen import compare_with_first
from tlstudio.engine.downloads.partial import PartialFile, PartialNote

OnProgress = Callable[[DownloadProgress], None]

_CHUNK_BYTES = 256 * 1024
_MAX_BYTES = 64 * 1024**3  # for servers that do not say how much is to come
_PROGRESS_EVERY_S = 0.1
_SPEED_OVER_S = 5.0
_CONTENT_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+)$")


class _ChangedError(Exception):
    """The server offers a file that does not continue the part that is there."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file to fetch.

    Attributes:
        name: title of the network or dataset, for sentences.
        address: http or https.
        version: tells versions of the file apart, where it is known without asking for the file;
            else the server's ETag or date does.
        size_bytes: 0 while unknown.
        sha256: its first digits; empty where nobody states them.
        md5: all its digits, against files that broke on the way where nobody states a SHA-256.
        known_as: the address by which it is known again where `address` is that of a mirror.
        secrets: headers that no other server may hear.
    """

    name: str
    address: str
    version: str = ""
    size_bytes: int = 0
    sha256: str = ""
    md5: str = ""
    known_as: str = ""
    secrets: Mapping[str, str] = field(default_factory=dict)


def fetch(
    wanted: Wanted,
    part: PartialFile,
    note: PartialNote,
    *,
    stop: StopToken | None = None,
    on_progress: OnProgress | None = None,
) -> Path:
    """Complete the file of `part` and check it.

    What is there from an earlier attempt is gone on with if the server can and still has the same
    file; else it starts again. When it is stopped or breaks off, what has come stays.

    Args:
        note: what to remember beside the file; its version and size are filled in here.

    Returns:
        The complete file, still under the name of the unfinished one.

    Raises:
        WeightsError: no connection, a refusal, a broken-off or wrong file, or it was stopped.
        StorageError: it cannot be written, or the disk is too small.
    """
    before = part.note()
    same_version = not wanted.version or (before is not None and before.version == wanted.version)
    if before is None or before.address != note.address or not same_version:
        part.discard()
    try:
        _receive(wanted, part, note, stop, on_progress)
    except _ChangedError:
        part.discard()
        _receive(wanted, part, note, stop, on_progress)
    _check(wanted, part)
    return part.path


def stopped_error(name: str) -> WeightsError:
    """A person ended the download."""
    return WeightsError(
        QT_TRANSLATE_NOOP("core", "The download of {model} was stopped."),
        QT_TRANSLATE_NOOP("core", "The next one goes on from here."),
        model=name,
    )


def check_room(folder: Path, needed_bytes: int) -> None:
    """Make sure that the disk of `folder` takes so much more.

    Raises:
        StorageError: it does not.
    """
    storage.check_room(
        folder,
        needed_bytes,
        QT_TRANSLATE_NOOP(
            "core", "Make room, or choose a folder on another disk for weights in the preferences."
        ),
    )


def _receive(
    wanted: Wanted,
    part: PartialFile,
    note: PartialNote,
    stop: StopToken | None,
    on_progress: OnProgress | None,
) -> None:
    """Ask for what is missing and append it to the file."""
    before, offset = part.note(), part.done_bytes
    known = before.total_bytes if before is not None and offset else 0
    if known and offset == known:
        return  # only the check was missing
    headers = {}
    if offset:
        headers["Range"] = f"bytes={offset}-"
        if before is not None and before.version and not wanted.version:
            headers["If-Range"] = before.version
    _raise_if_stopped(stop, wanted)
    try:
        with web.asked(wanted.address, headers, secrets=wanted.secrets, stop=stop) as response:
            start, total = _place_of(response, offset, wanted)
            if start and known and total != known:
                raise _ChangedError
            _refuse_pages(response, wanted)
            version = wanted.version or _version_of(response)
            note = replace(note, version=version, total_bytes=total)
            check_room(part.target.parent, max(0, total - start))
            part.remember(note)
            meter = _Meter(start, total, on_progress)
            _append(part, start, _pieces(response, wanted, stop), meter, stop, wanted)
            meter.tell()
    except urllib.error.HTTPError as error:
        if error.code == 416 and offset:
            error.close()
            raise _ChangedError from error
        raise web.connection_error(error, wanted.address, wanted.name) from error
    except web.ERRORS as error:
        _raise_if_stopped(stop, wanted)
        raise web.connection_error(error, wanted.address, wanted.name) from error
    _raise_if_stopped(stop, wanted)
    if total and part.done_bytes != total:
        raise _broken_off(wanted)


def _place_of(response: Any, offset: int, wanted: Wanted) -> tuple[int, int]:
    """Return the offset at which the response begins, and the file's size (0 if unknown)."""
    if response.status == 206:
        match = _CONTENT_RANGE.match(response.headers.get("Content-Range", ""))
        if not match or int(match[1]) != offset:
            raise _ChangedError
        return offset, int(match[2])
    text = response.headers.get("Content-Length", "")
    return 0, int(text) if text.isdecimal() else wanted.size_bytes


def _version_of(response: Any) -> str:
    """Return the validator for ``If-Range``: a strong ETag, or a date."""
    tag: str = response.headers.get("ETag", "")
    if tag.startswith('"'):
        return tag
    date: str = response.headers.get("Last-Modified", "")
    return date


def _refuse_pages(response: Any, wanted: Wanted) -> None:
    if response.headers.get_content_type() in ("text/html", "application/xhtml+xml"):
        raise web.page_instead(wanted.address)


def _append(
    part: PartialFile,
    start: int,
    pieces: Iterator[bytes],
    meter: _Meter,
    stop: StopToken | None,
    wanted: Wanted,
) -> None:
    try:
        with part.path.open("r+b" if start else "wb") as file:
            file.seek(start)
            file.truncate()
            for piece in pieces:
                file.write(piece)
                if meter.add(len(piece)) > (meter.total or _MAX_BYTES):
                    raise _wrong_file(wanted)
                _raise_if_stopped(stop, wanted)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise unwritable(part.path, error) from error


def _pieces(response: Any, wanted: Wanted, stop: StopToken | None) -> Iterator[bytes]:
    """Yield bytes as they arrive. Network errors become `WeightsError`, disk errors stay."""
    while True:
        try:
            piece: bytes = response.read1(_CHUNK_BYTES)
        except web.ERRORS as error:
            _raise_if_stopped(stop, wanted)
            raise _broken_off(wanted) from error
        if not piece:
            return
        yield piece


class _Meter:
    """Counts bytes and tells the progress, not too often."""

    def __init__(self, start: int, total: int, on_progress: OnProgress | None) -> None:
        self.done, self.total = start, total
        self._is_resumed = start > 0
        self._on_progress = on_progress
        now = time.monotonic()
        self._marks = deque([(now, start)])
        self.tell()

    def add(self, count: int) -> int:
        """Returns all bytes so far."""
        self.done += count
        if time.monotonic() - self._told_s >= _PROGRESS_EVERY_S:
            self.tell()
        return self.done

    def tell(self) -> None:
        now = self._told_s = time.monotonic()
        self._marks.append((now, self.done))
        while len(self._marks) > 2 and now - self._marks[1][0] > _SPEED_OVER_S:
            self._marks.popleft()
        if self._on_progress is not None:
            then, bytes_then = self._marks[0]
            speed = (self.done - bytes_then) / (now - then) if now > then else 0.0
            self._on_progress(DownloadProgress(self.done, self.total, speed, self._is_resumed))


def _check(wanted: Wanted, part: PartialFile) -> None:
    """A wrong file is deleted: nothing can be made of it.

    Raises:
        WeightsError: it is not the expected one.
        StorageError: what came cannot be remembered.
    """
    with part.path.open("rb") as file:
        head = file.read(512)
        sha256 = _digest(file, "sha256")
        is_right = sha256.startswith(wanted.sha256)
        if wanted.md5 and is_right:
            is_right = _digest(file, "md5") == wanted.md5
    if is_right:
        if sha256 != wanted.sha256:
            try:
                compare_with_first(wanted.known_as or wanted.address, sha256, wanted.name)
            except WeightsError:
                part.discard()
                raise
        return
    part.discard()
    if head.lstrip().lower().startswith((b"<!doctype", b"<html")):
        raise web.page_instead(wanted.address)
    raise _wrong_file(wanted)


def _digest(file: BinaryIO, kind: str) -> str:
    file.seek(0)
    return hashlib.file_digest(file, lambda: hashlib.new(kind, usedforsecurity=False)).hexdigest()  # type: ignore[arg-type]


def _raise_if_stopped(stop: StopToken | None, wanted: Wanted) -> None:
    if stop is not None and stop.stopped:
        raise stopped_error(wanted.name)


def _broken_off(wanted: Wanted) -> WeightsError:
    return WeightsError(
        QT_TRANSLATE_NOOP("core", "The download of {model} broke off."),
        QT_TRANSLATE_NOOP("core", "Try again: it goes on from here."),
        model=wanted.name,
    )


def _wrong_file(wanted: Wanted) -> WeightsError:
    return WeightsError(
        QT_TRANSLATE_NOOP("core", "{host} sent another file than that of {model}; it was deleted."),
        QT_TRANSLATE_NOOP("core", "Try again, or download it elsewhere and import it: {address}"),
        host=web.host_of(wanted.address),
        model=wanted.name,
        address=wanted.address,
    )
