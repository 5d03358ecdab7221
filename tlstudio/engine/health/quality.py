"""Single images that are hard to see: dark, bright, blurry, blank, tiny, very long, half grey.

The limits of light and shape are those of cleanvision (https://github.com/cleanlab/cleanvision). A
limit says nothing about a dataset whose images are all so, e.g. of the night sky: where more than a
fifth would be told, none is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tlstudio.core.health.finding import Value

if TYPE_CHECKING:
    from numpy.typing import NDArray

COMMON = 0.2  # of the images: then it is the dataset's nature

BLANK = 0.006  # standard deviation of the grey picture: one or two levels of 255
DARK = 0.32  # the brightest hundredth of the picture is darker (cleanvision)
BRIGHT = 0.95  # the darkest twentieth is brighter (cleanvision)
BLURRY = 0.004  # sharpness; of 385 sharp photos the lowest has 0.025, blurred by 3 pixels 0.001
TINY = 0.25  # of the usual side
LONG = 0.35  # shorter side by the longer one (cleanvision)
CUT_OFF = 0.03  # of the rows

Rows = Any  # a structured array of the type FACTS, or one row of it


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of single images: a row of the table.

    Attributes:
        kind: of the finding.
        found: which rows have it, ``[N]`` bool.
        score: how much of it each row has, ``[N]``; more is worse.
        values: those of the finding's line, from a row and all rows.
    """

    kind: str
    found: Callable[[Rows], NDArray[np.bool_]]
    score: Callable[[Rows], NDArray[np.float64]]
    values: Callable[[Rows, Rows], Mapping[str, Value]]


def _is_blank(rows: Rows) -> NDArray[np.bool_]:
    return np.asarray((rows["contrast"] < BLANK) & (rows["stds"].max(axis=-1) < BLANK))


def _side(rows: Rows) -> NDArray[np.float64]:
    """The side of a square of as many pixels."""
    return np.asarray(np.sqrt(rows["width_px"].astype(float) * rows["height_px"]))


def _shape(rows: Rows) -> NDArray[np.float64]:
    """Shorter by longer side."""
    sides = np.stack([rows["width_px"], rows["height_px"]]).astype(float)
    return np.asarray(sides.min(axis=0) / sides.max(axis=0))


def _usual(rows: Rows) -> str:
    width, height = (round(float(np.median(rows[name]))) for name in ("width_px", "height_px"))
    return f"{width} × {height}"


def _size(row: Rows) -> dict[str, Value]:
    return {"width": int(row["width_px"]), "height": int(row["height_px"])}


FAULTS = (
    Fault("blank", _is_blank, lambda rows: -rows["contrast"], lambda row, rows: {}),
    Fault(
        "dark",
        lambda rows: (rows["brightest"] < DARK) & ~_is_blank(rows),
        lambda rows: -rows["brightest"],
        lambda row, rows: {"percent": f"{100 * row['brightest']:.0f}"},
    ),
    Fault(
        "bright",
        lambda rows: (rows["darkest"] > BRIGHT) & ~_is_blank(rows),
        lambda rows: rows["darkest"],
        lambda row, rows: {"percent": f"{100 * row['darkest']:.0f}"},
    ),
    Fault(
        "blurry",
        lambda rows: (rows["sharpness"] < BLURRY) & ~_is_blank(rows),
        lambda rows: -rows["sharpness"],
        lambda row, rows: {"sharpness": f"{row['sharpness']:.4f}"},
    ),
    Fault(
        "tiny",
        lambda rows: _side(rows) < TINY * np.median(_side(rows)),
        lambda rows: -_side(rows),
        lambda row, rows: {**_size(row), "usual": _usual(rows)},
    ),
    Fault(
        "aspect",
        lambda rows: _shape(rows) < LONG,
        lambda rows: -_shape(rows),
        lambda row, rows: _size(row),
    ),
    Fault(
        "cut_off",
        lambda rows: rows["grey_end"] > CUT_OFF,
        lambda rows: rows["grey_end"],
        lambda row, rows: {"percent": f"{100 * row['grey_end']:.0f}"},
    ),
)
