"""What every term, setting and mark of the studio means, and how it is found.

The entries are data, in ``resources/help``: `terms.json` lists them with what does not depend on
the language, and `terms.<language>.json` holds titles, synonyms and texts. An entry is found by
its synonyms in every language, as courses and papers mix them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from tlstudio.core.errors import StorageError
from tlstudio.core.finding import MatchKind, folded, match
from tlstudio.core.storage import read_json, resources_dir

LANGUAGES = ("en", "ko")  # that have texts, the one to fall back on first
EXACT = -1  # the rank of a name that is what was typed, before all kinds of matches


class HelpKind(StrEnum):
    """What an entry explains."""

    TERM = "term"
    FIELD = "field"  # a setting, which is a term as well
    MARK = "mark"  # a picture in the window


@dataclass(frozen=True, slots=True)
class HelpEntry:
    """A term, setting or mark, explained in one language.

    Attributes:
        id: stable; links name it.
        title: as it is called first.
        text: one to three plain sentences.
        synonyms: what else it is called, in this language.
        foreign: what it is called in the others.
        where: names of what it explains, such as ``config.epochs`` or ``rail.done``.
        see: ids of what to read next.
        picture: name of an SVG file in ``resources/help/pictures``; empty for none.
        icon: the mark itself as a meaning of the window's icons; empty for none.
        colour: of that icon, by its name in the theme.
    """

    id: str
    kind: HelpKind
    title: str
    text: str
    synonyms: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    see: tuple[str, ...] = ()
    picture: str = ""
    icon: str = ""
    colour: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """All that it is found by: the title first, and each name also without its spaces."""
        spoken = (self.title, *self.synonyms, *self.foreign, self.id)
        joined = (name for name in map(_joined, spoken) if name)
        return tuple(dict.fromkeys((*spoken, *joined)))


def help_entries(language: str) -> tuple[HelpEntry, ...]:
    """All entries in `language` (``ko``, ``en_US``, ...) or else in English, in their order.

    Empty where the resources are missing, as the studio works without them.
    """
    return _entries(_known(language))


def help_entry(name: str, language: str) -> HelpEntry | None:
    """The entry of an id, or of one of the names in `HelpEntry.where`; None where there is none."""
    entries = help_entries(language)
    place = _places().get(name)
    return entries[place] if place is not None and place < len(entries) else None


def find_help(text: str, language: str) -> list[HelpEntry]:
    """The entries that `text` finds, the best first; all of them for an empty text.

    Case, accents, hyphens and spaces do not matter, and Korean is found while it is being typed.
    """
    wanted = folded(text)
    if not wanted:
        return [] if text.strip() else list(help_entries(language))
    entries = help_entries(language)
    ranks = [
        (rank, place)
        for place, (names, told) in enumerate(_spoken(_known(language)))
        if (rank := _rank(names, told, wanted)) is not None
    ]
    return [entries[place] for _, place in sorted(ranks)]


def _rank(names: Sequence[str], told: str, wanted: str) -> tuple[int, bool] | None:
    """How well an entry matches, less is better; by its names, else by the words of its text.

    Args:
        names: by which it is found, the title first.
        told: its text.
        wanted: what was typed; all of them as `folded` leaves them.
    """
    joined, words = wanted.replace(" ", ""), wanted.split()
    if wanted in names or joined in names:
        return EXACT, wanted != names[0]
    kinds = [
        (kind, number > 0)
        for number, name in enumerate(names)
        if joined in name or all(word in name for word in words)
        if (kind := match(joined if joined in name else wanted, name)) is not None
    ]
    if kinds:
        return min(kinds)
    is_told = all(f" {word}" in f" {told}" for word in words)
    return (MatchKind.LETTERS, True) if is_told else None


@cache
def _spoken(code: str) -> tuple[tuple[tuple[str, ...], str], ...]:
    """The names and the text of each entry as they are searched."""
    return tuple((tuple(map(folded, one.names)), folded(one.text)) for one in _entries(code))


def _known(language: str) -> str:
    code = re.split("[-_]", language.lower())[0]
    return code if code in LANGUAGES else LANGUAGES[0]


def _joined(name: str) -> str:
    """`name` without spaces and hyphens; empty where it has none."""
    joined = re.sub(r"[\s\-]+", "", name)
    return joined if joined != name else ""


@cache
def _places() -> dict[str, int]:
    """The place of each entry by its id and by what it explains."""
    places: dict[str, int] = {}
    for place, row in enumerate(_rows()):
        places |= dict.fromkeys((row["id"], *row.get("where", ())), place)
    return places


@cache
def _entries(code: str) -> tuple[HelpEntry, ...]:
    words = {language: _words(language) for language in LANGUAGES}
    return tuple(_entry(row, code, words) for row in _rows())


def _entry(row: Mapping[str, Any], code: str, words: Mapping[str, Mapping[str, Any]]) -> HelpEntry:
    name = row["id"]
    own = words[code].get(name) or words[LANGUAGES[0]][name]
    others = (spoken[name] for other, spoken in words.items() if other != code and name in spoken)
    return HelpEntry(
        name,
        HelpKind(row["kind"]),
        own["title"],
        own["text"],
        tuple(own["synonyms"]),
        tuple(name for other in others for name in (other["title"], *other["synonyms"])),
        tuple(row.get("where", ())),
        tuple(row.get("see", ())),
        row.get("picture", ""),
        row.get("icon", ""),
        row.get("colour", ""),
    )


@cache
def _rows() -> tuple[Mapping[str, Any], ...]:
    """The rows of `terms.json` that have words in English at least."""
    rows, words = _read("terms.json"), _words(LANGUAGES[0])
    return tuple(row for row in rows if row["id"] in words) if isinstance(rows, list) else ()


@cache
def _words(code: str) -> Mapping[str, Any]:
    words = _read(f"terms.{code}.json")
    return words if isinstance(words, dict) else {}


def _read(name: str) -> object:
    try:
        return read_json(resources_dir() / "help" / name)
    except StorageError:
        return None
