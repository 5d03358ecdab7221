"""Training that starts from the values of a file or run."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from tests.helpers import make_split_photos
from tlstudio.cli.main import main
from tlstudio.core.config import RunConfig, config_from_json
from tlstudio.core.config.model_change import settled
from tlstudio.core.errors import ConfigError, StorageError, TLStudioError, WeightsError
from tlstudio.engine.code_export.facts import run_facts
from tlstudio.engine.data.sources import open_dataset
from tlstudio.engine.models.build import build_classifier
from tlstudio.engine.models.catalog import get_model
from tlstudio.engine.training.run_checks import check_run
from tlstudio.engine.weights.save import save_weights

CLASSES = ("green", "red")
HEAD = "fc."


@pytest.fixture
def config() -> RunConfig:
    return RunConfig().changed(model="resnet20", initialisation="random", strategy="from_scratch")


@pytest.fixture
def saved(tmp_path: Path, config: RunConfig) -> Path:
    classifier = build_classifier(config.changed(seed=7), CLASSES)
    return (
        save_weights(classifier, tmp_path / "before.safetensors") or tmp_path / "before.safetensors"
    )


def started(
    config: RunConfig, path: Path, classes: tuple[str, ...] = CLASSES
) -> dict[str, torch.Tensor]:
    from_file = config.changed(initialisation="file", start_from=str(path))
    return dict(build_classifier(from_file, classes).network.state_dict())


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> set[str]:
    return {n for n in one if one[n].shape == other[n].shape and torch.equal(one[n], other[n])}


def test_the_backbone_is_taken_and_the_head_where_the_classes_are_the_same(
    config: RunConfig, saved: Path
) -> None:
    source = dict(build_classifier(config.changed(seed=7), CLASSES).network.state_dict())
    fresh = dict(build_classifier(config, CLASSES).network.state_dict())
    assert same(started(config, saved), source) == set(source)
    backbone = {name for name in source if not name.startswith(HEAD)}
    assert set(source) - backbone
    for classes in (("a", "b"), ("a", "b", "c"), CLASSES[::-1]):
        values = started(config, saved, classes)
        assert backbone <= same(values, source)
        assert f"{HEAD}weight" not in same(values, source)
    assert f"{HEAD}weight" in same(started(config, saved, ("a", "b")), fresh)


@pytest.mark.parametrize("hidden", [(0, 8), (8, 16), (8, 0)])
def test_a_head_of_other_layers_begins_anew(
    config: RunConfig, tmp_path: Path, hidden: tuple[int, int]
) -> None:
    before, after = (config.changed(head_hidden=units) for units in hidden)
    source = build_classifier(before.changed(seed=7), CLASSES)
    save_weights(source, tmp_path / "before.safetensors")
    values = started(after, tmp_path / "before.safetensors")
    taken = dict(source.network.state_dict())
    fresh = dict(build_classifier(after, CLASSES).network.state_dict())
    head = {name for name in fresh if name.startswith(HEAD)}
    assert values.keys() == fresh.keys() and head < fresh.keys()
    assert fresh.keys() - head <= same({n: values[n] for n in values.keys() - head}, taken)
    assert head <= same(values, fresh)


def test_another_network_is_refused(config: RunConfig, saved: Path) -> None:
    with pytest.raises(WeightsError, match="resnet20"):
        started(config.changed(model="plain56"), saved)


def test_other_colours_are_refused(config: RunConfig, saved: Path) -> None:
    with pytest.raises(WeightsError, match="another size or colour"):
        started(config.changed(colours="grey"), saved)


def test_problems_are_found_before_training(config: RunConfig, tmp_path: Path) -> None:
    photos = make_split_photos(
        tmp_path / "photos", CLASSES, {"green": 2, "red": 2}, {"green": 1, "red": 1}
    )
    index = open_dataset(photos)
    for start_from, sentence in (("", "is not said"), (str(tmp_path / "gone.pth"), "is not there")):
        wanted = config.changed(initialisation="file", start_from=start_from)
        assert [sentence in str(problem) for problem in check_run(wanted, index)] == [True]
        with pytest.raises(TLStudioError, match=sentence):
            build_classifier(wanted, CLASSES)
    with pytest.raises(StorageError):
        started(config, tmp_path)  # a folder without a run
    with pytest.raises(ConfigError, match="script"):
        run_facts(config.changed(initialisation="file", start_from="x"), index)


def test_settings_of_before_are_read(config: RunConfig) -> None:
    assert config_from_json('{"version": 1, "initialisation": "random"}').start_from == ""
    wanted = config.changed(initialisation="file", start_from="a.pth")
    assert config_from_json(wanted.to_json()) == wanted


def test_another_model_starts_from_its_own_values(config: RunConfig) -> None:
    wanted = RunConfig().changed(initialisation="file", start_from="a.pth")
    spec = get_model("resnet18")
    after = settled(wanted.changed(model="resnet18"), get_model(wanted.model), spec)
    assert (after.initialisation, after.start_from) == ("pretrained", "")


def test_on_a_terminal(config: RunConfig, saved: Path, tmp_path: Path) -> None:
    photos = make_split_photos(
        tmp_path / "photos", CLASSES, {"green": 4, "red": 4}, {"green": 2, "red": 2}
    )
    flags = ["--model", "resnet20", "--epochs", "1", "--batch-size", "4", "--device", "cpu"]
    flags += ["--strategy", "custom", "--trainable", "fc", "--augmentation", "none"]
    out = tmp_path / "out"
    assert main(["train", str(photos), "--start-from", str(saved), "--out", str(out), *flags]) == 0
    again = tmp_path / "again"  # from the run's folder
    assert main(["train", str(photos), "--start-from", str(out), "--out", str(again), *flags]) == 0
    first, second = (
        dict(
            build_classifier(
                config.changed(initialisation="file", start_from=str(p)), CLASSES
            ).network.state_dict()
        )
        for p in (saved, again)
    )
    assert {name for name in first if name not in same(first, second)} <= {"fc.weight", "fc.bias"}


@pytest.mark.parametrize("head", ["without", "two layers"])
def test_a_backbone_alone_is_enough(config: RunConfig, head: str, tmp_path: Path) -> None:
    source = dict(build_classifier(config.changed(seed=7), CLASSES).network.state_dict())
    backbone = {name: value for name, value in source.items() if not name.startswith(HEAD)}
    other = {f"{HEAD}{n}.weight": torch.ones(9, 9) for n in (0, 2)} if head != "without" else {}
    state = {f"encoder.{name}": value for name, value in (backbone | other).items()}
    torch.save({"state_dict": state, "epoch": 3}, tmp_path / "w.pth")
    assert same(started(config, tmp_path / "w.pth"), source) == set(backbone)


def test_one_of_two_copies_is_named_after_the_file(config: RunConfig, tmp_path: Path) -> None:
    live, average = (
        dict(build_classifier(config.changed(seed=seed), CLASSES).network.state_dict())
        for seed in (7, 8)
    )
    torch.save({"model": live, "model_ema": average}, tmp_path / "w.pth")
    path = tmp_path / "w.pth"
    for start, source in ((path, live), (f"{path}#model", live), (f"{path}#model_ema", average)):
        backbone = {name for name in source if not name.startswith(HEAD)}
        assert backbone <= same(started(config, Path(start)), source)
