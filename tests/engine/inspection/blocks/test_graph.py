"""Pictures of real networks: the blocks of the papers are found, and what flows between them."""

from __future__ import annotations

import threading
from collections import Counter

import pytest
import timm
import torch
from torch import nn

from tests.core.networks.blocks.test_layout import check, size_of
from tlstudio.core.networks.blocks.graph import BlockKind, BlockNode, NetworkGraph, PictureLevel
from tlstudio.core.networks.blocks.grouping import NAIVE, REDUCED
from tlstudio.core.networks.blocks.layout import block_layout
from tlstudio.core.networks.build_config import BuildConfig
from tlstudio.engine.inspection.blocks.graph import block_graph, graph_of
from tlstudio.engine.models.build import architecture
from tlstudio.engine.models.classic.lenet import C3_INPUTS
from tlstudio.engine.models.tree import layer_tree

K = BlockKind


def of_kind(graph: NetworkGraph, kind: BlockKind) -> list[BlockNode]:
    return [node for node in graph.root.walk() if node.kind is kind]


def inner_kinds(node: BlockNode) -> Counter[BlockKind]:
    assert node.inside is not None
    return Counter(part.kind for part in node.inside.nodes)


def test_auxiliary_classifiers_stand_beside_the_main_line_and_have_scores_of_their_own() -> None:
    graph = block_graph("googlenet_2014", 3, BuildConfig(auxiliary=True))
    branches = of_kind(graph, K.AUXILIARY)
    assert [branch.path for branch in branches] == ["aux1", "aux2"]
    assert len(of_kind(graph, K.SCORES)) == 3
    assert not any(edge.is_skip for edge in graph.root.edges)
    layout = block_layout(graph, frozenset(), size_of)
    check(graph, layout)
    assert len(layout.boxes) == len(graph.root.nodes)
    boxes = {box.node.key: box for box in layout.boxes}
    axis = boxes["linear"].x + boxes["linear"].width / 2
    for branch in branches:
        assert boxes[branch.key].x > axis
        (route,) = (r for r in layout.routes if r.source == branch.key)
        scores = route.target
        assert boxes[scores].node.kind is K.SCORES
        assert not any(r.source == scores for r in layout.routes)
    assert of_kind(block_graph("googlenet_2014", 3), K.AUXILIARY) == []


def test_lenets_table_of_connections_is_that_of_the_paper() -> None:
    """Table I: 60 of 96 pairs; with 25 weights each and 16 biases they are C3's parameters."""
    (c3,) = (n for n in block_graph("lenet5", 10).root.walk() if n.path == "c3")
    assert c3.connections == C3_INPUTS
    assert c3.parameters == 25 * sum(map(len, c3.connections)) + 16 == 1516
    assert not any(n.connections for n in block_graph("lenet5_modern", 10).root.walk())


def test_resnet_has_eight_residual_blocks_and_three_projections() -> None:
    graph = block_graph("resnet18", 3)
    assert graph.is_traced
    blocks = of_kind(graph, K.RESIDUAL)
    assert [block.path for block in blocks] == [
        f"layer{n}.{i}" for n in (1, 2, 3, 4) for i in (0, 1)
    ]
    projected = []
    for block in blocks:
        assert block.inside is not None
        assert inner_kinds(block)[K.ADD] == 1
        skips = [edge for edge in block.inside.edges if edge.is_skip]
        if not skips:
            projected.append(block.path)
            assert inner_kinds(block)[K.CONV] == 3
    assert projected == ["layer2.0", "layer3.0", "layer4.0"]
    shapes = [node.out_shape for node in graph.root.nodes if node.kind is K.STAGE]
    assert shapes == [(64, 56, 56), (128, 28, 28), (256, 14, 14), (512, 7, 7)]
    assert [node.kind for node in graph.root.nodes] == [
        K.IMAGE, K.CONV, K.POOL, *[K.STAGE] * 4, K.GLOBAL_POOL, K.LINEAR, K.SCORES,
    ]  # fmt: skip


def test_layers_are_titled_as_in_the_papers() -> None:
    graph = block_graph("resnet18", 3)
    titles = {path: graph.find(path)[-1].title for path in ("conv1", "maxpool", "fc", "bn1")}
    assert titles == {
        "conv1": "7×7 conv, 64, /2",
        "maxpool": "3×3 max pool, /2",
        "fc": "linear, 512 → 3",
        "bn1": "batch norm",
    }
    depthwise = of_kind(block_graph("mobilenet_v2", 3), K.DEPTHWISE_CONV)
    assert "3×3 depthwise conv, 32" in {node.title for node in depthwise}


def test_googlenet_has_nine_inception_modules_of_four_branches() -> None:
    modules = of_kind(block_graph("googlenet", 3), K.INCEPTION)
    assert [m.path for m in modules] == [
        f"inception{name}" for name in ("3a", "3b", "4a", "4b", "4c", "4d", "4e", "5a", "5b")
    ]
    for module in modules:
        inside = module.inside
        assert inside is not None
        joint = next(node for node in inside.nodes if node.kind is K.CONCAT)
        assert len(inside.sources[joint.key]) == 4
        kinds = inner_kinds(module)
        assert (kinds[K.CONV], kinds[K.POOL]) == (6, 1)
        assert module.title == REDUCED


@pytest.mark.parametrize(
    ("model", "naive", "reduced"),
    [("googlenet_naive", 9, 0), ("se_googlenet", 0, 9), ("inception_v3", 0, 9)],
)
def test_inception_modules_say_whether_they_reduce(model: str, naive: int, reduced: int) -> None:
    """The two modules of Inception v3 that make maps smaller are neither."""
    titles = Counter(module.title for module in of_kind(block_graph(model, 3), K.INCEPTION))
    assert (titles[NAIVE], titles[REDUCED]) == (naive, reduced)


def test_densenet_layers_take_the_output_of_every_earlier_one() -> None:
    graph = block_graph("densenet121", 3)
    assert len(of_kind(graph, K.DENSE_LAYER)) == 58
    assert len(of_kind(graph, K.TRANSITION)) == 3
    blocks = of_kind(graph, K.DENSE_BLOCK)
    assert [inner_kinds(block)[K.DENSE_LAYER] for block in blocks] == [6, 12, 24, 16]
    inside = blocks[0].inside
    assert inside is not None
    counts = [len(inside.sources[node.key]) for node in inside.nodes]
    assert counts == [1, 2, 3, 4, 5, 6, 7]


def test_mobilenet_v2_has_seventeen_blocks_of_which_ten_have_a_skip() -> None:
    graph = block_graph("mobilenet_v2", 3)
    blocks = of_kind(graph, K.INVERTED_RESIDUAL)
    assert len(blocks) == 16 and len(of_kind(graph, K.SEPARABLE_CONV)) == 1
    assert sum(inner_kinds(block)[K.ADD] for block in blocks) == 10
    for block in blocks:
        assert inner_kinds(block)[K.DEPTHWISE_CONV] == 1


def test_the_on_board_network_has_the_same_blocks_though_it_is_timms() -> None:
    graph = block_graph("tf_efficientnet_lite0", 3)
    assert len(of_kind(graph, K.INVERTED_RESIDUAL)) == 15
    assert len(of_kind(graph, K.SEPARABLE_CONV)) == 1


def test_vision_transformers() -> None:
    graph = block_graph("vit_b_16", 3)
    blocks = of_kind(graph, K.TRANSFORMER)
    assert len(blocks) == 12
    for block in blocks:
        kinds = inner_kinds(block)
        assert (kinds[K.ADD], kinds[K.ATTENTION], kinds[K.MLP]) == (2, 1, 1)
    learned = {node.title for node in of_kind(graph, K.PARAMETER)}
    assert learned == {"class token", "pos embedding"}
    swin = block_graph("swin_t", 3)
    assert len(of_kind(swin, K.WINDOW_TRANSFORMER)) == 12
    assert len(of_kind(swin, K.WINDOW_ATTENTION)) == 12
    shifts = [inner_kinds(block)[K.SHIFT] for block in of_kind(swin, K.WINDOW_ATTENTION)]
    assert shifts == [0, 2] * 5 + [0, 0]  # the last stage is one window: nothing to shift


@pytest.mark.parametrize(
    ("model", "kind", "count"),
    [
        ("squeezenet1_1", K.FIRE, 8),
        ("shufflenet_v2_x1_0", K.SHUFFLE, 16),
        ("efficientnet_b0", K.SQUEEZE_EXCITATION, 16),
        ("mobilenet_v3_small", K.SQUEEZE_EXCITATION, 9),
        ("convnext_tiny", K.INVERTED_RESIDUAL, 18),
        ("resnet50", K.RESIDUAL, 16),
        ("resnet20", K.RESIDUAL, 9),
        ("plain20", K.PLAIN, 9),
        ("plain20", K.RESIDUAL, 0),
        ("vgg11", K.PLAIN, 0),
        ("regnet_y_400mf", K.PLAIN, 0),
        ("se_resnet20", K.SQUEEZE_EXCITATION, 9),
        ("shufflenet_v1_g3_x1_0", K.SHUFFLE, 16),
        ("googlenet_naive", K.INCEPTION, 9),
        ("se_googlenet", K.INCEPTION, 9),
    ],
)
def test_blocks_of_other_families(model: str, kind: BlockKind, count: int) -> None:
    assert len(of_kind(block_graph(model, 3), kind)) == count


@pytest.mark.parametrize("model", ["resnet18", "googlenet", "densenet121", "vit_b_16", "vgg11_bn"])
def test_no_parameter_is_lost_and_every_layer_is_found(model: str) -> None:
    graph, tree = block_graph(model, 3), layer_tree(model, 3)
    parts = {node.path or node.key: node.parameters for node in graph.root.nodes}
    assert sum(parts.values()) == tree.parameters
    for layer in tree.layers:
        if layer.path:
            found = graph.find(layer.path)
            assert found, layer.path
            path = found[-1].path
            assert layer.path.startswith(path) or path.startswith(layer.path)


def test_long_rows_of_one_resolution_are_put_into_stages() -> None:
    graph = block_graph("vgg16", 3)
    stages = [node for node in graph.root.nodes if node.kind is K.STAGE]
    assert [inner_kinds(stage)[K.CONV] for stage in stages] == [2, 2, 3, 3, 3]
    assert graph.root.nodes[-2].kind is K.CLASSIFIER


@pytest.mark.parametrize("model", ["squeezenet1_1", "alexnet", "mobilenet_v3_small"])
def test_the_last_layers_are_the_classifier(model: str) -> None:
    assert block_graph(model, 3).root.nodes[-2].kind is K.CLASSIFIER


def test_levels_open_stages_then_blocks() -> None:
    graph = block_graph("resnet18", 3)
    opened = [graph.opened(level) for level in PictureLevel]
    assert opened[0] == frozenset()
    assert opened[1] == {"layer1", "layer2", "layer3", "layer4"}
    assert "layer1.0" in opened[2] and opened[1] < opened[2]


@pytest.mark.parametrize(
    ("model", "kind", "count"),
    [
        ("vit_tiny_patch16_224", K.TRANSFORMER, 12),
        ("swin_tiny_patch4_window7_224", K.WINDOW_TRANSFORMER, 12),
        ("resnetv2_18", K.RESIDUAL, 8),
        ("inception_v3", K.INCEPTION, 11),
        ("legacy_seresnet18", K.SQUEEZE_EXCITATION, 8),
        ("densenet121", K.DENSE_LAYER, 58),
    ],
)
def test_timms_networks_are_recognised_by_their_structure(
    model: str, kind: BlockKind, count: int
) -> None:
    with torch.device("meta"):
        network = timm.create_model(model)
    graph = graph_of(network, model, 1000, network.pretrained_cfg["input_size"][-1])
    assert graph.is_traced and len(of_kind(graph, kind)) == count


@pytest.mark.parametrize(
    "model",
    ["regnet_y_400mf", "maxvit_t", "mnasnet0_5", "efficientnet_v2_s", "swin_v2_t", "inception_v3"],
)
def test_any_network_can_be_laid_out_at_every_level(model: str) -> None:
    graph = block_graph(model, 3)
    assert graph.is_traced
    for level in PictureLevel:
        check(graph, block_layout(graph, graph.opened(level), size_of, (800.0, 600.0)))


class _Odd(nn.Module):
    """A network of our own, with what libraries do: in place, functional, through a buffer."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, padding=1)
        self.branch = nn.Sequential(nn.Conv2d(8, 8, 1), nn.ReLU(inplace=True), nn.Conv2d(8, 8, 1))
        self.gate = nn.Linear(8, 8)
        self.head = nn.Linear(8, 2)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        x = self.stem(images)
        x = x + self.branch(x)
        weights = torch.sigmoid(self.gate(x.mean((2, 3))))
        x *= weights[:, :, None, None]
        return self.head(x.flatten(2).mean(-1))


def test_operations_between_layers_are_followed() -> None:
    graph = graph_of(_Odd(), "odd", 2, 16)
    assert graph.is_traced
    kinds = [node.kind for node in graph.root.nodes]
    assert kinds.count(K.ADD) == kinds.count(K.MULTIPLY) == 1
    add = next(node for node in graph.root.nodes if node.kind is K.ADD)
    product = next(node for node in graph.root.nodes if node.kind is K.MULTIPLY)
    assert set(graph.root.sources[add.key]) == {"stem", "branch"}
    assert add.key in graph.root.sources[product.key]
    assert len(graph.root.sources[product.key]) == 2


class _Choosing(_Odd):
    """Looks at its values, which an empty image does not have."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        if images.sum().item() > 1e9:
            raise ValueError
        return super().forward(images)


def test_a_network_that_cannot_be_followed_is_drawn_in_the_order_of_its_modules() -> None:
    with torch.device("meta"):
        network = _Choosing()
    graph = graph_of(network, "choosing", 2, 16)
    assert not graph.is_traced
    paths = [node.path for node in graph.root.walk() if node.inside is None and node.path]
    assert paths == ["stem", "branch.0", "branch.1", "branch.2", "gate", "head"]
    assert graph.find("branch.2")[-1].title == "1×1 conv, 8"


def test_drawing_leaves_the_network_as_it_was() -> None:
    network = _Odd()
    network.branch.eval()
    modes = {name: module.training for name, module in network.named_modules()}
    state = {name: value.clone() for name, value in network.state_dict().items()}
    graph_of(network, "odd", 2, 16)
    assert modes == {name: module.training for name, module in network.named_modules()}
    assert all(torch.equal(state[name], value) for name, value in network.state_dict().items())
    assert not any(
        module._forward_hooks or module._forward_pre_hooks for module in network.modules()
    )


def test_other_threads_compute_undisturbed_meanwhile() -> None:
    other, image = _Odd().eval(), torch.ones(1, 3, 16, 16)
    with torch.no_grad():
        wanted = other(image)
    stop = threading.Event()
    wrong: list[int] = []

    def compute() -> None:
        with torch.no_grad():
            while not stop.is_set():
                if not torch.equal(other(image), wanted):
                    wrong.append(1)

    thread = threading.Thread(target=compute)
    thread.start()
    try:
        with torch.device("meta"):
            network = architecture("mobilenet_v2", 3)
        graph = graph_of(network, "mobilenet_v2", 3, 224)
    finally:
        stop.set()
        thread.join()
    assert not wrong
    assert graph.root == block_graph("mobilenet_v2", 3).root
