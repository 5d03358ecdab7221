"""The picture of a network as plain values: blocks, what is inside them, and what flows where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from tlstudio.core.texts import QT_TRANSLATE_NOOP

INPUT = "<input>"  # the keys of the two ends of every graph
OUTPUT = "<output>"


class BlockKind(StrEnum):
    """The kinds of nodes in the picture."""

    # blocks
    RESIDUAL = "residual"
    PLAIN = "plain"
    INVERTED_RESIDUAL = "inverted_residual"
    SEPARABLE_CONV = "separable_conv"
    INCEPTION = "inception"
    DENSE_LAYER = "dense_layer"
    DENSE_BLOCK = "dense_block"
    TRANSITION = "transition"
    SQUEEZE_EXCITATION = "squeeze_excitation"
    TRANSFORMER = "transformer"
    WINDOW_TRANSFORMER = "window_transformer"
    ATTENTION_BLOCK = "attention_block"
    WINDOW_ATTENTION = "window_attention"
    MLP = "mlp"
    FIRE = "fire"
    SHUFFLE = "shuffle"
    # what holds blocks
    STAGE = "stage"
    CLASSIFIER = "classifier"
    AUXILIARY = "auxiliary"
    GROUP = "group"
    # layers
    CONV = "conv"
    DEPTHWISE_CONV = "depthwise_conv"
    LINEAR = "linear"
    POOL = "pool"
    GLOBAL_POOL = "global_pool"
    NORM = "norm"
    ACTIVATION = "activation"
    DROPOUT = "dropout"
    ATTENTION = "attention"
    LAYER = "layer"
    # operations between layers
    ADD = "add"
    CONCAT = "concat"
    MULTIPLY = "multiply"
    SCALE = "scale"
    MATMUL = "matmul"
    SOFTMAX = "softmax"
    SPLIT = "split"
    SHIFT = "shift"
    CHANNEL_SHUFFLE = "channel_shuffle"
    RESIZE = "resize"
    PARAMETER = "parameter"
    # the ends of a network
    IMAGE = "image"
    SCORES = "scores"


KIND_TITLES: dict[BlockKind, str] = {
    BlockKind.RESIDUAL: QT_TRANSLATE_NOOP("core", "residual block"),
    BlockKind.PLAIN: QT_TRANSLATE_NOOP("core", "plain block"),
    BlockKind.INVERTED_RESIDUAL: QT_TRANSLATE_NOOP("core", "inverted residual"),
    BlockKind.SEPARABLE_CONV: QT_TRANSLATE_NOOP("core", "depthwise separable conv"),
    BlockKind.INCEPTION: QT_TRANSLATE_NOOP("core", "inception module"),
    BlockKind.DENSE_LAYER: QT_TRANSLATE_NOOP("core", "dense layer"),
    BlockKind.DENSE_BLOCK: QT_TRANSLATE_NOOP("core", "dense block"),
    BlockKind.TRANSITION: QT_TRANSLATE_NOOP("core", "transition"),
    BlockKind.SQUEEZE_EXCITATION: QT_TRANSLATE_NOOP("core", "squeeze-and-excitation"),
    BlockKind.TRANSFORMER: QT_TRANSLATE_NOOP("core", "transformer block"),
    BlockKind.WINDOW_TRANSFORMER: QT_TRANSLATE_NOOP("core", "window transformer block"),
    BlockKind.ATTENTION_BLOCK: QT_TRANSLATE_NOOP("core", "self-attention"),
    BlockKind.WINDOW_ATTENTION: QT_TRANSLATE_NOOP("core", "window attention"),
    BlockKind.MLP: QT_TRANSLATE_NOOP("core", "MLP"),
    BlockKind.FIRE: QT_TRANSLATE_NOOP("core", "fire module"),
    BlockKind.SHUFFLE: QT_TRANSLATE_NOOP("core", "shuffle unit"),
    BlockKind.STAGE: QT_TRANSLATE_NOOP("core", "stage"),
    BlockKind.CLASSIFIER: QT_TRANSLATE_NOOP("core", "classifier"),
    BlockKind.AUXILIARY: QT_TRANSLATE_NOOP("core", "auxiliary classifier"),
    BlockKind.GROUP: QT_TRANSLATE_NOOP("core", "layers"),
    BlockKind.CONV: QT_TRANSLATE_NOOP("core", "convolution"),
    BlockKind.DEPTHWISE_CONV: QT_TRANSLATE_NOOP("core", "depthwise convolution"),
    BlockKind.LINEAR: QT_TRANSLATE_NOOP("core", "linear"),
    BlockKind.POOL: QT_TRANSLATE_NOOP("core", "pooling"),
    BlockKind.GLOBAL_POOL: QT_TRANSLATE_NOOP("core", "global pooling"),
    BlockKind.NORM: QT_TRANSLATE_NOOP("core", "normalisation"),
    BlockKind.ACTIVATION: QT_TRANSLATE_NOOP("core", "activation"),
    BlockKind.DROPOUT: QT_TRANSLATE_NOOP("core", "dropout"),
    BlockKind.ATTENTION: QT_TRANSLATE_NOOP("core", "attention"),
    BlockKind.LAYER: QT_TRANSLATE_NOOP("core", "layer"),
    BlockKind.ADD: QT_TRANSLATE_NOOP("core", "sum"),
    BlockKind.CONCAT: QT_TRANSLATE_NOOP("core", "concatenation"),
    BlockKind.MULTIPLY: QT_TRANSLATE_NOOP("core", "product"),
    BlockKind.SCALE: QT_TRANSLATE_NOOP("core", "learned scale"),
    BlockKind.MATMUL: QT_TRANSLATE_NOOP("core", "matrix product"),
    BlockKind.SOFTMAX: QT_TRANSLATE_NOOP("core", "softmax"),
    BlockKind.SPLIT: QT_TRANSLATE_NOOP("core", "split"),
    BlockKind.SHIFT: QT_TRANSLATE_NOOP("core", "cyclic shift"),
    BlockKind.CHANNEL_SHUFFLE: QT_TRANSLATE_NOOP("core", "channel shuffle"),
    BlockKind.RESIZE: QT_TRANSLATE_NOOP("core", "resize"),
    BlockKind.PARAMETER: QT_TRANSLATE_NOOP("core", "learned values"),
    BlockKind.IMAGE: QT_TRANSLATE_NOOP("core", "input image"),
    BlockKind.SCORES: QT_TRANSLATE_NOOP("core", "class scores"),
}

HOLDERS = frozenset({BlockKind.STAGE, BlockKind.CLASSIFIER, BlockKind.AUXILIARY, BlockKind.GROUP})
BLOCKS = frozenset(
    {
        BlockKind.RESIDUAL,
        BlockKind.PLAIN,
        BlockKind.INVERTED_RESIDUAL,
        BlockKind.SEPARABLE_CONV,
        BlockKind.INCEPTION,
        BlockKind.DENSE_LAYER,
        BlockKind.DENSE_BLOCK,
        BlockKind.TRANSITION,
        BlockKind.SQUEEZE_EXCITATION,
        BlockKind.TRANSFORMER,
        BlockKind.WINDOW_TRANSFORMER,
        BlockKind.ATTENTION_BLOCK,
        BlockKind.WINDOW_ATTENTION,
        BlockKind.MLP,
        BlockKind.FIRE,
        BlockKind.SHUFFLE,
    }
)
_OPEN_TO_BLOCKS = frozenset({BlockKind.STAGE, BlockKind.CLASSIFIER, BlockKind.DENSE_BLOCK})
SIGNS = frozenset({BlockKind.ADD, BlockKind.MULTIPLY, BlockKind.MATMUL})


class PictureLevel(StrEnum):
    """The levels of detail at which a network can be opened."""

    STAGES = "stages"
    BLOCKS = "blocks"
    LAYERS = "layers"


@dataclass(frozen=True, slots=True)
class BlockEdge:
    """An edge of the graph: one node hands its output to another.

    Attributes:
        source: key of a node of the same graph, or `INPUT`.
        target: key of a node of the same graph, or `OUTPUT`.
        is_skip: whether a longer way leads from the one to the other as well.
    """

    source: str
    target: str
    is_skip: bool = False


@dataclass(frozen=True, slots=True)
class BlockNode:
    """A layer, an operation between layers, or a block of both.

    Attributes:
        key: unique in the whole picture.
        path: module path; empty for what is no module.
        kind: what it is.
        title: notation of the papers, e.g. ``3×3 conv, 64, /2``; empty where the kind says it all.
        class_name: of the module; empty for what is no module.
        in_shape: of one image, without the batch axis; empty if unknown.
        out_shape: likewise.
        parameters: elements of the parameters in it.
        windows: parts that attention sees one by one; 0 where it sees all or where there is none.
        is_gated: whether a block has squeeze-and-excitation in it.
        inside: what it is made of; None for what cannot be opened.
        connections: for each of its maps the maps before it that it sees; empty where all see all.
    """

    key: str
    path: str
    kind: BlockKind
    title: str = ""
    class_name: str = ""
    in_shape: tuple[int, ...] = ()
    out_shape: tuple[int, ...] = ()
    parameters: int = 0
    windows: int = 0
    inside: BlockGraph | None = None
    connections: tuple[tuple[int, ...], ...] = ()
    is_gated: bool = False

    def walk(self) -> Iterator[BlockNode]:
        """The node and all inside it, parents first."""
        yield self
        if self.inside is not None:
            for node in self.inside.nodes:
                yield from node.walk()

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition(".")[2]


@dataclass(frozen=True)
class BlockGraph:
    """Nodes in order of execution and the edges between them, `INPUT` and `OUTPUT` included."""

    nodes: tuple[BlockNode, ...]
    edges: tuple[BlockEdge, ...]

    @cached_property
    def by_key(self) -> dict[str, BlockNode]:
        return {node.key: node for node in self.nodes}

    @cached_property
    def sources(self) -> dict[str, tuple[str, ...]]:
        """Map each node, and `OUTPUT`, to the sources of its inputs, in order of execution."""
        found: dict[str, list[str]] = {node.key: [] for node in self.nodes}
        found[OUTPUT] = []
        for edge in self.edges:
            found[edge.target].append(edge.source)
        return {key: tuple(keys) for key, keys in found.items()}

    @cached_property
    def targets(self) -> dict[str, tuple[str, ...]]:
        """Map each node, and `INPUT`, to the nodes that take its output."""
        found: dict[str, list[str]] = {node.key: [] for node in self.nodes}
        found[INPUT] = []
        for edge in self.edges:
            found[edge.source].append(edge.target)
        return {key: tuple(keys) for key, keys in found.items()}

    def walk(self) -> Iterator[BlockNode]:
        """Iterate over the nodes at any depth, parents first."""
        for node in self.nodes:
            yield from node.walk()


@dataclass(frozen=True)
class NetworkGraph:
    """The picture of one network.

    Attributes:
        model: name in the catalog.
        num_classes: outputs of its head.
        in_shape: of one image, ``(3, H, W)``.
        root: its coarsest graph.
        is_traced: whether the edges are what flowed in a forward pass; otherwise the modules
            stand in the order in which the network lists them.
    """

    model: str
    num_classes: int
    in_shape: tuple[int, ...]
    root: BlockGraph
    is_traced: bool = True

    @cached_property
    def chains(self) -> dict[str, tuple[BlockNode, ...]]:
        """Map the key of every node to the nodes around it, outermost first and itself last."""
        found: dict[str, tuple[BlockNode, ...]] = {}

        def visit(graph: BlockGraph, above: tuple[BlockNode, ...]) -> None:
            for node in graph.nodes:
                found[node.key] = (*above, node)
                if node.inside is not None:
                    visit(node.inside, (*above, node))

        visit(self.root, ())
        return found

    @cached_property
    def _by_path(self) -> dict[str, str]:
        """Key of the innermost node of each module path; the first one if it runs again."""
        found: dict[str, str] = {}
        depth: dict[str, int] = {}
        for key, chain in self.chains.items():
            path = chain[-1].path
            if path and len(chain) > depth.get(path, 0):
                found[path], depth[path] = key, len(chain)
        return found

    def find(self, path: str) -> tuple[BlockNode, ...]:
        """The nodes that hold the module at `path`, outermost first.

        A module without a node of its own is found by what is in it, or else by what it is in;
        empty if there is neither.
        """
        if path and path not in self._by_path:
            below = (p for p in self._by_path if p.startswith(path + "."))
            path = next(below, path)
        while path:
            if path in self._by_path:
                return self.chains[self._by_path[path]]
            path = path.rpartition(".")[0]
        return ()

    def opened(self, level: PictureLevel) -> frozenset[str]:
        """Keys of the nodes that are open at `level`."""
        if level is PictureLevel.STAGES:
            return frozenset()
        nodes = [node for node in self.root.walk() if node.inside is not None]
        if level is PictureLevel.BLOCKS:
            nodes = [n for n in nodes if n.kind in _OPEN_TO_BLOCKS]
        return frozenset(node.key for node in nodes)


def edges_of(pairs: Iterator[tuple[str, str]] | list[tuple[str, str]]) -> tuple[BlockEdge, ...]:
    """Edges between keys that are given in an order of execution, skips marked.

    Args:
        pairs: source and target, without cycles; repeated ones count once.
    """
    unique = list(dict.fromkeys(pairs))
    targets: dict[str, list[str]] = {}
    for source, target in unique:
        targets.setdefault(source, []).append(target)
    result = []
    for source, target in unique:
        others = [key for key in targets[source] if key != target]
        result.append(BlockEdge(source, target, _reaches(others, target, targets)))
    return tuple(result)


def _reaches(starts: list[str], goal: str, targets: dict[str, list[str]]) -> bool:
    todo, seen = list(starts), set(starts)
    while todo:
        key = todo.pop()
        if key == goal:
            return True
        for following in targets.get(key, ()):
            if following not in seen:
                seen.add(following)
                todo.append(following)
    return False
