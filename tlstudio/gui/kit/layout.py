"""Widgets beside and below each other: a layout in one call instead of one call an item."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLayout, QVBoxLayout, QWidget

FRAME = QSize(8, 40)  # a usual title bar and borders, which are known only once a window is shown


@dataclass(frozen=True, slots=True)
class Stretch:
    """Free space, which takes `factor` shares of what the items leave."""

    factor: int = 0


Placed = (
    tuple[QWidget | QLayout, int]
    | tuple[QWidget, Qt.AlignmentFlag]
    | tuple[QWidget, int, Qt.AlignmentFlag]
)
Item = QWidget | QLayout | Placed | Stretch | int
Margins = int | tuple[int, int, int, int] | None
Box = TypeVar("Box", bound=QBoxLayout)


def hstack(
    *items: Item,
    spacing: int | None = None,
    margins: Margins = 0,
    parent: QWidget | None = None,
) -> QHBoxLayout:
    """Lay items out from left to right.

    Args:
        items: a widget, a layout, a `Stretch`, or a number of pixels to leave empty; a widget or
            layout may be followed by its stretch factor, its alignment, or both.
        spacing: pixels between the items; None for the style's.
        margins: pixels on each side, or left, top, right and bottom; None for the style's.
        parent: the widget that the items fill; None if another layout takes them.
    """
    return _filled(QHBoxLayout(), items, spacing, margins, parent)


def vstack(
    *items: Item,
    spacing: int | None = None,
    margins: Margins = 0,
    parent: QWidget | None = None,
) -> QVBoxLayout:
    """Lay items out from top to bottom, as `hstack` does from left to right."""
    return _filled(QVBoxLayout(), items, spacing, margins, parent)


def fit_to_screen(window: QWidget, wanted: QSize) -> None:
    """Give a window that is yet to be shown this size, or what its screen has room for."""
    parent = window.parentWidget()
    screen = (parent.window() if parent is not None else window).screen()
    window.resize(wanted.boundedTo(screen.availableSize() - FRAME))


def moved_within(frame: QRect, room: QRect) -> QRect:
    """Return `frame` moved into `room`, where its start has precedence over its end."""
    x = max(min(frame.x(), room.right() + 1 - frame.width()), room.x())
    y = max(min(frame.y(), room.bottom() + 1 - frame.height()), room.y())
    return QRect(QPoint(x, y), frame.size())


def _filled(
    box: Box,
    items: tuple[Item, ...],
    spacing: int | None,
    margins: Margins,
    parent: QWidget | None,
) -> Box:
    if parent is not None:
        parent.setLayout(box)
    if spacing is not None:
        box.setSpacing(spacing)
    if margins is not None:
        box.setContentsMargins(*(margins if isinstance(margins, tuple) else (margins,) * 4))
    for item in items:
        if isinstance(item, Stretch):
            box.addStretch(item.factor)
        elif isinstance(item, int):
            box.addSpacing(item)
        else:
            _add(box, *(item if isinstance(item, tuple) else (item,)))
    return box


def _add(box: QBoxLayout, child: QWidget | QLayout, *how: int | Qt.AlignmentFlag) -> None:
    flags = [value for value in how if isinstance(value, Qt.AlignmentFlag)]  # these are ints too
    stretch = next((value for value in how if not isinstance(value, Qt.AlignmentFlag)), 0)
    if isinstance(child, QLayout):
        box.addLayout(child, stretch)
    else:
        box.addWidget(child, stretch, *flags)
