"""The titles of a table's columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands over a column; the tip says what its values mean, in words of the language."""

    title: str
    tip: str = ""
    is_number: bool = False

    @property
    def alignment(self) -> Qt.AlignmentFlag:
        """Of the title and the cells below it: numbers stand at the right edge."""
        return _RIGHT if self.is_number else _LEFT


def header_data(
    headings: Sequence[Heading], section: int, orientation: Qt.Orientation, role: int
) -> str | Qt.AlignmentFlag | None:
    """What `headerData` of an item model with these columns answers."""
    if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(headings):
        return None
    match role:
        case Qt.ItemDataRole.DisplayRole:
            return headings[section].title
        case Qt.ItemDataRole.ToolTipRole:
            return headings[section].tip or None
        case Qt.ItemDataRole.TextAlignmentRole:
            return headings[section].alignment
    return None
