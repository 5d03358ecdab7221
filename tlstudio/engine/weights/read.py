"""Weights files as they lie on disk, read without running anything in them."""

from __future__ import annotations

import os
import pickle
import stat
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import torch

from tlstudio.core.errors import WeightsError
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.symbolic_pickle import NotInertError
from tlstudio.engine.weights.archive import BrokenArchiveError, TorchArchive
from tlstudio.engine.weights.inert import read_inert
from tlstudio.engine.weights.metadata import METADATA_ATTRIBUTE, METADATA_KEY

SUFFIXES = (".pth", ".pt", ".safetensors")

_ZIP_MAGIC = b"PK\x03\x04"
_PICKLE_MAGIC = b"\x80"


@dataclass(frozen=True, slots=True)
class RawWeights:
    """The content of a weights file, before its network is recognised.

    Attributes:
        values: tensors by name, possibly nested in further mappings, possibly beside other values.
        source: ``state_dict``, ``whole_model`` or ``safetensors``.
        metadata: the studio's JSON text; empty where there is none.
        attributes: plain attributes of a whole model.
    """

    values: Mapping[str, Any]
    source: str
    metadata: str = ""
    attributes: Mapping[str, str | int | float | bool] = field(default_factory=dict)


def read_weights(path: Path) -> RawWeights:
    """Read a weights file of any kind that the studio knows.

    State dicts go through ``torch.load(weights_only=True)``, whole models through the inert reader.

    Raises:
        WeightsError: it cannot be opened, is damaged, is no weights file, or holds what could only
            be had by running code.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise _not_weights(path)
        with path.open("rb") as file:
            return _read(path, file, os.fstat(file.fileno()).st_size)
    except OSError as error:
        raise WeightsError(
            QT_TRANSLATE_NOOP("core", "“{name}” cannot be opened: {why}."),
            "",
            name=path.name,
            why=error.strerror or str(error),
        ) from error


def _read(path: Path, file: BinaryIO, size: int) -> RawWeights:
    start = file.read(16)
    file.seek(0)
    if start.startswith(_ZIP_MAGIC):
        return _read_zip(path, file, size)
    if path.suffix.lower() == ".safetensors" or start[8:9] == b"{":
        return _read_safetensors(path, file.read())
    if start.startswith(_PICKLE_MAGIC):
        return _read_legacy(path, file)
    raise _not_weights(path) if size else _damaged(path)


def _read_zip(path: Path, file: BinaryIO, size: int) -> RawWeights:
    try:
        archive = TorchArchive(file, size)
        if archive.is_script:
            raise _refused(path, "TorchScript")
        file.seek(0)
        values = _load_plain(file, is_intact=True)
        if isinstance(values, Mapping):
            return _state_dict(values)
        if values is not None:
            raise _not_weights(path)
        model = read_inert(archive)
    except BrokenArchiveError as error:
        raise _damaged(path) from error
    except NotInertError as error:
        raise _refused(path, str(error)) from error
    if not model.state:
        raise _not_weights(path)
    text = model.attributes.get(METADATA_ATTRIBUTE, "")
    source = "whole_model" if model.kind else "state_dict"
    return RawWeights(model.state, source, text if isinstance(text, str) else "", model.attributes)


def _read_legacy(path: Path, file: BinaryIO) -> RawWeights:
    """Files of torch before 1.6, and torchvision's older downloads: state dicts only."""
    try:
        values = _load_plain(file, is_intact=False)
    except BrokenArchiveError as error:
        raise _damaged(path) from error
    if values is None:
        raise WeightsError(
            QT_TRANSLATE_NOOP(
                "core",
                "“{name}” is a whole model in the format of torch before 1.6, which cannot be "
                "read without running code from it.",
            ),
            QT_TRANSLATE_NOOP(
                "core",
                "Where it comes from, save its weights instead: "
                "torch.save(model.state_dict(), path).",
            ),
            name=path.name,
        )
    if not isinstance(values, Mapping):
        raise _not_weights(path)
    return _state_dict(values)


def _load_plain(file: BinaryIO, *, is_intact: bool) -> object | None:
    """Load with ``weights_only=True``; None where the file needs more than that.

    Args:
        file: at its start.
        is_intact: its checksums were right, so that a refusal is about what it says.

    Raises:
        BrokenArchiveError: torch cannot make sense of the file.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about the file's age; nothing a person can do
            loaded: object = torch.load(file, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        if is_intact or _wants_code(error):
            return None
        raise BrokenArchiveError(str(error)) from error
    except Exception as error:  # torch raises a dozen types on broken files
        raise BrokenArchiveError(str(error)) from error
    return loaded if loaded is not None else {}


def _wants_code(error: BaseException) -> bool:
    """Whether torch refused the file for what it names or calls, rather than for broken bytes."""
    text = str(error)
    return any(
        sign in text
        for sign in (
            "Unsupported global",
            "unsupported GLOBAL",
            "Can only create new object",
            "Trying to call reduce",
            "Can only build",
        )
    )


def _state_dict(values: Mapping[str, Any]) -> RawWeights:
    own = getattr(values, "_metadata", None)
    text = own.get(METADATA_KEY, "") if isinstance(own, Mapping) else ""
    return RawWeights(values, "state_dict", text if isinstance(text, str) else "")


def _read_safetensors(path: Path, data: bytes) -> RawWeights:
    import json

    from safetensors import SafetensorError
    from safetensors.torch import load

    try:
        values = load(data)
        length = int.from_bytes(data[:8], "little")
        header = json.loads(data[8 : 8 + length]).get("__metadata__", {})
    except (SafetensorError, ValueError, KeyError, RuntimeError, RecursionError) as error:
        looks_alike = data[8:9] == b"{"
        raise (_damaged(path) if looks_alike or not data else _not_weights(path)) from error
    text = header.get(METADATA_KEY, "") if isinstance(header, dict) else ""
    return RawWeights(values, "safetensors", text if isinstance(text, str) else "")


def _not_weights(path: Path) -> WeightsError:
    return WeightsError(
        QT_TRANSLATE_NOOP("core", "“{name}” is not a weights file."),
        QT_TRANSLATE_NOOP("core", "Choose a .pth, .pt or .safetensors file."),
        name=path.name,
    )


def _damaged(path: Path) -> WeightsError:
    return WeightsError(
        QT_TRANSLATE_NOOP("core", "“{name}” is damaged, or was not written to its end."),
        QT_TRANSLATE_NOOP("core", "Copy or download it again, or choose another file."),
        name=path.name,
    )


def _refused(path: Path, why: str) -> WeightsError:
    return WeightsError(
        QT_TRANSLATE_NOOP(
            "core", "“{name}” was not opened, for safety: it holds more than weights ({why})."
        ),
        QT_TRANSLATE_NOOP(
            "core",
            "Where it comes from, save its weights alone: torch.save(model.state_dict(), path).",
        ),
        name=path.name,
        why=why,
    )
