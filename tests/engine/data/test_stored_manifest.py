"""The manifest of a dataset on the disk: opening follows it, and its images stay untouched."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.gui.fakes import make_images
from tlstudio.core.data.dataset import Split
from tlstudio.core.data.manifest import Manifest
from tlstudio.core.errors import StorageError
from tlstudio.engine.data.sources import open_dataset, store_manifest, stored_manifest
from tlstudio.engine.data.stored_splits import _file


@pytest.fixture
def root(tmp_path: Path) -> Path:
    make_images(tmp_path / "photos", count=6)
    return tmp_path / "photos"


def test_opening_a_dataset_follows_its_manifest(root: Path) -> None:
    before = open_dataset(root)
    bytes_before = {path: path.read_bytes() for path in root.rglob("*.png")}
    manifest = Manifest().leaving_out(["acorn/0.png"]).moving(["leaf/1.png"], "acorn")
    store_manifest(root, manifest)
    index = open_dataset(root)
    assert index.manifest == manifest == stored_manifest(root)
    assert len(index.samples) == len(before.samples) - 1
    split = {s.image: s.split for s in before.samples}
    assert all(split[s.image] is s.split for s in index.samples)
    assert index.fingerprint != before.fingerprint
    moved = next(s for s in index.samples if s.image.key == "leaf/1.png")
    assert index.classes[moved.class_index] == "acorn"
    assert {path: path.read_bytes() for path in root.rglob("*.png")} == bytes_before
    store_manifest(root, Manifest())
    again = open_dataset(root)
    assert again.fingerprint == before.fingerprint and again.unedited is None
    assert not _file(root, ".manifest").exists() and sum(map(len, again.by_split.values())) == 18
    assert again.by_split[Split.VAL] == before.by_split[Split.VAL]


def test_what_was_left_out_does_not_come_back_because_a_file_is_broken(root: Path) -> None:
    store_manifest(root, Manifest().leaving_out(["acorn/0.png"]))
    _file(root, ".manifest").write_text("{")
    with pytest.raises(StorageError):
        open_dataset(root)
