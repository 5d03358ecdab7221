"""Names of classes as tables write them: numbers, spellings, and cells that say nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from tlstudio.core.notes import Note
from tlstudio.engine.data.sources.folder_layout import one_class_note
from tlstudio.engine.data.sources.folder_names import class_key, class_title

_NOTHING = frozenset({"nan", "n/a", "#n/a", "<na>", "nat", "null"})
_WHOLE = re.compile(r"([+-]?\d+)(\.0*)?")


def class_names(cells: Iterable[str]) -> dict[str, str]:
    """The class that each cell of a column says; empty where it says none.

    Spreadsheets and pandas write whole numbers as ``1.0`` and what is missing as ``NaN``.
    """
    names = {cell: "" if cell.casefold() in _NOTHING else class_title(cell) for cell in set(cells)}
    whole = {name: _WHOLE.fullmatch(name) for name in names.values() if name}
    if not all(whole.values()):
        return names
    numbers = {name: match[1] for name, match in whole.items() if match}
    return {cell: numbers.get(name, "") for cell, name in names.items()}


def spellings(counts: Mapping[str, int]) -> tuple[dict[str, str], list[Note]]:
    """The usual spelling of each name, and a note for each class with several.

    Args:
        counts: how often each name is written.
    """
    by_key: dict[str, list[str]] = {}
    for name in sorted(counts):
        by_key.setdefault(class_key(name), []).append(name)
    usual = {key: max(names, key=lambda name: counts[name]) for key, names in by_key.items()}
    notes = [one_class_note(names, usual[key]) for key, names in by_key.items() if len(names) > 1]
    return {name: usual[key] for key, names in by_key.items() for name in names}, notes
