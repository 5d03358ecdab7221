"""Sorting images into class folders, and taking it back."""

from __future__ import annotations

import json
import os
from collections import namedtuple
from pathlib import Path

import pytest

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.errors import DatasetError, StorageError
from tlstudio.core.runs.events import StopToken
from tlstudio.core.runs.predictions import Novelty, PredictionRecord
from tlstudio.core.use.pictures import picture
from tlstudio.core.use.sorting import Sorted, SortFolders, SortProgressed
from tlstudio.engine.use import sorting
from tlstudio.engine.use.sorting import newest_log, sort_into, undo_sort

CLASSES = ("leaf", "사과")


def answer(path: Path, leaf: float = 0.9, *, share: float | None = None) -> PredictionRecord:
    novelty = None if share is None else Novelty(0.5, share, 0.05)
    return PredictionRecord(ImageRef.of_file(path), (leaf, 1 - leaf), novelty=novelty)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    for name in ("a.jpg", "b.jpg", "inner/a.jpg"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(name.encode() * 1000)
        os.utime(folder / name, (1_000_000_000, 1_000_000_000))
    return folder


def sort(records: list[PredictionRecord], target: Path, least: float = 0.0) -> Sorted:
    *_, end = sort_into(records, SortFolders.of(CLASSES, least), target)
    assert isinstance(end, Sorted)
    return end


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_images_go_into_the_folders_of_their_answers(photos: Path, tmp_path: Path) -> None:
    before, target = files(photos), tmp_path / "sorted"
    records = [
        answer(photos / "a.jpg"),
        answer(photos / "b.jpg", 0.2),
        answer(photos / "inner/a.jpg"),
        answer(photos / "b.jpg", 0.99, share=0.0),
        answer(photos / "b.jpg", 0.55),
    ]
    end = sort(records, target, 0.6)
    assert end.copied == 5 and end.is_whole and end.log is not None
    found = files(target)
    del found[end.log.name]
    assert found == {
        "leaf/a.jpg": before["a.jpg"],
        "leaf/a (2).jpg": before["inner/a.jpg"],
        "사과/b.jpg": before["b.jpg"],
        "none of these/b.jpg": before["b.jpg"],
        "unsure/b.jpg": before["b.jpg"],
    }
    assert (target / "leaf/a.jpg").stat().st_mtime == 1_000_000_000
    assert files(photos) == before

    undone = undo_sort(target)
    assert undone.removed == 5 and not undone.kept
    assert not target.exists()
    assert files(photos) == before


def test_undoing_removes_only_what_was_copied(photos: Path, tmp_path: Path) -> None:
    target = tmp_path / "sorted"
    (target / "leaf").mkdir(parents=True)
    (target / "leaf" / "a.jpg").write_bytes(b"mine")
    first = sort([answer(photos / "a.jpg"), answer(photos / "b.jpg")], target)
    second = sort([answer(photos / "b.jpg", 0.1)], target)
    assert first.log is not None and second.log is not None
    assert (target / "leaf" / "a (2).jpg").is_file()
    (target / "leaf" / "b.jpg").write_bytes(b"edited since")
    assert undo_sort(target).removed == 1  # the newest one first
    assert not (target / "사과").exists()
    undone = undo_sort(first.log)
    assert undone.removed == 1
    assert undone.kept == (target / "leaf" / "b.jpg",)
    assert files(target) == {"leaf/a.jpg": b"mine", "leaf/b.jpg": b"edited since"}
    with pytest.raises(DatasetError, match="No images were sorted"):
        undo_sort(target)


def test_a_log_of_a_stranger_leads_nowhere_else(photos: Path, tmp_path: Path) -> None:
    target = tmp_path / "sorted"
    end = sort([answer(photos / "a.jpg")], target)
    assert end.log is not None
    digest = json.loads(end.log.read_text().splitlines()[-1])["digest"]
    own = photos / "a.jpg"
    lines = [
        {"copy": f"../photos/{own.name}", "digest": digest},
        {"copy": str(own), "digest": digest},
        {"copy": ["x"], "digest": digest},
        {"folder": "../photos"},
        {"folder": ".."},
    ]
    text = "".join(json.dumps(line) + "\n" for line in lines) + "[1]\nno JSON\n" + "[" * 70_000
    end.log.write_text(end.log.read_text() + text)
    (target / "link").symlink_to(photos)
    with end.log.open("a") as file:
        file.write("\n" + json.dumps({"copy": f"link/{own.name}", "digest": digest}) + "\n")
    assert undo_sort(target).removed == 1
    assert own.is_file()


def test_undoing_deletes_no_file_that_is_no_log(photos: Path) -> None:
    before = files(photos)
    note = photos / "notes.jsonl"
    note.write_text(json.dumps({"copy": "inner/a.jpg", "digest": ""}))
    for place in (photos / "a.jpg", note, photos / ("n" * 300)):
        with pytest.raises(DatasetError):
            undo_sort(place)
    note.unlink()
    assert files(photos) == before


def test_a_log_of_names_that_no_system_has_is_passed_over(tmp_path: Path) -> None:
    log = tmp_path / f"{sorting.LOG_START}1{sorting.LOG_SUFFIX}"
    lines: list[dict[str, str]] = [{"folder": "\ud800"}, {"copy": "\ud800/a", "digest": ""}]
    log.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert undo_sort(tmp_path).removed == 0


def test_copies_behind_a_link_are_told_of(photos: Path, tmp_path: Path) -> None:
    target, elsewhere = tmp_path / "sorted", tmp_path / "elsewhere"
    target.mkdir()
    elsewhere.mkdir()
    (target / "leaf").symlink_to(elsewhere)
    sort([answer(photos / "a.jpg")], target)
    undone = undo_sort(target)
    assert (undone.removed, undone.kept) == (0, (target / "leaf" / "a.jpg",))


def test_it_never_sorts_into_the_folder_of_the_images(photos: Path) -> None:
    before = files(photos)
    record = answer(photos / "inner" / "a.jpg")
    own = PredictionRecord(ImageRef(type(record.image.container)(photos), "b.jpg"), (0.9, 0.1))
    for target in (photos, photos / "sorted", photos / "inner" / "x"):
        with pytest.raises(StorageError, match="lies within"):
            sort([own, record], target)
    leaf = photos.parent / "leaf"
    leaf.mkdir()
    (leaf / "a.jpg").write_bytes(b"a")
    with pytest.raises(StorageError, match="leaf"):  # its class folder is where it comes from
        sort([answer(leaf / "a.jpg")], photos.parent)
    assert files(photos) == before


def test_stopping_leaves_whole_files_that_can_be_undone(photos: Path, tmp_path: Path) -> None:
    target, stop, before = tmp_path / "sorted", StopToken(), files(photos)
    end = None
    records = [answer(photos / "a.jpg"), answer(photos / "b.jpg")]
    for step in sort_into(records, SortFolders.of(CLASSES), target, stop):
        if isinstance(step, SortProgressed) and step.done == 1:
            stop.stop()
        end = step
    assert isinstance(end, Sorted) and not end.is_whole and end.copied <= 2
    found = files(target)
    assert {name: found[name] for name in found if name.startswith("leaf/")} == {
        f"leaf/{name}": before[name] for name in ("a.jpg", "b.jpg")[: end.copied]
    }
    assert undo_sort(target).removed == end.copied
    assert not target.exists()


def test_a_full_disk_leaves_no_half_file(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "sorted"
    records = [answer(photos / "a.jpg"), answer(photos / "b.jpg")]

    def full(part: Path, target: Path) -> None:
        if target.name == "b.jpg":
            raise OSError(28, "No space left on device")
        os.link(part, target)

    monkeypatch.setattr(sorting, "_claim", full)
    with pytest.raises(StorageError, match="No space left"):
        sort(records, target)
    assert sorted(path.name for path in (target / "leaf").iterdir()) == ["a.jpg"]
    assert undo_sort(target).removed == 1

    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(sorting.shutil, "disk_usage", lambda path: usage(1, 1, 100))
    with pytest.raises(StorageError, match="The copies take"):
        sort(records, target)
    assert not target.exists()


def test_pictures_of_the_clipboard_are_written_and_lost_files_told(
    photos: Path, tmp_path: Path
) -> None:
    pasted = PredictionRecord(picture(b"png", "Pasted 1.png"), (1.0, 0.0))
    gone = answer(photos / "gone.jpg")
    end = sort([pasted, gone], tmp_path / "sorted")
    assert end.copied == 1
    assert [file.image.name for file in end.failed] == ["gone.jpg"]
    assert (tmp_path / "sorted" / "leaf" / "Pasted 1.png").read_bytes() == b"png"
    assert newest_log(tmp_path / "sorted") == end.log


def test_folders_have_names_of_their_own() -> None:
    names = SortFolders.of(("a/b", "A-B", "unsure", "한글"), 0.5).all
    assert names == ("a-b", "A-B (2)", "unsure", "한글", "none of these", "unsure (2)")
