"""`models --measure` on a terminal."""

from __future__ import annotations

import json

import pytest

from tlstudio.cli.main import main
from tlstudio.engine.compare import model_speed
from tlstudio.engine.compare.model_speed import known_speeds

TINY = "shufflenet_v2_x0_5"


def test_measures_prints_and_remembers(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("INFERENCE_S", 0.0), ("TRAINING_S", 0.0), ("BATCH", 2)):
        monkeypatch.setattr(model_speed, name, value)
    assert main(["models", "--measure", TINY]) == 0
    said = capsys.readouterr().out
    assert TINY in said and "images/s training" in said and "batches of 2" in said
    (record,) = known_speeds()
    assert record.model == TINY

    assert main(["models", "--measure", TINY, "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["event"] == "measured" and printed["model"] == TINY


def test_what_does_not_fit_and_what_does_not_exist(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_speed, "free_bytes", lambda _device: 1_000_000)
    assert main(["models", "--measure", TINY]) == 1
    assert "GB of memory" in capsys.readouterr().err
    assert main(["models", "--measure", TINY, "resnet999"]) == 2
    assert "resnet999" in capsys.readouterr().err


def test_one_thing_at_a_time(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "--measure", TINY, "--download", TINY]) == 2
    assert "not allowed with" in capsys.readouterr().err
