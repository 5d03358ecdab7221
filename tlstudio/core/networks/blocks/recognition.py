"""Recognises the blocks of the literature (residual, inception, ...) by how their parts connect."""

from __future__ import annotations

from collections import Counter

from tlstudio.core.networks.blocks.graph import (
    BLOCKS,
    INPUT,
    OUTPUT,
    BlockGraph,
    BlockKind,
    BlockNode,
)

_K = BlockKind
WRAPPERS = frozenset({"Sequential", "ModuleList"})
CONVS = frozenset({_K.CONV, _K.DEPTHWISE_CONV})
_AROUND = frozenset({_K.NORM, _K.ACTIVATION, _K.DROPOUT})  # what belongs to the layer beside it
_ATTENTION = frozenset({_K.ATTENTION, _K.ATTENTION_BLOCK, _K.WINDOW_ATTENTION})
_NO_STAGE = frozenset({_K.SQUEEZE_EXCITATION, _K.MLP})
_MOST_SUMS = 9  # more of them are several blocks


def recognised(graph: BlockGraph, class_name: str) -> BlockKind:
    """The kind of a module whose parts are `graph`.

    By structure: the sum of a branch with what went into it is a residual block, parallel branches
    that are concatenated an inception module, and so on. The class name helps where the structure
    leaves it open.
    """
    name = class_name.lower()
    kinds = Counter(node.kind for node in graph.nodes)
    if _is_residual(graph, kinds):
        return _residual_kind(graph, kinds)
    if kinds[_K.ATTENTION] or (kinds[_K.SOFTMAX] and kinds[_K.MATMUL] >= 2):
        is_windowed = any(node.windows for node in graph.nodes) or "window" in name
        return _K.WINDOW_ATTENTION if is_windowed else _K.ATTENTION_BLOCK
    if kinds[_K.CHANNEL_SHUFFLE] and (kinds[_K.CONCAT] or kinds[_K.ADD]):
        return _K.SHUFFLE
    if _is_squeeze_excitation(graph, kinds):
        return _K.SQUEEZE_EXCITATION
    if kinds[_K.CONCAT]:
        kind = _concatenated_kind(graph, kinds)
        if kind is not None:
            return kind
    if is_chain(graph):
        kind = _chain_kind(graph.nodes, kinds)
        if kind is not None:
            return kind
        if "block" in name and _is_plain_block(graph.nodes):
            return _K.PLAIN
    holds = any((k in BLOCKS and k not in _NO_STAGE) or k is _K.STAGE for k in kinds)
    is_row = class_name in WRAPPERS and (kinds[_K.CONV] > 0 or kinds[_K.GROUP] > 1)
    return _K.STAGE if holds or is_row else _K.GROUP


def is_chain(graph: BlockGraph) -> bool:
    """Whether each part takes the output of the one before, and nothing else."""
    before = INPUT
    for node in graph.nodes:
        if graph.sources[node.key] != (before,):
            return False
        before = node.key
    return graph.sources[OUTPUT] == (before,)


def _is_residual(graph: BlockGraph, kinds: Counter[BlockKind]) -> bool:
    if not 0 < kinds[_K.ADD] <= _MOST_SUMS or kinds[_K.STAGE] or kinds[_K.RESIDUAL] > 1:
        return False
    skips = {edge.target for edge in graph.edges if edge.is_skip}
    sums = [node for node in graph.nodes if node.kind is _K.ADD]
    return any(node.key in skips or _is_projected(graph, node) for node in sums)


def _is_projected(graph: BlockGraph, node: BlockNode) -> bool:
    """Whether a sum joins a deep branch with one of a single convolution, from the same start."""
    branches = [_branch(graph, key) for key in graph.sources[node.key]]
    convs = sum(_convs(part) for part in graph.nodes)
    if len(branches) != 2 or convs < 3:
        return False
    starts = [(_layer_before(graph, start), count) for start, count in branches]
    return any(start == INPUT and 0 < count <= 1 for start, count in starts)


def _convs(node: BlockNode) -> int:
    parts = node.walk() if node.inside is not None else iter((node,))
    return sum(part.inside is None and part.kind in CONVS for part in parts)


def _branch(graph: BlockGraph, key: str) -> tuple[str, int]:
    """Return the start of the chain of nodes that ends at `key`, and its number of convolutions."""
    convs = 0
    while key != INPUT:
        convs += _convs(graph.by_key[key])
        if len(graph.sources[key]) != 1:
            break
        key = graph.sources[key][0]
        if key != INPUT and len(graph.targets[key]) > 1:
            break
    return key, convs


def _residual_kind(graph: BlockGraph, kinds: Counter[BlockKind]) -> BlockKind:
    attention = [n for n in graph.nodes if n.kind in _ATTENTION]
    if attention or (kinds[_K.SOFTMAX] and kinds[_K.MATMUL]):
        is_windowed = any(n.kind is _K.WINDOW_ATTENTION or n.windows for n in graph.nodes)
        return _K.WINDOW_TRANSFORMER if is_windowed else _K.TRANSFORMER
    if kinds[_K.CHANNEL_SHUFFLE]:
        return _K.SHUFFLE
    if kinds[_K.DEPTHWISE_CONV]:
        pointwise = kinds[_K.CONV] + kinds[_K.LINEAR] + 2 * kinds[_K.MLP]
        return _K.INVERTED_RESIDUAL if pointwise >= 2 else _K.SEPARABLE_CONV
    return _K.RESIDUAL


def _is_squeeze_excitation(graph: BlockGraph, kinds: Counter[BlockKind]) -> bool:
    if kinds[_K.MULTIPLY] != 1 or kinds[_K.ADD] or not kinds[_K.GLOBAL_POOL]:
        return False
    product = next(node for node in graph.nodes if node.kind is _K.MULTIPLY)
    return INPUT in graph.sources[product.key] and graph.sources[OUTPUT] == (product.key,)


def _concatenated_kind(graph: BlockGraph, kinds: Counter[BlockKind]) -> BlockKind | None:
    first = graph.nodes[0]
    has_conv = any(kinds[kind] for kind in CONVS)
    if first.kind is _K.CONCAT and graph.sources[first.key] == (INPUT,) and has_conv:
        return _K.DENSE_LAYER  # several outputs of others come in
    if kinds[_K.DENSE_LAYER] >= 1 and kinds[_K.DENSE_LAYER] + kinds[_K.CONCAT] == len(graph.nodes):
        return _K.DENSE_BLOCK
    ends = graph.sources[OUTPUT]
    last = graph.by_key[ends[0]] if len(ends) == 1 and ends[0] != INPUT else None
    if last is None or last.kind is not _K.CONCAT:
        return None
    joined = graph.sources[last.key]
    if INPUT in joined:
        return _K.DENSE_LAYER if len(joined) == 2 and has_conv else None
    if len(joined) >= 3 and not any(e.is_skip and e.target == last.key for e in graph.edges):
        layers = [_layer_before(graph, key) for key in joined]
        kernels = {graph.by_key[key].title.partition(" ")[0] for key in layers}
        is_one_layer = len(kernels) == 1 and all(graph.sources[k] == (INPUT,) for k in layers)
        return None if is_one_layer else _K.INCEPTION  # a convolution in parts is no module
    if len(joined) == 2 and _K.CHANNEL_SHUFFLE not in kinds:
        ends = tuple(_layer_before(graph, key) for key in joined)
        firsts = [graph.sources[key][0] for key in ends if key != INPUT and graph.sources[key]]
        starts = {_layer_before(graph, key) for key in firsts}
        if len(starts) == 1 and INPUT not in starts and kinds[_K.CONV] == 3:
            return _K.FIRE
    return None


def _layer_before(graph: BlockGraph, key: str) -> str:
    """The node whose norm and activation `key` is, if it is one of them."""
    while key != INPUT and graph.by_key[key].kind in _AROUND and len(graph.sources[key]) == 1:
        key = graph.sources[key][0]
    return key


def _chain_kind(nodes: tuple[BlockNode, ...], kinds: Counter[BlockKind]) -> BlockKind | None:
    """The kind of a chain of layers; None where it is just a chain."""
    main = [node for node in nodes if node.kind not in _AROUND]
    row = [node.kind for node in main]
    if len(row) == 1 and row[0] in (_K.CONV, _K.DEPTHWISE_CONV, _K.LINEAR):
        return row[0]
    if row == [_K.CONV, _K.POOL] and nodes[0].kind in _AROUND:
        return _K.TRANSITION
    row = [kind for kind in row if kind not in (_K.SQUEEZE_EXCITATION, _K.SCALE)]
    if kinds[_K.DEPTHWISE_CONV] == 1 and all(kind in CONVS for kind in row):
        place = row.index(_K.DEPTHWISE_CONV)
        if place == len(row) - 2:
            return _K.INVERTED_RESIDUAL if place else _K.SEPARABLE_CONV
    if len(row) == 2 and kinds[_K.ACTIVATION] and all(_is_pointwise(node) for node in main):
        return _K.MLP
    return None


def _is_plain_block(nodes: tuple[BlockNode, ...]) -> bool:
    """Whether a chain is a residual block without its shortcut: convolutions of one size."""
    main = [node for node in nodes if node.kind not in _AROUND]
    sizes = {node.title.partition(" ")[0] for node in main}
    is_row = len(main) > 1 and all(node.kind is _K.CONV for node in main)
    return is_row and len(sizes) == 1 and nodes[-1].kind is _K.ACTIVATION


def _is_pointwise(node: BlockNode) -> bool:
    return node.kind is _K.LINEAR or (node.kind is _K.CONV and node.title.startswith("1×1 "))
