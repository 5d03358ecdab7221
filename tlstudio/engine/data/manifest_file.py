"""A manifest as a file: JSON lines that travel with a dataset and open in any editor.

The first line is a head with the version of the format. Then there is a line for each image, e.g.
``{"image": "cat/7.jpg", "class": "dog", "split": "val"}``, or for a finding that was accepted.
"""

from __future__ import annotations

import json
from pathlib import Path

from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.data.manifest import Manifest, manifest_key
from tlstudio.core.errors import DatasetError, StorageError
from tlstudio.core.texts import QT_TRANSLATE_NOOP

VERSION = 2  # version 1 was a single JSON object


def read_manifest(file: Path) -> Manifest | None:
    """Read a manifest of this version or an earlier one; None where there is no such file.

    What a later version added to the lines is kept in `Manifest.unknown`.

    Raises:
        StorageError: it cannot be read, is no manifest, or its format is newer.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        raise _damaged(file) from error
    try:
        manifest = _old_manifest(text)
        return _manifest(file, text) if manifest is None else manifest
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise _damaged(file) from error


def manifest_text(manifest: Manifest, root: Path | None = None) -> str:
    """The lines of the file.

    Args:
        manifest: what it says.
        root: the dataset's place, for people who look into the file; None for one that travels.
    """
    head: dict[str, object] = {"tlstudio_manifest": VERSION}
    if root is not None:
        head["root"] = str(root.expanduser().resolve())
    lines = [json.dumps(row, ensure_ascii=False) for row in (head, *manifest.to_values())]
    return "\n".join([*lines, ""])


def brought_manifest(file: Path, index: DatasetIndex) -> tuple[Manifest, int]:
    """Read a manifest that was made with another copy of a dataset.

    Returns:
        The manifest, and how many of its images this copy doesn't have; their lines are kept.

    Raises:
        StorageError: it cannot be read.
        DatasetError: it is about other images altogether.
    """
    manifest = read_manifest(file)
    if manifest is None:
        raise StorageError(QT_TRANSLATE_NOOP("core", "There is no file “{path}”."), path=file)
    read = index.unedited or index
    keys = {manifest_key(index.root, sample.image) for sample in read.samples}
    manifest = manifest.fitted(keys)
    missing = len(manifest.keys - keys)
    if manifest.keys and missing == len(manifest.keys):
        raise DatasetError(
            QT_TRANSLATE_NOOP("core", "“{name}” is about none of the images of this dataset."),
            QT_TRANSLATE_NOOP("core", "Open the dataset that it was written for, or a copy of it."),
            name=file.name,
        )
    return manifest, missing


def _old_manifest(text: str) -> Manifest | None:
    """What version 1 wrote; None where it did not."""
    try:
        values = json.loads(text)
    except ValueError:
        return None  # several lines are no JSON value
    if values.get("version", 1) != 1 or "root" not in values or "tlstudio_manifest" in values:
        return None
    left_out, moved = values.get("left_out", []), values.get("moved", {})
    rows = [{"image": key, "left_out": True} for key in left_out]
    return Manifest.from_values([*rows, *({"image": k, "class": v} for k, v in moved.items())])


def _manifest(file: Path, text: str) -> Manifest:
    head, *lines = [line for line in text.split("\n") if line.strip()] or [""]
    version = json.loads(head)["tlstudio_manifest"]
    if version > VERSION:
        raise StorageError(
            QT_TRANSLATE_NOOP("core", "“{name}” was written by a newer TLStudio."),
            QT_TRANSLATE_NOOP("core", "Update TLStudio to open it; the file stays as it is."),
            name=file.name,
        )
    return Manifest.from_values([json.loads(line) for line in lines])


def _damaged(file: Path) -> StorageError:
    return StorageError(
        QT_TRANSLATE_NOOP("core", "“{name}” is damaged, or was not written to its end."),
        name=file.name,
    )
