"""A class pack on the terminal: made here, opened there, and the next step is printed."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from tests.helpers import make_photos
from tlstudio.cli.main import main, make_parser
from tlstudio.engine.data.samples import sample_dataset_folder


def test_made_looked_into_and_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    photos, pack = make_photos(tmp_path / "photos", per_class=5), tmp_path / "week 3"
    quiz = tmp_path / "quiz.txt"
    quiz.write_text("Q: A pack is one file.\nA: true\n")
    flags = ["--epochs", "3", "--device", "cpu", "--lesson", "convolution", "--quiz", str(quiz)]
    assert main(["pack", str(photos), "--out", str(pack), *flags, "--note", "Hello"]) == 0
    assert "week 3.tlspack" in capsys.readouterr().out
    pack = pack.with_suffix(".tlspack")
    monkeypatch.setenv("TLSTUDIO_HOME", str(tmp_path / "student"))
    assert main(["unpack", str(pack), "--list"]) == 0
    said = capsys.readouterr().out
    assert "dataset   photos, 10 images" in said
    assert "begins    lesson/convolution" in said
    assert not (tmp_path / "student" / "documents").exists()
    assert main(["unpack", str(pack), "--to", str(tmp_path / "class")]) == 0
    command = shlex.split(capsys.readouterr().out.rpartition("To train: ")[2])
    arguments = make_parser("train").parse_args(command[1:])
    assert arguments.data == tmp_path / "class" / "dataset" / "photos"
    assert (arguments.epochs, "device" in arguments) == ("3", False)
    assert main(["unpack", str(pack), "--to", str(tmp_path / "class")]) == 1
    assert "There is something in “class” already." in capsys.readouterr().err
    assert main(["unpack", str(photos / "red" / "red_000.png")]) == 1
    assert "is no class pack" in capsys.readouterr().err


def test_a_pack_that_names_a_sample_says_how_to_train_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pack = tmp_path / "a.tlspack"
    flags = ["--sample", "autumn_table", "--epochs", "3"]
    assert main(["pack", "--out", str(pack), *flags]) == 0
    monkeypatch.setenv("TLSTUDIO_HOME", str(tmp_path / "student"))
    assert main(["unpack", str(pack)]) == 0
    command = shlex.split(capsys.readouterr().out.rpartition("To train: ")[2])
    assert make_parser("train").parse_args(command[1:]).data == sample_dataset_folder(
        "autumn_table"
    )


def test_faults_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = ["--out", str(tmp_path / "x.tlspack")]
    (tmp_path / "mine.tlspack").write_text("mine")
    assert main(["pack", "--out", str(tmp_path / "mine"), "--sample", "produce"]) == 2
    assert "is there already" in capsys.readouterr().err
    assert (tmp_path / "mine.tlspack").read_text() == "mine"
    assert main(["pack", *out, "--lesson", "knitting"]) == 2
    assert "There is no lesson “knitting”." in capsys.readouterr().err
    assert main(["pack", *out]) == 2
    assert "nothing to put into the pack" in capsys.readouterr().err
    assert main(["pack", *out, "--sample", "nonsuch"]) == 2
    assert "nonsuch" in capsys.readouterr().err
