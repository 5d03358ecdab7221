"""Numbers in a grid, shaded by their size, with the current cell marked; perhaps several below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from tlstudio.gui.kit import accessible, theme

if TYPE_CHECKING:
    import numpy as np

CELL_PX, LEAST_PX = 44, 26
GAP_PX = theme.GRID
NAME_PX = 14  # above a channel
LEAST_TEXT_PX, MOST_TEXT_PX = 9, 20
MOST_ALPHA = 110  # of the shade behind the largest number


class NumberGrid(QWidget):
    """Shows ``[C, rows, columns]`` numbers: the channels beside each other.

    Positive numbers are shaded in the colour of training, negative ones in that of validation, the
    more the larger they are; or each cell in its own grey, as a pixel.

    Args:
        name: for screen readers.
        decimals: of each number.
        as_pixels: whether 0 is black and 1 is white.
    """

    spoken_as = accessible.Role.Table

    def __init__(
        self,
        name: str,
        parent: QWidget | None = None,
        *,
        decimals: int = 2,
        as_pixels: bool = False,
    ) -> None:
        super().__init__(parent)
        self._values: np.ndarray[Any, Any] | None = None
        self._decimals = decimals
        self._as_pixels = as_pixels
        self._current: tuple[int, int] | None = None
        self._scale = 1.0
        self._names: Sequence[str] = ()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_values(self, values: np.ndarray[Any, Any], scale: float = 0.0) -> None:
        """Show ``[rows, columns]`` or ``[C, rows, columns]`` numbers.

        Args:
            scale: the number with the darkest shade; 0 for the largest one.
        """
        is_same = self._values is not None and self._values.shape[-3:] == values.shape[-3:]
        self._values = values if values.ndim == 3 else values[None]
        self._scale = scale or float(abs(values).max()) or 1.0
        if not is_same:
            self.updateGeometry()
        self.update()

    def set_pixels(self, as_pixels: bool) -> None:
        """Whether cells are shaded as pixels from 0 to 1."""
        self._as_pixels = as_pixels
        self.update()

    def set_names(self, names: Sequence[str]) -> None:
        """Write a name above each channel; none for an empty sequence."""
        self._names = names
        self.update()

    def set_current(self, cell: tuple[int, int] | None) -> None:
        """Mark the cell (row, column) of each channel; None for none."""
        self._current = cell
        self.update()

    def text(self, channel: int, row: int, column: int) -> str:
        """A number as it is shown, with a true minus sign."""
        assert self._values is not None
        value = round(float(self._values[channel, row, column]), self._decimals) + 0.0
        return f"{value:.{self._decimals}f}".replace("-", "\u2212")

    def sizeHint(self) -> QSize:
        return self._size(CELL_PX)

    def minimumSizeHint(self) -> QSize:
        return self._size(LEAST_PX)

    def spoken_count(self) -> int:
        return 0 if self._values is None else self._values.size

    def spoken_text(self, index: int) -> str:
        assert self._values is not None
        _, rows, columns = self._values.shape
        channel, rest = divmod(index, rows * columns)
        return self.text(channel, *divmod(rest, columns))

    def spoken_rect(self, index: int) -> Any:
        assert self._values is not None
        _, rows, columns = self._values.shape
        channel, rest = divmod(index, rows * columns)
        return self._cell(channel, *divmod(rest, columns)).toRect()

    def spoken_current(self) -> int:
        if self._values is None or self._current is None:
            return -1
        row, column = self._current
        return row * int(self._values.shape[2]) + column

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._values is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = QFont(self.font())
        cell = self._cell(0, 0, 0)
        font.setPixelSize(MOST_TEXT_PX)
        width = QFontMetricsF(font).horizontalAdvance
        longest = max(width(self.spoken_text(index)) for index in range(self.spoken_count()))
        fitting = min(cell.height() * 0.45, (cell.width() - 5) / longest * MOST_TEXT_PX)
        font.setPixelSize(max(LEAST_TEXT_PX, min(int(fitting), MOST_TEXT_PX)))
        painter.setFont(font)
        channels, rows, columns = self._values.shape
        for channel, name in enumerate(self._names):
            first, last = self._cell(channel, 0, 0), self._cell(channel, 0, columns - 1)
            above = first.united(last).translated(0, -NAME_PX)
            above.setHeight(NAME_PX)
            painter.setPen(QColor(theme.current().text_soft))
            painter.drawText(above, Qt.AlignmentFlag.AlignCenter, name)
        for channel in range(channels):
            for row in range(rows):
                for column in range(columns):
                    self._paint_cell(painter, channel, row, column)

    def _paint_cell(self, painter: QPainter, channel: int, row: int, column: int) -> None:
        assert self._values is not None
        tokens = theme.current()
        value = float(self._values[channel, row, column])
        place = self._cell(channel, row, column).adjusted(1, 1, -1, -1)
        back, ink = self._colours(value)
        is_current = self._current == (row, column)
        painter.setPen(QPen(QColor(tokens.accent), 2) if is_current else Qt.PenStyle.NoPen)
        painter.setBrush(back)
        painter.drawRoundedRect(place, 3, 3)
        painter.setPen(ink)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, self.text(channel, row, column))

    def _colours(self, value: float) -> tuple[QColor, QColor]:
        tokens = theme.current()
        if self._as_pixels:
            level = round(255 * max(0.0, min(value, 1.0)))
            dark = level < 128
            return QColor(level, level, level), QColor("#ffffff" if dark else "#000000")
        back = QColor(tokens.train if value > 0 else tokens.val)
        back.setAlpha(round(MOST_ALPHA * min(1.0, abs(value) / self._scale)))
        if not value:
            back = QColor(tokens.raised)
        return back, QColor(tokens.text)

    def _cell(self, channel: int, row: int, column: int) -> QRectF:
        assert self._values is not None
        channels, rows, columns = self._values.shape
        gaps = (channels - 1) * GAP_PX
        width = min(CELL_PX * 1.6, (self.width() - gaps) / (channels * columns))
        above = NAME_PX if self._names else 0
        height = min(width * 0.8, (self.height() - above) / rows)
        width = min(width, 2.2 * height)
        left = (self.width() - gaps - channels * columns * width) / 2
        top = above + (self.height() - above - rows * height) / 2
        x = left + channel * (columns * width + GAP_PX) + column * width
        return QRectF(x, top + row * height, width, height)

    def _size(self, cell: int) -> QSize:
        channels, rows, columns = (1, 3, 3) if self._values is None else self._values.shape
        return QSize(channels * columns * cell + (channels - 1) * GAP_PX, round(rows * cell * 0.8))
