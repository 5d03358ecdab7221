"""A clean copy: what is used, where it belongs; whole or not at all, and nothing else touched."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.engine.health.pictures import dataset, picture, save
from tlstudio.core.errors import StorageError
from tlstudio.core.runs.events import StopToken
from tlstudio.engine.data.sources import open_dataset
from tlstudio.engine.health.clean_copy import CleanCopy, write_clean_copy


def tree(root: Path) -> set[str]:
    return {file.relative_to(root).as_posix() for file in root.rglob("*") if file.is_file()}


def copied(root: Path, out: Path, edit=lambda manifest: manifest, **options: bool) -> CleanCopy:
    index = open_dataset(root)
    index = index.edited(edit(index.manifest))
    last = list(write_clean_copy(index, out, StopToken(), **options))[-1]
    assert isinstance(last, CleanCopy)
    return last


def test_what_is_left_out_is_missing_and_what_is_moved_lies_there(tmp_path: Path) -> None:
    root, out = dataset(tmp_path / "photos", per_class=3), tmp_path / "out" / "clean"
    before = tree(root)

    def edit(manifest):
        manifest = manifest.leaving_out(["train/ants/0.png"])
        return manifest.moving(["train/ants/1.png"], "bees")

    assert copied(root, out, edit).images == 11
    gone = {"train/ants/0.png", "train/ants/1.png"}
    assert tree(out) == (before - gone) | {"train/bees/1-2.png"}  # there is another 1.png
    moved = {(out / "train/bees" / name).read_bytes() for name in ("1.png", "1-2.png")}
    wanted = {(root / "train" / name / "1.png").read_bytes() for name in ("ants", "bees")}
    assert moved == wanted
    assert tree(root) == before
    assert sorted(path.name for path in out.parent.iterdir()) == ["clean"]


def test_the_copy_opens_as_the_dataset_did(tmp_path: Path) -> None:
    root = tmp_path / "photos"
    for number in range(6):
        save(root / f"c{number % 2}" / f"{number}.jpg", picture(number))
    copied(root, tmp_path / "split")
    mine, its = open_dataset(root), open_dataset(tmp_path / "split")
    assert its.counts == mine.counts
    copied(root, tmp_path / "plain", by_split=False, links=True)
    assert tree(tmp_path / "plain") == tree(root)
    assert (tmp_path / "plain/c0/0.jpg").samefile(root / "c0/0.jpg")
    assert not next((tmp_path / "split").rglob("0.jpg")).samefile(root / "c0/0.jpg")


def test_images_inside_of_something_become_png(tmp_path: Path) -> None:
    root, random = tmp_path / "digits", np.random.default_rng(0)
    root.mkdir()
    for name, count in (("train", 6), ("t10k", 4)):
        pixels = random.integers(0, 256, (count, 28, 28), dtype=np.uint8)
        labels = (np.arange(count) % 2).astype(np.uint8)
        head = np.array([0x803, count, 28, 28], dtype=">i4").tobytes()
        (root / f"{name}-images-idx3-ubyte.gz").write_bytes(gzip.compress(head + pixels.tobytes()))
        head = np.array([0x801, count], dtype=">i4").tobytes()
        (root / f"{name}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(head + labels.tobytes()))
    copied(root, tmp_path / "out")
    files = tree(tmp_path / "out")
    assert len(files) == 10
    for file in files:
        with Image.open(tmp_path / "out" / file) as image:
            assert image.format == "PNG"


def test_nothing_is_written_over_and_nothing_stays_behind(tmp_path: Path) -> None:
    root = dataset(tmp_path / "photos", per_class=3)
    (full := tmp_path / "full").mkdir()
    (full / "mine.txt").write_text("mine")
    for folder in (full, root / "copy", root):
        with pytest.raises(StorageError):
            copied(root, folder)
    stop = StopToken()
    steps = write_clean_copy(open_dataset(root), tmp_path / "out", stop)
    next(steps)
    stop.stop()
    assert list(steps) == []
    assert not list(tmp_path.glob("*out*"))
