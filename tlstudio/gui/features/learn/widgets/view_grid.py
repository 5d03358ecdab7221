"""Pictures in a grid with a title and two lines of words below each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from tlstudio.gui.kit import accessible, theme

TITLE_PX = 19
LINES, LINE_PX = 2, 16  # of the text
MARGIN_PX = 4  # a letter reaches over its advance
WORDS_PX = TITLE_PX + LINES * LINE_PX + 2
GAP_PX = 2 * theme.GRID


@dataclass(frozen=True, slots=True)
class Cell:
    """A picture with its words.

    Attributes:
        image: square.
        title: the first line.
        text: below it, on two lines at most.
        colour: of the first line, by its name in the theme.
    """

    image: QImage
    title: str = ""
    text: str = ""
    colour: str = "text"


class ViewGrid(QWidget):
    """The first picture is marked: it is the one that the others were made of.

    Args:
        name: for screen readers.
        columns, rows: for which it has room.
    """

    spoken_as = accessible.Role.List

    def __init__(self, name: str, columns: int, rows: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns, self._rows = columns, rows
        self._cells: tuple[Cell, ...] = ()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def cells(self) -> tuple[Cell, ...]:
        return self._cells

    def show_cells(self, cells: Sequence[Cell]) -> None:
        self._cells = tuple(cells)
        self.update()

    def spoken_count(self) -> int:
        return len(self._cells)

    def spoken_text(self, index: int) -> str:
        cell = self._cells[index]
        return ", ".join(filter(None, (cell.title, cell.text)))

    def spoken_rect(self, index: int) -> object:
        return self._place(index).toRect()

    def spoken_current(self) -> int:
        return -1

    def sizeHint(self) -> QSize:
        return QSize(self._columns * 150, self._rows * (150 + WORDS_PX))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._columns * 80, self._rows * (80 + WORDS_PX))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        tokens = theme.current()
        small = QFont(self.font())
        small.setPixelSize(theme.TEXT_SMALL_PX)
        for index, cell in enumerate(self._cells):
            place = self._place(index)
            painter.drawImage(place, cell.image)
            if index == 0:
                painter.setPen(QPen(QColor(tokens.accent), 2))
                painter.drawRect(place.adjusted(1, 1, -1, -1))
            painter.setFont(self.font())
            painter.setPen(QColor(getattr(tokens, cell.colour)))
            self._write(painter, place, 2, cell.title)
            painter.setFont(small)
            painter.setPen(QColor(tokens.text_soft))
            lines = lines_of(painter.fontMetrics(), cell.text, self._words_width(place.width()))
            for number, text in enumerate(lines):
                self._write(painter, place, TITLE_PX + number * LINE_PX, text)

    def _write(self, painter: QPainter, place: QRectF, below: int, text: str) -> None:
        room = QRectF(place.left(), place.bottom() + below, self._words_width(place.width()), 18)
        short = painter.fontMetrics().elidedText(
            text, Qt.TextElideMode.ElideRight, int(room.width())
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft, short)

    def _place(self, index: int) -> QRectF:
        """Where a picture is; all together are in the middle."""
        across = (self.width() - (self._columns - 1) * GAP_PX) / self._columns
        down = (self.height() - (self._rows - 1) * GAP_PX) / self._rows - WORDS_PX
        side = float(int(min(across, down)))
        step = self._step(side)
        left = (self.width() - step * self._columns) / 2
        row, column = divmod(index, self._columns)
        return QRectF(int(left + column * step), row * (side + WORDS_PX + GAP_PX), side, side)

    def _step(self, side: float) -> float:
        """From one column to the next."""
        return min(self.width() / self._columns, side + 6 * GAP_PX)

    def _words_width(self, side: float) -> float:
        """Words reach beyond their picture, up to the next column."""
        return max(side, self._step(side) - GAP_PX)


def lines_of(metrics: QFontMetrics, text: str, width: float) -> list[str]:
    """The text on lines of this width, broken after a comma where that fits; the rest is last."""
    lines = [""]
    for part in text.split(", "):
        longer = ", ".join(filter(None, (lines[-1], part)))
        is_wide = metrics.horizontalAdvance(longer + ",") + MARGIN_PX > width
        if is_wide and lines[-1] and len(lines) < LINES:
            lines[-1] += ","
            lines.append(part)
        else:
            lines[-1] = longer
    return lines
