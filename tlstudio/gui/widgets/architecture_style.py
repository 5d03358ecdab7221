"""How the picture of a network looks: colours of the kinds of blocks, their signs, sizes, texts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QGuiApplication, QPainter, QPen, QPolygonF

from tlstudio.core.block_graph import (
    BLOCKS,
    HOLDERS,
    KIND_TITLES,
    SIGNS,
    BlockKind,
    BlockNode,
)
from tlstudio.core.block_grouping import side
from tlstudio.gui import formats, theme
from tlstudio.gui.language import core_text

_K = BlockKind
BOX_PX = 42.0
SLIM_PX = 24.0
HEADER_PX = 26.0
SIGN_PX = 24.0
LEAST_PX = 132.0
SLIM_LEAST_PX = 84.0
PAD_PX = 12.0
GLYPH_PX = 18.0
TOGGLE_PX = 16.0
RADIUS_PX = 6.0
PX_PER_DOUBLING = 12.0  # how much wider a box is for an image of twice the side
SMALLEST_SIDE = 7
NEXT = " · "


class Tint(StrEnum):
    """Whether what a box stands for trains."""

    NONE = "none"
    FROZEN = "frozen"
    MIXED = "mixed"
    TRAINABLE = "trainable"


# Kinds that share a hue never stand for rivals in one network; signs and words tell them apart too.
_HUES: dict[BlockKind, str] = {
    _K.CONV: "train",
    _K.DEPTHWISE_CONV: "right",
    _K.SEPARABLE_CONV: "right",
    _K.INVERTED_RESIDUAL: "right",
    _K.RESIDUAL: "accent",
    _K.INCEPTION: "val",
    _K.DENSE_LAYER: "accent",
    _K.DENSE_BLOCK: "accent",
    _K.TRANSITION: "wrong",
    _K.SQUEEZE_EXCITATION: "warning",
    _K.TRANSFORMER: "accent",
    _K.WINDOW_TRANSFORMER: "accent",
    _K.ATTENTION_BLOCK: "val",
    _K.WINDOW_ATTENTION: "val",
    _K.ATTENTION: "val",
    _K.MATMUL: "val",
    _K.SOFTMAX: "val",
    _K.MLP: "warning",
    _K.LINEAR: "warning",
    _K.CLASSIFIER: "warning",
    _K.SCALE: "warning",
    _K.PARAMETER: "warning",
    _K.FIRE: "wrong",
    _K.SHUFFLE: "frozen",
    _K.CHANNEL_SHUFFLE: "frozen",
    _K.POOL: "wrong",
    _K.GLOBAL_POOL: "wrong",
}
_SLIM = frozenset(
    {
        _K.NORM,
        _K.ACTIVATION,
        _K.DROPOUT,
        _K.SCALE,
        _K.SOFTMAX,
        _K.SPLIT,
        _K.SHIFT,
        _K.CHANNEL_SHUFFLE,
        _K.RESIZE,
        _K.CONCAT,
        _K.PARAMETER,
        _K.IMAGE,
        _K.SCORES,
    }
)
_PILLS = frozenset({_K.CONCAT, _K.IMAGE, _K.SCORES, _K.PARAMETER, _K.SPLIT})


@dataclass(frozen=True, slots=True)
class BoxColors:
    fill: QColor
    border: QColor
    text: QColor
    soft: QColor
    mark: QColor


def is_slim(kind: BlockKind) -> bool:
    return kind in _SLIM


def is_pill(kind: BlockKind) -> bool:
    return kind in _PILLS


def mixed(one: str, other: str, share: float) -> QColor:
    """`share` of the colour `one` over `other`."""
    a, b = QColor(one), QColor(other)
    return QColor.fromRgbF(
        share * a.redF() + (1 - share) * b.redF(),
        share * a.greenF() + (1 - share) * b.greenF(),
        share * a.blueF() + (1 - share) * b.blueF(),
    )


def box_colors(kind: BlockKind, tint: Tint, *, is_open: bool) -> BoxColors:
    """The colours of a box; frozen ones are paler."""
    tokens = theme.current()
    is_dark = tokens.name == "dark"
    hue = getattr(tokens, _HUES.get(kind, "text_soft"))
    plain = kind not in _HUES
    strength = (0.26 if is_dark else 0.17) if not plain else (0.13 if is_dark else 0.07)
    if tint is Tint.FROZEN:
        strength *= 0.5
    if is_open:
        strength *= 0.28
    edge = (0.55 if is_dark else 0.5) if not plain else 0.35
    if tint is Tint.FROZEN:
        edge *= 0.75
    return BoxColors(
        fill=mixed(hue, tokens.surface, strength),
        border=mixed(hue, tokens.surface, edge),
        text=QColor(tokens.text),
        soft=QColor(tokens.text_soft),
        mark=mixed(hue, tokens.surface, 0.9),
    )


def header_color(kind: BlockKind, tint: Tint) -> QColor:
    """The title bar of an open box."""
    return box_colors(kind, tint, is_open=False).fill


# -- texts -----------------------------------------------------------------------------------------


def font(*, is_small: bool = False, is_bold: bool = False) -> QFont:
    result = QFont(QGuiApplication.font())
    result.setPixelSize(theme.TEXT_SMALL_PX - 1 if is_small else theme.TEXT_PX)
    result.setWeight(QFont.Weight.DemiBold if is_bold else QFont.Weight.Normal)
    return result


def shape_text(shape: tuple[int, ...]) -> str:
    """(64, 56, 56) -> 64 × 56 × 56"""
    return " × ".join(str(side) for side in shape)


def kind_title(kind: BlockKind) -> str:
    """The name of a kind, in the language of the window."""
    return core_text(KIND_TITLES[kind])


def title(node: BlockNode) -> str:
    """What stands in a box: notation of a layer, or the name of a block."""
    if node.kind in SIGNS:
        return {_K.ADD: "+", _K.MULTIPLY: "×", _K.MATMUL: "·"}[node.kind]
    if node.kind is _K.CONCAT:
        return translate("concat")
    if node.kind in (_K.STAGE, _K.DENSE_BLOCK) and node.inside is not None:
        return _contents(node)
    if node.kind is _K.GROUP and node.class_name not in ("", "Sequential"):
        return node.class_name
    if node.kind in (_K.IMAGE, _K.SCORES):
        return kind_title(node.kind) + "  " + shape_text(node.out_shape)
    return node.title or kind_title(node.kind)


def subtitle(node: BlockNode) -> str:
    """The second line of a box."""
    shape = shape_text(node.out_shape)
    is_named = node.kind in HOLDERS or node.kind is _K.DENSE_BLOCK
    if is_named and node.path and not node.name.isdigit():
        return f"{node.name}{NEXT}{shape}" if shape else node.name
    return shape


def header(node: BlockNode) -> str:
    """The title bar of an open box."""
    name = title(node)
    return f"{name}{NEXT}{node.path}" if node.path and node.path != name else name


def tip(node: BlockNode, tint: Tint) -> str:
    """All that is known of a box."""
    lines = [node.title or title(node)]
    if node.kind in BLOCKS or node.inside is not None:
        lines = [title(node)]
    if node.path:
        lines.append(f"{node.path}  ({node.class_name})" if node.class_name else node.path)
    if node.in_shape and node.out_shape:
        lines.append(f"{shape_text(node.in_shape)}  →  {shape_text(node.out_shape)}")
    if node.parameters:
        lines.append(translate("{count} parameters").format(count=formats.count(node.parameters)))
    state = {
        Tint.FROZEN: translate("frozen"),
        Tint.TRAINABLE: translate("trains"),
        Tint.MIXED: translate("trains in part"),
    }.get(tint)
    if state:
        lines.append(state)
    if node.inside is not None:
        lines.append(translate("Double-click opens and closes it."))
    return "\n".join(lines)


def translate(text: str) -> str:
    return QCoreApplication.translate("architecture", text)


def _contents(node: BlockNode) -> str:
    """``2 × residual block``"""
    assert node.inside is not None
    counts: dict[str, int] = {}
    for part in node.inside.nodes:
        if part.kind in BLOCKS:
            name = kind_title(part.kind)
            counts[name] = counts.get(name, 0) + 1
    if not counts:
        convs = [part for part in node.inside.nodes if part.kind is _K.CONV]
        if convs:
            titles = {part.title for part in convs}
            name = titles.pop() if len(titles) == 1 else kind_title(_K.CONV)
            return f"{len(convs)} × {name}"
        return kind_title(node.kind)
    most = max(counts, key=lambda name: counts[name])
    return f"{counts[most]} × {most}"


# -- sizes -----------------------------------------------------------------------------------------


class Sizes:
    """Sizes of boxes by their texts; asked a thousand times, so the fonts are measured once."""

    def __init__(self) -> None:
        self._plain = QFontMetricsF(font())
        self._small = QFontMetricsF(font(is_small=True))
        self._bold = QFontMetricsF(font(is_bold=True))

    def __call__(self, node: BlockNode, is_open: bool) -> tuple[float, float]:
        if is_open:
            wide = self._small.horizontalAdvance(header(node)) + 2 * PAD_PX + TOGGLE_PX + GLYPH_PX
            return (math.ceil(wide), HEADER_PX)
        if node.kind in SIGNS:
            return (SIGN_PX, SIGN_PX)
        if is_slim(node.kind):
            wide = self._small.horizontalAdvance(title(node)) + 2 * PAD_PX
            if node.kind in (_K.IMAGE, _K.SCORES):
                wide = max(wide, LEAST_PX) + self._funnel(node)
            return (math.ceil(max(wide, SLIM_LEAST_PX)), SLIM_PX)
        text = self._plain.horizontalAdvance(title(node))
        text = max(text, self._small.horizontalAdvance(subtitle(node)))
        if has_glyph(node.kind):
            text += GLYPH_PX + 8
        if node.inside is not None:
            text += TOGGLE_PX
        return (math.ceil(max(text + 2 * PAD_PX, LEAST_PX) + self._funnel(node)), BOX_PX)

    def _funnel(self, node: BlockNode) -> float:
        pixels = side(node.out_shape)
        return PX_PER_DOUBLING * math.log2(max(pixels, SMALLEST_SIDE) / SMALLEST_SIDE)


# -- signs -----------------------------------------------------------------------------------------


def has_glyph(kind: BlockKind) -> bool:
    return kind in BLOCKS or kind in HOLDERS


def draw_glyph(painter: QPainter, kind: BlockKind, rect: QRectF, color: QColor) -> None:
    """The sign of a kind of block: what its inside looks like, in a few strokes."""
    painter.save()
    painter.translate(rect.topLeft())
    painter.scale(rect.width() / 18.0, rect.height() / 18.0)
    pen = QPen(color, 1.5)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for stroke in _STROKES.get(kind, _STROKES[_K.STAGE]):
        shape, *numbers = stroke
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


_Stroke = tuple[str | float, ...]
_STROKES: dict[BlockKind, tuple[tuple[object, ...], ...]] = {
    _K.RESIDUAL: (("full", 2, 4, 8, 3.4), ("full", 2, 10.4, 8, 3.4), ("arc", 10.5, 1, 5.5, 16)),
    _K.INVERTED_RESIDUAL: (
        ("full", 4, 2, 4, 2.6),
        ("full", 1, 7.6, 10, 2.6),
        ("full", 4, 13.2, 4, 2.6),
        ("arc", 11.5, 1, 5, 16),
    ),
    _K.SEPARABLE_CONV: (("full", 2, 3, 3, 4), ("full", 7.5, 3, 3, 4), ("full", 13, 3, 3, 4),
                        ("full", 2, 11, 14, 4)),
    _K.INCEPTION: (
        ("full", 1, 5, 2.6, 8),
        ("full", 5.5, 5, 2.6, 8),
        ("full", 10, 5, 2.6, 8),
        ("full", 14.5, 5, 2.6, 8),
        ("line", 2, 1.5, 16, 1.5),
        ("line", 2, 16.5, 16, 16.5),
    ),
    _K.DENSE_LAYER: (("line", 3, 3, 15, 3), ("full", 3, 7, 8, 4), ("line", 3, 15, 15, 15),
                     ("arc", 12, 3, 4, 12)),
    _K.DENSE_BLOCK: (
        ("full", 1, 1.5, 6, 2.6),
        ("full", 1, 7.7, 6, 2.6),
        ("full", 1, 13.9, 6, 2.6),
        ("arc", 8, 2.8, 3.5, 6.2),
        ("arc", 8, 9, 3.5, 6.2),
        ("arc", 8, 2.8, 8, 12.4),
    ),
    _K.TRANSITION: (("line", 1, 4, 17, 4, 12, 14, 6, 14, 1, 4),),
    _K.SQUEEZE_EXCITATION: (
        ("line", 1, 2, 17, 2),
        ("line", 2, 5, 7, 9, 2, 13),
        ("line", 16, 5, 11, 9, 16, 13),
        ("line", 1, 16, 17, 16),
    ),
    _K.TRANSFORMER: (("box", 2, 2, 9, 5.5), ("box", 2, 10.5, 9, 5.5), ("arc", 11.5, 1, 5, 8),
                     ("arc", 11.5, 9.5, 5, 8)),
    _K.WINDOW_TRANSFORMER: (
        ("box", 2, 2, 14, 14),
        ("line", 9, 2, 9, 16),
        ("line", 2, 9, 16, 9),
        ("full", 3.6, 3.6, 3.8, 3.8),
    ),
    _K.WINDOW_ATTENTION: (("box", 2, 2, 14, 14), ("line", 9, 2, 9, 16), ("line", 2, 9, 16, 9)),
    _K.ATTENTION_BLOCK: (
        ("ring", 2, 2, 3, 3),
        ("ring", 13, 2, 3, 3),
        ("ring", 7.5, 13, 3, 3),
        ("line", 5, 3.5, 13, 3.5),
        ("line", 4.3, 5, 8.2, 13),
        ("line", 13.7, 5, 9.8, 13),
    ),
    _K.MLP: (("full", 5, 2, 8, 2.6), ("full", 1, 7.6, 16, 2.6), ("full", 5, 13.2, 8, 2.6)),
    _K.FIRE: (
        ("full", 6, 1.5, 6, 4),
        ("full", 1, 12, 7, 4),
        ("full", 10, 12, 7, 4),
        ("line", 8, 6, 4.5, 11),
        ("line", 10, 6, 13.5, 11),
    ),
    _K.SHUFFLE: (
        ("line", 2, 2, 16, 16),
        ("line", 16, 2, 2, 16),
        ("line", 9, 2, 9, 5),
        ("line", 9, 13, 9, 16),
    ),
    _K.STAGE: (("box", 2, 5.5, 11, 11), ("line", 5, 2, 16, 2, 16, 13)),
    _K.GROUP: (("box", 2, 5.5, 11, 11), ("line", 5, 2, 16, 2, 16, 13)),
    _K.CLASSIFIER: (("line", 1, 3, 17, 3, 12, 15, 6, 15, 1, 3),),
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
                painter.drawLine(middle + 0.55 * end, middle + 0.55 * end + 0.38 * QPointF(x, y))
