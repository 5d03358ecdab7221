"""Weights of many networks from one folder: told apart, taken once, and nothing replaced."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from tests.engine.classroom.test_pack import MODEL, WEIGHTS_NAME, move_to, network
from tests.helpers import tiny_network
from tlstudio.cli.main import main
from tlstudio.core.classroom.weights import Arrival, FoundWeights, WeightsProgressed
from tlstudio.core.errors import StorageError
from tlstudio.core.networks.downloads import WeightsName
from tlstudio.core.runs.events import StopToken
from tlstudio.engine.classroom import weights as weights_module
from tlstudio.engine.classroom.weights import find_weights, take_weights
from tlstudio.engine.models.catalog import pretrained_path
from tlstudio.engine.weights import import_file
from tlstudio.engine.weights.import_file import import_weights

OTHER = "test_resnet"


@pytest.fixture
def stick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two networks, one of them twice, and what is no weights of the catalog."""
    move_to(tmp_path / "student", monkeypatch)
    folder = tmp_path / "stick"
    inner = folder / "hub" / f"models--timm--{MODEL}.{WEIGHTS_NAME}" / "snapshots" / "1"
    inner.mkdir(parents=True)
    save_file(network().state_dict(), inner / "model.safetensors")
    shutil.copy(inner / "model.safetensors", folder / f"{MODEL}.{WEIGHTS_NAME}.safetensors")
    save_file(network(OTHER).state_dict(), folder / f"{OTHER}.r160_in1k.safetensors")
    torch.save(tiny_network().state_dict(), folder / "mine.pth")
    (folder / "broken.pth").write_bytes(b"nothing")
    (folder / "._mine.pth").write_bytes(b"of a Mac")
    (folder / "notes.txt").write_text("not looked at")
    return folder


def found(folder: Path) -> tuple[FoundWeights, ...]:
    rows = list(find_weights(folder, StopToken()))[-1]
    assert isinstance(rows, tuple)
    return rows


def arrivals(rows: Any) -> dict[str, Arrival]:
    return {row.path.name: row.arrival for row in rows if isinstance(row, FoundWeights)}


def test_all_come_at_once(stick: Path) -> None:
    rows = found(stick)
    named = f"{MODEL}.{WEIGHTS_NAME}.safetensors"
    expected = {
        named: Arrival.NEW,
        f"{OTHER}.r160_in1k.safetensors": Arrival.NEW,
        "broken.pth": Arrival.UNKNOWN,
        "mine.pth": Arrival.UNKNOWN,
        "model.safetensors": Arrival.TWICE,
    }
    assert arrivals(rows) == expected
    assert all(row.problem is not None for row in rows if row.arrival is Arrival.UNKNOWN)
    assert pretrained_path(MODEL, WEIGHTS_NAME) is None  # nothing came yet
    events = list(take_weights(rows, StopToken()))
    assert arrivals(events) == {n: Arrival.TAKEN for n, a in expected.items() if a is Arrival.NEW}
    there = pretrained_path(MODEL, WEIGHTS_NAME)
    assert there is not None and there.read_bytes() == (stick / named).read_bytes()
    assert pretrained_path(OTHER, "r160_in1k") is not None
    again = arrivals(found(stick))
    assert again[named] is again["model.safetensors"] is Arrival.HERE
    assert events[-1] == WeightsProgressed(2, 2)


def test_what_is_here_stays_and_a_bad_copy_goes(
    stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = found(stick)
    import_weights(stick / f"{MODEL}.{WEIGHTS_NAME}.safetensors")
    there = pretrained_path(MODEL, WEIGHTS_NAME)
    assert there is not None
    before = there.stat().st_mtime_ns
    monkeypatch.setattr(weights_module, "sha256_of", lambda _: "0" * 64)
    events = list(take_weights(rows, StopToken()))
    ended = arrivals(events)
    assert ended[f"{MODEL}.{WEIGHTS_NAME}.safetensors"] is Arrival.HERE
    assert there.stat().st_mtime_ns == before
    assert ended[f"{OTHER}.r160_in1k.safetensors"] is Arrival.FAILED
    assert pretrained_path(OTHER, "r160_in1k") is None


def test_stopped_and_full(stick: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stop = StopToken()
    stop.stop()
    assert list(find_weights(stick, stop)) == []
    row = FoundWeights(
        stick / "mine.pth", 10, Arrival.NEW, WeightsName(MODEL, WEIGHTS_NAME), "0" * 64
    )
    assert list(take_weights([row], stop)) == []
    usage = type("Usage", (), {"free": 1 << 20})
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage)
    with pytest.raises(StorageError, match="The disk is too full"):
        list(take_weights([row], StopToken()))
    with pytest.raises(StorageError, match="“gone” cannot be read"):
        list(find_weights(stick / "gone", StopToken()))


@pytest.mark.parametrize("moment", ["_check_fit", "_is_safetensors", "_copy"])
def test_a_stick_that_is_pulled_out_is_told_as_such(
    stick: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    rows = found(stick)
    real = getattr(import_file, moment)

    def pull_first(*args: Any) -> Any:
        shutil.rmtree(stick, ignore_errors=True)
        return real(*args)

    monkeypatch.setattr(import_file, moment, pull_first)
    ended = [row for row in take_weights(rows, StopToken()) if isinstance(row, FoundWeights)]
    assert [row.arrival for row in ended] == [Arrival.FAILED] * 2
    assert all("no longer there" in str(row.problem) for row in ended)


def test_on_the_terminal(stick: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "--import", str(stick), "--dry-run"]) == 0
    said, noted = capsys.readouterr()
    assert f"{WEIGHTS_NAME} of {MODEL}  Comes" in said
    assert "2 of 5 files would be imported." in noted
    assert "mine.pth" in said and "Left out: " in said
    assert pretrained_path(MODEL, WEIGHTS_NAME) is None
    assert main(["models", "--import", str(stick)]) == 0
    said, noted = capsys.readouterr()
    assert f"{WEIGHTS_NAME} of {MODEL}  Imported" in said
    assert "2 of 5 files imported." in noted
    assert main(["models", "--import", str(stick / "mine.pth"), "--dry-run"]) == 2


@pytest.mark.skipif(os.name == "nt", reason="no pipes in folders there")
def test_what_has_no_end_is_not_looked_into(stick: Path) -> None:
    before = arrivals(found(stick))
    os.mkfifo(stick / "pipe.pth")
    (stick / "zeros.pth").symlink_to("/dev/zero")
    (stick / "round.pth").symlink_to(stick / "round.pth")
    (stick / "folder.pth").mkdir()
    assert arrivals(found(stick)) == before
    for folder in (stick / "pipe.pth", stick / "mine.pth", Path("a\0b")):
        with pytest.raises(StorageError, match="cannot be read"):
            found(folder)
