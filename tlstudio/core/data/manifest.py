"""What a person changed about a dataset without touching its files."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from tlstudio.core.data.image_ref import ImageRef


def manifest_key(root: Path, image: ImageRef) -> str:
    """The path of an image from the dataset's root on, with ``/``; its whole name if outside."""
    whole, start = str(image), f"{root}{os.sep}"
    return whole.removeprefix(start).replace(os.sep, "/")


@dataclass(frozen=True, slots=True)
class Manifest:
    """Images that are left out, and images that belong to another class than their folder says.

    Attributes:
        left_out: keys of images (`manifest_key`) that no split has.
        moved: the class of others, by key; a class that the dataset doesn't have changes nothing.
    """

    left_out: frozenset[str] = frozenset()
    moved: Mapping[str, str] = field(default_factory=dict)

    def __len__(self) -> int:
        """The number of images that are not as the folder says."""
        return len(self.left_out) + len(self.moved)

    def leaving_out(self, keys: Iterable[str]) -> Manifest:
        """Leave these images out as well."""
        before = self.restoring(keys := set(keys))
        return replace(before, left_out=before.left_out | keys)

    def moving(self, keys: Iterable[str], class_name: str) -> Manifest:
        """Let these images belong to a class."""
        before = self.restoring(keys := set(keys))
        return replace(before, moved={**before.moved, **dict.fromkeys(sorted(keys), class_name)})

    def restoring(self, keys: Iterable[str]) -> Manifest:
        """Let these images be as the folder says."""
        gone = set(keys)
        kept = {key: name for key, name in self.moved.items() if key not in gone}
        return Manifest(self.left_out - gone, kept)
