"""The manifest of a dataset on the disk: opening follows it, and its images stay untouched."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.gui.fakes import make_images
from tlstudio.cli.main import main
from tlstudio.core.data.dataset import Split
from tlstudio.core.data.manifest import MANIFEST_NAME, Manifest
from tlstudio.core.errors import DatasetError, StorageError
from tlstudio.engine.data.manifest_file import brought_manifest, manifest_text, read_manifest
from tlstudio.engine.data.sources import open_dataset, store_manifest, stored_manifest
from tlstudio.engine.data.stored_splits import _file, _manifest_file

# As versions of the studio have written them.
OLD = """{
 "version": 1,
 "root": "/somewhere/photos",
 "left_out": ["acorn/0.png", "acorn/1.png"],
 "moved": {"leaf/1.png": "acorn"}
}"""
LINES = """\
{"tlstudio_manifest": 2, "root": "/somewhere/photos"}
{"image": "acorn/0.png", "left_out": true, "group": "first"}
{"image": "acorn/1.png", "left_out": "blurred"}
{"image": "leaf/1.png", "class": "acorn", "split": "val"}
{"accepted": "dark/leaf"}
"""
FUTURE = """\
{"image": "leaf/2.png", "box": [1, 2, 3, 4]}
{"image": "leaf/3.png", "split": "holdout"}
{"note": "누가 언제"}
"""


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
    assert not _manifest_file(root).exists() and sum(map(len, again.by_split.values())) == 18
    assert again.by_split[Split.VAL] == before.by_split[Split.VAL]


@pytest.mark.parametrize(
    "text", ["{", "", "[]", "3", '{"version": 9}', LINES + "{", LINES + '{"image": 3, "class": ""}']
)
def test_what_was_left_out_does_not_come_back_because_a_file_is_broken(
    root: Path, text: str
) -> None:
    store_manifest(root, Manifest().leaving_out(["acorn/0.png"]))
    _manifest_file(root).write_text(text)
    with pytest.raises(StorageError, match="damaged"):
        open_dataset(root)


def test_files_of_earlier_versions_open(root: Path) -> None:
    _file(root, ".manifest").parent.mkdir(parents=True)
    _file(root, ".manifest").write_text(OLD)
    manifest = stored_manifest(root)
    assert manifest == Manifest(
        {"acorn/0.png": "", "acorn/1.png": ""}, moved={"leaf/1.png": "acorn"}
    )
    store_manifest(root, manifest)
    assert not _file(root, ".manifest").exists() and stored_manifest(root) == manifest
    _manifest_file(root).write_text(LINES)
    assert stored_manifest(root) == Manifest(
        {"acorn/0.png": "", "acorn/1.png": "blurred"},
        {"leaf/1.png": "acorn"},
        {"leaf/1.png": Split.VAL},
        {"acorn/0.png": "first"},
        frozenset({"dark/leaf"}),
    )


def test_what_a_later_version_added_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "manifest.jsonl"
    file.write_text(LINES + FUTURE, encoding="utf-8")
    manifest = read_manifest(file)
    assert manifest is not None
    text = manifest_text(manifest.leaving_out(["leaf/4.png"]), Path("/somewhere/photos"))
    assert set((LINES + FUTURE).splitlines()) < set(text.splitlines())


def test_a_newer_format_is_refused_and_stays(root: Path) -> None:
    newer = LINES.replace('"tlstudio_manifest": 2', '"tlstudio_manifest": 3')
    store_manifest(root, Manifest().leaving_out(["acorn/0.png"]))
    _manifest_file(root).write_text(newer)
    with pytest.raises(StorageError, match="newer TLStudio"):
        open_dataset(root)
    assert _manifest_file(root).read_text() == newer


def test_names_of_all_kinds_come_back(tmp_path: Path) -> None:
    names = ["감/사진 1.jpg", 'a"b\\c.png', "x\u2028y.png", "lost\udcff.png"]
    manifest = Manifest().leaving_out(names)
    store_manifest(tmp_path, manifest)
    assert stored_manifest(tmp_path) == manifest


def test_a_manifest_travels_with_its_dataset(root: Path, tmp_path: Path) -> None:
    manifest = Manifest().placing(["acorn/0.png"], Split.TEST).leaving_out(["leaf/0.png"])
    (root / MANIFEST_NAME).write_text(manifest_text(manifest))
    shutil.copytree(root, tmp_path / "copy")
    index = open_dataset(tmp_path / "copy")
    assert index.manifest == manifest
    assert [s.image.name for s in index.by_split[Split.TEST]] == ["0.png"]
    store_manifest(root, Manifest())  # taken back on this machine: the file does not bring it back
    assert not open_dataset(root).manifest


def test_the_terminal_takes_a_manifest_along_and_brings_it_in(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = Manifest().leaving_out(["acorn/0.png"]).moving(["leaf/1.png"], "acorn")
    store_manifest(root, manifest.placing(["gone.png"], Split.VAL))
    file = tmp_path / "manifest.jsonl"
    assert main(["manifest", str(root), "--out", str(file)]) == 0
    said = "manifest: 1 left out, 1 moved, 1 placed in a split"
    assert said in capsys.readouterr().err and str(root) not in file.read_text()
    copy = tmp_path / "copy"
    shutil.copytree(root, copy)
    assert main(["manifest", str(copy), "--from", str(file)]) == 0
    assert "1 of its images are not in this dataset" in capsys.readouterr().err
    assert open_dataset(copy).fingerprint == open_dataset(root).fingerprint
    make_images(tmp_path / "others", count=1)
    (tmp_path / "others" / "acorn" / "0.png").rename(tmp_path / "others" / "acorn" / "z.png")
    assert main(["manifest", str(tmp_path / "others"), "--from", str(file)]) == 2
    assert "none of the images" in capsys.readouterr().err


def test_names_may_be_spelt_as_another_system_does(tmp_path: Path) -> None:
    composed, decomposed = "caf\u00e9.png", "cafe\u0301.png"
    make_images(tmp_path / "photos", count=2)
    (tmp_path / "photos" / "leaf" / "0.png").rename(tmp_path / "photos" / "leaf" / composed)
    file = tmp_path / "manifest.jsonl"
    file.write_text(manifest_text(Manifest().leaving_out([f"leaf/{decomposed}"])))
    index = open_dataset(tmp_path / "photos")
    manifest, missing = brought_manifest(file, index)
    assert missing == 0 and len(index.edited(manifest).samples) == len(index.samples) - 1
    with pytest.raises(StorageError, match="There is no file"):
        brought_manifest(tmp_path / "none", index)
    file.write_text(manifest_text(Manifest().leaving_out(["else.png"])))
    with pytest.raises(DatasetError, match="none of the images"):
        brought_manifest(file, index)
