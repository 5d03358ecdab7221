"""Runs on the terminal: listed, gone on with, used by folder or id."""

from __future__ import annotations

import json
import os
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.engine.runs.runs import some_runs
from tests.helpers import make_split_photos, photo
from tlstudio.cli.main import main
from tlstudio.cli.output import Output
from tlstudio.core.runs.events import RunEndReason, RunEvent, RunStarted
from tlstudio.core.storage import preferences_path, write_preferences
from tlstudio.engine.runs.files import CHECKPOINT, read_history
from tlstudio.engine.runs.store import RunStore

FAST = (
    *("--model", "lenet5", "--initialisation", "random", "--device", "cpu"),
    *("--strategy", "from_scratch", "--image-px", "32", "--batch-size", "4"),
)
MEASURED = ("elapsed_s", "images_per_s")


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_split_photos(tmp_path_factory.mktemp("음식"), train=4, val=2)


@pytest.fixture(scope="module")
def trained(photos: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run of one epoch, of which each test takes a copy."""
    folder = tmp_path_factory.mktemp("trained")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TLSTUDIO_HOME", str(folder / "home"))
        assert main(["train", str(photos), *FAST, "--epochs", "1", "--out", str(folder / "o")]) == 0
    return folder / "o"


def said(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_run_is_listed_and_used(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["runs"]) == 0
    assert "No runs" in capsys.readouterr().out
    assert main(["train", str(photos), *FAST, "--epochs", "2", "--json"]) == 0
    ended = said(capsys)[-1]
    out = tmp_path / "mine"
    assert main(["train", str(photos), *FAST, "--epochs", "1", "--out", str(out), "--json"]) == 0
    other = said(capsys)[-1]
    assert (out / "weights.pth").is_file()
    assert main(["runs", "--json"]) == 0
    second, first = said(capsys)
    assert (first["id"], second["id"]) == (ended["run"], other["run"])
    assert (first["state"], first["epochs"], first["planned_epochs"]) == ("finished", 2, 2)
    assert (first["val_accuracy"], first["images"]) == (ended["best_val_accuracy"], 4)
    assert (first["name"], second["name"]) == (f"{photos.name} 1", f"{photos.name} 2")
    assert second["folder"] == str(out)
    assert main(["runs"]) == 0
    table = capsys.readouterr().out
    assert "lenet5" in table and "from_scratch" in table and "2 runs" in table

    image = tmp_path / "image.png"
    photo(1).save(image)
    answers = []
    for weights in (str(out), other["run"], str(out / "weights.pth")):
        assert main(["predict", weights, str(image), "--json"]) == 0
        answers.append(said(capsys))
    assert answers[0] == answers[1] == answers[2]


def test_a_folder_that_holds_a_run_takes_no_other_one(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["train", str(photos), *FAST, "--epochs", "1", "--out", str(tmp_path / "o")]
    assert main(arguments) == 0
    before = (tmp_path / "o" / "weights.pth").read_bytes()
    capsys.readouterr()
    assert main(arguments) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "holds another run already" in line and "--resume" in line
    assert (tmp_path / "o" / "weights.pth").read_bytes() == before


@pytest.mark.skipif(os.name == "nt", reason="signals differ there")
@pytest.mark.parametrize(("asked", "code"), [("SIGINT", 130), ("SIGHUP", 129)])
def test_a_run_that_learned_nothing_leaves_its_folder_free(
    asked: str,
    code: int,
    photos: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def interrupted(event: RunEvent, output: Output) -> None:
        if isinstance(event, RunStarted):
            os.kill(os.getpid(), getattr(signal, asked))

    out = tmp_path / "o"
    arguments = ["train", str(photos), *FAST, "--epochs", "1", "--out", str(out), "--json"]
    with monkeypatch.context() as patch:
        patch.setattr("tlstudio.cli.train.print_event", interrupted)
        assert main(arguments) == code
    ended = said(capsys)[-1]
    assert (ended["reason"], ended["epochs"], ended["weights"]) == ("stopped", 0, None)
    assert not out.exists()
    assert RunStore().entries() == ()
    assert main(arguments) == 0


def test_a_run_is_replaced_only_on_request_and_only_by_a_complete_one(
    photos: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    out, store = tmp_path / "o", RunStore()
    arguments = ["train", str(photos), *FAST, "--epochs", "1", "--out", str(out)]
    assert main(arguments) == 0
    (first,) = store.entries()
    before = (out / "weights.pth").read_bytes()
    (out / "run.json").write_text("damaged")
    assert main(arguments) == 2  # its weights are there all the same
    assert "--overwrite" in capsys.readouterr().err

    def interrupted(event: RunEvent, output: Output) -> None:
        if isinstance(event, RunStarted):
            signal.raise_signal(signal.SIGINT)

    with monkeypatch.context() as patch:
        patch.setattr("tlstudio.cli.train.print_event", interrupted)
        assert main([*arguments, "--overwrite"]) == 130
    assert (out / "weights.pth").read_bytes() == before
    assert main([*arguments, "--overwrite"]) == 0
    (second,) = store.entries()
    assert second.id != first.id and second.folder == out
    assert sorted(path.name for path in out.iterdir() if path.name[0] == ".") == []


def test_more_epochs(photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "o"
    assert main(["train", str(photos), *FAST, "--epochs", "2", "--out", str(out)]) == 0
    capsys.readouterr()
    assert main(["train", "--resume", str(out)]) == 2
    assert "has had its 2 epochs" in capsys.readouterr().err
    assert main(["train", "--resume", str(out), "--epochs", "5", "--json"]) == 0
    rows = said(capsys)
    assert [row["epoch"] for row in rows if row["event"] == "epoch_ended"] == [3, 4, 5]
    assert rows[-1]["epochs"] == 5
    (entry,) = RunStore().entries()
    assert (entry.epochs, entry.planned_epochs, entry.end) == (5, 5, RunEndReason.FINISHED)
    assert len(read_history(out).epochs) == 5


@pytest.mark.parametrize(
    ("flags", "part"),
    [
        (["--resume", "nothing"], "no run “nothing”"),
        (["--resume", "RUN", "--lr", "0.1"], "--learning-rate"),
        (["--resume", "RUN", "--out", "x"], "--out"),
        (["--resume", "RUN", "--epochs", "many"], "epochs"),
        (["OTHER", "--resume", "RUN", "--epochs", "5"], "not the dataset"),
    ],
)
def test_what_cannot_go_on(
    flags: list[str],
    part: str,
    trained: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    shutil.copytree(trained, tmp_path / "o")
    make_split_photos(tmp_path / "other", train=3, val=2)
    capsys.readouterr()
    places = {"RUN": str(tmp_path / "o"), "OTHER": str(tmp_path / "other")}
    assert main(["train", *(places.get(flag, flag) for flag in flags)]) in (1, 2)
    assert part in capsys.readouterr().err


def test_without_a_checkpoint(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(trained, tmp_path / "o")
    (tmp_path / "o" / CHECKPOINT).write_bytes(b"PK")
    capsys.readouterr()
    assert main(["train", "--resume", str(tmp_path / "o"), "--epochs", "3"]) == 1
    assert "damaged" in capsys.readouterr().err
    (tmp_path / "o" / CHECKPOINT).unlink()
    assert main(["train", "--resume", str(tmp_path / "o"), "--epochs", "3"]) == 1
    assert "no checkpoint" in capsys.readouterr().err


def test_runs_beside_each_other(photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ids = []
    for rate in ("0.1", "0.001"):
        flags = (*FAST, "--epochs", "1", "--learning-rate", rate, "--json")
        assert main(["train", str(photos), *flags]) == 0
        ids.append(said(capsys)[-1]["run"])
    assert main(["runs", "--compare", *ids, "--json"]) == 0
    (found,) = said(capsys)
    assert [run["id"] for run in found["runs"]] == ids
    assert found["settings"]["learning_rate"] == ["0.1", "0.001"]
    (pair,) = found["pairs"]
    assert (pair["images"], pair["first"], pair["second"]) == (4, *ids)
    assert pair["verdict"] and not pair["is_significant"]
    assert main(["runs", "--compare", *ids]) == 0
    text = capsys.readouterr().out
    assert "Learning rate" in text and pair["verdict"] in text
    assert main(["runs", "--compare", ids[0]]) == 2
    assert "Two to six runs" in capsys.readouterr().err


def test_the_terminal_follows_the_preferences(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    some_runs(RunStore(tmp_path), 2)
    write_preferences({"runs_folder": str(tmp_path), "device": "toaster"}, preferences_path())
    assert main(["runs"]) == 0
    told = capsys.readouterr()
    assert "run-0" in told.out and "run-1" in told.out
    assert "A preference is not valid: Usual device." in told.err
    preferences_path().write_text("[broken", encoding="utf-8")
    assert main(["runs"]) == 0
    told = capsys.readouterr()
    assert "No runs" in told.out and "preferences cannot be read" in told.err
