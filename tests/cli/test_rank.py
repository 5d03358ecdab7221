"""`rank` on a terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.helpers import make_split_photos
from tlstudio.cli.main import main
from tlstudio.core.runs.events import StopToken
from tlstudio.engine.data.loader import eval_batches
from tlstudio.engine.probing import features

TINY = ["--image-px", "64", "--precision", "float32", "--device", "cpu"]


@pytest.fixture
def photos(tmp_path: Path) -> str:
    return str(make_split_photos(tmp_path / "photos", train=6))


def test_a_table_best_first_and_then_from_memory(
    photos: str, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["rank", photos, *TINY, "--random", "squeezenet1_1"]
    assert main(command) == 0
    said = capsys.readouterr().out
    assert "2 classes, 12 train" in said
    table = [line for line in said.splitlines() if line[:1].isdecimal()]
    assert len(table) == 2
    assert any("tf_efficientnet_lite0" in line and "ImageNet-1k" in line for line in table)
    assert any("squeezenet1_1" in line and "random" in line for line in table)
    assert "5-fold cross-validation on 12 training images" in said

    assert main([*command, "--json"]) == 0
    *rows, ended = [json.loads(line) for line in capsys.readouterr().out.splitlines()][-3:]
    assert all(row["event"] == "ranked" and row["is_kept"] for row in rows)
    assert all(row["low"] <= row["accuracy"] <= row["high"] for row in rows)
    assert ended["event"] == "ended"
    assert ended["is_complete"]
    assert len(ended["order"]) == 2
    assert ended["tied"][0] == ended["order"][0]


def test_wrong_names_are_told_before_anything_runs(
    photos: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rank", photos, "--models", "resnet999"]) == 2
    assert main(["rank", photos, "--models", "resnet18:no_such"]) == 2
    assert main(["rank", photos, "--random", "resnet999"]) == 2
    said = capsys.readouterr()
    assert "resnet999" in said.err
    assert "no weights called “no_such”" in said.err
    assert not said.out


def test_weights_that_are_not_there_fail_alone(
    photos: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rank", photos, *TINY, "--models", "resnet18"]) == 1
    assert "not on this machine" in capsys.readouterr().err


def test_ctrl_c_ends_cleanly(
    photos: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import signal

    before = signal.getsignal(signal.SIGINT)

    def interrupted(*arguments: object, stop: StopToken, **options: object) -> object:
        signal.raise_signal(signal.SIGINT)
        return eval_batches(*arguments, stop=stop, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(features, "eval_batches", interrupted)
    assert main(["rank", photos, *TINY, "--models", "tf_efficientnet_lite0", "--json"]) == 130
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["is_complete"] is False
    assert signal.getsignal(signal.SIGINT) is before
