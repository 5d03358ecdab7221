"""`predict` with everything that is made of its answers."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.helpers import make_photos, tiny_classifier
from tlstudio.cli.main import main
from tlstudio.engine.runs import weights


@pytest.fixture
def photos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Green and red photos, and a network for any name of weights."""
    classifier = tiny_classifier(("green", "red"))
    loaded = SimpleNamespace(classifier=classifier, notes=())
    monkeypatch.setattr(weights, "load_any", lambda *_, **__: loaded)
    return make_photos(tmp_path / "photos", per_class=3)


def test_table_truth_and_sorting_agree(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table, target = tmp_path / "answers.csv", tmp_path / "sorted"
    (photos / "red" / "bad.png").write_bytes(b"")
    options = ["--truth", "--csv", str(table), "--sort-into", str(target), "--json"]
    assert main(["predict", "w.pth", str(photos), *options]) == 0
    captured = capsys.readouterr()
    *rows, summary = map(json.loads, captured.out.splitlines())
    assert len(rows) == 6
    assert summary["images"] == 6
    assert summary["right"] == sum(row["right"] for row in rows)
    assert summary["interval"][0] <= summary["accuracy"] <= summary["interval"][1]
    cells = list(csv.DictReader(io.StringIO(table.read_text(encoding="utf-8-sig"))))
    assert [cell["predicted"] for cell in cells[:6]] == [row["predicted"] for row in rows]
    assert [cell["true"] for cell in cells] == ["green"] * 3 + ["red"] * 3 + [""]
    assert cells[6]["problem"]
    copies = sorted(path.relative_to(target).as_posix() for path in target.rglob("*.png"))
    assert copies == sorted(f"{row['predicted']}/{Path(row['path']).name}" for row in rows)
    assert str(target) in captured.err

    assert main(["predict", "--undo", str(target)]) == 0
    assert "6 copies removed" in capsys.readouterr().out
    assert not target.exists()
    assert main(["predict", "--undo", str(photos)]) == 2
    assert "No images were sorted" in capsys.readouterr().err


def test_a_table_replaces_nothing_without_a_word(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photo = photos / "red" / "red_000.png"
    before = photo.read_bytes()
    assert main(["predict", "w.pth", str(photo), "--csv", str(photo)]) == 2
    assert "--overwrite" in capsys.readouterr().err and photo.read_bytes() == before
    table = tmp_path / "mine.csv"
    table.write_text("mine")
    assert main(["predict", "w.pth", str(photo), "--csv", str(table), "--overwrite"]) == 0
    assert table.read_text(encoding="utf-8-sig").startswith("path,")


def test_several_classes_are_named(photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    image = str(photos / "red" / "red_000.png")
    assert main(["predict", "w.pth", image, "--top", "2", "--truth"]) == 0
    line, accuracy, *_ = capsys.readouterr().out.splitlines()
    path, first, _, second, _, verdict = line.split("\t")
    assert path == image and {first, second} == {"green", "red"}
    assert verdict == ("right" if first == "red" else "wrong: is red")
    assert "of 1 images" in accuracy


@pytest.mark.parametrize(
    "options",
    [["w.pth"], [], ["w.pth", "x.png", "--top", "0"], ["w.pth", "x.png", "--least", "101"]],
)
def test_wrong_use_is_told(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", *options]) == 2
    assert capsys.readouterr().err
