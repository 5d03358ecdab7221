"""Copies of one picture: joined into groups, and told apart by where they lie."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import log2
from typing import TYPE_CHECKING, Any

from tlstudio.core.data.dataset import DatasetIndex, Sample, Split
from tlstudio.core.health.finding import Finding, Value
from tlstudio.engine.health.image_facts import SIDE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Of pictures without contrast hashes tell nothing; those are told as blank.
MIN_CONTRAST = 0.02
# As often as this nobody puts one photo into a dataset; a picture that stands for a missing one is.
PLACEHOLDER_COPIES = 5
# Names that servers give to what they send instead of a photo.
PLACEHOLDER_NAMES = re.compile(
    r"(image|img|photo|picture|pic|file)[ _-]?not[ _-]?(found|available)"
    r"|(^|[ _-])(not|no)[ _-]?(found|available|image|img|photo|picture|pic|thumb)"
    r"|placeholder|missing[ _-]?(image|photo|picture)|default[ _-]?(image|photo|thumb)",
    re.IGNORECASE,
)


_AT_ONCE = 65_536  # pairs


@dataclass(frozen=True, slots=True)
class CopyGroup:
    """Images that show the same.

    Attributes:
        positions: in the samples, the one to keep first.
        is_exact: whether they are the same file, bit for bit.
    """

    positions: tuple[int, ...]
    is_exact: bool


def joined(pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """The groups of two and more that `pairs` connect, each in order."""
    parent: dict[int, int] = {}

    def root(place: int) -> int:
        parent.setdefault(place, place)
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = parent[place]
        return place

    for a, b in pairs:
        first, second = sorted((root(a), root(b)))
        parent[second] = first
    groups: dict[int, list[int]] = {}
    for place in sorted(parent):
        groups.setdefault(root(place), []).append(place)
    return [group for group in groups.values() if len(group) > 1]


def pairs_of(rows: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Pairs from an array ``[P, 2]``, without making all of them at once."""
    for start in range(0, len(rows), _AT_ONCE):
        yield from ((a, b) for a, b in rows[start : start + _AT_ONCE].tolist())


def same_digest(digests: Sequence[bytes]) -> list[tuple[int, int]]:
    """Pairs of images of the same content, each with the first one; empty digests are unknown."""
    first: dict[bytes, int] = {}
    pairs = []
    for place, digest in enumerate(digests):
        if digest and (known := first.setdefault(digest, place)) != place:
            pairs.append((known, place))
    return pairs


def worth(row: Any) -> tuple[float, int]:
    """How good a copy is: sharper first, then larger; half an octave of sharpness is the same.

    Of a picture that is smaller than the others the Laplacian is taken over a larger part of it,
    with the fourth power of its side: else its edges would count as sharper.
    """
    width, height = int(row["width_px"]), int(row["height_px"])
    sharpness = float(row["sharpness"]) * (min(SIDE, max(width, height)) / SIDE) ** 4
    return round(2 * log2(max(sharpness, 1e-9))), width * height


def findings_of(groups: Iterable[CopyGroup], index: DatasetIndex) -> Iterator[Finding]:
    """What groups of copies are: a leak, a doubt about the class, a placeholder, or only copies."""
    for group in groups:
        members = [index.samples[place] for place in group.positions]
        images = [member.image for member in members]
        values: dict[str, Value] = {"count": len(images), "is_exact": int(group.is_exact)}
        if is_placeholder(group, members):
            told = {**values, "name": images[0].name}
            yield Finding.of("placeholders", index, images, told, len(images))
            continue
        splits = [split for split in Split if any(member.split is split for member in members)]
        classes = [index.classes[n] for n in sorted({member.class_index for member in members})]
        if len(splits) > 1:
            told = {**values, "splits": ", ".join(split.value for split in splits)}
            yield Finding.of("leaks", index, images, told, len(images))
        if len(classes) > 1:
            told = {**values, "class_names": ", ".join(f"“{name}”" for name in classes)}
            yield Finding.of("two_classes", index, images, told, len(images))
        if len(splits) == len(classes) == 1:
            kind = "exact_copies" if group.is_exact else "near_copies"
            yield Finding.of(kind, index, images, {**values, "class_name": classes[0]}, len(images))


def is_placeholder(group: CopyGroup, members: Sequence[Sample]) -> bool:
    """Whether a group is one picture that stands for many missing ones."""
    return group.is_exact and (
        len(members) >= PLACEHOLDER_COPIES
        or any(has_placeholder_name(member) for member in members)
    )


def has_placeholder_name(sample: Sample) -> bool:
    return PLACEHOLDER_NAMES.search(sample.image.name.rpartition(".")[0]) is not None
