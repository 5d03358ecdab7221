"""How often values occur, as bars; perhaps a second set of values over the first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from tlstudio.gui.features.learn.widgets.fonts import set_font
from tlstudio.gui.kit import accessible, theme

if TYPE_CHECKING:
    import numpy as np

AXIS_PX = 20


class Histogram(QWidget):
    """Bars over an axis whose ends are named, with a line at a value that matters.

    Args:
        name: what is counted; above it, and for screen readers.
        colour: of the bars, by its name in the theme.
    """

    spoken_as = accessible.Role.Graphic

    def __init__(self, name: str, colour: str = "train", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._colour = name, colour
        self._counts: list[float] = []
        self._low, self._high = 0.0, 1.0
        self._mark: tuple[float, str] | None = None
        self._most = 0.0
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_counts(
        self,
        counts: np.ndarray[Any, Any],
        low: float,
        high: float,
        *,
        most: float = 0.0,
        mark: tuple[float, str] | None = None,
        words: str = "",
    ) -> None:
        """Show the counts of bins of equal width between two values.

        Args:
            most: the count of the highest bar that would fit, so that several histograms compare;
                0 for the largest count.
            mark: a value and its name, such as the mean.
            words: what it says, for screen readers.
        """
        self._counts = [float(count) for count in counts]
        self._low, self._high, self._mark = low, high, mark
        self._most = most or max(self._counts, default=1.0) or 1.0
        self.setAccessibleDescription(words)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(280, 160)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 80)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        tokens = theme.current()
        set_font(painter, theme.TEXT_SMALL_PX)
        painter.setPen(QColor(tokens.text_soft))
        head = QRectF(0, 0, self.width(), AXIS_PX)
        painter.drawText(head, Qt.AlignmentFlag.AlignLeft, self._name)
        area = QRectF(0, AXIS_PX, self.width(), self.height() - 2 * AXIS_PX)
        painter.setPen(QPen(QColor(tokens.line_strong), 1))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        below = QRectF(0, area.bottom() + 2, self.width(), AXIS_PX - 2)
        painter.setPen(QColor(tokens.text_soft))
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, _number(self._low))
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, _number(self._high))
        wide = area.width() / max(1, len(self._counts))
        bars = QColor(getattr(tokens, self._colour))
        for at, count in enumerate(self._counts):
            high = area.height() * min(1.0, count / self._most)
            bar = QRectF(area.left() + at * wide, area.bottom() - high, max(1.0, wide - 1), high)
            painter.fillRect(bar, bars)
        if self._mark is not None:
            self._paint_mark(painter, area, *self._mark)

    def _paint_mark(self, painter: QPainter, area: QRectF, value: float, name: str) -> None:
        share = (value - self._low) / ((self._high - self._low) or 1.0)
        if not 0 <= share <= 1:
            return
        x = area.left() + share * area.width()
        painter.setPen(QPen(QColor(theme.current().text), 1, Qt.PenStyle.DashLine))
        painter.drawLine(int(x), int(area.top()), int(x), int(area.bottom()))
        right = share < 0.5
        room = QRectF(x + 4 if right else x - 204, area.top(), 200, AXIS_PX)
        side = Qt.AlignmentFlag.AlignLeft if right else Qt.AlignmentFlag.AlignRight
        painter.drawText(room, side, name)


def _number(value: float) -> str:
    return f"{value:.3g}".replace("-", "\u2212")
