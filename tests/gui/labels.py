"""Says what a label of a chart lies on, from where it is on the screen."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtWidgets import QGraphicsItem

from tlstudio.gui.kit.chart.plot import ChartPlot

BETWEEN = 50  # points that stand for the line between two


def rect_of(item: QGraphicsItem) -> QRectF:
    """Where it is in the scene."""
    return item.mapRectToScene(item.boundingRect())


def lies_on(plot: ChartPlot, text: pg.TextItem, *others: pg.TextItem) -> list[str]:
    """What is below a label: curves with their points, other labels, the edge of the plot."""
    rect = rect_of(text)
    found = [
        f"{key} at {x:g}"
        for key in plot.curves
        for x, y in _along(plot, key)
        if rect.contains(plot.box.mapViewToScene(QPointF(x, y)))
    ]
    found += [o.toPlainText() for o in others if o.isVisible() and rect_of(o).intersects(rect)]
    if not plot.box.sceneBoundingRect().adjusted(-1, -1, 1, 1).contains(rect):
        found.append(f"the edge: {rect} of {plot.box.sceneBoundingRect()}")
    return found


def _along(plot: ChartPlot, key: str) -> list[tuple[float, float]]:
    x, y = plot.points(key)
    if not plot.specs[key].width or plot.specs[key].stepped or len(x) < 2:
        return list(zip(x, y, strict=True))
    share: Any = np.linspace(0, len(x) - 1, BETWEEN * len(x))
    return list(zip(np.interp(share, range(len(x)), x), _interp(share, y), strict=True))


def _interp(share: Any, y: Any) -> Any:
    return np.interp(share, range(len(y)), y)
