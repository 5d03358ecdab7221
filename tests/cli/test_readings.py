"""Folders that can be read in several ways, on the terminal: refused with a flag for each way."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.helpers import make_photos
from tlstudio.cli.main import main
from tlstudio.cli.output import Output
from tlstudio.cli.run_lines import print_dataset
from tlstudio.engine.data.sources import open_dataset

SMALL = ("--model", "resnet20", "--strategy", "from_scratch", "--epochs", "1", "--device", "cpu")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make_photos(tmp_path / "data" / "train", ("a", "b"), 2)
    make_photos(tmp_path / "data" / "dev", ("c", "d"), 2)
    return tmp_path / "data"


def test_it_is_refused_with_a_flag_for_each_reading(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", str(folder), *SMALL]) == 2
    said = capsys.readouterr().err
    assert "more than one way" in said
    assert "--read-as splits   “train”, “dev” are splits of the same classes." in said
    assert "--read-as classes  Each folder is a class: “dev”, “train”." in said
    assert "Classes: a, b, c, d; images: 4 train, 4 val" in said
    assert "Classes: dev, train; images: 8, which the studio splits" in said


def test_the_flag_chooses_and_the_run_goes_on_with_it(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "run"
    assert main(["train", str(folder), *SMALL, "--read-as", "classes", "--out", str(out)]) == 0
    assert "Classes: dev, train\n" in capsys.readouterr().out
    split = json.loads((out / "split.json").read_text(encoding="utf-8"))
    assert split["options"] == {"reading": "classes"} and split["classes"] == ["dev", "train"]
    assert main(["train", "--resume", str(out), "--epochs", "2"]) == 0
    assert "Classes: dev, train\n" in capsys.readouterr().out


def test_a_dataset_nearby_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_photos(tmp_path, ("cat", "dog"), 2)
    assert main(["train", str(tmp_path / "cat"), *SMALL]) == 2
    assert f"open this instead: {tmp_path}\n" in capsys.readouterr().err


def test_many_left_out_files_do_not_flood_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_photos(tmp_path / "train", ("cat", "dog"), 3)
    make_photos(tmp_path, ("test",), 30)
    print_dataset(open_dataset(tmp_path), Output())
    out, said = capsys.readouterr()
    assert "Classes: cat, dog\n" in out
    assert said.count("test/") == 20 and "10 more files" in said
