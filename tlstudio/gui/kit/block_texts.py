"""The blocks of a network in words of the window: titles, notation of the papers, facts."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

from PySide6.QtCore import QCoreApplication

from tlstudio.core.networks.auxiliary import AUXILIARY_WEIGHT
from tlstudio.core.networks.blocks.graph import (
    BLOCKS,
    HOLDERS,
    KIND_TITLES,
    SIGNS,
    BlockKind,
    BlockNode,
)
from tlstudio.core.networks.blocks.recognition import WRAPPERS
from tlstudio.core.networks.blocks.training import Training
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.gui.kit import formats
from tlstudio.gui.kit.language import core_text

_K = BlockKind
NEXT = " · "

translate = QCoreApplication.translate


def shape_text(shape: tuple[int, ...]) -> str:
    """(64, 56, 56) -> 64 × 56 × 56"""
    return " × ".join(str(side) for side in shape)


# The words in which the engine's notation of layers is written, longest first.
_WORDS = (
    QT_TRANSLATE_NOOP("architecture", "reduced inception module"),
    QT_TRANSLATE_NOOP("architecture", "naive inception module"),
    QT_TRANSLATE_NOOP("architecture", "global average pool"),
    QT_TRANSLATE_NOOP("architecture", "global max pool"),
    QT_TRANSLATE_NOOP("architecture", "local response norm"),
    QT_TRANSLATE_NOOP("architecture", "bottleneck block"),
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
    QT_TRANSLATE_NOOP("architecture", "to"),
    # the modules of LeNet-5, which torch has not
    QT_TRANSLATE_NOOP("architecture", "SubSampling"),
    QT_TRANSLATE_NOOP("architecture", "ScaledTanh"),
    QT_TRANSLATE_NOOP("architecture", "PartialConv"),
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
        return notation(node.class_name)
    if node.kind in (_K.IMAGE, _K.SCORES):
        return kind_title(node.kind) + "  " + shape_text(node.out_shape)
    return block_title(node) if node.kind in BLOCKS or not node.title else notation(node.title)


def block_title(node: BlockNode) -> str:
    """The name of a block, and whether squeeze-and-excitation is in it."""
    name = notation(node.title) or kind_title(node.kind)
    return translate("architecture", "{block} + SE").format(block=name) if node.is_gated else name


def subtitle(node: BlockNode) -> str:
    """The second line of a box."""
    shape = shape_text(node.out_shape)
    path = short_path(node)
    if node.kind is _K.AUXILIARY:
        return f"{path}{NEXT}{_auxiliary_loss()}"
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


def tip(
    node: BlockNode, training: Training, *, differs: bool = False, is_brief: bool = False
) -> str:
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
    if node.kind is _K.AUXILIARY:
        facts.append(_auxiliary_loss())
        facts.append(translate("architecture", "only for training"))
    state = {
        Training.FROZEN: translate("architecture", "frozen"),
        Training.TRAINABLE: translate("architecture", "trains"),
        Training.PARTLY: translate("architecture", "trains in part"),
    }.get(training)
    if state:
        facts.append(state)
    if differs:
        facts.append(translate("architecture", "differs from the network on its left"))
    return NEXT.join(facts) if is_brief else "\n".join(facts)


def _auxiliary_loss() -> str:
    return translate("architecture", "loss × {weight}").format(weight=AUXILIARY_WEIGHT)


def _contents(node: BlockNode) -> str:
    """Describe the contents of a box, e.g. ``2 × residual block``."""
    assert node.inside is not None
    parts = node.inside.nodes
    blocks = [part for part in parts if part.kind in BLOCKS]
    if len({part.title for part in blocks}) > 1:  # the variants of a kind are one kind together
        blocks = [replace(part, title="") for part in blocks]
    names = list(map(block_title, blocks))
    names = names or [notation(p.class_name) for p in parts if p.kind is _K.GROUP and p.class_name]
    if names:
        most = max(names, key=names.count)
        return f"{names.count(most)} × {most}" if len(names) > 1 else most
    if node.class_name and node.class_name not in WRAPPERS:
        return notation(node.class_name)
    convs = [notation(part.title) for part in parts if part.kind is _K.CONV]
    if 1 <= len(set(convs)) <= 2:  # a cross before “3×3” would be read as part of it
        counts = Counter(convs)
        return " + ".join(f"{x}  (×{n})" if n > 1 else x for x, n in counts.items())
    return f"{len(convs)} × {kind_title(_K.CONV)}" if convs else kind_title(node.kind)
