"""The looks of a network's picture: colours of the kinds of blocks, signs and sizes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtGui import QColor, QFont, QFontMetricsF, QGuiApplication

from tlstudio.core.networks.blocks.graph import (
    BLOCKS,
    HOLDERS,
    SIGNS,
    BlockKind,
    BlockNode,
)
from tlstudio.core.networks.blocks.grouping import side
from tlstudio.core.networks.blocks.training import Training
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.block_texts import NEXT, short_path, subtitle, title

_K = BlockKind
BOX_PX = 42.0
SLIM_PX = 24.0
HEADER_PX = 26.0
UNIT_PAD_PX = 8.0
SIGN_PX = 24.0
LEAST_PX = 132.0
SLIM_LEAST_PX = 84.0
PAD_PX = 12.0
GLYPH_PX = 18.0
TOGGLE_PX = 16.0
RADIUS_PX = 6.0
DIFFERENCE_PX = 5.0
PX_PER_DOUBLING = 12.0  # how much wider a box is for an image of twice the side
SMALLEST_SIDE = 7


# Kinds that share a hue never stand for rivals in one network; signs and words tell them apart too.
_HUES: dict[BlockKind, str] = {
    _K.CONV: "train",
    _K.DEPTHWISE_CONV: "right",
    _K.SEPARABLE_CONV: "right",
    _K.INVERTED_RESIDUAL: "right",
    _K.RESIDUAL: "accent",
    _K.PLAIN: "train",
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
    _K.AUXILIARY: "warning",
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
_MAIN = BLOCKS | {_K.CONV, _K.LINEAR}
_UNITS = frozenset({_K.CONV, _K.DEPTHWISE_CONV, _K.LINEAR})
_DASHED = frozenset({_K.DROPOUT, _K.PARAMETER, _K.AUXILIARY})  # no part of the answer's way
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


def is_dashed(kind: BlockKind) -> bool:
    return kind in _DASHED


def mixed(one: str, other: str, share: float) -> QColor:
    """`share` of the colour `one` over `other`."""
    a, b = QColor(one), QColor(other)
    return QColor.fromRgbF(
        share * a.redF() + (1 - share) * b.redF(),
        share * a.greenF() + (1 - share) * b.greenF(),
        share * a.blueF() + (1 - share) * b.blueF(),
    )


def look(node: BlockNode) -> BlockKind:
    """The kind whose colour and sign a node has: a stage looks like the blocks in it."""
    if node.kind is not _K.STAGE or node.inside is None:
        return node.kind
    kinds = [part.kind for part in node.inside.nodes if part.kind in _MAIN]
    return max(kinds, key=kinds.count) if kinds else node.kind


def box_colors(node: BlockNode, training: Training, *, is_open: bool) -> BoxColors:
    """The colours of a box; frozen ones are paler."""
    return _box_colors(look(node), training is Training.FROZEN, is_open, theme.current())


@lru_cache
def _box_colors(kind: BlockKind, is_frozen: bool, is_open: bool, tokens: theme.Tokens) -> BoxColors:
    is_dark = tokens.name == "dark"
    hue = getattr(tokens, _HUES.get(kind, "text_soft"))
    plain = kind not in _HUES
    strength = (0.26 if is_dark else 0.17) if not plain else (0.13 if is_dark else 0.07)
    if is_frozen:
        strength *= 0.5
    if is_open:
        strength *= 0.28
    edge = (0.55 if is_dark else 0.5) if not plain else 0.35
    if is_frozen:
        edge *= 0.75
    return BoxColors(
        fill=mixed(hue, tokens.surface, strength),
        border=mixed(hue, tokens.surface, edge),
        text=QColor(tokens.text),
        soft=mixed(tokens.text, tokens.text_soft, 0.4),  # readable on every fill
        mark=mixed(hue, tokens.surface, 0.9),
    )


def header_color(node: BlockNode, training: Training) -> QColor:
    """The title bar of an open box."""
    return box_colors(node, training, is_open=False).fill


def has_glyph(kind: BlockKind) -> bool:
    return kind in BLOCKS or kind in HOLDERS


# -- texts -----------------------------------------------------------------------------------------


def font(*, is_small: bool = False, is_bold: bool = False) -> QFont:
    result = QFont(QGuiApplication.font())
    result.setPixelSize(theme.TEXT_SMALL_PX - 1 if is_small else theme.TEXT_PX)
    result.setWeight(QFont.Weight.DemiBold if is_bold else QFont.Weight.Normal)
    return result


# -- sizes -----------------------------------------------------------------------------------------


class Sizes:
    """Sizes of boxes by their texts; asked a thousand times, so the fonts are measured once.

    Args:
        is_narrow: whether boxes are no wider than their texts; otherwise large images have wide
            boxes.
    """

    def __init__(self, *, is_narrow: bool = False) -> None:
        self._is_narrow = is_narrow
        self._plain = QFontMetricsF(font())
        self._small = QFontMetricsF(font(is_small=True))
        self._bold = QFontMetricsF(font(is_small=True, is_bold=True))

    def __call__(self, node: BlockNode, is_open: bool) -> tuple[float, float]:
        if is_open and node.kind in _UNITS:
            return (0.0, UNIT_PAD_PX)
        if is_open:
            path = short_path(node)
            text = self._bold.horizontalAdvance(title(node))
            text += self._small.horizontalAdvance(NEXT + path) if path else 0.0
            wide = text + 2 * PAD_PX + TOGGLE_PX + GLYPH_PX + 12
            return (math.ceil(wide), HEADER_PX)
        if node.kind in SIGNS:
            return (SIGN_PX, SIGN_PX)
        if is_slim(node.kind):
            wide = self._small.horizontalAdvance(title(node)) + 2 * PAD_PX
            if node.kind in (_K.IMAGE, _K.SCORES) and not self._is_narrow:
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
        if self._is_narrow:
            return 0.0
        pixels = side(node.out_shape)
        return PX_PER_DOUBLING * math.log2(max(pixels, SMALLEST_SIDE) / SMALLEST_SIDE)
