"""`layers`: the layer table on a terminal, in four forms."""

from __future__ import annotations

import csv
import json

import pytest

from tlstudio.cli.main import main


def test_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["layers", "resnet18"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert len(out) == 67 + 2
    conv = next(line for line in out if line.startswith("conv1 "))
    assert conv.split() == [
        *("conv1", "Conv2d", "7×7", "2", "3", "64×112×112"),
        *("9,408", "118,013,952", "7", "6.5", "%"),
    ]
    assert out[-1].split()[:4] == ["total", "ResNet", "1000", "11,689,512"]
    assert any(line.split()[0] == "fc" and "image" in line for line in out)


def test_as_markdown_csv_and_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["layers", "squeezenet1_1", "--markdown"]) == 0
    markdown = capsys.readouterr().out
    assert markdown.startswith("| Layer | Type |")
    assert "**1,235,496**" in markdown
    assert main(["layers", "squeezenet1_1", "--csv", "--classes", "3"]) == 0
    rows = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    assert next(row for row in rows if row["path"] == "classifier.1")["output"] == "3x13x13"
    assert main(["layers", "squeezenet1_1", "--json"]) == 0
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(records) == 67
    assert records[1]["path"] == "features.0"


def test_another_size_and_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["layers", "resnet18", "--size", "64", "--csv"]) == 0
    rows = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    assert next(row for row in rows if row["path"] == "layer4")["output"] == "512x2x2"
    assert main(["layers", "resnet19"]) == 2
    assert "resnet18" in capsys.readouterr().err
    assert main(["layers", "resnet18", "--classes", "0"]) == 2
