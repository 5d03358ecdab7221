"""The signs of the kinds of blocks: what their inside looks like, in a few strokes."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from tlstudio.core.networks.blocks.graph import BlockKind

_K = BlockKind
_Stroke = tuple[str, tuple[float, ...]]  # a shape and its numbers, in a square of 18


def draw_glyph(painter: QPainter, kind: BlockKind, rect: QRectF, color: QColor) -> None:
    """The sign of a kind of block: what its inside looks like, in a few strokes."""
    painter.save()
    painter.translate(rect.topLeft())
    painter.scale(rect.width() / 18.0, rect.height() / 18.0)
    pen = QPen(color, 1.5)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for shape, numbers in _STROKES.get(kind, _STROKES[_K.STAGE]):
        if shape == "box":
            painter.drawRoundedRect(QRectF(*numbers), 1.5, 1.5)
        elif shape == "full":
            painter.setBrush(color)
            painter.drawRoundedRect(QRectF(*numbers), 1.5, 1.5)
            painter.setBrush(Qt.BrushStyle.NoBrush)
        elif shape == "arc":
            x, y, width, height = numbers
            painter.drawArc(QRectF(x - width, y, 2 * width, height), -90 * 16, 180 * 16)
        elif shape == "ring":
            painter.drawEllipse(QRectF(*numbers))
        else:
            corners = [QPointF(x, y) for x, y in zip(numbers[::2], numbers[1::2], strict=True)]
            painter.drawPolyline(QPolygonF(corners))
    painter.restore()


_STROKES: dict[BlockKind, tuple[_Stroke, ...]] = {
    _K.RESIDUAL: (
        ("full", (2, 4, 8, 3.4)),
        ("full", (2, 10.4, 8, 3.4)),
        ("arc", (10.5, 1, 5.5, 16)),
    ),
    _K.PLAIN: (
        ("full", (5, 2, 8, 3.4)),
        ("full", (5, 10.4, 8, 3.4)),
        ("line", (9, 5.4, 9, 10.4)),
    ),
    _K.INVERTED_RESIDUAL: (
        ("full", (4, 2, 4, 2.6)),
        ("full", (1, 7.6, 10, 2.6)),
        ("full", (4, 13.2, 4, 2.6)),
        ("arc", (11.5, 1, 5, 16)),
    ),
    _K.SEPARABLE_CONV: (
        ("full", (2, 3, 3, 4)),
        ("full", (7.5, 3, 3, 4)),
        ("full", (13, 3, 3, 4)),
        ("full", (2, 11, 14, 4)),
    ),
    _K.INCEPTION: (
        ("line", (2.5, 6, 2.5, 12)),
        ("line", (6.8, 6, 6.8, 12)),
        ("line", (11.2, 6, 11.2, 12)),
        ("line", (15.5, 6, 15.5, 12)),
        ("line", (2.5, 4.5, 9, 1.5, 15.5, 4.5)),
        ("line", (2.5, 13.5, 9, 16.5, 15.5, 13.5)),
    ),
    _K.DENSE_LAYER: (
        ("line", (3, 3, 15, 3)),
        ("full", (3, 7, 8, 4)),
        ("line", (3, 15, 15, 15)),
        ("arc", (12, 3, 4, 12)),
    ),
    _K.DENSE_BLOCK: (
        ("full", (1, 1.5, 6, 2.6)),
        ("full", (1, 7.7, 6, 2.6)),
        ("full", (1, 13.9, 6, 2.6)),
        ("arc", (8, 2.8, 3.5, 6.2)),
        ("arc", (8, 9, 3.5, 6.2)),
        ("arc", (8, 2.8, 8, 12.4)),
    ),
    _K.TRANSITION: (("line", (1, 4, 17, 4, 12, 14, 6, 14, 1, 4)),),
    _K.SQUEEZE_EXCITATION: (
        ("line", (1, 2, 17, 2)),
        ("line", (2, 5, 7, 9, 2, 13)),
        ("line", (16, 5, 11, 9, 16, 13)),
        ("line", (1, 16, 17, 16)),
    ),
    _K.TRANSFORMER: (
        ("box", (2, 2, 9, 5.5)),
        ("box", (2, 10.5, 9, 5.5)),
        ("arc", (11.5, 1, 5, 8)),
        ("arc", (11.5, 9.5, 5, 8)),
    ),
    _K.WINDOW_TRANSFORMER: (
        ("box", (2, 2, 14, 14)),
        ("line", (9, 2, 9, 16)),
        ("line", (2, 9, 16, 9)),
        ("full", (3.6, 3.6, 3.8, 3.8)),
    ),
    _K.WINDOW_ATTENTION: (
        ("box", (2, 2, 14, 14)),
        ("line", (9, 2, 9, 16)),
        ("line", (2, 9, 16, 9)),
    ),
    _K.ATTENTION_BLOCK: (
        ("ring", (2, 2, 3, 3)),
        ("ring", (13, 2, 3, 3)),
        ("ring", (7.5, 13, 3, 3)),
        ("line", (5, 3.5, 13, 3.5)),
        ("line", (4.3, 5, 8.2, 13)),
        ("line", (13.7, 5, 9.8, 13)),
    ),
    _K.MLP: (("full", (5, 2, 8, 2.6)), ("full", (1, 7.6, 16, 2.6)), ("full", (5, 13.2, 8, 2.6))),
    _K.FIRE: (
        ("full", (6, 1.5, 6, 4)),
        ("full", (1, 12, 7, 4)),
        ("full", (10, 12, 7, 4)),
        ("line", (8, 6, 4.5, 11)),
        ("line", (10, 6, 13.5, 11)),
    ),
    _K.SHUFFLE: (
        ("line", (2, 2, 16, 16)),
        ("line", (16, 2, 2, 16)),
        ("line", (9, 2, 9, 5)),
        ("line", (9, 13, 9, 16)),
    ),
    _K.STAGE: (("box", (2, 5.5, 11, 11)), ("line", (5, 2, 16, 2, 16, 13))),
    _K.GROUP: (("box", (2, 5.5, 11, 11)), ("line", (5, 2, 16, 2, 16, 13))),
    _K.CLASSIFIER: (("line", (1, 3, 17, 3, 12, 15, 6, 15, 1, 3)),),
    _K.AUXILIARY: (("line", (1, 3, 17, 3, 12, 15, 6, 15, 1, 3)),),
}


def draw_snowflake(painter: QPainter, middle: QPointF, radius: float, color: QColor) -> None:
    """The mark of what is frozen."""
    painter.setPen(QPen(color, 1.2))
    for number in range(3):
        angle = math.pi * number / 3 + math.pi / 2
        step = QPointF(radius * math.cos(angle), radius * math.sin(angle))
        painter.drawLine(middle - step, middle + step)
        for end in (step, -step):
            for turn in (0.6, -0.6):
                x = end.x() * math.cos(turn) - end.y() * math.sin(turn)
                y = end.x() * math.sin(turn) + end.y() * math.cos(turn)
                fork = middle + end * 0.55
                painter.drawLine(fork, fork + QPointF(x, y) * 0.38)
