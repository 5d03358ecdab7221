"""Marks in a chart over the epochs where a new phase of the plan begins.

Importing this module imports pyqtgraph.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt

from tlstudio.gui.kit import theme
from tlstudio.gui.kit.chart.placing import Drawn
from tlstudio.gui.kit.chart.plot import ChartPlot

EDGE_PX = 4.0  # between a text and the ends of its line
SIDE_PX = 2.0  # between a text and its line
STEP_PX = 16.0  # between two places along a line


class PhaseMarks:
    """Quiet upright lines between two epochs, each with a text along it where there is room.

    Args:
        z: by default behind the curves, before the grid.
    """

    def __init__(self, plot: ChartPlot, z: float = -0.5) -> None:
        self._plot = plot
        self._z = z
        self.marks: tuple[tuple[int, str], ...] = ()
        self._lines: list[pg.InfiniteLine] = []
        self.texts: list[pg.TextItem] = []

    def set_marks(self, marks: Sequence[tuple[int, str]]) -> None:
        """Show marks ``(first epoch, text)`` of the phases; an empty text gives a line alone."""
        if tuple(marks) == self.marks:
            return
        self.marks = tuple(marks)
        for item in (*self._lines, *self.texts):
            self._plot.remove(item)
        self._lines = [self._line(epoch) for epoch, _ in self.marks]
        self.texts = [self._text(text) for _, text in self.marks if text]

    def lines(self) -> list[np.ndarray[Any, Any]]:
        """The marks as lines that labels keep off, in pixels."""
        low, high = self._plot.box.viewRange()[1]
        return [self._plot.px([epoch - 0.5] * 2, [low, high]) for epoch, _ in self.marks]

    def place_texts(self, drawn: Drawn) -> None:
        """Write along each line where nothing of `drawn` is hidden; elsewhere the readout tells."""
        _, _, _, room = self._plot.area
        epochs = [epoch for epoch, text in self.marks if text]
        for epoch, text in zip(epochs, self.texts, strict=True):
            size = text.boundingRect()
            long, thick = size.width(), size.height()
            x = float(self._plot.px([epoch - 0.5], [0.0])[0, 0])
            tops = np.arange(room - EDGE_PX - long, EDGE_PX - 1, -STEP_PX)  # from the foot up
            sides = (x + SIDE_PX, x - SIDE_PX - thick)
            places = [(side, top, thick, long) for top in tops for side in sides]
            drawn = self._plot.place_text(text, places, drawn)

    def _line(self, epoch: int) -> pg.InfiniteLine:
        line = pg.InfiniteLine(pos=epoch - 0.5, angle=90)
        line.setZValue(self._z)
        return self._plot.add(line, self._style_line)

    def _text(self, words: str) -> pg.TextItem:
        text = self._plot.add_text(self._style_text, angle=90)
        text.setText(words)
        return text

    def _style_line(self, line: pg.InfiniteLine, tokens: theme.Tokens) -> None:
        line.setPen(pg.mkPen(tokens.line_strong, width=1, style=Qt.PenStyle.DashLine))

    def _style_text(self, text: pg.TextItem, tokens: theme.Tokens) -> None:
        text.setFont(self._plot.small_font)
        text.setColor(tokens.text_soft)
