"""Finds named things by what a person types of a name: its beginning, a word, a part, letters."""

from __future__ import annotations

import heapq
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Generic, TypeVar

T = TypeVar("T")

_WORDS = re.compile(r"[^\W\d_]+|\d+")
# Syllables fall into letters as they are typed; one that ends a syllable is the one that begins one
_FINALS = (
    *("ㄱ", "ㄲ", "ㄱㅅ", "ㄴ", "ㄴㅈ", "ㄴㅎ", "ㄷ", "ㄹ", "ㄹㄱ", "ㄹㅁ", "ㄹㅂ", "ㄹㅅ", "ㄹㅌ"),
    *("ㄹㅍ", "ㄹㅎ", "ㅁ", "ㅂ", "ㅂㅅ", "ㅅ", "ㅆ", "ㅇ", "ㅈ", "ㅊ", "ㅋ", "ㅌ", "ㅍ", "ㅎ"),
)
_FIRST_FINAL = 0x11A8
_LETTERS = {
    _FIRST_FINAL + number: unicodedata.normalize("NFKD", letters)
    for number, letters in enumerate(_FINALS)
}
LEAST_LETTERS = 2  # a single one is found almost anywhere


class MatchKind(IntEnum):
    """The ways in which a name can match, the best first."""

    BEGINNING = 0  # of the name
    WORD = 1  # the query stands at the beginning of a word
    WORDS = 2  # each word of the query begins a word, in any order
    PART = 3  # each word of the query is somewhere in the name
    LETTERS = 4  # the letters come one after another, the first at the beginning of a word


@lru_cache(maxsize=1 << 15)
def folded(text: str) -> str:
    """`text` as it is compared: words between single spaces, without case, accents and signs.

    Numbers are words (``resnet 50`` of ``ResNet50``), and Korean is spelled letter by letter, so
    that a syllable is found while it is being typed.
    """
    if not text.isascii():
        spelled = unicodedata.normalize("NFKD", text).translate(_LETTERS)
        text = "".join(letter for letter in spelled if not unicodedata.combining(letter))
    return " ".join(_WORDS.findall(text.casefold()))


def initials(text: str) -> str:
    """The first letters of its words: ``lr`` of ``learning_rate``."""
    return "".join(word[0] for word in folded(text).split())


def match(query: str, name: str) -> MatchKind | None:
    """How `query` matches `name`, both `folded`; None where it does not."""
    if name.startswith(query):
        return MatchKind.BEGINNING
    if f" {query}" in name:
        return MatchKind.WORD
    words = query.split()
    if all(word in name for word in words):
        begins = all(name.startswith(word) or f" {word}" in name for word in words)
        return MatchKind.WORDS if begins else MatchKind.PART
    return MatchKind.LETTERS if _has_letters("".join(words), name) else None


def _has_letters(letters: str, name: str) -> bool:
    if len(letters) < LEAST_LETTERS:
        return False
    place = 0 if name.startswith(letters[0]) else name.find(f" {letters[0]}") + 1
    if not place and not name.startswith(letters[0]):
        return False
    for letter in letters:
        place = name.find(letter, place) + 1
        if not place:
            return False
    return True


@dataclass(frozen=True, slots=True)
class _Item(Generic[T]):
    thing: T
    names: tuple[str, ...]
    place: int


class Finder(Generic[T]):
    """Things that are found by any of their names.

    Names are folded at the first search, and a query that goes on is looked for among what its
    beginning found.

    Args:
        things: each with its names, the title first; of equal matches those by title come first,
            then those by a whole name, then the shorter titles, then the earlier things.
    """

    def __init__(self, things: Iterable[tuple[T, Sequence[str]]]) -> None:
        self._things = tuple(things)
        self._query = ""
        self._found: list[_Item[T]] | None = None  # all that match `_query`; None before a search

    def find(self, query: str, limit: int) -> list[T]:
        """The things that match best, at most `limit`; the first ones for an empty query."""
        wanted = folded(query)
        if not wanted:
            return [thing for thing, _ in self._things[:limit]] if not query.strip() else []
        if self._found is None or not wanted.startswith(self._query):
            self._found = self._all()
        ranks, found = [], []
        for item in self._found:
            matching = [
                (kind, number > 0, name != wanted)
                for number, name in enumerate(item.names)
                if (kind := match(wanted, name)) is not None
            ]
            if matching:
                found.append(item)
                ranks.append((*min(matching), len(item.names[0]), item.place))
        self._query, self._found = wanted, found
        best = heapq.nsmallest(limit, zip(ranks, range(len(found)), strict=True))
        return [found[number].thing for _, number in best]

    def _all(self) -> list[_Item[T]]:
        return [
            _Item(thing, tuple(folded(name) for name in names), place)
            for place, (thing, names) in enumerate(self._things)
        ]
