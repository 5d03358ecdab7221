"""Files of the Hugging Face hub: found by the hub's library, put where that library finds them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from tlstudio.core.errors import WeightsError
from tlstudio.core.runs.events import StopToken
from tlstudio.core.storage import atomic_write, unwritable
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.downloads import web
from tlstudio.engine.downloads.fetch import stopped_error
from tlstudio.engine.models.places import HUB_FILES, hub_dir
from tlstudio.engine.network import use_preferences

REVISION = "main"  # what timm asks for

_SHA256_DIGITS = 64
_FILE_NAME = re.compile(r"\w[\w.-]*")  # what the server names becomes names of files


@dataclass(frozen=True, slots=True)
class HubFile:
    """A file as the hub has it now.

    Attributes:
        repository: e.g. ``timm/resnet18.a1_in1k``.
        name: inside the repository.
        commit: the version of the repository.
        etag: the version of the file: its SHA-256 if it is a large one, as weights are.
        size_bytes: 0 if the hub does not say.
        address: where its bytes are.
        secrets: headers with the person's token, for the hub alone.
    """

    repository: str
    name: str
    commit: str
    etag: str
    size_bytes: int
    address: str
    secrets: Mapping[str, str] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        """Empty where the hub does not state it."""
        return self.etag if len(self.etag) == _SHA256_DIGITS else ""


def hub_names(file: str) -> tuple[str, ...]:
    """Return the names that timm looks for in a repository, in its order."""
    return (file,) if file else HUB_FILES


def repository_dir(repository: str) -> Path:
    """The folder of a repository in the hub's cache, see `hub_dir`."""
    return hub_dir() / ("models--" + repository.replace("/", "--"))


def find_hub_file(repository: str, file: str, model: str, stop: StopToken | None = None) -> HubFile:
    """Ask the hub.

    Honours the preferences, ``HF_ENDPOINT``, ``HF_HUB_OFFLINE``, ``HF_TOKEN`` and proxies.

    Args:
        file: its name; empty for the one that timm would take.
        model: for sentences.
        stop: nothing is waited for any more.

    Raises:
        WeightsError: no connection, a refusal, there is no such file, or it was stopped.
    """
    from huggingface_hub import errors, hf_hub_url

    use_preferences(hf_hub_url(repository, file or HUB_FILES[0]))
    address = ""
    for name in hub_names(file):
        address = hf_hub_url(repository, name)
        try:
            return web.given_up_on_stop(partial(_asked, repository, name, address), stop)
        except errors.RemoteEntryNotFoundError:
            continue
        except WeightsError:
            raise
        except Exception as error:  # the library's own, and those of its connections
            if stop is not None and stop.stopped:
                raise stopped_error(model) from error
            raise _translated(error, address, model) from error
    raise web.refusal(404, address, model)


def _asked(repository: str, name: str, address: str) -> HubFile:
    from huggingface_hub import constants, get_hf_file_metadata, get_token

    found = get_hf_file_metadata(address, timeout=constants.HF_HUB_ETAG_TIMEOUT)
    named = (found.commit_hash or "", found.etag or "")
    if not all(_FILE_NAME.fullmatch(name) for name in named):
        raise web.page_instead(address)
    # As the library does itself: what lies in the new storage is redirected when it is asked for.
    is_elsewhere = found.xet_file_data is None and found.location != address
    source = found.location if is_elsewhere else address
    web.check_step(address, source)
    token = None if constants.HF_HUB_DISABLE_IMPLICIT_TOKEN else get_token()
    is_hub = web.host_of(source) == web.host_of(address)
    return HubFile(
        repository=repository,
        name=name,
        commit=named[0],
        etag=named[1],
        size_bytes=found.size or 0,
        address=source,
        secrets={"Authorization": f"Bearer {token}"} if token and is_hub else {},
    )


def _translated(error: Exception, address: str, model: str) -> WeightsError:
    from huggingface_hub import errors

    if isinstance(error, errors.OfflineModeIsEnabled):
        return WeightsError(
            QT_TRANSLATE_NOOP("core", "Downloads from {host} are switched off by HF_HUB_OFFLINE."),
            QT_TRANSLATE_NOOP("core", "Start the studio without it, or import a file."),
            host=web.host_of(address),
        )
    if isinstance(error, errors.HfHubHTTPError):
        return web.refusal(error.response.status_code, address, model)
    for cause in _causes(error):
        kind = type(cause).__name__  # httpx's, which we do not use ourselves
        if isinstance(cause, OSError) and not isinstance(cause, TimeoutError):
            return web.connection_error(cause, address, model)
        if kind == "ProxyError":
            return web.connection_error(cause, address, model)
        if kind.endswith("Timeout") or isinstance(cause, TimeoutError):
            return web.no_answer(address)
    return web.no_network(address)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The first cause first: it knows best."""
    chain: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in chain:
        chain.append(current)
        current = current.__cause__ or current.__context__
    return reversed(chain)


def place_in_hub(file: Path, found: HubFile) -> Path:
    """Move a complete file into the hub's cache, as its library would have put it there.

    See "Understand caching" in the library's documentation: the bytes in ``blobs``, a link to them
    in ``snapshots``, and the commit in ``refs``.

    Returns:
        The file under its own name.

    Raises:
        StorageError: it cannot be written.
    """
    folder = repository_dir(found.repository)
    blob = folder / "blobs" / found.etag
    pointer = folder / "snapshots" / found.commit / found.name
    try:
        for path in (blob, pointer):
            path.parent.mkdir(parents=True, exist_ok=True)
        file.replace(blob)
        pointer.unlink(missing_ok=True)
        try:
            pointer.symlink_to(os.path.relpath(blob, pointer.parent))
        except OSError:  # Windows, as a rule
            blob.replace(pointer)
        # it was remembered that there is no such file
        (folder / ".no_exist" / found.commit / found.name).unlink(missing_ok=True)
    except OSError as error:
        raise unwritable(pointer, error) from error
    atomic_write(folder / "refs" / REVISION, found.commit)
    return pointer


def known_commit(repository: str) -> str:
    """The commit that the cache holds for the default revision; empty if it holds none."""
    try:
        return (repository_dir(repository) / "refs" / REVISION).read_text().strip()
    except (OSError, UnicodeDecodeError):
        return ""


def remove_from_hub(pointer: Path) -> None:
    """Delete a file of the hub's cache, and its bytes if nothing else needs them.

    Args:
        pointer: the file under ``snapshots``.

    Raises:
        OSError: it cannot be deleted.
    """
    snapshots = next(parent for parent in pointer.parents if parent.name == "snapshots")
    name = pointer.relative_to(snapshots).parts[1:]
    pointers = [snapshot.joinpath(*name) for snapshot in snapshots.iterdir()]
    blobs = {path.resolve() for path in pointers if path.is_symlink()}
    for path in pointers:
        path.unlink(missing_ok=True)
    others: set[Any] = {path.resolve() for path in snapshots.rglob("*") if path.is_symlink()}
    own = snapshots.parent / "blobs"
    for blob in blobs - others:
        if blob.parent == own.resolve():  # and not in a store that other caches share
            blob.unlink(missing_ok=True)
    _prune(snapshots.parent)


def _prune(repository: Path) -> None:
    """Delete a repository of which no file is left."""
    import shutil

    if not any(path.is_file() for path in (repository / "snapshots").rglob("*")):
        shutil.rmtree(repository, ignore_errors=True)
