"""The curves of a race's entries. Needs no pyqtgraph."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tlstudio.gui.kit.chart.series import SeriesSpec

SYMBOLS = ("o", "s", "t1", "d")

Curve = Sequence[tuple[int, float]]


@dataclass(frozen=True, slots=True)
class RaceCurve:
    """The curve of an entry.

    Attributes:
        title: in the language of the window.
        place: of the entry, counts from 0; decides colour and symbol.
        seeds: ``(epoch, accuracy)`` of each run.
        mean: over its runs.
    """

    title: str
    place: int
    seeds: tuple[Curve, ...] = ()
    mean: Curve = ()


def entry_spec(place: int, title: str = "") -> SeriesSpec:
    """Return the looks of an entry's mean, in the chart and beside its name."""
    return SeriesSpec(title, f"entry_{place % 4 + 1}", SYMBOLS[place % 4], width=2.5)
