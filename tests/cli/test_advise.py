"""`advise`: the table of depths, the advice in words, and the command that follows."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from tests.helpers import make_split_photos
from tlstudio.cli.main import main

SMALL = ("--image-px", "32", "--device", "cpu")


def test_advice_that_can_be_followed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = str(make_split_photos(tmp_path / "my photos", train=20, val=3))
    assert main(["advise", data, *SMALL]) == 0
    out = capsys.readouterr().out.splitlines()
    table = [line.split()[0] for line in out if line.startswith(("blocks.", "conv_head", "(raw"))]
    assert table == ["(raw", *(f"blocks.{n}" for n in range(7)), "conv_head"]
    assert "Layers to train" in out and "Learning rate" in out
    command = shlex.split(out[-1])
    assert command[:3] == ["tlstudio-cli", "train", data]
    assert main([*command[1:], "--epochs", "1", "--out", str(tmp_path / "out")]) == 0


def test_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = str(make_split_photos(tmp_path, train={"red": 20, "green": 5}, val=3))
    assert main(["advise", data, "--json", *SMALL]) == 0
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    stages = [record for record in records if record["event"] == "stage"]
    assert stages[0]["path"] == "" and stages[-1]["path"] == "classifier"
    assert all(0 <= r["probe_low"] < r["probe_high"] <= 1 for r in stages)
    advice = records[-1]
    assert advice["event"] == "advice"
    assert advice["settings"]["balance"] == "weights"
    assert "--balance" not in advice["command"]  # as recommended anyway
    assert {"topic", "statement", "reasons"} == set(advice["items"][0])


def test_without_measuring(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = str(make_split_photos(tmp_path, train=2, val=1))
    assert main(["advise", data, "--no-measuring", *SMALL]) == 0
    out = capsys.readouterr().out
    assert "probe" not in out.splitlines()[1]
    assert "is not measured" in out


def test_too_few_images_are_told_and_advised_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = str(make_split_photos(tmp_path, train=1, val=1))
    assert main(["advise", data, *SMALL]) == 0
    captured = capsys.readouterr()
    assert "too few images" in captured.err
    assert "tlstudio-cli train" in captured.out


def test_a_model_without_weights(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = str(make_split_photos(tmp_path, train=4, val=2))
    assert main(["advise", data, "--model", "lenet5"]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert "--strategy from_scratch" in last and "--preset" not in last
    assert "--optimizer" not in last  # as recommended anyway
    assert main(["advise", str(tmp_path / "nowhere")]) == 2
