"""Pretrained weights that a person downloaded elsewhere, put where their library looks for them."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from urllib.parse import urlparse

from tlstudio.core.errors import WeightsError
from tlstudio.core.networks.catalog import ModelSpec, WeightsPlace, WeightsSpec
from tlstudio.core.networks.downloads import WeightsGuess, WeightsName
from tlstudio.core.storage import atomic_path, unwritable
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.downloads.fetch import check_room
from tlstudio.engine.models.build import pretrained_from
from tlstudio.engine.models.catalog import get_model, list_models, pretrained_path
from tlstudio.engine.models.places import checkpoint_path
from tlstudio.engine.weights.download import HASH_IN_NAME, partial_file
from tlstudio.engine.weights.entries import entries_of
from tlstudio.engine.weights.hub import (
    HubFile,
    hub_names,
    known_commit,
    place_in_hub,
    repository_dir,
)
from tlstudio.engine.weights.read import read_weights
from tlstudio.engine.weights.recognise import Names, fitting_models

# For files whose commit nobody knows; the hub's library replaces it when it next asks the hub.
_UNKNOWN_COMMIT = "0" * 40

_MAX_CONFIG_BYTES = 1 << 20


def recognise_weights(
    path: Path, model: str = "", weights: str = "", *, digest: str = ""
) -> WeightsGuess:
    """Find out which pretrained weights of the catalog a file holds.

    Told by its SHA-256, whose first digits torchvision's names end with; by timm's name for it, as
    the hub's repositories are called, or by the ``config.json`` beside it; else by its tensors.

    Args:
        model: only weights of this one; empty for any.
        weights: only those of this name; empty for any.
        digest: the SHA-256 of the file, where it is known already.

    Raises:
        ConfigError: the catalog has no such model, or the model no such weights.
        WeightsError: it cannot be read, is damaged, or holds no weights of the catalog.
    """
    specs = list_models()
    if model:
        spec = get_model(model)
        if weights:
            spec.weights_named(weights)
        specs = (spec,)
    digest = digest or sha256_of(path)
    wanted = [
        (spec, chosen)
        for spec in specs
        for chosen in spec.weights
        if weights in ("", chosen.name) and chosen.place is not WeightsPlace.ON_BOARD
    ]
    stated = [(s, w) for s, w in wanted if (digits := _digits(w)) and digest.startswith(digits)]
    if not stated:
        stated = _named_like(path, wanted)
    if stated:
        return WeightsGuess((_name(*stated[0]),), is_certain=True)
    damaged = [(s, w) for s, w in wanted if (digits := _digits(w)) and f"-{digits}" in path.name]
    if damaged:
        raise WeightsError(
            QT_TRANSLATE_NOOP("core", "“{name}” is damaged: its checksum is not that in its name."),
            QT_TRANSLATE_NOOP("core", "Download it again."),
            name=path.name,
        )
    if model and weights:
        return WeightsGuess((_name(*wanted[0]),), is_certain=True) if wanted else _unknown(path)
    return _by_tensors(path, wanted, (model,) if model else ())


def import_weights(path: Path, model: str = "", weights: str = "") -> WeightsName:
    """Copy a file of pretrained weights to where its library, and the studio, look for it.

    The network is built from it first, so that what does not fit never gets there.

    Args:
        path: the file; it stays.
        model, weights: what it is, if it cannot be told from the file.

    Raises:
        ConfigError: the catalog has no such model, or the model no such weights.
        WeightsError: it cannot be read, is damaged, does not fit, or may be several.
        StorageError: it cannot be written, or the disk is too small.
    """
    guess = recognise_weights(path, model, weights)
    if not guess.is_certain:
        raise _several(path, guess)
    name = guess.choices[0]
    spec = get_model(name.model)
    chosen = spec.weights_named(name.weights)
    assert chosen is not None
    if pretrained_path(*name) is not None:
        return name  # they are here
    _check_digits(path, spec, chosen)
    _check_fit(path, spec, chosen)
    if chosen.hub is not None:
        _into_hub(path, chosen.hub)
    else:
        _copy(path, checkpoint_path(chosen.url))
    partial_file(chosen).discard()
    return name


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file of weights.

    Raises:
        WeightsError: it cannot be read.
    """
    try:
        if not path.is_file():
            raise FileNotFoundError
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise _unreadable(path) from error


def _unreadable(path: Path) -> WeightsError:
    return WeightsError(
        QT_TRANSLATE_NOOP("core", "“{name}” cannot be read."),
        QT_TRANSLATE_NOOP("core", "Choose the file of the weights."),
        name=path.name,
    )


def _digits(weights: WeightsSpec) -> str:
    """Return the beginning of the SHA-256 that the name states; empty if it states none."""
    if weights.hub is not None:
        return ""
    found = HASH_IN_NAME.search(PurePosixPath(urlparse(weights.url).path).name)
    return found[1] if found else ""


def _name(spec: ModelSpec, weights: WeightsSpec) -> WeightsName:
    return WeightsName(spec.name, weights.name)


def _named_like(
    path: Path, wanted: list[tuple[ModelSpec, WeightsSpec]]
) -> list[tuple[ModelSpec, WeightsSpec]]:
    """Recognise a file by timm's name, e.g. ``resnet18.a1_in1k``, in the usual places."""
    names = {path.stem, path.parent.name, *_configured(path.parent / "config.json")}
    names |= {folder.name.rpartition("--")[2] for folder in path.parents}
    return [(s, w) for s, w in wanted if w.hub and w.hub[0].rpartition("/")[2] in names]


def _configured(config: Path) -> Iterator[str]:
    """The name that timm's ``config.json`` states."""
    try:
        if not config.is_file() or config.stat().st_size > _MAX_CONFIG_BYTES:
            return
        stored = json.loads(config.read_text(encoding="utf-8"))
        yield f"{stored['architecture']}.{stored['pretrained_cfg']['tag']}"
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return


def _by_tensors(
    path: Path, wanted: list[tuple[ModelSpec, WeightsSpec]], models: tuple[str, ...]
) -> WeightsGuess:
    entries = entries_of(read_weights(path).values)
    found = fitting_models(Names(entries.shapes, entries.nests), models)
    # What a library reads there must be the state dict itself.
    fits = {name: fit.num_classes for name, fit in found.items() if not fit.place}
    # Those with digits in their names would have been told by them.
    choices = [
        _name(spec, weights)
        for spec, weights in wanted
        if fits.get(spec.name) == weights.num_classes and not _digits(weights)
    ]
    if choices:
        return WeightsGuess(tuple(choices), is_certain=False)
    if fits:
        raise WeightsError(
            QT_TRANSLATE_NOOP(
                "core", "“{name}” fits {model}, but is none of its pretrained weights."
            ),
            QT_TRANSLATE_NOOP("core", "Weights of your own are opened with Load weights."),
            name=path.name,
            model=next(iter(fits)),
        )
    return _unknown(path)


def _unknown(path: Path) -> WeightsGuess:
    raise WeightsError(
        QT_TRANSLATE_NOOP("core", "“{name}” holds no pretrained weights that the studio knows."),
        QT_TRANSLATE_NOOP(
            "core", "Keep the file's original name, or choose its model first and import it again."
        ),
        name=path.name,
    )


def _several(path: Path, guess: WeightsGuess) -> WeightsError:
    return WeightsError(
        QT_TRANSLATE_NOOP("core", "“{name}” may be several weights: {choices}."),
        QT_TRANSLATE_NOOP("core", "Say which model and which weights it is."),
        name=path.name,
        choices=", ".join(f"{name.model} {name.weights}" for name in guess.choices[:8]),
    )


def _check_digits(path: Path, spec: ModelSpec, weights: WeightsSpec) -> None:
    """torch checks a file's digits only when it downloads; afterwards it trusts the name."""
    digits = _digits(weights)
    if digits and not sha256_of(path).startswith(digits):
        raise WeightsError(
            QT_TRANSLATE_NOOP("core", "“{name}” is not the file {file} of {model}."),
            QT_TRANSLATE_NOOP("core", "Download it again from {address}"),
            name=path.name,
            file=PurePosixPath(urlparse(weights.url).path).name,
            model=spec.title,
            address=weights.url,
        )


def _check_fit(path: Path, spec: ModelSpec, weights: WeightsSpec) -> None:
    read_weights(path)
    try:
        pretrained_from(spec, weights, path)
    except Exception as error:  # each network refuses in its own way
        raise WeightsError(
            QT_TRANSLATE_NOOP("core", "“{name}” does not fit {model}."),
            QT_TRANSLATE_NOOP("core", "Choose its own model, or download it again from {address}"),
            name=path.name,
            model=spec.title,
            address=weights.url,
        ) from error


def _into_hub(path: Path, hub: tuple[str, str]) -> None:
    repository, file = hub
    is_safe = _is_safetensors(path)
    names = hub_names(file)
    name = next((n for n in names if n.endswith(".safetensors") == is_safe), "")
    if not name:
        raise WeightsError(
            QT_TRANSLATE_NOOP("core", "“{name}” is not of the kind that timm looks for: {file}."),
            QT_TRANSLATE_NOOP("core", "Download that file from {address}"),
            name=path.name,
            file=", ".join(names),
            address=f"https://huggingface.co/{repository}",
        )
    copy = repository_dir(repository) / f"{name.replace('/', '--')}.import"
    _copy(path, copy)
    commit = known_commit(repository) or _UNKNOWN_COMMIT
    try:
        place_in_hub(copy, HubFile(repository, name, commit, sha256_of(copy), 0, ""))
    finally:
        copy.unlink(missing_ok=True)


def _is_safetensors(path: Path) -> bool:
    """A length of the header, and then JSON."""
    try:
        with path.open("rb") as file:
            return file.read(9)[8:] == b"{"
    except OSError as error:
        raise _unreadable(path) from error


def _copy(path: Path, target: Path) -> None:
    try:
        check_room(target.parent, path.stat().st_size)
        with atomic_path(target) as temporary:
            shutil.copyfile(path, temporary)
    except OSError as error:
        if not path.is_file():  # its stick was pulled out: the disk is not to blame
            raise _unreadable(path) from error
        raise unwritable(target, error) from error
