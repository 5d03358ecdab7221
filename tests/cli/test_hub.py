"""`push` and `pull` on a terminal."""

from __future__ import annotations

import getpass
import json
from pathlib import Path

import pytest

from tests.engine.hub.conftest import hub, nobody
from tests.engine.hub.server import OWNER, TOKEN, HubServer
from tlstudio.cli.main import main
from tlstudio.core.config import RunConfig
from tlstudio.engine.models.build import build_classifier
from tlstudio.engine.weights.save import save_weights

pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")

__all__ = ["hub", "nobody"]  # fixtures


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    config = RunConfig().changed(model="lenet5", initialisation="random")
    path = tmp_path / "leaves.pth"
    save_weights(build_classifier(config, ("green", "red")), path)
    return path


def test_there_and_back(
    hub: HubServer, weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["push", str(weights), "leaves"]) == 0
    assert f"On the hub, private: {hub.address}/{OWNER}/leaves" in capsys.readouterr().out
    assert main(["push", str(weights), "leaves"]) == 2
    assert "already" in capsys.readouterr().err
    assert main(["push", str(weights), "leaves", "--update", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["repository"] == f"{OWNER}/leaves"
    out = tmp_path / "back.safetensors"
    assert main(["pull", f"{OWNER}/leaves", "--out", str(out), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["classes"] == ["green", "red"] and told["file"] == str(out)
    before = out.read_bytes()
    assert main(["pull", f"{OWNER}/leaves", "--out", str(out)]) == 2
    assert "--overwrite" in capsys.readouterr().err and out.read_bytes() == before
    assert main(["pull", f"{OWNER}/leaves", "--out", str(out), "--overwrite"]) == 0


def test_public_is_asked_for(hub: HubServer, weights: Path) -> None:
    assert main(["push", str(weights), "leaves", "--public"]) == 0
    assert not hub.repositories[f"{OWNER}/leaves"].private


def test_a_login_is_asked_for_once(
    nobody: HubServer,
    weights: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert main(["push", str(weights), "leaves"]) == 2
    assert "not logged in" in capsys.readouterr().err
    monkeypatch.setattr(getpass, "getpass", lambda _: TOKEN)
    assert main(["push", str(weights), "leaves", "--login"]) == 0
    assert main(["push", str(weights), "others"]) == 0
    said = capsys.readouterr()
    assert TOKEN not in said.out + said.err


def test_what_came_is_read_before_it_is_written(
    hub: HubServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hub.put("evil/one", model__safetensors=b"no weights at all")
    out = tmp_path / "x.safetensors"
    assert main(["pull", "evil/one", "--out", str(out)]) == 2
    assert capsys.readouterr().err and not out.exists()
