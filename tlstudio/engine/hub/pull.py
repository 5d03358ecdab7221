"""Weights from the hub, by the studio's own downloader, into the cache of the hub's own programs.

What comes is a stranger's file: whoever loads it does so by `engine.weights`, as any other file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path, PurePosixPath

from tlstudio.core.errors import HubError
from tlstudio.core.hub import WEIGHTS_FILE, HubProgressed, Pulled, repository_id
from tlstudio.core.networks.downloads import DownloadProgress
from tlstudio.core.runs.events import StopToken
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.downloads.fetch import Wanted, fetch
from tlstudio.engine.downloads.partial import PartialFile, PartialNote
from tlstudio.engine.hub.client import asked, open_hub
from tlstudio.engine.hub.progress import Report, with_progress
from tlstudio.engine.weights.hub import find_hub_file, place_in_hub, repository_dir

_NAME = re.compile(r"(?:\w[\w.+-]*/)*\w[\w.+-]*")  # what the server names becomes names of files
SUFFIXES = (".safetensors", ".pth", ".pt", ".bin", ".ckpt")  # best first


def pull(repository: str, stop: StopToken, *, file: str = "") -> Iterator[HubProgressed | Pulled]:
    """Fetch the weights of a repository. What broke off is gone on with.

    Args:
        repository: ``OWNER/NAME``, or the address of its page.
        file: which one; empty for the one that is most likely meant.

    Raises:
        HubError: no network, no such repository or file, or it was stopped.
        WeightsError: the preferences allow no downloads, or the download failed.
        StorageError: the disk is full.
    """
    name = repository_id(repository)
    hub = open_hub()
    files = asked(lambda: hub.list_repo_files(name), name, stop)
    chosen = _chosen(name, files, file)
    yield from with_progress(partial(_fetched, name, chosen, stop))


def _chosen(repository: str, files: list[str], wanted: str) -> str:
    """The file of weights.

    Raises:
        HubError: there is none.
    """
    weights = [
        name
        for name in map(str, files)  # the hub's library hands on whatever a server says
        if PurePosixPath(name).suffix.lower() in SUFFIXES and _NAME.fullmatch(name)
    ]
    if wanted:
        if wanted in weights:
            return wanted
        raise HubError(
            QT_TRANSLATE_NOOP("core", "“{name}” has no weights called “{file}”."),
            QT_TRANSLATE_NOOP("core", "It has: {files}"),
            name=repository,
            file=wanted,
            files=", ".join(weights[:12]) or "–",
        )
    if not weights:
        raise HubError(
            QT_TRANSLATE_NOOP("core", "“{name}” holds no weights that the studio reads."),
            QT_TRANSLATE_NOOP("core", "It reads .safetensors, .pth, .pt, .bin and .ckpt files."),
            name=repository,
        )
    if WEIGHTS_FILE in weights:
        return WEIGHTS_FILE
    by_kind = sorted(
        weights, key=lambda name: (SUFFIXES.index(PurePosixPath(name).suffix.lower()), len(name))
    )
    return by_kind[0]


def _fetched(repository: str, file: str, stop: StopToken, report: Report) -> Pulled:
    def on_progress(progress: DownloadProgress) -> None:
        report(HubProgressed(progress.done_bytes, progress.total_bytes))

    found = find_hub_file(repository, file, repository, stop)
    part = PartialFile(repository_dir(repository) / file.replace("/", "--"))
    with part.held(repository):
        wanted = Wanted(
            name=repository,
            address=found.address,
            version=found.etag,
            size_bytes=found.size_bytes,
            sha256=found.sha256,
            secrets=found.secrets,
        )
        note = PartialNote(repository, file, found.address)
        complete = fetch(wanted, part, note, stop=stop, on_progress=on_progress)
        path: Path = place_in_hub(complete, found)
        part.discard()
    return Pulled(repository, file, path)
