"""Pretrained weights on this machine: what is there, what is unfinished, and how to remove it."""

from __future__ import annotations

from pathlib import Path

from tlstudio.core.errors import WeightsError
from tlstudio.core.networks.catalog import WeightsPlace
from tlstudio.core.networks.downloads import PartialDownload, StoredWeights, WeightsName
from tlstudio.core.storage import unwritable
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.downloads.partial import PartialFile, partial_files
from tlstudio.engine.models.catalog import get_model, has_model, list_models, pretrained_path
from tlstudio.engine.models.places import checkpoints_dir, hub_dir
from tlstudio.engine.models.rows import catalog_row
from tlstudio.engine.weights.download import partial_file
from tlstudio.engine.weights.hub import remove_from_hub


def stored_weights() -> tuple[StoredWeights, ...]:
    """List the files of pretrained weights: on board first, then the latest first."""
    found: dict[Path, list[WeightsName]] = {}
    titles: dict[Path, str] = {}
    places: dict[Path, WeightsPlace] = {}
    for spec in list_models():
        for weights in spec.weights:
            if not weights.ready:
                continue
            path = pretrained_path(spec.name, weights.name)
            if path is not None:  # it may have gone in between
                found.setdefault(path, []).append(WeightsName(spec.name, weights.name))
                titles.setdefault(path, spec.title)
                places.setdefault(path, weights.place)
    rows = (_stored(path, names, titles[path], places[path]) for path, names in found.items())
    return tuple(sorted((row for row in rows if row), key=lambda row: (row.removable, -row.used_s)))


def partial_downloads() -> tuple[PartialDownload, ...]:
    """List the unfinished downloads of weights of the catalog."""
    folders = [checkpoints_dir(), *hub_dir().glob("models--*")]
    rows = [_partial(part) for folder in folders for part in partial_files(folder)]
    return tuple(row for row in rows if row is not None)


def weights_folders() -> tuple[Path, ...]:
    """Return the folders of downloads: torch's and the hub's. Either may not exist yet."""
    return checkpoints_dir(), hub_dir()


def remove_weights(model: str, weights: str = "") -> Path:
    """Delete downloaded weights from this machine.

    Returns:
        Where they were.

    Raises:
        ConfigError: the catalog has no such model, or the model no such weights.
        WeightsError: they are not here, or are installed with the studio.
        StorageError: the file cannot be deleted.
    """
    spec = get_model(model)
    chosen, path = spec.weights_named(weights), pretrained_path(model, weights)
    if chosen is None or path is None:
        raise WeightsError(
            QT_TRANSLATE_NOOP("core", "The weights of {model} are not on this machine."),
            model=spec.title,
        )
    if chosen.place is WeightsPlace.ON_BOARD:
        raise WeightsError(
            QT_TRANSLATE_NOOP("core", "The weights of {model} belong to the studio and stay."),
            model=spec.title,
        )
    try:
        if chosen.hub is not None:
            remove_from_hub(path)
        else:
            path.unlink()
    except OSError as error:
        raise unwritable(path, error) from error
    return path


def discard_partial(model: str, weights: str = "") -> None:
    """Throw away what an unfinished download has left.

    Raises:
        ConfigError: the catalog has no such model, or the model no such weights.
        WeightsError: it is going on.
        StorageError: it cannot be deleted.
    """
    spec = get_model(model)
    chosen = spec.weights_named(weights)
    if chosen is not None:
        part = partial_file(chosen)
        with part.held(spec.title):
            part.discard()


def _stored(
    path: Path, names: list[WeightsName], title: str, place: WeightsPlace
) -> StoredWeights | None:
    try:
        state = path.stat()
    except OSError:
        return None
    used = max(state.st_atime, state.st_mtime)
    return StoredWeights(tuple(names), title, place, path, state.st_size, used)


def _partial(part: PartialFile) -> PartialDownload | None:
    note = part.note()
    if note is None or not has_model(note.model) or not part.path.is_file():
        return None
    name = WeightsName(note.model, note.weights)
    title = catalog_row(note.model).title
    return PartialDownload(name, title, part.path, part.done_bytes, note.total_bytes)
