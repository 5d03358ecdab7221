"""Auxiliary classifiers: built where they are asked for, learned from, and left out afterwards."""

from __future__ import annotations

import inspect
import math
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812
from torchvision import models

from tests.engine.training.test_resume import Trained, config_of
from tests.engine.training.test_resume import assert_equal as assert_same_run
from tests.engine.training.test_resume import one_thread as one_thread
from tests.helpers import make_split_photos
from tlstudio.core.config import RunConfig
from tlstudio.core.config.run_config import kept_config
from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.errors import ConfigError
from tlstudio.core.export.formats import ExportOptions
from tlstudio.core.networks.auxiliary import WITH_AUXILIARY, is_auxiliary, wants_auxiliary
from tlstudio.core.networks.build_config import BuildConfig, build_config
from tlstudio.core.runs.events import EpochEnded, RunEnded, RunStarted, StopToken
from tlstudio.core.strategies import PlanOptions, freeze_plan, layer_rates
from tlstudio.engine.data.sources import open_dataset
from tlstudio.engine.export.job import ExportJob
from tlstudio.engine.features.cut import cut_network
from tlstudio.engine.inspection.layer_table import catalog_layer_table
from tlstudio.engine.models.auxiliary import all_answers, without_auxiliary
from tlstudio.engine.models.build import architecture, build_classifier, build_network
from tlstudio.engine.models.catalog import get_model
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.models.libraries import library_network
from tlstudio.engine.models.places import checkpoint_path
from tlstudio.engine.models.tree import layer_tree
from tlstudio.engine.training.freezing import apply_phase, set_train_mode
from tlstudio.engine.training.objective import Objective
from tlstudio.engine.training.trainer import train
from tlstudio.engine.weights.load import load_weights, open_weights
from tlstudio.engine.weights.save import save_weights

CLASSES = ("green", "red")
WITH = BuildConfig(auxiliary=True)


@pytest.fixture
def index(tmp_path: Path) -> DatasetIndex:
    counts = {"green": 5, "red": 4}, {"green": 2, "red": 2}
    return open_dataset(make_split_photos(tmp_path / "photos", CLASSES, *counts))


def scratch(**values: Any) -> RunConfig:
    own = {"model": "googlenet_2014", "initialisation": "random", "strategy": "from_scratch"}
    return config_of(**{**own, "image_px": 32, "epochs": 1, "learning_rate": 0.001, **values})


# Who has them


def test_they_are_those_of_torchvision_and_of_the_paper() -> None:
    takes = {
        name
        for name in models.list_models(module=models)
        if "aux_logits" in inspect.getsource(models.get_model_builder(name))
    }
    assert takes == {"googlenet", "inception_v3"} < set(WITH_AUXILIARY)
    with torch.device("meta"):
        theirs = models.googlenet(num_classes=7, aux_logits=True, init_weights=False)
        ours = architecture("googlenet", 7, WITH)
        assert str(ours) == str(theirs)
        assert str(architecture("resnet18", 7, WITH)) == str(architecture("resnet18", 7))


@pytest.mark.parametrize("model", WITH_AUXILIARY)
def test_a_network_answers_several_times_in_training_and_once_otherwise(model: str) -> None:
    side = get_model(model).preprocessing.crop_px
    with torch.device("meta"):
        network, images = architecture(model, 5, WITH), torch.empty(2, 3, side, side)
        answers = all_answers(network.train()(images))
        assert [tuple(a.shape) for a in answers] == [(2, 5)] * (2 if "v3" in model else 3)
        sum(answer.sum() for answer in answers).backward()
        assert all(p.grad is not None for p in network.parameters())
        assert isinstance(network.eval()(images), torch.Tensor)
        plain = architecture(model, 5)
    left = {name for name in network.state_dict() if not is_auxiliary(name)}
    assert left == plain.state_dict().keys()


def test_section_5_of_the_paper() -> None:
    """4x4x512 behind 4a, 4x4x528 behind 4d; 128 maps, 1024 units, 1000 classes."""
    rows = catalog_layer_table("googlenet_2014", 1000, WITH).by_path
    assert rows["aux1.pool"].output_text == "512×4×4"
    assert rows["aux2.pool"].output_text == "528×4×4"
    assert rows["aux1.pool"].window is not None and rows["aux1.pool"].window.kernel_text == "5×5"
    for path, maps in (("aux1", 512), ("aux2", 528)):
        units = (maps + 1) * 128 + (2048 + 1) * 1024 + (1024 + 1) * 1000
        assert rows[path].parameters == units


# When they are there


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ({}, True),
        ({"auxiliary": "off"}, False),
        ({"initialisation": "pretrained", "strategy": "fine_tuning"}, False),
        ({"initialisation": "pretrained", "strategy": "fine_tuning", "auxiliary": "on"}, True),
        ({"strategy": "feature_extraction", "auxiliary": "on"}, False),
        ({"model": "resnet18", "auxiliary": "on"}, False),
        ({"model": "inception_v3", "image_px": 0}, True),
        ({"model": "inception_v3", "image_px": 128}, False),
    ],
    ids=str,
)
def test_when_a_run_has_them(values: dict[str, Any], wanted: bool) -> None:
    config = scratch(**values)
    assert wants_auxiliary(config) is wanted
    assert build_config(config, get_model(config.model)).auxiliary is wanted


def test_images_that_are_too_small_for_inceptions_are_told() -> None:
    config = scratch(model="inception_v3", image_px=128, auxiliary="on")
    with pytest.raises(ConfigError, match="299"):
        build_config(config, get_model("inception_v3"))


def test_runs_of_before_had_none() -> None:
    values = scratch().model_dump()
    del values["auxiliary"]
    assert not wants_auxiliary(kept_config(values))


# What trains


def test_they_stand_behind_their_module_and_train_with_it() -> None:
    tree = layer_tree("googlenet_2014", 3, WITH)
    stages = [stage.path for stage in tree.stages]
    assert stages.index("aux1") == stages.index("inception_4a") + 1
    assert stages.index("aux2") == stages.index("inception_4d") + 1
    assert tree.head_path == "linear"
    partial = freeze_plan(tree, PlanOptions("partial", train_from="inception_4b"))
    branches = {path.partition(".")[0] for path in partial.trainable}
    assert "aux2" in branches and "aux1" not in branches
    gradual = freeze_plan(tree, PlanOptions("gradual", epochs=99))
    for branch, module in (("aux1.fc", "inception_4a"), ("aux2.fc", "inception_4d")):
        first = next(p for p in gradual.trainable if p.startswith(module))
        assert gradual.first_epoch_of(branch) == gradual.first_epoch_of(first)
    rates = layer_rates(tree, PlanOptions("discriminative"))
    assert (rates["aux1.fc"], rates["inception_4a.branch1x1.conv"]) == (1.0, 0.1)


def test_the_loss_is_the_networks_and_three_tenths_of_the_others() -> None:
    objective = Objective(scratch(label_smoothing=0.1), (3, 3), torch.device("cpu"))
    logits, targets = torch.randn(3, 6, 2), torch.tensor([0, 1, 1, 0, 1, 0])
    wanted = sum(
        weight * F.cross_entropy(row, targets, label_smoothing=0.1)
        for weight, row in zip((1.0, 0.3, 0.3), logits, strict=True)
    )
    own = objective(logits[0], targets)
    assert torch.allclose(objective.with_auxiliary(own, logits[1:], targets), wanted)


def test_a_run_trains_them_and_gradients_of_theirs_reach_the_first_layers(
    index: DatasetIndex,
) -> None:
    """Here nothing comes from the end: what multiplies its gradient is zero."""
    for auxiliary, moves in (("auto", True), ("off", False)):
        config = scratch(batch_size=16, auxiliary=auxiliary)
        classifier = build_classifier(config, index.classes)
        nn.init.zeros_(classifier.network.get_submodule("linear").weight)
        *_, epoch, end = (
            event
            for event in train(config, index, StopToken(), classifier)
            if isinstance(event, EpochEnded | RunEnded)
        )
        assert isinstance(end, RunEnded) and end.error is None and end.proof is not None
        moved = {path.partition(".")[0] for path, drift in end.proof.drift.items() if drift}
        assert ("conv1" in moved) is moves and ("aux1" in moved) is moves and "linear" in moved
        assert epoch.record.train_loss == pytest.approx(math.log(2), abs=1e-6)  # of the end alone
        assert classifier.build.auxiliary is moves


@pytest.mark.parametrize(
    ("train_from", "answers"), [("inception_5a", 1), ("inception_4b", 3), ("aux1", 3)]
)
def test_frozen_layers_are_computed_once_with_them_as_well(train_from: str, answers: int) -> None:
    """Frozen ones say nothing; a half above some that train gives what the whole gives."""
    network = build_network("googlenet_2014", 3, initialisation="random", seed=1, build=WITH)
    tree = layer_tree("googlenet_2014", 3, WITH)
    phase = freeze_plan(tree, PlanOptions("partial", train_from=train_from)).last
    apply_phase(network, phase)
    set_train_mode(network, phase)
    for module in network.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0  # chance apart
    cut = cut_network(network, 32)
    assert cut is not None and not any("aux" in path for path in cut.boundary[:1])
    images = torch.randn(3, 3, 32, 32)
    kept = cut.below(images)
    whole, halves = all_answers(network(images)), all_answers(cut.train_above(*kept))
    assert len(whole) == len(halves) == answers
    assert all(torch.allclose(a, b, atol=1e-6) for a, b in zip(whole, halves, strict=True))
    network.eval()
    assert torch.allclose(cut.eval_above(*kept), network(images), atol=1e-6)


def test_a_run_keeps_what_is_frozen_below_them(index: DatasetIndex) -> None:
    config = scratch(strategy="partial", train_from="inception_4c", augmentation="none")
    classifier = build_classifier(config, index.classes)
    first, *_, end = train(config, index, StopToken(), classifier)
    assert isinstance(first, RunStarted) and isinstance(end, RunEnded) and end.proof is not None
    assert first.execution.boundary == ("aux1", "inception_4b")
    assert end.error is None and end.proof.changed == ()
    moved = {path.partition(".")[0] for path, drift in end.proof.drift.items() if drift}
    assert "aux2" in moved and "aux1" not in moved


def test_a_run_that_goes_on_equals_one_that_never_stopped(index: DatasetIndex) -> None:
    config = scratch(epochs=2)

    def make() -> Classifier:
        return build_classifier(config, CLASSES)

    whole = Trained(index, "all", config, make)
    state = next(state for event, state in whole.states if isinstance(event, EpochEnded))
    assert any(is_auxiliary(name) for name in state["network"])
    assert_same_run(Trained(index, "all", config, make, state), whole)


# Files


def test_weights_of_a_run_come_back_whole_and_go_out_without(tmp_path: Path) -> None:
    made = build_classifier(scratch(), CLASSES)
    images = torch.randn(2, 3, 32, 32)
    wanted = made.network.eval()(images)
    for suffix in (".safetensors", ".pth"):
        save_weights(made, tmp_path / f"w{suffix}")
        loaded = load_weights(tmp_path / f"w{suffix}").classifier
        assert loaded.network.state_dict().keys() == made.network.state_dict().keys()
        assert loaded.build.auxiliary
        assert torch.equal(loaded.network(images), wanted)
    plain = without_auxiliary(made)
    assert not any(map(is_auxiliary, plain.network.state_dict()))
    assert torch.equal(plain.network(images), wanted) and not plain.build.auxiliary
    job = ExportJob.of(made, ExportOptions("onnx"), StopToken())
    assert not any(map(is_auxiliary, job.classifier.network.state_dict()))
    assert any(map(is_auxiliary, made.network.state_dict()))  # it may go on training
    save_weights(plain, tmp_path / "plain.pth")
    library_network("googlenet_2014", 2).load_state_dict(torch.load(tmp_path / "plain.pth"))
    assert torch.equal(load_weights(tmp_path / "plain.pth").classifier.network(images), wanted)
    started = scratch(initialisation="file", strategy="fine_tuning", auxiliary="on", seed=9)
    for name, is_taken in (("w.pth", True), ("plain.pth", False)):
        config = started.changed(start_from=str(tmp_path / name))
        values = build_classifier(config, CLASSES).network.state_dict()
        same = {n for n, v in made.network.state_dict().items() if torch.equal(v, values[n])}
        assert {n for n in values if not is_auxiliary(n)} <= same
        assert ("aux1.fc.weight" in same) is is_taken
    others = build_classifier(config.changed(start_from=str(tmp_path / "w.pth")), ("a", "b"))
    fresh = others.network.state_dict()
    assert not torch.equal(fresh["aux1.linear.weight"], made.network.aux1.linear.weight)
    assert torch.equal(fresh["aux1.fc.weight"], made.network.aux1.fc.weight)


def test_those_in_torchvisions_file_are_taken_where_they_are_wanted() -> None:
    """A file such as torchvision's downloads: a thousand classes, auxiliary heads in it."""
    theirs = models.googlenet(weights=None, init_weights=False)
    path = checkpoint_path(get_model("googlenet").weights[0].url)
    path.parent.mkdir(parents=True)
    torch.save(theirs.state_dict(), path)
    config = RunConfig().changed(model="googlenet", strategy="fine_tuning", device="cpu")
    without = build_classifier(config, CLASSES)
    wanted = build_classifier(config.changed(auxiliary="on"), CLASSES)
    assert not any(map(is_auxiliary, without.network.state_dict()))
    own, values = wanted.network.state_dict(), theirs.state_dict()
    assert torch.equal(own["aux1.fc1.weight"], values["aux1.fc1.weight"])
    assert own["aux1.fc2.weight"].shape == own["aux2.fc2.weight"].shape == (2, 1024)
    images = torch.rand(2, 3, 64, 64)
    assert torch.equal(wanted.network.eval()(images), without.network.eval()(images))
    assert len(all_answers(wanted.network.train()(images))) == 3
    torch.save({n: v for n, v in values.items() if not is_auxiliary(n)}, path)
    fresh = build_classifier(config.changed(auxiliary="on"), CLASSES)
    found = fresh.network.state_dict()
    assert found.keys() == own.keys() and fresh.network.transform_input
    below = [name for name in found if not is_auxiliary(name) and not name.startswith("fc.")]
    assert all(torch.equal(found[name], values[name]) for name in below)


def test_a_foreign_file_is_told_to_hold_them_and_a_start_takes_them(tmp_path: Path) -> None:
    theirs = models.googlenet(weights=None, num_classes=3, init_weights=False)
    torch.save(theirs.state_dict(), tmp_path / "theirs.pth")
    opened = open_weights(tmp_path / "theirs.pth")
    assert opened.fit.auxiliary and not opened.build.auxiliary
    config = scratch(model="googlenet", initialisation="file", strategy="fine_tuning")
    config = config.changed(start_from=str(tmp_path / "theirs.pth"), auxiliary="on")
    network = build_classifier(config, CLASSES).network.state_dict()
    assert torch.equal(network["aux1.fc1.weight"], theirs.state_dict()["aux1.fc1.weight"])
