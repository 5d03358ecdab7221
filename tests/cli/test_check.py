"""`check` and `copy` on a terminal."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.health.pictures import dataset, features_of
from tlstudio.cli.main import main
from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.runs.events import StopToken
from tlstudio.engine.probing.features import PoolingProgressed


@pytest.fixture
def leaky(tmp_path: Path) -> Path:
    root = dataset(tmp_path / "photos")
    shutil.copy(root / "train/ants/0.png", root / "train/ants/copy.png")
    shutil.copy(root / "train/bees/1.png", root / "val/bees/leak.png")
    return root


def test_findings_are_lines_and_the_exit_code_says_whether_they_matter(
    leaky: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(leaky), "--fast"]) == 1
    said = capsys.readouterr().out
    assert "Copies in several splits: 1" in said
    assert "val/bees/leak.png" in said
    assert "leaks=leave_out_of_training" in said
    assert "Perhaps of another class: The features" in said

    remedies = ["--apply", "leaks=leave_out_of_training", "--apply", "exact_copies=keep_one"]
    assert main(["check", str(leaky), "--fast", *remedies]) == 0
    assert "Nothing was found" in capsys.readouterr().out
    assert main(["check", str(leaky), "--fast", "--json"]) == 0  # it is remembered
    *_, ended = map(json.loads, capsys.readouterr().out.splitlines())
    assert ended["counts"] == {}
    assert len(list(leaky.rglob("*.png"))) == 26  # no file was touched

    out = leaky.parent / "clean"
    assert main(["copy", str(leaky), "--out", str(out)]) == 0
    assert not (out / "train/bees/1.png").exists()
    assert (out / "val/bees/leak.png").exists()
    assert len(list(out.rglob("*.png"))) == 24


def test_with_features_doubtful_classes_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = dataset(tmp_path / "photos", per_class=9)
    (root / "train/ants/0.png").rename(root / "train/bees/wrong.png")

    def features(index: DatasetIndex, stop: StopToken) -> Iterator[object]:
        yield PoolingProgressed(1, 36, 0)
        ants = features_of(index).vectors[[s.class_index == 0 for s in index.samples]]
        yield features_of(index, wrong=ants.mean(axis=0))

    monkeypatch.setattr("tlstudio.engine.probing.dataset_features.dataset_features", features)
    assert main(["check", str(root), "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    labels = next(row for row in rows if row.get("kind") == "labels")
    assert labels["images"] == ["train/bees/wrong.png"]
    assert labels["values"]["suggested"] == "ants"
    assert labels["remedies"] == ["move", "leave_out", "accept"]


@pytest.mark.parametrize("wish", ["nothing=move", "leaks=move", "leaks"])
def test_a_remedy_that_there_is_not_is_told(
    leaky: Path, wish: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(leaky), "--apply", wish]) == 2
    assert "There are " in capsys.readouterr().err
