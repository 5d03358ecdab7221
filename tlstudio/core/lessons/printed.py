"""Tables of the classics: what their papers print, what is counted here, and why they differ.

A printed number is typed here and nowhere else, as the paper spells it, with its place in the
paper. What stands beside it is never typed: a `Count` says what to count on which network of the
catalog, and `tlstudio.engine.lessons.printed` counts it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from tlstudio.core.lessons.target import Target


class Quantity(StrEnum):
    """What can be counted on a network."""

    PARAMETERS = "parameters"
    MULTIPLY_ADDS = "multiply_adds"
    CONNECTIONS = "connections"  # LeCun's: inputs of a unit and its bias, over all its places
    NEURONS = "neurons"  # values that come out
    DEPTH = "depth"  # convolutions and linear layers on the longest way through
    CONVOLUTIONS = "convolutions"
    LINEARS = "linears"
    BLOCKS = "blocks"  # residual blocks
    MAPS = "maps"  # channels, or units, that come out
    OUTPUT = "output"  # height x width x maps, as text
    WINDOW = "window"  # kernel / stride, as text


@dataclass(frozen=True, slots=True)
class Count:
    """What to count, and where.

    Attributes:
        network: its name in the catalog.
        quantity: what is counted.
        paths: modules whose numbers are added; the whole network if empty.
        without: modules whose numbers are taken off.
        classes: outputs of the head.
        stride_first: with the stride of a bottleneck in its first 1x1 convolution, as the ResNet
            paper has it; torchvision and timm put it in the 3x3.
        auxiliary: with the auxiliary classifiers, which help to train and are left out afterwards.
        beyond: is taken off the number.
        per: divides the number.
    """

    network: str
    quantity: Quantity
    paths: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    classes: int = 1000
    stride_first: bool = False
    auxiliary: bool = False
    beyond: Count | None = None
    per: Count | None = None


Value = float | str
_PRINTED = re.compile(
    r"(?P<below>< )?(?P<number>\d[\d,]*(?:\.(?P<decimals>\d+))?) ?(?P<unit>[KMG×%]?)"
)
_UNITS = {"": 1.0, "×": 1.0, "%": 1.0, "K": 1e3, "M": 1e6, "G": 1e9}
_MORE_DECIMALS = {"": 0, "×": 1, "%": 0, "K": 1, "M": 2, "G": 2}


@dataclass(frozen=True, slots=True)
class Printed:
    """A number as printed, such as ``138 M``, ``60,000``, ``12×`` or ``< 25 M``; or a text.

    Attributes:
        text: as printed, units as K, M, G and ×.
        kilo: what the paper's K stands for.
    """

    text: str
    kilo: float = 1e3

    @property
    def number(self) -> float | None:
        """Its value; None for a text."""
        found = _PRINTED.fullmatch(self.text)
        return float(found["number"].replace(",", "")) * self._unit if found else None

    def agrees(self, counted: Value) -> bool:
        """Whether `counted` gives what is printed: rounded, or cut off by less than a tenth."""
        number = self.number
        if isinstance(counted, str) or number is None:
            return counted == self.text
        if self.text.startswith("<"):
            return counted < number
        return abs(counted - number) < min(self._last_place, 0.1 * number)

    def nearly_agrees(self, counted: Value) -> bool:
        """Whether `counted` gives what is printed but for one part in fifty."""
        number = self.number
        if isinstance(counted, str) or number is None:
            return self.agrees(counted)
        return abs(counted - number) <= max(self._last_place, 0.02 * number)

    def spelled(self, counted: Value) -> str:
        """`counted` in the unit of the print, with the decimals that show a difference."""
        found = _PRINTED.fullmatch(self.text)
        if isinstance(counted, str) or found is None:
            return str(counted)
        unit = found["unit"]
        decimals = len(found["decimals"] or "") + _MORE_DECIMALS[unit]
        value = counted / self._unit
        marks = "," if "," in self.text or abs(value) >= 10_000 else ""
        number = f"{value:{marks}.{decimals}f}"
        return f"{number}{unit}" if unit == "×" else f"{number} {unit}".strip()

    @property
    def _unit(self) -> float:
        found = _PRINTED.fullmatch(self.text)
        unit = found["unit"] if found else ""
        return self.kilo if unit == "K" else _UNITS[unit]

    @property
    def _last_place(self) -> float:
        found = _PRINTED.fullmatch(self.text)
        assert found is not None
        return self._unit / 10.0 ** len(found["decimals"] or "")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table.

    Attributes:
        subject: the network or layer, as the paper writes it; the same in all languages.
        title: what is counted.
        printed: as in the paper.
        source: where in the paper: a section, table or figure.
        count: what to count for it; None for what a network must be trained for.
        reason: why they differ, or what one has to know; a template with {0}, {1} for `quoted`.
        quoted: further counts that the reason quotes, each with the spelling of its print.
        slide: what courses print instead; empty where they print what the paper does.
    """

    subject: str
    title: str
    printed: Printed
    source: str
    count: Count | None = None
    reason: str = ""
    quoted: tuple[tuple[Count, Printed], ...] = ()
    slide: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A place of a grid: printed, counted, or both; empty for neither."""

    printed: Printed | None = None
    count: Count | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of a paper with all its columns.

    Attributes:
        title: its name.
        columns: heads; the first is that of the rows' names.
        rows: each with its name and a cell for each further column.
        reasons: for the rows that differ by more than one part in fifty, by name.
        note: on the others.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]
    reasons: tuple[tuple[str, str], ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Connections:
    """A table of which maps a layer sees, drawn from the network.

    Attributes:
        title: its name in the paper, and what it tells.
        network: of the catalog.
        path: of the layer in it.
    """

    title: str
    network: str
    path: str


@dataclass(frozen=True, slots=True)
class PaperTable:
    """All numbers of one paper.

    Attributes:
        id: stable; ``paper/<id>`` leads to it. It is the id of the family whose paper it is.
        title: the networks, as their authors write them; the same in all languages.
        lines: printed against counted.
        target: where the studio shows such a network.
        grid: a table of the paper, module by module.
        connections: a table of the paper on the maps that a layer sees.
    """

    id: str
    title: str
    lines: tuple[Line, ...]
    target: Target
    grid: Grid | None = None
    connections: Connections | None = None

    @property
    def counts(self) -> tuple[Count, ...]:
        """All that is to be counted for it, each once."""
        counts = [line.count for line in self.lines]
        counts += [count for line in self.lines for count, _ in line.quoted]
        if self.grid is not None:
            counts += [cell.count for _, cells in self.grid.rows for cell in cells]
        return tuple(dict.fromkeys(count for count in counts if count is not None))
