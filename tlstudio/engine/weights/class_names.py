"""Names of classes: those that a file of weights states, and those of a text file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tlstudio.core.errors import WeightsError
from tlstudio.core.texts import QT_TRANSLATE_NOOP

MAX_CLASSES = 100_000
MAX_NAME = 500

_MAX_FILE_BYTES = 16 * 1024 * 1024
_MAX_DEPTH = 3
_MAX_VALUES = 10_000  # that are looked at for names

# Where training scripts put them, in lower case and without what parts the words.
_KEYS = frozenset(
    (
        *("classes", "classnames", "classtoidx", "idxtoclass", "labels", "labelnames", "names"),
        *("id2label", "label2id", "categories", "labelmap", "classmap", "indextoclass", "vocab"),
    )
)


def stated_class_names(values: Mapping[Any, Any], count: int) -> tuple[str, ...]:
    """The names that a checkpoint states for `count` outputs beside its weights; else empty."""
    return next(_found(values, count), ())


def _found(values: Mapping[Any, Any], count: int) -> Iterator[tuple[str, ...]]:
    waiting: list[tuple[Mapping[Any, Any], int]] = [(values, 0)]
    seen = 0
    while waiting:
        mapping, depth = waiting.pop(0)
        for key, value in mapping.items():
            seen += 1
            if seen > _MAX_VALUES:
                return
            plain = key.lower().replace("_", "") if isinstance(key, str) else ""
            if plain in _KEYS and (names := names_in(value)) and len(names) == count:
                yield names
            if isinstance(value, Mapping) and depth < _MAX_DEPTH:
                waiting.append((value, depth + 1))


def names_in(value: object) -> tuple[str, ...]:
    """The names in a list, or in a mapping from or to their numbers; empty where it is neither."""
    items: list[object] = []
    if isinstance(value, list | tuple) and len(value) <= MAX_CLASSES:
        items = list(value)
    elif isinstance(value, Mapping) and 0 < len(value) <= MAX_CLASSES:
        numbered = {_number(number): name for name, number in value.items()}
        if None in numbered:
            numbered = {_number(number): name for number, name in value.items()}
        items = [numbered.get(number) for number in range(len(value))]
    names = tuple(_name(item) for item in items)
    return names if all(names) and len(set(names)) == len(names) else ()


def _number(value: object) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 8:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _name(value: object) -> str:
    """A name of one line; of ImageNet's pairs (``n01440764``, ``tench``) the word."""
    if isinstance(value, list | tuple) and len(value) == 2:
        value = value[1]
    text = " ".join(value.split()) if isinstance(value, str) and len(value) <= MAX_NAME else ""
    return text if text.isprintable() else ""


def read_class_names(path: Path) -> tuple[str, ...]:
    """Read a text file with one name a line, or a JSON list or mapping.

    Raises:
        WeightsError: it cannot be read, or holds no names, or one twice.
    """
    try:
        if path.stat().st_size > _MAX_FILE_BYTES:
            raise ValueError("too large")
        text = path.read_text(encoding="utf-8-sig")
        is_json = text.lstrip().startswith(("[", "{"))
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        names = names_in(json.loads(text) if is_json else lines)
    except (OSError, ValueError, RecursionError) as error:
        raise _no_names(path) from error
    if not names:
        raise _no_names(path)
    return names


def _no_names(path: Path) -> WeightsError:
    return WeightsError(
        QT_TRANSLATE_NOOP("core", "“{name}” holds no names of classes."),
        QT_TRANSLATE_NOOP(
            "core", "Choose a text file in UTF-8 with one name a line, each of them once."
        ),
        name=path.name,
    )
