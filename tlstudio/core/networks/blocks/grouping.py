"""Puts what belongs together in one block, and takes away containers that only wrap."""

from __future__ import annotations

from dataclasses import replace

from tlstudio.core.networks.auxiliary import is_auxiliary
from tlstudio.core.networks.blocks.graph import (
    BLOCKS,
    INPUT,
    OUTPUT,
    BlockEdge,
    BlockGraph,
    BlockKind,
    BlockNode,
    edges_of,
)
from tlstudio.core.networks.blocks.recognition import CONVS, WRAPPERS, is_chain, recognised

_K = BlockKind
_CORES = CONVS | {_K.LINEAR}
_FOLLOWERS = frozenset({_K.NORM, _K.ACTIVATION})
_MANY = 9  # parts side by side at the top; more of them are put together by resolution
_RESOLUTIONS_OF_TRUNK = 3
BOTTLENECK = "bottleneck block"
NAIVE, REDUCED = "naive inception module", "reduced inception module"
_WITHOUT_UNITS = frozenset({_K.MLP, _K.SQUEEZE_EXCITATION})  # small enough as they are
_KEPT_APART = frozenset({_K.DENSE_BLOCK, _K.TRANSITION, _K.SQUEEZE_EXCITATION, _K.MLP})
_IN_STAGE = BLOCKS - _KEPT_APART


def refined(graph: BlockGraph) -> BlockGraph:
    """The graph of a whole network with its blocks recognised.

    Args:
        graph: modules as they are nested in the network, each with the graph of its parts.
    """
    graph = _with_blocks(graph)
    while True:
        wrapper = next((node for node in graph.nodes if _is_wrapper(node, graph)), None)
        if wrapper is None:
            break
        graph = inlined(graph, wrapper)
    return _with_auxiliary(_with_classifier(_with_stages(_with_units(graph))))


def with_ends(graph: BlockGraph, in_shape: tuple[int, ...], num_classes: int) -> BlockGraph:
    """The graph of a whole network with the image before and the scores after it.

    Auxiliary classifiers have scores of their own. From these an edge leads to what comes after
    the classifier in the network: nothing flows there, but it says where the branch stands.
    """
    image = BlockNode("<image>", "", _K.IMAGE, out_shape=in_shape)
    scores = BlockNode("<scores>", "", _K.SCORES, out_shape=(num_classes,))
    nodes = [image]
    ends = {INPUT: image.key, OUTPUT: scores.key}
    pairs: list[tuple[str, str]] = []
    beside: list[BlockEdge] = []
    for node in graph.nodes:
        nodes.append(node)
        if node.kind is not _K.AUXILIARY:
            continue
        own = replace(scores, key=f"{scores.key} of {node.key}")
        nodes.append(own)
        pairs.append((node.key, own.key))
        for source in graph.sources[node.key]:
            after = (key for key in graph.targets[source] if key != node.key)
            beside += [BlockEdge(own.key, ends.get(key, key)) for key in after]
    for edge in graph.edges:
        before = graph.by_key.get(edge.source)
        if edge.target == OUTPUT and before is not None and before.kind is _K.AUXILIARY:
            continue
        pairs.append((ends.get(edge.source, edge.source), ends.get(edge.target, edge.target)))
    pairs += [(INPUT, image.key), (scores.key, OUTPUT)]
    whole = _graph((*nodes, scores), pairs)
    return replace(whole, edges=(*whole.edges, *beside))


def side(shape: tuple[int, ...]) -> int:
    """Height of an image ``(C, H, W)`` or ``(H, W, C)`` in pixels; 0 for what is no image."""
    if len(shape) != 3:
        return 0
    return shape[0] if shape[0] == shape[1] != shape[2] else shape[1]


def _resolution(shape: tuple[int, ...]) -> int:
    """Side of an image, or number of tokens ``(N, C)``; 0 for what is neither."""
    return shape[0] if len(shape) == 2 else side(shape)


def inlined(graph: BlockGraph, node: BlockNode) -> BlockGraph:
    """`graph` with the parts of `node` in the place of it."""
    inside = node.inside
    assert inside is not None
    pairs: list[tuple[str, str]] = []
    for edge in graph.edges:
        sources = inside.sources[OUTPUT] if edge.source == node.key else (edge.source,)
        targets = inside.targets[INPUT] if edge.target == node.key else (edge.target,)
        if edge.source == node.key and INPUT in sources:  # an input that is handed on as it is
            sources = tuple(key for key in sources if key != INPUT) + graph.sources[node.key]
        if edge.target == node.key:
            targets = tuple(key for key in targets if key != OUTPUT)
        pairs += [(source, target) for source in sources for target in targets]
    pairs += [
        (edge.source, edge.target)
        for edge in inside.edges
        if edge.source != INPUT and edge.target != OUTPUT
    ]
    place = graph.nodes.index(node)
    nodes = (*graph.nodes[:place], *inside.nodes, *graph.nodes[place + 1 :])
    return _graph(nodes, pairs)


def grouped(graph: BlockGraph, first: int, count: int, node: BlockNode) -> BlockGraph:
    """`graph` with `count` parts in a row from number `first` on inside of `node`, a new one."""
    parts = graph.nodes[first : first + count]
    keys = {part.key for part in parts}
    within: list[tuple[str, str]] = []
    without: list[tuple[str, str]] = []
    for edge in graph.edges:
        is_in, is_out = edge.source in keys, edge.target in keys
        if is_in and is_out:
            within.append((edge.source, edge.target))
        elif is_in:
            within.append((edge.source, OUTPUT))
            without.append((node.key, edge.target))
        elif is_out:
            within.append((INPUT, edge.target))
            without.append((edge.source, node.key))
        else:
            without.append((edge.source, edge.target))
    whole = replace(
        node,
        inside=_graph(parts, within),
        in_shape=parts[0].in_shape,
        out_shape=parts[-1].out_shape,
        parameters=sum({part.path or part.key: part.parameters for part in parts}.values()),
    )
    nodes = (*graph.nodes[:first], whole, *graph.nodes[first + count :])
    return _graph(nodes, without)


def _graph(nodes: tuple[BlockNode, ...], pairs: list[tuple[str, str]]) -> BlockGraph:
    rank = {node.key: number for number, node in enumerate(nodes, start=1)}
    rank |= {INPUT: 0, OUTPUT: len(nodes) + 1}
    return BlockGraph(nodes, edges_of(sorted(pairs, key=lambda p: (rank[p[0]], rank[p[1]]))))


# -- blocks ----------------------------------------------------------------------------------------


def _with_blocks(graph: BlockGraph) -> BlockGraph:
    """Recognise the kind of each node, innermost first."""
    nodes = tuple(_as_block(node) for node in graph.nodes)
    renamed = {old.key: new.key for old, new in zip(graph.nodes, nodes, strict=True)}
    edges = tuple(
        replace(
            edge,
            source=renamed.get(edge.source, edge.source),
            target=renamed.get(edge.target, edge.target),
        )
        for edge in graph.edges
    )
    return BlockGraph(nodes, edges)


def _as_block(node: BlockNode) -> BlockNode:
    if node.inside is None:
        return node
    inside = _with_blocks(node.inside)
    if len(inside.nodes) == 1 and is_chain(inside):
        only = inside.nodes[0]
        if only.inside is None:
            return only
        if node.class_name in WRAPPERS:  # the name of what it wraps says more
            node = replace(node, class_name=only.class_name)
        inside = only.inside
    opened = inside
    for part in inside.nodes:
        if _only_wraps_layers(part):
            opened = inlined(opened, part)
    kind = recognised(opened, node.class_name)
    if kind in BLOCKS:
        inside = opened
    elif _is_gated(inside):
        kind, inside = inside.nodes[0].kind, inlined(inside, inside.nodes[0])
    else:
        stages = [part for part in inside.nodes if part.kind is _K.STAGE]
        if len(stages) == 1 and stages[0].class_name in WRAPPERS and _sides(inside) < 3:
            inside = inlined(inside, stages[0])
        kind = recognised(inside, node.class_name)
    if kind is not _K.DENSE_BLOCK:
        inside = _without_dense_layers(inside)
    title = node.title
    if kind in _CORES:
        title = next(part.title for part in inside.nodes if part.kind is kind)
    elif kind not in _WITHOUT_UNITS:
        inside = _with_units(inside)
    if kind is _K.RESIDUAL and _is_bottleneck(inside):
        title = BOTTLENECK
    elif kind is _K.INCEPTION:
        title = _inception_title(inside)
    is_gated = kind in BLOCKS and any(
        part.kind is _K.SQUEEZE_EXCITATION or part.is_gated for part in inside.nodes
    )
    return replace(node, kind=kind, inside=inside, title=title, is_gated=is_gated)


def _is_bottleneck(graph: BlockGraph) -> bool:
    """Whether a residual block is a wide convolution between two of a single pixel."""
    kernels = [n.title.partition(" ")[0] for n in graph.nodes if n.kind is _K.CONV]
    return kernels[:1] == ["1×1"] and "1×1" in kernels[2:3] and kernels[1] != "1×1"


def _inception_title(graph: BlockGraph) -> str:
    """Which of the paper's modules it is: naive, or with 1x1 convolutions that reduce the maps.

    Empty for what is neither, such as the modules that make maps smaller.
    """
    joint = next(node for node in graph.nodes if node.kind is _K.CONCAT)
    branches = [_branch_layers(graph, key) for key in graph.sources[joint.key]]
    if all(len(layers) == 1 for layers in branches):
        return NAIVE
    is_reduced = all(any(n.title.startswith("1×1 ") for n in layers) for layers in branches)
    return REDUCED if is_reduced else ""


def _branch_layers(graph: BlockGraph, key: str) -> list[BlockNode]:
    """The convolutions and poolings on the way from the input to `key`."""
    layers = []
    while key != INPUT:
        node = graph.by_key[key]
        if node.kind in CONVS or node.kind is _K.POOL:
            layers.append(node)
        key = graph.sources[key][0]
    return layers


_IN_BLOCKS = frozenset(
    {_K.SQUEEZE_EXCITATION, _K.ATTENTION_BLOCK, _K.WINDOW_ATTENTION, _K.MLP}
)  # parts of larger blocks


def _is_gated(graph: BlockGraph) -> bool:
    """Whether it is a block with squeeze-and-excitation behind, which is one block then."""
    kinds = [node.kind for node in graph.nodes]
    is_pair = len(kinds) == 2 and kinds[0] in BLOCKS and kinds[1] is _K.SQUEEZE_EXCITATION
    return is_pair and is_chain(graph)


def _without_dense_layers(graph: BlockGraph) -> BlockGraph:
    """Outside of a dense block, what concatenates its inputs is no dense layer."""
    if all(node.kind is not _K.DENSE_LAYER for node in graph.nodes):
        return graph
    nodes = (replace(n, kind=_K.GROUP) if n.kind is _K.DENSE_LAYER else n for n in graph.nodes)
    return BlockGraph(tuple(nodes), graph.edges)


def _only_wraps_layers(node: BlockNode) -> bool:
    if node.inside is None or node.class_name not in WRAPPERS or node.kind in _CORES:
        return False
    return all(part.kind in _IN_BLOCKS for part in node.inside.nodes if part.kind in BLOCKS)


# -- units -----------------------------------------------------------------------------------------


def _with_units(graph: BlockGraph) -> BlockGraph:
    """Convolutions and linear layers in one box with the norm and activation that follow."""
    while True:
        found = next(filter(None, (_unit(graph, n) for n in range(len(graph.nodes)))), None)
        if found is None:
            return graph
        first, core, count = found
        node = BlockNode(core.key + "+", core.path, core.kind, core.title, core.class_name)
        graph = grouped(graph, first, count, node)


def _unit(graph: BlockGraph, first: int) -> tuple[int, BlockNode, int] | None:
    """Number of the first part, main part, and count of parts of a unit that begins at `first`."""
    nodes = graph.nodes
    place = first
    if nodes[first].kind is _K.NORM and _follows(graph, first + 1, {_K.ACTIVATION}):
        place = first + 2  # norm and activation come first: pre-activation
        if not _follows(graph, place, CONVS) or nodes[place].inside is not None:
            return None
    elif nodes[first].kind not in _CORES or nodes[first].inside is not None:
        return None
    end = place + 1
    wanted = set(_FOLLOWERS)
    while _follows(graph, end, wanted) and not _begins_preactivation(graph, end):
        wanted.discard(nodes[end].kind)
        end += 1
    return (first, nodes[place], end - first) if end - first > 1 else None


def _follows(graph: BlockGraph, number: int, kinds: set[BlockKind] | frozenset[BlockKind]) -> bool:
    """Whether a part is of one of `kinds` and is all that takes the output of the one before."""
    if number >= len(graph.nodes) or graph.nodes[number].kind not in kinds:
        return False
    before, node = graph.nodes[number - 1], graph.nodes[number]
    return graph.sources[node.key] == (before.key,) and graph.targets[before.key] == (node.key,)


def _begins_preactivation(graph: BlockGraph, number: int) -> bool:
    """Whether norm and activation belong to the convolution after them: it has none of its own."""
    nodes = graph.nodes
    if nodes[0].kind not in (_K.NORM, _K.CONCAT) or nodes[number].kind is not _K.NORM:
        return False
    return _follows(graph, number + 1, {_K.ACTIVATION}) and _follows(graph, number + 2, CONVS)


# -- the top ---------------------------------------------------------------------------------------


def _sides(graph: BlockGraph) -> int:
    """Count the different resolutions of a graph's parts."""
    return len({side(node.out_shape) for node in graph.nodes} - {0})


def _is_wrapper(node: BlockNode, graph: BlockGraph) -> bool:
    """Whether a container at the top is no stage but a row of stages."""
    if node.inside is None or node.kind not in (_K.STAGE, _K.GROUP):
        return False
    stages = sum(part.kind in (_K.STAGE, _K.DENSE_BLOCK) for part in node.inside.nodes)
    if len(graph.nodes) == 1:
        return True
    is_row = stages >= 2 or _sides(node.inside) >= _RESOLUTIONS_OF_TRUNK
    return is_row and is_chain(node.inside)


def _with_stages(graph: BlockGraph) -> BlockGraph:
    """Rows of blocks of one resolution in one stage each, where there are many."""
    if len(graph.nodes) <= _MANY:
        return graph
    first = 0
    while first < len(graph.nodes):
        count = _row_length(graph, first)
        if count > 1:
            start = graph.nodes[first]
            stage = BlockNode(f"stage of {start.key}", "", _K.STAGE)
            graph = grouped(graph, first, count, stage)
        first += 1
    return graph


def _row_length(graph: BlockGraph, first: int) -> int:
    """Count the parts from number `first` on that follow each other at the same resolution."""
    start = graph.nodes[first]
    size = _resolution(start.out_shape)
    kinds = next((kinds for kinds in (_IN_STAGE, CONVS) if start.kind in kinds), None)
    if kinds is None or not size:
        return 0
    end = first + 1
    while _follows(graph, end, kinds) and _resolution(graph.nodes[end].out_shape) == size:
        end += 1
    return end - first


def _holds_layers_only(node: BlockNode) -> bool:
    if node.inside is None or node.kind not in (_K.GROUP, _K.MLP, _K.STAGE):
        return False
    return all(part.kind not in BLOCKS for part in node.inside.nodes)


def _with_auxiliary(graph: BlockGraph) -> BlockGraph:
    """Auxiliary classifiers, by their names at the top of the network."""
    nodes = (
        replace(node, kind=_K.AUXILIARY) if is_auxiliary(node.path) and node.inside else node
        for node in graph.nodes
    )
    return BlockGraph(tuple(nodes), graph.edges)


def _with_classifier(graph: BlockGraph) -> BlockGraph:
    """The last container is the classifier; so are several linear layers at the end."""
    last = graph.nodes[-1]
    if _holds_layers_only(last):
        kind = replace(last, kind=_K.CLASSIFIER)
        return BlockGraph((*graph.nodes[:-1], kind), graph.edges)
    first = len(graph.nodes)
    kinds = {_K.LINEAR, _K.DROPOUT, _K.ACTIVATION}
    while first > 1 and graph.nodes[first - 1].kind in kinds:
        if first < len(graph.nodes) and not _follows(graph, first, kinds):
            break
        first -= 1
    row = graph.nodes[first:]
    if sum(node.kind is _K.LINEAR for node in row) < 2:
        return graph
    node = BlockNode(f"classifier of {row[0].key}", "", _K.CLASSIFIER)
    return grouped(graph, first, len(row), node)
