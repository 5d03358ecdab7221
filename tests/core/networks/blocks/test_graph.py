"""Graphs of blocks: recognised by structure, grouped, found again by path."""

from __future__ import annotations

from itertools import pairwise

from tlstudio.core.networks.blocks.graph import (
    INPUT,
    KIND_TITLES,
    OUTPUT,
    BlockGraph,
    BlockKind,
    BlockNode,
    NetworkGraph,
    PictureLevel,
    edges_of,
)
from tlstudio.core.networks.blocks.grouping import inlined, refined, side
from tlstudio.core.networks.blocks.recognition import recognised
from tlstudio.core.networks.blocks.training import Training, block_training
from tlstudio.core.networks.layers import LayerNode, LayerTree
from tlstudio.core.strategies import PlanOptions, freeze_plan

K = BlockKind


def node(
    key: str, kind: BlockKind, *, inside: BlockGraph | None = None, **facts: object
) -> BlockNode:
    return BlockNode(key, key, kind, inside=inside, **facts)  # type: ignore[arg-type]


def graph(kinds: dict[str, BlockKind], *edges: str) -> BlockGraph:
    """`edges` as ``"a b c"``: a to b, b to c; ``<`` and ``>`` are the ends."""
    ends = {"<": INPUT, ">": OUTPUT}
    pairs = []
    for row in edges:
        keys = [ends.get(key, key) for key in row.split()]
        pairs += list(pairwise(keys))
    return BlockGraph(tuple(node(key, kind) for key, kind in kinds.items()), edges_of(pairs))


def chain(**kinds: BlockKind) -> BlockGraph:
    return graph(kinds, " ".join(("<", *kinds, ">")))


def test_every_kind_has_a_title() -> None:
    assert set(KIND_TITLES) == set(BlockKind)


def test_an_edge_is_a_skip_if_a_longer_way_leads_there_too() -> None:
    edges = edges_of([(INPUT, "a"), ("a", "b"), (INPUT, "b"), (INPUT, "b"), ("b", OUTPUT)])
    assert [(e.source, e.target) for e in edges if e.is_skip] == [(INPUT, "b")]
    assert len(edges) == 4


def test_a_sum_with_the_input_is_a_residual_block() -> None:
    kinds = {"c1": K.CONV, "c2": K.CONV, "add": K.ADD, "r": K.ACTIVATION}
    assert recognised(graph(kinds, "< c1 c2 add r >", "< add"), "") is K.RESIDUAL


def test_a_sum_with_a_projection_is_a_residual_block_but_not_any_sum() -> None:
    kinds = {"c1": K.CONV, "c2": K.CONV, "p": K.CONV, "add": K.ADD}
    assert recognised(graph(kinds, "< c1 c2 add >", "< p add"), "") is K.RESIDUAL
    two = {"a": K.CONV, "b": K.CONV, "add": K.ADD}
    assert recognised(graph(two, "< a add >", "< b add"), "") is K.GROUP


def test_a_residual_block_without_its_shortcut_is_a_plain_block() -> None:
    rest = {"c2": K.CONV, "n2": K.NORM, "r2": K.ACTIVATION}
    plain = chain(c1=K.CONV, n1=K.NORM, r1=K.ACTIVATION, **rest)
    assert recognised(plain, "CifarBlock") is K.PLAIN
    assert recognised(plain, "Stem") is K.GROUP
    assert recognised(chain(c1=K.CONV, r1=K.ACTIVATION, c2=K.CONV), "CifarBlock") is K.GROUP


def test_depthwise_convolutions_make_inverted_residuals_with_and_without_a_sum() -> None:
    layers = {"expand": K.CONV, "depth": K.DEPTHWISE_CONV, "project": K.CONV}
    assert recognised(chain(**layers), "") is K.INVERTED_RESIDUAL
    assert recognised(chain(depth=K.DEPTHWISE_CONV, point=K.CONV), "") is K.SEPARABLE_CONV
    summed = graph({**layers, "add": K.ADD}, "< expand depth project add >", "< add")
    assert recognised(summed, "") is K.INVERTED_RESIDUAL


def test_parallel_branches_that_are_concatenated_are_an_inception_module() -> None:
    kinds = {"a": K.CONV, "b1": K.CONV, "b2": K.CONV, "c": K.CONV, "p": K.POOL, "cat": K.CONCAT}
    rows = ("< a cat >", "< b1 b2 cat", "< c cat", "< p cat")
    assert recognised(graph(kinds, *rows), "") is K.INCEPTION


def test_two_branches_after_a_squeeze_are_a_fire_module() -> None:
    kinds = {
        "squeeze": K.CONV, "r": K.ACTIVATION, "a": K.CONV, "ra": K.ACTIVATION, "b": K.CONV,
        "rb": K.ACTIVATION, "cat": K.CONCAT,
    }  # fmt: skip
    rows = ("< squeeze r a ra cat >", "r b rb cat")
    assert recognised(graph(kinds, *rows), "") is K.FIRE


def test_dense_layers_and_blocks() -> None:
    layer = {"cat": K.CONCAT, "n": K.NORM, "r": K.ACTIVATION, "c": K.CONV}
    assert recognised(chain(**layer), "") is K.DENSE_LAYER
    kinds = {"a": K.DENSE_LAYER, "b": K.DENSE_LAYER, "cat": K.CONCAT}
    assert recognised(graph(kinds, "< a b cat >", "< b", "< cat", "a cat"), "") is K.DENSE_BLOCK
    row = {"n": K.NORM, "r": K.ACTIVATION, "c": K.CONV, "p": K.POOL}
    assert recognised(chain(**row), "") is K.TRANSITION
    stem = {"c": K.CONV, "n": K.NORM, "r": K.ACTIVATION, "p": K.POOL}
    assert recognised(chain(**stem), "") is K.GROUP


def test_squeeze_and_excitation_attention_and_shuffle() -> None:
    gate = {"p": K.GLOBAL_POOL, "a": K.CONV, "r": K.ACTIVATION, "b": K.CONV, "x": K.MULTIPLY}
    assert recognised(graph(gate, "< p a r b x >", "< x"), "") is K.SQUEEZE_EXCITATION
    kinds = {"qkv": K.LINEAR, "qk": K.MATMUL, "s": K.SOFTMAX, "sv": K.MATMUL, "o": K.LINEAR}
    rows = ("< qkv qk s sv o >", "qkv sv")
    assert recognised(graph(kinds, *rows), "") is K.ATTENTION_BLOCK
    assert recognised(graph(kinds, *rows), "WindowAttention") is K.WINDOW_ATTENTION
    shuffle = {"c": K.CONV, "cat": K.CONCAT, "s": K.CHANNEL_SHUFFLE}
    assert recognised(graph(shuffle, "< c cat s >", "< cat"), "") is K.SHUFFLE


def test_a_transformer_block_is_two_sums_around_attention() -> None:
    kinds = {
        "n1": K.NORM, "attn": K.ATTENTION, "add1": K.ADD, "n2": K.NORM, "mlp": K.MLP,
        "add2": K.ADD,
    }  # fmt: skip
    rows = ("< n1 attn add1 n2 mlp add2 >", "< add1", "add1 add2")
    assert recognised(graph(kinds, *rows), "Block") is K.TRANSFORMER
    kinds["attn"] = K.WINDOW_ATTENTION
    assert recognised(graph(kinds, *rows), "Block") is K.WINDOW_TRANSFORMER


def test_a_convolution_takes_its_norm_and_activation_along() -> None:
    kinds = {"c": K.CONV, "n": K.NORM, "r": K.ACTIVATION, "p": K.POOL, "f": K.LINEAR}
    result = refined(chain(**kinds))
    unit = result.nodes[0]
    assert [n.kind for n in result.nodes] == [K.CONV, K.POOL, K.LINEAR]
    assert unit.inside is not None and [n.key for n in unit.inside.nodes] == ["c", "n", "r"]


def test_what_several_nodes_need_is_not_hidden_in_a_unit() -> None:
    kinds = {"c": K.CONV, "n": K.NORM, "r": K.ACTIVATION, "c2": K.CONV, "add": K.ADD}
    result = refined(graph(kinds, "< c n r c2 add >", "n add"))
    assert [n.key for n in result.nodes] == ["c+", "r", "c2", "add"]


def test_a_container_is_opened_with_all_its_edges() -> None:
    inner = graph({"a": K.CONV, "b": K.CONV}, "< a >", "< b >")
    whole = BlockGraph(
        (node("x", K.CONV), node("box", K.GROUP, inside=inner), node("y", K.ADD)),
        edges_of([(INPUT, "x"), ("x", "box"), ("box", "y"), ("x", "y"), ("y", OUTPUT)]),
    )
    opened = inlined(whole, whole.nodes[1])
    assert [n.key for n in opened.nodes] == ["x", "a", "b", "y"]
    assert set(opened.sources["y"]) == {"x", "a", "b"}
    assert opened.sources["a"] == opened.sources["b"] == ("x",)
    assert opened.sources["x"] == (INPUT,)


def test_side_of_images_in_both_orders() -> None:
    assert side((64, 56, 56)) == 56
    assert side((56, 56, 96)) == 56
    assert side((7, 7, 7)) == 7
    assert side((197, 768)) == 0


def _network() -> NetworkGraph:
    block = node("body.0", K.RESIDUAL, inside=chain(**{"body.0.conv": K.CONV}))
    stage = node(
        "body",
        K.STAGE,
        inside=BlockGraph((block,), edges_of([(INPUT, "body.0"), ("body.0", OUTPUT)])),
    )
    head = node("head", K.LINEAR)
    edges = edges_of([(INPUT, "body"), ("body", "head"), ("head", OUTPUT)])
    return NetworkGraph("net", 3, (3, 8, 8), BlockGraph((stage, head), edges))


def test_a_path_is_found_with_what_is_around_it() -> None:
    network = _network()
    assert [n.key for n in network.find("body.0.conv")] == ["body", "body.0", "body.0.conv"]
    assert network.find("body.0.conv.weight")[-1].key == "body.0.conv"
    assert network.find("head")[-1].key == "head"
    assert network.find("") == network.find("nothing") == ()


def test_levels_open_more_and_more() -> None:
    network = _network()
    opened = [network.opened(level) for level in PictureLevel]
    assert opened == [frozenset(), {"body"}, {"body", "body.0"}]


def test_what_trains() -> None:
    conv = LayerNode("body.0.conv", "Conv2d", (8, 8, 8), 10, 10, 0)
    block = LayerNode("body.0", "Block", (8, 8, 8), 0, 10, 0, children=(conv,))
    body = LayerNode("body", "Body", (8, 8, 8), 0, 10, 0, children=(block,))
    head = LayerNode("head", "Linear", (3,), 5, 5, 1, is_head=True)
    tree = LayerTree("net", 3, LayerNode("", "Net", (3,), 0, 15, 0, children=(body, head)), "head")
    network = _network()
    states = block_training(network, tree, freeze_plan(tree, PlanOptions("feature_extraction")))
    frozen = dict.fromkeys(("body", "body.0", "body.0.conv"), Training.FROZEN)
    assert states == {**frozen, "head": Training.TRAINABLE}
    everything = block_training(network, tree, freeze_plan(tree, PlanOptions("fine_tuning")))
    assert set(everything.values()) == {Training.TRAINABLE}
