"""The parts that a report is made of: plain values, which the template lays out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MANY_FACTS = 8


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table; `colour` behind the text and `ink` of it, as ``#rrggbb``."""

    text: str
    colour: str = ""
    ink: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows below a head; the first cell of a row is its title."""

    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    title: str = ""
    is_matrix: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart: SVG in base64, and (word, colour) of each of its curves."""

    title: str
    data: str
    legend: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """An image with what the network says of it: a JPEG in base64, empty where it is gone."""

    name: str
    said: str
    truth: str
    data: str = ""


@dataclass(frozen=True, slots=True)
class Strip:
    """Pictures side by side."""

    title: str
    items: Sequence[Picture]


@dataclass(frozen=True, slots=True)
class Code:
    """Text to be copied; folded away below its title where it has one and is not open."""

    text: str
    title: str = ""
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the report; what it does not have is left out.

    Attributes:
        starts_page: whether it begins a new page on paper.
    """

    title: str
    sentences: Sequence[str] = ()
    facts: Sequence[tuple[str, str]] = ()
    charts: Sequence[Chart] = ()
    tables: Sequence[Table] = ()
    pictures: Sequence[Strip] = ()
    code: Sequence[Code] = ()
    starts_page: bool = False

    @property
    def fact_rows(self) -> Sequence[Sequence[tuple[str, str]]]:
        """The facts in rows, of two where there are many; they are read downwards."""
        if len(self.facts) < MANY_FACTS:
            return [[fact] for fact in self.facts]
        half = (len(self.facts) + 1) // 2
        left, right = self.facts[:half], [*self.facts[half:], ("", "")]
        return list(zip(left, right, strict=False))
