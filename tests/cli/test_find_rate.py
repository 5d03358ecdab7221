"""`find-lr`: a range test on a terminal, for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.helpers import make_split_photos
from tlstudio.cli.main import main

FLAGS = (
    *("--device", "cpu", "--model", "resnet18", "--initialisation", "random"),
    *("--image-px", "64", "--batch-size", "6", "--precision", "float32"),
)


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_split_photos(tmp_path_factory.mktemp("data") / "photos", train=9, val=2)


def test_for_people_and_programs(photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["find-lr", str(photos), *FLAGS]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines.pop(1) == "Classes: green, red"
    assert lines[1].startswith("Recommended: ")
    assert lines[2] == "By your flags: batch size 6, precision float32, device cpu"
    assert "trainable parameters" in lines[3]
    assert main(["find-lr", str(photos), *FLAGS, "--json"]) == 0
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    points = [record for record in records if record["event"] == "rate_point"]
    end = records[-1]
    assert end["event"] == "range_ended" and end["end"] in ("complete", "diverged")
    assert [point["step"] for point in points] == list(range(1, len(points) + 1))
    assert end["reason"] in lines
    suggested = f"Suggested learning rate: {end['suggestion']:g}"
    assert (suggested in lines) if end["suggestion"] else ("No learning rate" in lines[4])


def test_wrong_use(photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["find-lr", str(photos), "--batch-size", "0"]) == 2
    assert "batch_size" in capsys.readouterr().err
    assert main(["find-lr", str(photos / "train" / "red")]) == 2
