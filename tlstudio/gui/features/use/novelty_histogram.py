"""A histogram of distances to the training images: known photos, foreign ones, and the limit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from tlstudio.gui.kit import accessible, formats, theme

if TYPE_CHECKING:
    from numpy.typing import NDArray

BINS = 32
MARGIN_PX, ABOVE_PX, BELOW_PX = 8, 52, 44


class NoveltyHistogram(QWidget):
    """Bars of each kind stand side by side, in shares of their kind."""

    spoken_as = accessible.Role.Chart

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._known: NDArray[Any] = np.zeros(0)
        self._foreign: NDArray[Any] = np.zeros(0)
        self._limits: tuple[float, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 200)
        self.setAccessibleName(self.tr("Distances to the training images"))

    def set_distances(
        self, known: NDArray[Any], foreign: NDArray[Any] | None, limits: Sequence[float]
    ) -> None:
        """Show these; infinite limits are not drawn."""
        self._known = known
        self._foreign = np.zeros(0) if foreign is None else foreign
        self._limits = tuple(limit for limit in limits if math.isfinite(limit))
        self.setAccessibleDescription(", ".join(text for _, text in self._legend()))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens = QPainter(self), theme.current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = painter.font()
        font.setPixelSize(theme.TEXT_SMALL_PX)
        painter.setFont(font)
        plot = QRectF(self.rect()).adjusted(MARGIN_PX, ABOVE_PX, -MARGIN_PX, -BELOW_PX)
        low, high = self._range()
        kinds = ((self._known, tokens.val), (self._foreign, tokens.train))
        shares = [np.histogram(v, BINS, (low, high))[0] / max(1, len(v)) for v, _ in kinds]
        most = max(0.01, *(float(share.max()) for share in shares))
        wide = plot.width() / BINS
        drawn = 2 if len(self._foreign) else 1
        for kind in range(drawn):
            for place, share in enumerate(shares[kind]):
                bar_px = share / most * plot.height()
                left = plot.left() + place * wide + kind * wide / drawn
                area = QRectF(left + 0.5, plot.bottom() - bar_px, wide / drawn - 1, bar_px)
                painter.fillRect(area, QColor(kinds[kind][1]))
        painter.setPen(QColor(tokens.line_strong))
        painter.drawLine(plot.bottomLeft(), plot.bottomRight())
        self._paint_axis(painter, plot, low, high)
        painter.setPen(QPen(QColor(tokens.text), 1.5, Qt.PenStyle.DashLine))
        for limit in self._limits:
            x = plot.left() + (limit - low) / (high - low) * plot.width()
            painter.drawLine(QPointF(x, plot.top() - 6), QPointF(x, plot.bottom()))
        self._paint_legend(painter)

    def _paint_axis(self, painter: QPainter, plot: QRectF, low: float, high: float) -> None:
        painter.setPen(QColor(theme.current().text_soft))
        area = QRectF(plot.left(), plot.bottom() + 4, plot.width(), 16)
        painter.drawText(area, int(Qt.AlignmentFlag.AlignLeft), f"{low:.2f}")
        painter.drawText(area, int(Qt.AlignmentFlag.AlignRight), f"{high:.2f}")
        middle = int(Qt.AlignmentFlag.AlignHCenter)
        painter.drawText(area, middle, f"{(low + high) / 2:.2f}")
        title = self.tr("cosine distance to the ten nearest training images")
        painter.drawText(area.translated(0, 18), middle, title)

    def _paint_legend(self, painter: QPainter) -> None:
        left = float(MARGIN_PX)
        for color, text in self._legend():
            if color:
                painter.fillRect(QRectF(left, 8, 10, 10), QColor(color))
            else:
                painter.setPen(QPen(QColor(theme.current().text), 1.5, Qt.PenStyle.DashLine))
                painter.drawLine(QPointF(left + 5, 5), QPointF(left + 5, 21))
            painter.setPen(QColor(theme.current().text))
            wide = painter.fontMetrics().horizontalAdvance(text)
            painter.drawText(QRectF(left + 16, 4, wide + 2, 18), text)
            left += wide + 36

    def _legend(self) -> list[tuple[str, str]]:
        tokens = theme.current()
        rows = [
            (
                tokens.val,
                self.tr("your photos ({count})").format(count=formats.count(len(self._known))),
            )
        ]
        if len(self._foreign):
            count = formats.count(len(self._foreign))
            rows.append((tokens.train, self.tr("foreign photos ({count})").format(count=count)))
        if self._limits:
            rows.append(("", self.tr("refused from here on")))
        return rows

    def _range(self) -> tuple[float, float]:
        values = np.concatenate([self._known, self._foreign, self._limits])
        if not len(values):
            return 0.0, 1.0
        low, high = float(values.min()), float(values.max())
        edge = max(0.005, 0.03 * (high - low))
        return max(0.0, low - edge), high + edge
