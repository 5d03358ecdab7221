"""Where a new phase of the plan begins, on a chart over the epochs.

Importing this module imports pyqtgraph.
"""

from __future__ import annotations

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont

from tlstudio.gui.kit import theme

FOOT = 0.03  # of the height, where a text begins


class PhaseMarks:
    """Quiet upright lines between two epochs, each with a text along it if it is given one."""

    def __init__(self, plot: pg.PlotItem) -> None:
        self._plot = plot
        self._font = QFont()
        self.marks: tuple[tuple[int, str], ...] = ()
        self._lines: list[pg.InfiniteLine] = []

    def set_marks(self, marks: Sequence[tuple[int, str]]) -> None:
        """``(first epoch, text)`` of each phase; an empty text for a line alone."""
        if tuple(marks) == self.marks:
            return
        self.marks = tuple(marks)
        for line in self._lines:
            self._plot.removeItem(line)
        self._lines = [self._line(epoch, text) for epoch, text in self.marks]
        self.restyle(self._font)

    def restyle(self, font: QFont) -> None:
        """Take the colours of the theme and this font."""
        self._font = font
        tokens = theme.current()
        for line, (_, text) in zip(self._lines, self.marks, strict=True):
            line.setPen(pg.mkPen(tokens.line_strong, width=1, style=Qt.PenStyle.DashLine))
            if text:
                line.label.setFont(font)
                line.label.setColor(tokens.text_soft)

    def _line(self, epoch: int, text: str) -> pg.InfiniteLine:
        options = {"position": FOOT, "rotateAxis": (1, 0), "anchors": [(0, 0), (0, 0)]}
        line = pg.InfiniteLine(
            pos=epoch - 0.5,
            angle=90,
            label=text or None,
            labelOpts=options if text else None,
        )
        line.setZValue(-0.5)  # behind the curves, before the grid
        self._plot.addItem(line, ignoreBounds=True)
        return line
