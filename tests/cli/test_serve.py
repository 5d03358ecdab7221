"""`serve`: a run that a browser or a program asks."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
import urllib.request
from typing import Any

import pytest

from tests.engine.runs.runs import write_kept
from tests.helpers import tiny_classifier
from tlstudio.cli.main import main
from tlstudio.engine.runs import weights
from tlstudio.engine.runs.store import RunStore
from tlstudio.engine.weights.load import LoadedWeights


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> str:
    """The id of a kept run."""
    write_kept(RunStore().folder / "run-1")
    loaded = LoadedWeights(tiny_classifier(), "run", 1, ())
    monkeypatch.setattr(weights, "load_any", lambda _: loaded)
    monkeypatch.setenv("no_proxy", "*")
    return "run-1"


@pytest.mark.skipif(os.name == "nt", reason="a signal cannot be sent to oneself there")
def test_it_answers_until_ctrl_c(run: str, capsys: pytest.CaptureFixture[str]) -> None:
    port = _free_port()
    answers: list[Any] = []

    def ask() -> None:
        while not answers:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/about", timeout=60) as reply:
                    answers.append(json.load(reply))
            except OSError:
                pass  # not yet
        signal.raise_signal(signal.SIGINT)

    asking = threading.Thread(target=ask)
    asking.start()
    assert main(["serve", run, "--port", str(port), "--json"]) == 0
    asking.join(60)
    assert answers[0]["classes"] == ["green", "red"]
    assert json.loads(capsys.readouterr().out) == {"address": f"http://127.0.0.1:{port}/"}


@pytest.mark.parametrize("port", ["70000", "-1", "http"])
def test_ports_are_checked(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "run-1", "--port", port]) == 2
    assert "--port" in capsys.readouterr().err


def test_a_port_that_is_taken(run: str, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["serve", run, "--port", str(port)]) == 2
    assert f"Port {port} cannot be used" in capsys.readouterr().err


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as held:
        return int(held.getsockname()[1])
