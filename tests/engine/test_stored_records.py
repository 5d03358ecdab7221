"""Files that the studio wrote before still open; broken ones are told apart from missing ones.

Leaderboards, evidence and speeds are caches: where a file is of no use, they are measured anew.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tlstudio.core.advice.evidence import EVIDENCE_VERSION, EvidenceRecord, StageEvidence
from tlstudio.core.compare import SpeedRecord
from tlstudio.core.data.dataset import SplitConfig
from tlstudio.core.errors import StorageError
from tlstudio.core.rank import FORMAT, Candidate, LeaderboardRecord
from tlstudio.core.storage import cached_record, keep_newest, read_record, write_record
from tlstudio.engine.compare import model_speed
from tlstudio.engine.data.stored_splits import store_split, stored_split
from tlstudio.engine.downloads.partial import PartialFile, PartialNote

LEADERBOARD = """{"version": 1, "dataset": "d0", "name": "fotos", "images": 4, "of_images": 9,
"classes": 2, "folds": 5, "lonely": ["rare"], "made_on": "2026-11-01", "rows": [{"candidate":
{"model": "resnet18", "weights": "IMAGENET1K_V1", "initialisation": "pretrained"}, "title":
"ResNet-18", "network": "n0", "answers": "10-1", "knn_accuracy": 0.5, "logme": -0.25, "features":
512, "parameters": 11177538, "weights_bytes": 46830571, "image_px":
224, "images_per_s": 40.5, "memory_bytes": null, "elapsed_s": 1.5}]}"""

EVIDENCE = """{"version": 1, "key": "k", "model": "resnet18", "weights": "w", "image_px": 224,
"classes": 2, "images": 4, "train_images": 9, "folds": 5, "chance": 0.5, "pixels": %s,
"stages": [%s], "head": %s, "handedness": 0.5, "measured_on": "2026-11-01"}"""
STAGE = """{"path": "%s", "features": 8, "parameters": 10, "answers": "1101",
"knn_accuracy": null, "gradient_ratio": 0.125}"""

SPEEDS = """{"version": 1, "records": [{"model": "tiny", "image_px": 32, "batch": 2, "device":
"A processor", "precision": "float32", "torch_version": "2.14.1", "inference_images_per_s": 10.5,
"training_images_per_s": 3, "memory_bytes": null, "memory_source": "", "measured_on": "2026-11-01",
"is_steady": true}]}"""

SPLIT = """{
  "version": 1, "root": "/somewhere", "val_fraction": 0.4, "test_fraction": 0.1, "seed": 7
}"""

NOTE = """{"model": "resnet18", "weights": "IMAGENET1K_V1", "address": "https://example.org/w.pth",
"version": "\\"etag\\"", "total_bytes": 100}"""


def written(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_an_old_leaderboard(tmp_path: Path) -> None:
    found = read_record(written(tmp_path / "a.json", LEADERBOARD), LeaderboardRecord, FORMAT)
    assert found is not None and found.lonely == ("rare",)
    (row,) = found.rows
    assert row.candidate == Candidate("resnet18", "IMAGENET1K_V1")
    assert (row.answers, row.logme) == ("10-1", -0.25)


def test_old_evidence(tmp_path: Path) -> None:
    text = EVIDENCE % tuple(STAGE % path for path in ("", "layer1", "fc"))
    found = read_record(written(tmp_path / "a.json", text), EvidenceRecord, EVIDENCE_VERSION)
    assert found is not None
    assert found.stages == (StageEvidence("layer1", 8, 10, "1101", None, 0.125),)
    assert list(found.by_path) == ["layer1", "fc"]


def test_old_speeds(own_home: Path) -> None:
    written(own_home / "cache" / "speeds.json", SPEEDS)
    (found,) = model_speed._stored()
    assert isinstance(found, SpeedRecord)
    assert (found.key, found.memory_bytes, found.is_steady) == (("tiny", 32), None, True)


def test_an_old_split(own_home: Path, tmp_path: Path) -> None:
    store_split(tmp_path, SplitConfig())
    (file,) = (own_home / "data" / "splits").iterdir()
    written(file, SPLIT)
    assert stored_split(tmp_path) == SplitConfig(0.4, 0.1, 7)


def test_an_old_note_of_an_unfinished_download(tmp_path: Path) -> None:
    part = PartialFile(tmp_path / "w.pth")
    note = PartialNote("resnet18", "IMAGENET1K_V1", "https://example.org/w.pth", '"etag"', 100)
    written(part.note_path, NOTE)
    assert part.note() == note
    part.remember(note)
    assert part.note() == note


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "3", "null", "{}", '{"version": 1}', '{"version": 9}', "[" * 100_000],
    ids=lambda text: text[:15],
)
def test_broken_files_are_an_error_of_their_own(text: str, tmp_path: Path) -> None:
    path = written(tmp_path / "a.json", text)
    with pytest.raises(StorageError, match="damaged"):
        read_record(path, LeaderboardRecord, FORMAT)
    assert cached_record(path, LeaderboardRecord, FORMAT) is None


def test_a_missing_file_is_none(tmp_path: Path) -> None:
    assert read_record(tmp_path / "none.json", LeaderboardRecord, FORMAT) is None


def test_names_that_are_no_text_do_not_hinder(tmp_path: Path) -> None:
    one = LeaderboardRecord("d", "fotos\udcff", images=0, of_images=0, classes=2, folds=5)
    write_record(tmp_path / "a.json", one, FORMAT)
    found = read_record(tmp_path / "a.json", LeaderboardRecord, FORMAT)
    assert found is not None and found.name == "fotos?"


def test_the_newest_are_kept(tmp_path: Path) -> None:
    for number in (3, 1, 2):
        path = written(tmp_path / f"{number}.json", "{}")
        os.utime(path, (number, number))
    written(tmp_path / "other.txt", "")
    keep_newest(tmp_path, "*.json", 2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2.json", "3.json", "other.txt"]
    keep_newest(tmp_path / "none", "*.json", 2)
