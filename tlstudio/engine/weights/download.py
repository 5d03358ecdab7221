"""Fetching pretrained weights, only when asked to, to where their own libraries look for them."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlparse

from tlstudio.core.errors import WeightsError
from tlstudio.core.networks.catalog import HASH_IN_NAME as HASH_IN_NAME
from tlstudio.core.networks.catalog import ModelSpec, WeightsSpec
from tlstudio.core.runs.events import StopToken
from tlstudio.core.storage import unwritable
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.downloads.fetch import OnProgress, Wanted, fetch, stopped_error
from tlstudio.engine.downloads.partial import PartialFile, PartialNote
from tlstudio.engine.models.catalog import get_model, pretrained_path
from tlstudio.engine.models.places import checkpoint_path
from tlstudio.engine.weights.hub import find_hub_file, place_in_hub, repository_dir


def download_weights(
    model: str,
    weights: str = "",
    *,
    restart: bool = False,
    stop: StopToken | None = None,
    on_progress: OnProgress | None = None,
    url: str | None = None,
) -> Path:
    """Fetch pretrained weights, unless they are there already.

    torchvision's go where torchvision looks, timm's where timm looks, so that either library finds
    what was fetched here. The file appears when it is complete and its SHA-256 is right. What has
    come when the download is stopped or breaks off is kept, and gone on with the next time.

    Args:
        model: its name in the catalog.
        weights: their name; empty for the default ones.
        restart: throw away what an earlier attempt has left.
        stop: ends the download within a moment.
        on_progress: told at most ten times a second.
        url: another place than the library's, e.g. a mirror; the file's name must be the same.

    Returns:
        Where the weights are.

    Raises:
        ConfigError: the catalog has no such model, or the model no such weights.
        WeightsError: no connection, a refusal, a broken-off or wrong file, or it was stopped.
        StorageError: it cannot be written, or the disk is too small.
    """
    spec = get_model(model)
    chosen = spec.weights_named(weights)
    present = pretrained_path(model, weights)
    if present is not None:
        return present
    address = url or (chosen.url if chosen else "")
    if chosen is None or urlparse(address).scheme not in ("http", "https"):
        raise WeightsError(
            QT_TRANSLATE_NOOP("core", "There are no pretrained weights of {model} to download."),
            QT_TRANSLATE_NOOP("core", "Choose another model, or start from random values."),
            model=spec.title,
        )
    note = PartialNote(spec.name, chosen.name, address)
    part = partial_file(chosen, url)
    with part.held(spec.title):
        present = pretrained_path(model, weights)
        if present is not None:  # another program was just done
            return present
        if restart:
            part.discard()
        if chosen.hub is not None and url is None:
            return _from_hub(spec, chosen.hub, part, note, stop, on_progress)
        digits = HASH_IN_NAME.search(part.target.name)
        wanted = Wanted(
            spec.title, address, sha256=digits[1] if digits else "", known_as=chosen.url
        )
        _put(fetch(wanted, part, note, stop=stop, on_progress=on_progress), part.target)
        part.discard()
        return part.target


def partial_file(weights: WeightsSpec, url: str | None = None) -> PartialFile:
    """Return the path of an unfinished download, on the same disk as the finished file."""
    if weights.hub is not None and url is None:
        repository, file = weights.hub
        return PartialFile(repository_dir(repository) / (file or "weights").replace("/", "--"))
    return PartialFile(checkpoint_path(url or weights.url))


def _from_hub(
    spec: ModelSpec,
    hub: tuple[str, str],
    part: PartialFile,
    note: PartialNote,
    stop: StopToken | None,
    on_progress: OnProgress | None,
) -> Path:
    found = find_hub_file(*hub, spec.title, stop)
    if stop is not None and stop.stopped:
        raise stopped_error(spec.title)
    wanted = Wanted(
        name=spec.title,
        address=found.address,
        version=found.etag,
        size_bytes=found.size_bytes,
        sha256=found.sha256,
        secrets=found.secrets,
    )
    path = place_in_hub(fetch(wanted, part, note, stop=stop, on_progress=on_progress), found)
    part.discard()
    return path


def _put(complete: Path, target: Path) -> None:
    try:
        complete.replace(target)
    except OSError as error:
        raise unwritable(target, error) from error
