"""Engine, progress, forecast and code export say the same of what a run keeps.

Five networks, one of them with features made between two modules and one with tokens; sizes on
both sides of every limit; gradual unfreezing included.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.helpers import make_split_photos
from tlstudio.core.config import RunConfig
from tlstudio.core.config.variation import Variation
from tlstudio.core.data.dataset import DatasetIndex, Split
from tlstudio.core.forecast.costs import ImageCosts, RunCosts
from tlstudio.core.forecast.forecast import forecast
from tlstudio.core.networks.build_config import build_config
from tlstudio.core.networks.inputs import input_preprocessing
from tlstudio.core.runs.events import StopToken
from tlstudio.core.runs.execution import ExecutionRecord, FeatureUse
from tlstudio.core.runs.execution_plan import Limits, PhaseExecution, wanted_views
from tlstudio.core.strategies import FreezePlan
from tlstudio.engine.code_export import facts
from tlstudio.engine.code_export.facts import run_facts
from tlstudio.engine.data.sources import open_dataset
from tlstudio.engine.device import resolve_device
from tlstudio.engine.features.cut import cut_network
from tlstudio.engine.models.build import architecture
from tlstudio.engine.models.catalog import get_model
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.models.tree import layer_tree
from tlstudio.engine.training import execution
from tlstudio.engine.training.execution import Execution
from tlstudio.engine.training.freezing import apply_phase, set_train_mode
from tlstudio.engine.training.planned_cuts import catalog_rows, network_rows
from tlstudio.engine.training.run_checks import run_plan
from tlstudio.engine.training.workload import work_after

MODELS = ("resnet50", "mobilenet_v3_small", "tf_efficientnet_lite0", "densenet121", "vit_b_32")
STRATEGIES: tuple[dict[str, Any], ...] = (
    {"strategy": "feature_extraction", "epochs": 5},
    {"strategy": "partial", "epochs": 5, "precision": "bfloat16"},
    {"strategy": "gradual", "epochs": 7, "unfreeze_every": 3},
    {"strategy": "head_first", "epochs": 6, "head_epochs": 4, "norms": "adapt"},
)
VARIATIONS: tuple[dict[str, Any], ...] = (
    {"cached_views": 4},
    {"views": "live"},
    {"augmentation": "none"},
    {"mixing": "mixup"},
)


class NoTable:
    """In place of features: nothing is computed here."""

    def __init__(self, *_: object, in_memory: bool, **__: object) -> None:
        self.in_memory = in_memory


@pytest.fixture
def index(tmp_path: Path) -> DatasetIndex:
    """8 + 4 photos."""
    return open_dataset(make_split_photos(tmp_path / "photos", train=4, val=2))


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each network is cut once for each phase, and built once."""

    def once_for_each_phase(cut: Any) -> Any:
        known: dict[Any, Any] = {}

        def cut_once(network: Any, *args: Any) -> Any:
            trains = (p.requires_grad for p in network.parameters())
            modes = (m.training for m in network.modules())
            key = (id(network), *trains, *modes)
            if key not in known:
                known[key] = cut(network, *args)
            return known[key]

        return cut_once

    def rows_once(network: Any, plan: FreezePlan, *args: Any) -> Any:
        key = (id(network), id(plan), args)
        if key not in rows:
            rows[key] = network_rows(network, plan, *args)
        return rows[key]

    rows: dict[Any, Any] = {}
    monkeypatch.setattr(execution, "cut_network", once_for_each_phase(cut_network))
    monkeypatch.setattr(execution, "network_rows", rows_once)
    monkeypatch.setattr(execution, "FeatureTable", NoTable)
    monkeypatch.setattr(Execution, "_kept_rows", lambda *_: sys.maxsize)
    monkeypatch.setattr(facts, "architecture", cache(architecture))
    yield


def config_of(model: str, values: dict[str, Any]) -> RunConfig:
    defaults = {"device": "cpu", "precision": "float32", "image_px": 64}
    return RunConfig().changed(**{"model": model, **defaults, **values})


def classifier_of(config: RunConfig, classes: tuple[str, ...]) -> Classifier:
    spec = get_model(config.model)
    build = build_config(config, spec)
    network = architecture(config.model, len(classes), build)
    return Classifier(network, config.model, classes, input_preprocessing(config, spec))


def engine_says(
    config: RunConfig, plan: FreezePlan, index: DatasetIndex, classifier: Classifier
) -> list[tuple[ExecutionRecord, int, PhaseExecution, float]]:
    """For each phase the record, the views that progress counts, and the plan before it began."""

    def enter(number: int) -> None:
        apply_phase(classifier.network, plan.phases[number])
        set_train_mode(classifier.network, plan.phases[number])

    enter(0)
    run = Execution(config, index, classifier, plan, resolve_device("cpu"), StopToken())
    before, told = run.plan, []
    for number, phase in enumerate(plan.phases):
        if number:
            enter(number)
            run.begin(phase)
        told.append((run.record, run.feature_views, before.phases[number], run.later_work))
    return told


def sides_of_every_limit(
    plan: FreezePlan, config: RunConfig, rows: Any, train: int, val: int
) -> list[Limits]:
    views = wanted_views(config)
    sizes = {
        (val + kept * train) * row.bytes
        for row, phase in zip(rows, plan.phases, strict=True)
        for kept in (0, min(views, plan.epochs_of(phase, config.epochs)))
    }
    limits = [Limits()]
    for size in sorted(sizes - {0}):
        for room in (size, size - 1):
            limits += [Limits(feature_disk_bytes=room), Limits(memory_bytes=room)]
    return limits


@pytest.mark.parametrize("values", STRATEGIES, ids=lambda values: values["strategy"])
@pytest.mark.parametrize("model", MODELS)
def test_four_readers_agree(
    model: str, values: dict[str, Any], index: DatasetIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = config_of(model, values)
    classes = index.classes
    plan = run_plan(first, classes)
    build = build_config(first, get_model(model))
    tree = layer_tree(model, len(classes), build)
    classifier = classifier_of(first, classes)
    train, val = (len(index.by_split[split]) for split in (Split.TRAIN, Split.VAL))
    images = ImageCosts(1.0, 1.0, {"crop_flip": 1.0}, 1.0)
    seen = set()
    for variation in VARIATIONS if len(plan.phases) == 1 else VARIATIONS[:2]:
        config = config_of(model, {**values, **variation})
        rows = catalog_rows(config, len(classes), plan, config.precision)
        for limits in sides_of_every_limit(plan, config, rows, train, val):
            monkeypatch.setattr(execution, "machine_limits", lambda limits=limits: limits)
            monkeypatch.setattr(facts, "machine_limits", lambda limits=limits: limits)
            costs = RunCosts(config.precision, (), images, limits=limits)
            foretold = forecast(costs, tree, plan, config, train, val, rows)
            planned = foretold.executions[Variation.of(config)]
            exported = run_facts(config, index)
            engine = engine_says(config, plan, index, classifier)

            assert exported.execution == planned
            assert len(planned.phases) == len(engine)
            live: list[int] = []
            for phase, (record, counted, before, later) in zip(planned.phases, engine, strict=True):
                assert before == phase
                assert counted == phase.kept_rows
                assert later == work_after(plan, planned, phase.first_epoch)
                assert record.features is phase.use
                assert record.views == phase.views
                if phase.is_cut:
                    assert record.feature_bytes == phase.row.bytes
                    assert record.on_disk is not phase.in_memory
                if record.features is not FeatureUse.CACHED:
                    live += range(phase.first_epoch, phase.first_epoch + phase.epochs)
                seen.add((phase.use, phase.in_memory))
            assert list(exported.live_epochs) == live
            if exported.live_from is not None:
                assert live == list(range(exported.live_from, config.epochs + 1))
    if any(row.bytes for row in rows):
        kinds = {(FeatureUse.CACHED, True), (FeatureUse.CACHED, False), (FeatureUse.NONE, True)}
        assert seen >= kinds | {(FeatureUse.LIVE, True), (FeatureUse.LIVE, False)}


@pytest.mark.parametrize(
    ("model", "samples", "precision", "use", "gigabytes"),
    [
        ("resnet50", (3000, 600), "float32", FeatureUse.LIVE, 0.5),
        ("resnet50", (3000, 600), "bfloat16", FeatureUse.CACHED, 5.1),
        ("tf_efficientnet_lite0", (60_000, 6000), "float32", FeatureUse.LIVE, 0.4),
        ("tf_efficientnet_lite0", (60_000, 6000), "bfloat16", FeatureUse.CACHED, 7.7),
    ],
)
def test_runs_whose_forecasts_were_far_off(
    model: str, samples: tuple[int, int], precision: str, use: FeatureUse, gigabytes: float
) -> None:
    """Four views of so many images fit on disk in bfloat16 only: the forecast took them as kept."""
    values = {"strategy": "partial", "epochs": 25, "precision": precision, "image_px": 0}
    config = config_of(model, values)
    plan, tree = run_plan(config, ("a", "b")), layer_tree(model, 2)
    costs = RunCosts(precision, (), ImageCosts(1.0, 1.0, {"crop_flip": 1.0}, 1.0))
    told = forecast(costs, tree, plan, config, *samples, catalog_rows(config, 2, plan, precision))
    (phase,) = told.executions[Variation.CACHED].phases
    assert phase.use is use and round(phase.kept_bytes / 1e9, 1) == gigabytes
    by = told.by_variation
    assert (by[Variation.CACHED] == by[Variation.LIVE]) is (use is FeatureUse.LIVE)
