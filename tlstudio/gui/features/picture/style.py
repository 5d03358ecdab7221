"""The looks of a network's picture: colours of the kinds of blocks, signs, sizes and texts."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QGuiApplication

from tlstudio.core.networks.blocks.graph import (
    BLOCKS,
    HOLDERS,
    KIND_TITLES,
    SIGNS,
    BlockKind,
    BlockNode,
)
from tlstudio.core.networks.blocks.grouping import side
from tlstudio.core.networks.blocks.recognition import WRAPPERS
from tlstudio.core.networks.blocks.training import Training
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.language import core_text

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
PX_PER_DOUBLING = 12.0  # how much wider a box is for an image of twice the side
SMALLEST_SIDE = 7
NEXT = " · "

translate = QCoreApplication.translate


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
_MAIN = BLOCKS | {_K.CONV, _K.LINEAR}
_UNITS = frozenset({_K.CONV, _K.DEPTHWISE_CONV, _K.LINEAR})
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


def look(node: BlockNode) -> BlockKind:
    """The kind whose colour and sign a node has: a stage looks like the blocks in it."""
    if node.kind is not _K.STAGE or node.inside is None:
        return node.kind
    kinds = [part.kind for part in node.inside.nodes if part.kind in _MAIN]
    return max(kinds, key=kinds.count) if kinds else node.kind


def box_colors(node: BlockNode, training: Training, *, is_open: bool) -> BoxColors:
    """The colours of a box; frozen ones are paler."""
    kind = look(node)
    tokens = theme.current()
    is_dark = tokens.name == "dark"
    hue = getattr(tokens, _HUES.get(kind, "text_soft"))
    plain = kind not in _HUES
    strength = (0.26 if is_dark else 0.17) if not plain else (0.13 if is_dark else 0.07)
    if training is Training.FROZEN:
        strength *= 0.5
    if is_open:
        strength *= 0.28
    edge = (0.55 if is_dark else 0.5) if not plain else 0.35
    if training is Training.FROZEN:
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


def shape_text(shape: tuple[int, ...]) -> str:
    """(64, 56, 56) -> 64 × 56 × 56"""
    return " × ".join(str(side) for side in shape)


# The words in which the engine's notation of layers is written, longest first.
_WORDS = (
    QT_TRANSLATE_NOOP("architecture", "global average pool"),
    QT_TRANSLATE_NOOP("architecture", "global max pool"),
    QT_TRANSLATE_NOOP("architecture", "local response norm"),
    QT_TRANSLATE_NOOP("architecture", "depthwise conv"),
    QT_TRANSLATE_NOOP("architecture", "batch norm"),
    QT_TRANSLATE_NOOP("architecture", "layer norm"),
    QT_TRANSLATE_NOOP("architecture", "group norm"),
    QT_TRANSLATE_NOOP("architecture", "max pool"),
    QT_TRANSLATE_NOOP("architecture", "avg pool"),
    QT_TRANSLATE_NOOP("architecture", "attention"),
    QT_TRANSLATE_NOOP("architecture", "dilated"),
    QT_TRANSLATE_NOOP("architecture", "dropout"),
    QT_TRANSLATE_NOOP("architecture", "linear"),
    QT_TRANSLATE_NOOP("architecture", "groups"),
    QT_TRANSLATE_NOOP("architecture", "heads"),
    QT_TRANSLATE_NOOP("architecture", "conv"),
)
_WORD = re.compile(rf"\b({'|'.join(_WORDS)})\b")


def kind_title(kind: BlockKind) -> str:
    """The name of a kind, in the language of the window."""
    return core_text(KIND_TITLES[kind])


def notation(title: str) -> str:
    """The notation of a layer, e.g. ``3×3 conv, 64, /2``, its words in the window's language."""
    return _WORD.sub(lambda word: translate("architecture", word[0]), title)


def title(node: BlockNode) -> str:
    """Return the text of a box: the notation of a layer, or the name of a block."""
    if node.kind in SIGNS:
        return {_K.ADD: "+", _K.MULTIPLY: "×", _K.MATMUL: "·"}[node.kind]
    if node.kind is _K.CONCAT:
        return translate("architecture", "concat")
    if node.kind in (_K.STAGE, _K.DENSE_BLOCK) and node.inside is not None:
        return _contents(node)
    if node.kind is _K.GROUP and node.class_name and node.class_name not in WRAPPERS:
        return node.class_name
    if node.kind in (_K.IMAGE, _K.SCORES):
        return kind_title(node.kind) + "  " + shape_text(node.out_shape)
    return notation(node.title) or kind_title(node.kind)


def subtitle(node: BlockNode) -> str:
    """The second line of a box."""
    shape = shape_text(node.out_shape)
    path = short_path(node)
    if path and (node.kind in HOLDERS or node.kind in BLOCKS):
        return f"{path}{NEXT}{shape}" if shape else path
    return shape


def short_path(node: BlockNode) -> str:
    """The end of the path, back to its last name that is no number: ``layer1.0``"""
    parts = node.path.split(".")
    first = len(parts) - 1
    while first > 0 and parts[first].isdigit():
        first -= 1
    return ".".join(parts[first:])


def tip(node: BlockNode, training: Training, *, is_brief: bool = False) -> str:
    """Return the facts about a box, one a line, or all in one line if `is_brief`."""
    facts = [title(node) if node.inside is not None else notation(node.title) or title(node)]
    if node.kind in SIGNS:
        facts = [kind_title(node.kind)]
    if node.path:
        facts.append(f"{node.path}  ({node.class_name})" if node.class_name else node.path)
    if node.in_shape and node.out_shape:
        facts.append(f"{shape_text(node.in_shape)}  →  {shape_text(node.out_shape)}")
    if node.parameters:
        facts.append(
            translate("architecture", "{count} parameters").format(
                count=formats.count(node.parameters)
            )
        )
    state = {
        Training.FROZEN: translate("architecture", "frozen"),
        Training.TRAINABLE: translate("architecture", "trains"),
        Training.PARTLY: translate("architecture", "trains in part"),
    }.get(training)
    if state:
        facts.append(state)
    return NEXT.join(facts) if is_brief else "\n".join(facts)


def _contents(node: BlockNode) -> str:
    """Describe the contents of a box, e.g. ``2 × residual block``."""
    assert node.inside is not None
    parts = node.inside.nodes
    names = [kind_title(part.kind) for part in parts if part.kind in BLOCKS]
    names = names or [p.class_name for p in parts if p.kind is _K.GROUP and p.class_name]
    if names:
        most = max(names, key=names.count)
        return f"{names.count(most)} × {most}" if len(names) > 1 else most
    if node.class_name and node.class_name not in WRAPPERS:
        return node.class_name
    convs = [notation(part.title) for part in parts if part.kind is _K.CONV]
    if len(set(convs)) == 1:  # a cross before “3×3” would be read as part of it
        return f"{convs[0]}  (×{len(convs)})" if len(convs) > 1 else convs[0]
    return f"{len(convs)} × {kind_title(_K.CONV)}" if convs else kind_title(node.kind)


# -- sizes -----------------------------------------------------------------------------------------


class Sizes:
    """Sizes of boxes by their texts; asked a thousand times, so the fonts are measured once."""

    def __init__(self) -> None:
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
