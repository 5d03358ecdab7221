"""Families of networks: whose idea a network follows, where it was published, and a short note.

The facts and notes are data, in ``resources/families``: `families.json` lists the families in the
order in which their patterns are tried, and `notes.<language>.json` holds the texts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from tlstudio.core.errors import StorageError
from tlstudio.core.storage import read_json, resources_dir
from tlstudio.core.texts import QT_TRANSLATE_NOOP

FALLBACK_LANGUAGE = "en"


@dataclass(frozen=True, slots=True)
class Paper:
    """The publication of a family; `authors` and `venue` may be empty.

    Attributes:
        title: as printed, in its own language.
        authors: the first one and "et al." where there are many.
        venue: the conference or journal with its year.
        url: https, to arXiv, a DOI or the publisher.
    """

    title: str
    authors: str
    venue: str
    url: str


@dataclass(frozen=True, slots=True)
class Family:
    """Networks that follow one idea.

    Attributes:
        id: its key in the notes; stable.
        title: as its authors write it; the same in all languages, but for that of `OTHER`.
        year: when it was first made public, often a year before the venue; None if not known.
        paper: the paper or page that introduced it; None if there is none.
    """

    id: str
    title: str
    year: int | None = None
    paper: Paper | None = None


OTHER = Family("other", QT_TRANSLATE_NOOP("core", "Other"))


@dataclass(frozen=True, slots=True)
class FamilyNote:
    """A note about a family in one language: a few plain sentences on what one should know.

    Attributes:
        idea: what is new in it.
        ilsvrc: its result in the ImageNet competition; empty where there was none.
        use: what it is good for in transfer learning today, and when not to take it.
    """

    idea: str
    ilsvrc: str
    use: str


def all_families() -> tuple[Family, ...]:
    """Return all known families in the order of matching; empty if the resources are missing."""
    return _table().families


def family_with_id(family_id: str) -> Family | None:
    """The family with this key; None where there is none."""
    return next((family for family in all_families() if family.id == family_id), None)


@lru_cache(maxsize=4096)
def family_of(name: str, module: str = "") -> Family:
    """The family of a network.

    Args:
        name: as its library spells it; a prefix (``timm/``, ``torchvision:``) and a weights tag
            (``.a1_in1k``) do not matter.
        module: the library's module that builds it (timm's ``davit``, ...), asked when the name
            says nothing. A network that is newer than our list falls in a family named after it.
    """
    plain = re.split(r"[/:]", name.strip().lower())[-1].partition(".")[0]
    table, pattern = _table(), _any_pattern()
    if pattern is not None and (match := pattern.match(plain)):
        assert match.lastindex is not None  # every alternative is a group
        return table.families[table.family_of_pattern[match.lastindex - 1]]
    if module in table.family_of_module:
        return table.families[table.family_of_module[module]]
    return Family(module, module) if module else OTHER


def family_note(family_id: str, language: str = FALLBACK_LANGUAGE) -> FamilyNote | None:
    """The note on a family in `language` (``ko``, ``en_US``, ...), or else in English.

    None where there is no note.
    """
    code = re.split("[-_]", language.lower())[0]
    return _notes(code).get(family_id) or _notes(FALLBACK_LANGUAGE).get(family_id)


@dataclass(frozen=True, slots=True)
class _Table:
    """The families, and what names of networks and modules they are recognised by."""

    families: tuple[Family, ...]
    patterns: tuple[str, ...]
    family_of_pattern: tuple[int, ...]  # index of the pattern -> index of the family
    family_of_module: dict[str, int]


@cache
def _table() -> _Table:
    families: list[Family] = []
    patterns: list[str] = []
    owners: list[int] = []
    modules: dict[str, int] = {}
    for number, row in enumerate(_read("families.json").get("families", ())):
        paper = row.get("paper")
        families.append(
            Family(row["id"], row["title"], row.get("year"), _paper(paper) if paper else None)
        )
        patterns += row["patterns"]
        owners += [number] * len(row["patterns"])
        modules |= dict.fromkeys(row.get("modules", ()), number)
    return _Table(tuple(families), tuple(patterns), tuple(owners), modules)


@cache
def _any_pattern() -> re.Pattern[str] | None:
    """One regular expression that tries all patterns at once; compiling it takes 20 ms."""
    joined = "|".join(f"({pattern})" for pattern in _table().patterns)
    return re.compile(joined) if joined else None


def _paper(row: dict[str, str]) -> Paper:
    return Paper(row["title"], row.get("authors", ""), row.get("venue", ""), row["url"])


@cache
def _notes(code: str) -> dict[str, FamilyNote]:
    """Return the notes in one language; empty for a language without notes."""
    return {
        family_id: FamilyNote(row["idea"], row.get("ilsvrc", ""), row["use"])
        for family_id, row in (_read(f"notes.{code}.json") if code.isalpha() else {}).items()
    }


def _read(name: str) -> dict[str, Any]:
    """Read a resource file; empty where it is missing, as the studio works without notes."""
    try:
        content = read_json(resources_dir() / "families" / name)
    except StorageError:
        return {}
    return content if isinstance(content, dict) else {}
