"""Marks in a chart over the epochs where a new phase of the plan begins.

Importing this module imports pyqtgraph.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import Qt

from tlstudio.gui.kit import theme
from tlstudio.gui.kit.chart.plot import ChartPlot

FOOT = 0.03  # of the height, where a text begins


class PhaseMarks:
    """Quiet upright lines between two epochs, each with a text along it if it is given one.

    Args:
        z: by default behind the curves, before the grid.
    """

    def __init__(self, plot: ChartPlot, z: float = -0.5) -> None:
        self._plot = plot
        self._z = z
        self.marks: tuple[tuple[int, str], ...] = ()
        self._lines: list[pg.InfiniteLine] = []

    def set_marks(self, marks: Sequence[tuple[int, str]]) -> None:
        """Show marks ``(first epoch, text)`` of the phases; an empty text gives a line alone."""
        if tuple(marks) == self.marks:
            return
        self.marks = tuple(marks)
        for line in self._lines:
            self._plot.remove(line)
        self._lines = [self._line(epoch, text) for epoch, text in self.marks]

    def _line(self, epoch: int, text: str) -> pg.InfiniteLine:
        options = {"position": FOOT, "rotateAxis": (1, 0), "anchors": [(0, 0), (0, 0)]}
        line = pg.InfiniteLine(
            pos=epoch - 0.5,
            angle=90,
            label=text or None,
            labelOpts=options if text else None,
        )
        line.setZValue(self._z)
        return self._plot.add(line, self._style)

    def _style(self, line: Any, tokens: theme.Tokens) -> None:
        line.setPen(pg.mkPen(tokens.line_strong, width=1, style=Qt.PenStyle.DashLine))
        if hasattr(line, "label"):
            line.label.setFont(self._plot.small_font)
            line.label.setColor(tokens.text_soft)
