"""What a person changed about a dataset without touching its files."""

from __future__ import annotations

import json
import os
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.data.sample import Split
from tlstudio.core.texts import QT_TRANSLATE_NOOP

V = TypeVar("V")

MANIFEST_NAME = "tlstudio-manifest.jsonl"  # of a file in a dataset's folder that travels with it

BY_HAND = QT_TRANSLATE_NOOP("core", "left out by hand")
BY_FINDING = QT_TRANSLATE_NOOP("core", "left out because of a finding")


def manifest_key(root: Path, image: ImageRef) -> str:
    """The path of an image from the dataset's root on, with ``/``; its whole name if outside."""
    home = image.container.id
    if home == str(root) or home == str(root.parent):  # the root may list the files around it
        return image.key
    whole, start = str(image), f"{root}{os.sep}"
    return whole.removeprefix(start).replace(os.sep, "/")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is to be otherwise than the dataset says; images go by their `manifest_key`.

    Attributes:
        left_out: the images that no split has, with the id of the reason; empty means by hand.
        moved: the class of others; a class that the dataset doesn't have changes nothing.
        splits: the split of images that were placed by hand.
        groups: the group of images that stay in one split whenever the studio splits.
        accepted: ids of findings of the health check that a person has looked at and accepts.
        unknown: rows in JSON that a later version wrote; they are kept as they are.
    """

    left_out: Mapping[str, str] = field(default_factory=dict)
    moved: Mapping[str, str] = field(default_factory=dict)
    splits: Mapping[str, Split] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)
    accepted: frozenset[str] = frozenset()
    unknown: tuple[str, ...] = ()

    def __len__(self) -> int:
        """The number of images that are left out, moved, or placed in a split."""
        return len(self.left_out.keys() | self.moved.keys() | self.splits.keys())

    def __bool__(self) -> bool:
        """Whether it says anything at all."""
        return self != Manifest()

    def leaving_out(self, keys: Iterable[str], reason: str = "") -> Manifest:
        """Leave these images out as well."""
        before = self.restoring(keys := sorted(set(keys)))
        return replace(before, left_out={**before.left_out, **dict.fromkeys(keys, reason)})

    def moving(self, keys: Iterable[str], class_name: str) -> Manifest:
        """Let these images belong to a class; none of them is left out any more."""
        keys = sorted(set(keys))
        return replace(
            self,
            left_out=_without(self.left_out, keys),
            moved={**self.moved, **dict.fromkeys(keys, class_name)},
        )

    def placing(self, keys: Iterable[str], split: Split | None) -> Manifest:
        """Use these images for a split; None lets the dataset or the studio choose again."""
        keys = sorted(set(keys))
        splits = _without(self.splits, keys)
        if split is None:
            return replace(self, splits=splits)
        left_out = _without(self.left_out, keys)
        return replace(self, left_out=left_out, splits={**splits, **dict.fromkeys(keys, split)})

    def grouping(self, keys: Iterable[str], name: str) -> Manifest:
        """Keep these images in one split; an empty name takes them out of their groups."""
        keys = sorted(set(keys))
        groups = _without(self.groups, keys)
        return replace(self, groups={**groups, **dict.fromkeys(keys, name)} if name else groups)

    def accepting(self, ids: Iterable[str], is_accepted: bool = True) -> Manifest:
        """Accept these findings, or not any more."""
        ids = frozenset(ids)
        return replace(self, accepted=self.accepted | ids if is_accepted else self.accepted - ids)

    def restoring(self, keys: Iterable[str]) -> Manifest:
        """Let these images be as the dataset says; they stay in their groups."""
        keys = set(keys)
        return replace(
            self,
            left_out=_without(self.left_out, keys),
            moved=_without(self.moved, keys),
            splits=_without(self.splits, keys),
        )

    def to_values(self) -> list[dict[str, Any]]:
        """The manifest as JSON has it: a row for each image, for each accepted finding."""
        columns = (
            ("left_out", {key: reason or True for key, reason in self.left_out.items()}),
            ("class", self.moved),
            ("split", {key: split.value for key, split in self.splits.items()}),
            ("group", self.groups),
        )
        rows = [
            {"image": key, **{name: values[key] for name, values in columns if key in values}}
            for key in sorted(self.keys)
        ]
        rows += [{"accepted": finding} for finding in sorted(self.accepted)]
        return [*rows, *map(json.loads, self.unknown)]

    @classmethod
    def from_values(cls, rows: Iterable[dict[str, Any]]) -> Manifest:
        """Read what `to_values` returned.

        Raises:
            ValueError, TypeError, AttributeError: it is nothing of the kind.
        """
        columns: dict[str, dict[str, str]] = {name: {} for name in _COLUMNS}
        accepted: set[str] = set()
        unknown: list[str] = []
        for row in rows:
            row = dict(row)
            key = row.pop("image", None)
            told = {name: row.pop(name) for name in _COLUMNS if key is not None and name in row}
            if key is None and row.keys() == {"accepted"}:
                accepted.add(_text(row.pop("accepted")))
            if told.get("split", Split.TRAIN) not in tuple(Split):
                row["split"] = told.pop("split")
            for name, value in told.items():
                columns[name][_text(key)] = "" if value is True else _text(value)
            if row:
                about = {} if key is None else {"image": key}
                unknown.append(json.dumps({**about, **row}, ensure_ascii=False))
        return cls(
            left_out=columns["left_out"],
            moved=columns["class"],
            splits={key: Split(name) for key, name in columns["split"].items()},
            groups=columns["group"],
            accepted=frozenset(accepted),
            unknown=tuple(unknown),
        )

    @property
    def keys(self) -> frozenset[str]:
        """All images that it says anything of."""
        return frozenset().union(self.left_out, self.moved, self.splits, self.groups)

    def fitted(self, keys: Iterable[str]) -> Manifest:
        """Let names that are spelt otherwise in Unicode be those of `keys`, as of another system.

        macOS tends to write é and Korean syllables as several characters, other systems as one.
        """
        there = set(keys)
        spelt = {unicodedata.normalize("NFC", key): key for key in there}
        names = {
            key: found
            for key in self.keys - there
            if (found := spelt.get(unicodedata.normalize("NFC", key))) is not None
        }
        return replace(
            self,
            left_out=_renamed(self.left_out, names),
            moved=_renamed(self.moved, names),
            splits=_renamed(self.splits, names),
            groups=_renamed(self.groups, names),
        )

    def changes(self, key: str) -> bool:
        """Whether an image is left out, moved, or placed in a split."""
        return key in self.left_out or key in self.moved or key in self.splits


_COLUMNS = ("left_out", "class", "split", "group")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _without(values: Mapping[str, V], keys: Iterable[str]) -> dict[str, V]:
    gone = set(keys)
    return {key: value for key, value in values.items() if key not in gone}


def _renamed(values: Mapping[str, V], names: Mapping[str, str]) -> dict[str, V]:
    return {names.get(key, key): value for key, value in values.items()}
