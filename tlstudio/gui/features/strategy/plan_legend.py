"""The legend of the colours and signs of a plan."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QWidget

from tlstudio.core.strategies.timeline import PlanTimeline, Start, Statistics
from tlstudio.gui.features.strategy.rate_colours import (
    MARK_PX,
    fill_frozen,
    paint_mark,
    rate_colour,
)
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import label
from tlstudio.gui.kit.layout import hstack

STEPS = 4  # shades of one colour


class LegendSign(QWidget):
    """A sign of the legend: shades of a start, the hatch of frozen stages, a mark of statistics."""

    def __init__(self, sign: Start | Statistics | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sign = sign
        self.setFixedSize(self.sizeHint())

    def sizeHint(self) -> QSize:
        if isinstance(self._sign, Statistics):
            return QSize(MARK_PX + 2, MARK_PX + 2)
        return QSize(22 if isinstance(self._sign, Start) else 12, 11)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        match self._sign:
            case Statistics():
                paint_mark(painter, QRectF(1, 1, MARK_PX, MARK_PX), self._sign)
            case Start():
                wide = self.width() / STEPS
                for step in range(STEPS):
                    rate = 10.0 ** (step - STEPS + 1)
                    colour = rate_colour(self._sign, rate, 1.0, 10.0 ** (1 - STEPS))
                    painter.fillRect(QRectF(step * wide, 0, wide, self.height()), colour)
            case None:
                fill_frozen(painter, QRectF(self.rect()))


class PlanLegend(QWidget):
    """A line with the signs that a plan uses."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        words: tuple[tuple[Start | Statistics | None, str], ...] = (
            (Start.PRETRAINED, self.tr("pretrained")),
            (Start.RANDOM, self.tr("random at first")),
            (Start.PROBE, self.tr("a probe at first")),
            (None, self.tr("frozen")),
            (Statistics.FIXED, self.tr("statistics frozen")),
            (Statistics.SOME_MOVE, self.tr("move in part")),
            (Statistics.MOVE, self.tr("statistics move")),
        )
        self._items: dict[Start | Statistics | None, tuple[LegendSign, QLabel]] = {}
        layout = hstack(spacing=theme.GRID // 2 + 2, parent=self)
        for sign, text in words:
            item = self._items[sign] = (LegendSign(sign), label(text, "hint"))
            layout.addWidget(item[0])
            layout.addWidget(item[1])
            item[1].setContentsMargins(0, 0, theme.GRID, 0)
        layout.addStretch()

    def show_plan(self, plan: PlanTimeline) -> None:
        """Show the signs that occur in `plan`."""
        trains = {
            row.start
            for cells in plan.cells
            for row, cell in zip(plan.rows, cells, strict=True)
            if cell.rate is not None
        }
        cells = [cell for phase in plan.cells for cell in phase]
        signs: set[Start | Statistics | None] = {*trains, *(cell.statistics for cell in cells)}
        if any(cell.rate is None for cell in cells):
            signs.add(None)
        self.show_signs(signs)

    def show_signs(self, signs: Iterable[Start | Statistics | None]) -> None:
        wanted = set(signs)
        for sign, item in self._items.items():
            for part in item:
                part.setVisible(sign in wanted)
