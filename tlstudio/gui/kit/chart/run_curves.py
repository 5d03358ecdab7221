"""The curves of runs that are compared: of one metric, over the epochs. Needs no pyqtgraph."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tlstudio.gui.kit.chart.series import SeriesSpec

SYMBOLS = ("o", "s", "t1", "d", "t", "p")  # as many as there are colours

Curve = Sequence[tuple[int, float]]


@dataclass(frozen=True, slots=True)
class RunCurve:
    """The curve of an entry: one run, or several with other seeds.

    Attributes:
        title: in the language of the window.
        place: of the entry, counts from 0; decides colour and symbol.
        seeds: ``(epoch, value)`` of each run.
        mean: over its runs.
    """

    title: str
    place: int
    seeds: tuple[Curve, ...] = ()
    mean: Curve = ()


def entry_spec(place: int, title: str = "") -> SeriesSpec:
    """Return the looks of an entry's mean, in the chart and beside its name.

    Where the colours begin anew, the line is dashed and its symbol is another one.
    """
    again, number = divmod(place, len(SYMBOLS))
    symbol = SYMBOLS[(number + again) % len(SYMBOLS)]
    return SeriesSpec(title, f"entry_{number + 1}", symbol, dashed=again > 0, width=2.5)
