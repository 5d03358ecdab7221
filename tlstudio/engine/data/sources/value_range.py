"""The one range of values in which all deep images of a dataset are shown."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from pathlib import Path

from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.data.values import DEEP_IMAGES, UNSETTLED, ValueFacts, usual_range
from tlstudio.core.errors import ImageError, StorageError
from tlstudio.core.notes import Note
from tlstudio.core.runs.events import StopToken
from tlstudio.core.storage import cache_dir, cached_record, keep_newest, write_record
from tlstudio.engine.data.images import deep_values
from tlstudio.engine.data.sources.indexing import raise_if_stopped

SAMPLE = 32  # deep images that are decoded to learn their values, evenly spread
_KEPT = 24  # datasets


@dataclass(frozen=True, slots=True)
class _Known:
    """The facts about a sample of a dataset's images, for as long as their files are unchanged."""

    root: str
    facts: dict[str, ValueFacts | None] = field(default_factory=dict)


def settled_values(index: DatasetIndex, stop: StopToken | None = None) -> DatasetIndex:
    """The dataset with one range for all its deep images, and a note of it.

    The range is the chosen one (`ReadOptions.values`), else the usual one of the values in a sample
    of them.

    Raises:
        DatasetError: `stop` said so.
    """
    deep = [sample.image for sample in index.samples if sample.image.values is not None]
    if not deep:
        return index
    facts = _facts(index.root, deep[:: max(1, len(deep) // SAMPLE)][:SAMPLE], stop)
    values = index.options.values or (usual_range(facts) if facts else UNSETTLED)
    note = Note(
        DEEP_IMAGES, {"count": len(deep), **dict(zip(("low", "high"), values.words, strict=True))}
    )
    return replace(
        index,
        samples=tuple(
            sample
            if sample.image.values is None
            else replace(sample, image=sample.image.shown_in(values))
            for sample in index.samples
        ),
        values=values,
        value_facts=facts,
        warnings=(*index.warnings, note),
    )


def _facts(root: Path, images: list[ImageRef], stop: StopToken | None) -> ValueFacts | None:
    key = hashlib.sha256(str(root.resolve()).encode("utf-8", "surrogatepass")).hexdigest()[:24]
    file = cache_dir() / "values" / f"{key}.json"
    before = cached_record(file, _Known)
    known = before.facts if before is not None else {}
    found: dict[str, ValueFacts | None] = {}
    for image in images:
        raise_if_stopped(stop)
        name = _name(image)
        found[name] = known[name] if name in known else _look(image)
    if found != known:
        try:
            write_record(file, _Known(str(root), found))
            keep_newest(file.parent, "*.json", _KEPT)
        except StorageError:
            pass  # without room or rights they are decoded again
    return ValueFacts.of_all(row for row in found.values() if row is not None)


def _name(image: ImageRef) -> str:
    """The image as long as its bytes are the same."""
    try:
        stamp = image.stat()
    except OSError:
        return image.key
    return "|".join((image.key, *map(str, stamp)))


def _look(image: ImageRef) -> ValueFacts | None:
    try:
        return deep_values(image)
    except ImageError:
        return None  # the run or the health check will say so
