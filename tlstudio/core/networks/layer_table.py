"""The layer table of a network: what each layer does, what it costs and how far it sees."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from tlstudio.core.texts import QT_TRANSLATE_NOOP

NONE = "–"


class FieldNote(StrEnum):
    """Why a receptive field is the whole image, or cannot be told."""

    NO_NOTE = ""
    WHOLE = "whole_image"
    WINDOWS = "windows"
    ENLARGED = "enlarged"
    MOVED = "moved"
    UNTOLD = "untold"
    NO_IMAGE = "no_image"
    NOT_RUN = "not_run"


FIELD_NOTES = {
    FieldNote.NO_NOTE: "",
    FieldNote.WHOLE: QT_TRANSLATE_NOOP("core", "Every value depends on the whole image."),
    FieldNote.WINDOWS: QT_TRANSLATE_NOOP(
        "core", "Attention within windows: what a value sees depends on its place in the window."
    ),
    FieldNote.ENLARGED: QT_TRANSLATE_NOOP(
        "core", "A map was enlarged: what a value sees depends on its place."
    ),
    FieldNote.MOVED: QT_TRANSLATE_NOOP(
        "core", "Values changed their places: neighbours are not neighbours in the image."
    ),
    FieldNote.UNTOLD: QT_TRANSLATE_NOOP(
        "core", "An operation came before of which the studio cannot tell how far it looks."
    ),
    FieldNote.NO_IMAGE: QT_TRANSLATE_NOOP("core", "It does not depend on the image."),
    FieldNote.NOT_RUN: QT_TRANSLATE_NOOP(
        "core", "It does not run by itself; the module around it uses its parameters, or nobody."
    ),
}


@dataclass(frozen=True, slots=True)
class Window:
    """The sliding window of a convolution or pooling; one number per spatial axis.

    Attributes:
        kernel, stride, dilation: in steps of the input.
        padding: before and after, in steps of the input.
        groups: of a convolution; 1 for pooling.
    """

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[tuple[int, int], ...]
    dilation: tuple[int, ...]
    groups: int = 1

    @property
    def kernel_text(self) -> str:
        """The kernel as text, e.g. ``3×3``."""
        return "×".join(map(str, self.kernel))

    @property
    def stride_text(self) -> str:
        """``2``, or ``2×1`` where the axes differ."""
        return _joined(map(str, self.stride))

    @property
    def padding_text(self) -> str:
        """``1``, ``0/1`` for before and after, ``0×3`` where the axes differ."""
        return _joined(str(a) if a == b else f"{a}/{b}" for a, b in self.padding)

    @property
    def dilation_text(self) -> str:
        """``1``, or ``2×1`` where the axes differ."""
        return _joined(map(str, self.dilation))


@dataclass(frozen=True, slots=True)
class LayerRecord:
    """A module of a network, seen in one forward pass of one image.

    Attributes:
        path: module path as `named_modules` spells it; empty for the root.
        kind: class name, e.g. ``Conv2d``.
        window: of a layer that slides over its input.
        output_shape: of the first call, without the batch axis; empty if it has none.
        own_parameters: elements of the parameters that the module itself holds; where two modules
            hold the same parameter, it counts for the first.
        parameters: the same with all modules below.
        own_multiply_adds: of the products that the module itself computes, in all its calls.
        multiply_adds: the same with all modules below.
        receptive_field_px: side of the square of the input that one value of the first call's
            output can depend on, beyond the border where zeros are padded; None if it cannot be
            told. Gates that scale whole channels (squeeze-and-excitation) and statistics of
            normalisations are left aside: strictly, they see the whole image.
        field_note: why it cannot be told, or that it is the whole image.
        calls: how often it ran.
        children: in order of execution.
    """

    path: str
    kind: str
    window: Window | None
    output_shape: tuple[int, ...]
    own_parameters: int
    parameters: int
    own_multiply_adds: int
    multiply_adds: int
    receptive_field_px: int | None
    field_note: FieldNote
    calls: int
    children: tuple[LayerRecord, ...] = ()

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition(".")[2]

    @property
    def output_text(self) -> str:
        """The output shape as text, e.g. ``64×112×112``."""
        return "×".join(map(str, self.output_shape))

    @property
    def field_text(self) -> str:
        """The receptive field as text, e.g. ``43``, or a dash where there is none."""
        return NONE if self.receptive_field_px is None else str(self.receptive_field_px)

    @property
    def fact_cells(self) -> tuple[str, ...]:
        """Type, kernel, stride, padding, output, parameters and multiply-adds; empty for none."""
        window = self.window
        return (
            self.kind,
            window.kernel_text if window else "",
            window.stride_text if window else "",
            window.padding_text if window else "",
            self.output_text,
            f"{self.parameters:,}" if self.parameters else "",
            f"{self.multiply_adds:,}" if self.multiply_adds else "",
        )

    def walk(self) -> Iterator[LayerRecord]:
        """The record and all below it, parents first, in order of execution."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True)
class LayerTable:
    """The layer table of one network.

    Attributes:
        root: the network itself; its sums are the totals.
        image_px: side of the square image that went through.
        channels: of that image.
    """

    root: LayerRecord
    image_px: int
    channels: int

    @cached_property
    def rows(self) -> tuple[LayerRecord, ...]:
        """The modules below the network itself, parents first, in order of execution."""
        return tuple(self.root.walk())[1:]

    @cached_property
    def by_path(self) -> dict[str, LayerRecord]:
        """The modules by their paths, the root included."""
        return {record.path: record for record in self.root.walk()}

    @property
    def parameters(self) -> int:
        return self.root.parameters

    @property
    def multiply_adds(self) -> int:
        return self.root.multiply_adds

    def parameter_share(self, record: LayerRecord) -> float:
        """The share of all parameters that `record` holds, 0..1."""
        return record.parameters / self.parameters if self.parameters else 0.0

    def multiply_add_share(self, record: LayerRecord) -> float:
        """The share of all multiply-adds that `record` computes, 0..1."""
        return record.multiply_adds / self.multiply_adds if self.multiply_adds else 0.0

    def to_dicts(self, records: Iterable[LayerRecord] | None = None) -> list[dict[str, object]]:
        """Return a flat dictionary for each row (all by default), keyed by the columns of the CSV.

        Axes are joined by ``x``. `is_container` tells rows that are sums of others.
        """
        return [self._as_dict(record) for record in (self.rows if records is None else records)]

    def to_csv(self, records: Iterable[LayerRecord] | None = None) -> str:
        """`to_dicts` as comma-separated values with a header; numbers are not abbreviated."""
        text = io.StringIO()
        writer = csv.DictWriter(text, list(self._as_dict(self.root)), lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.to_dicts(records))
        return text.getvalue()

    def to_markdown(self, records: Iterable[LayerRecord] | None = None) -> str:
        """A table for a README, every row by default, the totals below."""
        rows = [self._as_cells(record) for record in (self.rows if records is None else records)]
        total = self._as_cells(self.root)
        rows.append([f"**{cell}**" if cell else "" for cell in ["Total", *total[1:]]])
        lines = [_TITLES, [":--" if n < _FIRST_NUMBER else "--:" for n in range(len(_TITLES))]]
        return "".join(f"| {' | '.join(cells)} |\n" for cells in [*lines, *rows])

    def _as_cells(self, record: LayerRecord) -> list[str]:
        return [
            f"`{record.path}`",
            *record.fact_cells,
            record.field_text,
            f"{100 * self.parameter_share(record):.1f}%",
            f"{100 * self.multiply_add_share(record):.1f}%",
        ]

    def _as_dict(self, record: LayerRecord) -> dict[str, object]:
        window = record.window
        field = record.receptive_field_px
        return {
            "path": record.path,
            "type": record.kind,
            "is_container": bool(record.children),
            "kernel": _plain(window.kernel_text) if window else "",
            "stride": _plain(window.stride_text) if window else "",
            "padding": _plain(window.padding_text) if window else "",
            "dilation": _plain(window.dilation_text) if window else "",
            "groups": window.groups if window else "",
            "output": _plain(record.output_text),
            "parameters": record.parameters,
            "own_parameters": record.own_parameters,
            "parameter_share": round(self.parameter_share(record), 6),
            "multiply_adds": record.multiply_adds,
            "own_multiply_adds": record.own_multiply_adds,
            "multiply_add_share": round(self.multiply_add_share(record), 6),
            "receptive_field_px": "" if field is None else field,
            "receptive_field_note": str(record.field_note),
            "calls": record.calls,
        }


_TITLES = [
    *("Layer", "Type", "Kernel", "Stride", "Padding", "Output"),
    *("Parameters", "Multiply-adds", "Receptive field (px)", "Share of parameters"),
    "Share of multiply-adds",
]
_FIRST_NUMBER = 2


def _joined(axes: Iterable[str]) -> str:
    values = list(axes)
    return values[0] if len(set(values)) == 1 else "×".join(values)


def _plain(text: str) -> str:
    return text.replace("×", "x")
