"""Small networks and a small catalog, without an engine."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tlstudio.core.config import RunConfig
from tlstudio.core.devices import DeviceRecord
from tlstudio.core.errors import ModelError
from tlstudio.core.forecast.costs import ImageCosts, LayerCost, RunCosts
from tlstudio.core.forecast.kept import NOTHING_KEPT
from tlstudio.core.forecast.phase_costs import tree_rows
from tlstudio.core.networks.catalog import Library, ModelSpec, WeightsPlace, WeightsSpec
from tlstudio.core.networks.layers import LayerNode, LayerTree
from tlstudio.core.networks.preprocessing import Preprocessing
from tlstudio.core.runs.execution_plan import FeatureRow
from tlstudio.core.strategies import FreezePlan
from tlstudio.gui.state import evidence_jobs as evidence
from tlstudio.gui.state import jobs
from tlstudio.gui.state.session import Session


def leaf(path: str, kind: str, own: int, order: int, *, is_head: bool = False) -> LayerNode:
    return LayerNode(path, kind, (8, 7, 7), own, own, order, is_head, kind == "BatchNorm2d")


def container(path: str, kind: str, *children: LayerNode, own: int = 0) -> LayerNode:
    total = own + sum(child.parameters for child in children)
    order = children[0].order
    is_head = all(child.is_head for child in children)
    return LayerNode(path, kind, (8, 7, 7), own, total, order, is_head, children=children)


def small_tree(
    model: str = "tf_efficientnet_lite0", num_classes: int = 1000, inputs: object = None
) -> LayerTree:
    """stem (100), relu (0), body.0 (conv 200, bn 20), body.1 (conv 300, bn 30), head (4 a class).

    The container ``body`` holds 7 parameters itself.
    """
    blocks = [
        container(
            f"body.{n}",
            "Block",
            leaf(f"body.{n}.conv", "Conv2d", 100 * (n + 2), 2 + 2 * n),
            leaf(f"body.{n}.bn", "BatchNorm2d", 10 * (n + 2), 3 + 2 * n),
        )
        for n in range(2)
    ]
    root = container(
        "",
        "Net",
        leaf("stem", "Conv2d", 100, 0),
        leaf("relu", "ReLU", 0, 1),
        container("body", "Body", *blocks, own=7),
        leaf("head", "Linear", 4 * num_classes, 6, is_head=True),
    )
    return LayerTree(model, num_classes, root, "head")


BACKBONE = frozenset({"stem", "body", "body.0.conv", "body.0.bn", "body.1.conv", "body.1.bn"})


def wide_tree(blocks: int = 250) -> LayerTree:
    """A network of some thousand modules."""
    children = [
        container(
            f"b{n}",
            "Block",
            leaf(f"b{n}.conv", "Conv2d", 10, 3 * n),
            leaf(f"b{n}.bn", "BatchNorm2d", 2, 3 * n + 1),
            leaf(f"b{n}.relu", "ReLU", 0, 3 * n + 2),
        )
        for n in range(blocks)
    ]
    head = leaf("head", "Linear", 40, 3 * blocks, is_head=True)
    return LayerTree("wide", 4, container("", "Net", *children, head), "head")


def make_spec(
    name: str,
    title: str = "",
    *,
    family: str = "Family",
    parameters: int = 1_000_000,
    gflops: float = 1.0,
    top1: float | None = 0.7,
    place: WeightsPlace = WeightsPlace.REMOTE,
) -> ModelSpec:
    return ModelSpec(
        name=name,
        title=title or name,
        family=family,
        library=Library.TORCHVISION,
        parameters=parameters,
        gflops=gflops,
        weights=(make_weights(place, top1),),
        preprocessing=Preprocessing(),
        min_input_px=32,
        recommended=True,
    )


def make_weights(
    place: WeightsPlace, top1: float | None = 0.7, name: str = "IMAGENET1K_V1"
) -> WeightsSpec:
    return WeightsSpec(name, place, 44_700_000, Preprocessing(), imagenet_top1=top1)


CATALOG = (
    make_spec(
        "tf_efficientnet_lite0",
        "EfficientNet-Lite0",
        family="EfficientNet",
        parameters=4_652_008,
        gflops=0.39,
        top1=None,
        place=WeightsPlace.ON_BOARD,
    ),
    make_spec("resnet18", "ResNet-18", family="ResNet", parameters=11_689_512, gflops=1.81),
    make_spec("vgg11_bn", "VGG-11", family="VGG", parameters=132_868_840, gflops=7.61, top1=0.704),
    make_spec(
        "alexnet",
        "AlexNet",
        family="AlexNet",
        parameters=61_100_840,
        gflops=0.71,
        top1=0.565,
        place=WeightsPlace.CACHED,
    ),
)


def small_costs() -> RunCosts:
    """A millisecond a module of `small_tree`, and one to read an image."""
    paths = [node.path for node in small_tree().nodes.values() if not node.children]
    layers = tuple(LayerCost(path, 1e-3, 1e-3, 2e-3, 3e-3, 1e-3) for path in paths)
    varied = {"crop_flip": 1e-3, "rotate_flip": 2e-3, "none": 0.0}
    return RunCosts("bfloat16", layers, ImageCosts(1e-3, 1e-3, varied, 0.0))


def small_rows(config: RunConfig, classes: int, plan: FreezePlan) -> tuple[FeatureRow, ...]:
    return tree_rows(small_tree(config.model, classes), plan, "bfloat16")


def nothing_kept(config: RunConfig, index: object, plan: FreezePlan, stop: object) -> object:
    return (NOTHING_KEPT,) * len(plan.phases)


def no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """The jobs answer at once, from this module."""
    devices = (DeviceRecord("cpu", "Processor"), DeviceRecord("cuda:0", "Card"))
    monkeypatch.setattr(jobs, "warm_up", lambda: devices)
    monkeypatch.setattr(jobs, "known_models", lambda: ())
    monkeypatch.setattr(jobs, "list_models", lambda: CATALOG)
    monkeypatch.setattr(jobs, "stored_weights", lambda: ((), (), Path()))
    monkeypatch.setattr(jobs, "layer_tree", small_tree)
    monkeypatch.setattr(jobs, "run_costs", lambda *args, **kwargs: small_costs())
    monkeypatch.setattr(jobs, "planned_rows", small_rows)
    monkeypatch.setattr(jobs, "kept_features", nothing_kept)
    monkeypatch.setattr(evidence, "known_evidence", lambda *args: None)


def failing_at_first(job: Callable[..., object], sentence: str) -> Callable[..., object]:
    """The job, whose first call says `sentence` and no more."""
    calls: list[object] = []

    def work(*arguments: object) -> object:
        calls.append(arguments)
        if len(calls) == 1:
            raise ModelError(sentence)
        return job(*arguments)

    return work


def waiting_for(may_go: threading.Event, job: Callable[..., object]) -> Callable[..., object]:
    """The job, which begins when it may."""

    def work(*arguments: object) -> object:
        may_go.wait(60)
        return job(*arguments)

    return work


def make_ready(session: Session, qtbot: QtBot) -> None:
    """Load the (patched) engine and wait for the first tree."""
    session.network.load_engine()
    wait_for_plan(session, qtbot)


def wait_for_plan(session: Session, qtbot: QtBot) -> None:
    """Wait for the tree of the chosen model."""
    network = session.network
    qtbot.waitUntil(lambda: network.tree is not None and network.tree.model == network.config.model)
    qtbot.waitUntil(lambda: network.plan is not None)
