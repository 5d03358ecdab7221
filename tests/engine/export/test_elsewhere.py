"""Exports in a process of their own, as the window makes them."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.helpers import make_split_photos
from tlstudio.core.config import make_config
from tlstudio.core.errors import ConfigError, ExportError
from tlstudio.core.export.formats import Exported, ExportOptions, ExportProgressed
from tlstudio.core.runs.events import StopToken
from tlstudio.engine.export import elsewhere
from tlstudio.engine.export.elsewhere import export_elsewhere
from tlstudio.engine.models.build import build_classifier

# Stands for the studio: tells of progress, then waits until it is left, as the real one does.
WAITS = """
import sys
print('{"part": "write", "done": 1, "total": 2}', flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def classifier() -> Any:
    return build_classifier(
        make_config({"model": "lenet5", "initialisation": "random", "seed": 1}), ("green", "red")
    )


def run(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    """Let a few lines of Python stand for the studio."""
    monkeypatch.setattr(elsewhere, "studio_command", lambda: [sys.executable, "-c", program])


def test_it_is_the_same_as_in_this_process(classifier: Any, tmp_path: Path) -> None:
    photos = make_split_photos(tmp_path / "photos")
    out = tmp_path / "a.safetensors"
    options = ExportOptions("safetensors")
    *told, exported = export_elsewhere(classifier, options, out, StopToken(), data=photos)
    assert told and all(isinstance(event, ExportProgressed) for event in told)
    assert isinstance(exported, Exported)
    assert exported.receipt.is_passed and exported.receipt.dataset == "photos"
    assert exported.path == out and all(path.exists() for path in exported.paths)


def test_stopping_asks_it_to_end(
    classifier: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(monkeypatch, WAITS)
    stop = StopToken()
    events = export_elsewhere(classifier, ExportOptions("onnx"), tmp_path / "a.onnx", stop)
    assert isinstance(next(events), ExportProgressed)
    stop.stop()
    assert list(events) == []


def test_what_does_not_listen_is_ended_and_leaves_nothing(
    classifier: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(elsewhere, "_ENDING_S", 0.1)
    run(monkeypatch, f"{WAITS}\nwhile True: pass")
    (tmp_path / ".a.onnx.x1.part").mkdir()
    (tmp_path / ".b.onnx.x1.part").mkdir()
    stop = StopToken()
    events = export_elsewhere(classifier, ExportOptions("onnx"), tmp_path / "a.onnx", stop)
    next(events)
    stop.stop()
    assert list(events) == []
    assert [path.name for path in tmp_path.iterdir()] == [".b.onnx.x1.part"]


@pytest.mark.parametrize("program", ["", "import os; os.abort()"])
def test_a_process_that_dies_is_told_of(
    program: str, classifier: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(monkeypatch, program)
    with pytest.raises(ExportError, match="ended early"):
        list(export_elsewhere(classifier, ExportOptions(), tmp_path / "a.onnx", StopToken()))


def test_errors_keep_their_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> Iterator[object]:
        raise ConfigError("No {what}.", what="luck")
        yield

    monkeypatch.setattr(elsewhere, "export_run", fail)
    monkeypatch.setattr(elsewhere, "_stop_when_left", lambda _: None)
    said = io.StringIO()
    monkeypatch.setattr(sys, "stdout", said)
    task = {"source": "run", "options": {"format": "onnx"}, "out": "a", "data": ""}
    (tmp_path / "task.json").write_text(json.dumps(task))
    elsewhere.run_task(tmp_path / "task.json")
    with pytest.raises(ConfigError, match=r"No luck\."):
        elsewhere._event(json.loads(said.getvalue()))
