"""Every file of a folder is used or counted with its reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers import make_photos, photo
from tlstudio.cli.output import Output
from tlstudio.cli.run_lines import print_dataset
from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.engine.data import kinds
from tlstudio.engine.data.kinds import begins_as_image, reason_of
from tlstudio.engine.data.sources import open_dataset

OTHERS = {
    "notes.txt": kinds.NO_IMAGE_FILE,
    "labels.csv": kinds.NO_IMAGE_FILE,
    "shot.CR2": kinds.RAW,
    "poster.psd": kinds.DRAWING,
    "logo.svg": kinds.DRAWING,
    "clip.mp4": kinds.VIDEO,
    "scan.dcm": kinds.SCIENCE,
    ".hidden.jpg": kinds.HIDDEN,
    "LICENSE": kinds.NO_IMAGE_FILE,
}
LITTER = ("Thumbs.db", ".DS_Store", "desktop.ini", "._1.jpg")


def _kept(index: DatasetIndex) -> list[str]:
    others = (*index.excluded, *index.other_files)
    keys = [sample.image.key for sample in index.samples] + [file.image.key for file in others]
    return sorted(keys)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    make_photos(tmp_path, per_class=4)
    for name in OTHERS:
        (tmp_path / "green" / name).write_bytes(b"content")
    for name in LITTER:
        (tmp_path / "red" / name).write_bytes(b"content")
    (tmp_path / "README.md").write_text("about", encoding="utf-8")
    (tmp_path / "red" / "photo.heic").write_bytes(b"\0\0\0\x18ftypheic" + bytes(60))
    return tmp_path


def test_used_and_left_out_are_all_files(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    index = open_dataset(root)
    files = (p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file())
    assert _kept(index) == sorted(key for key in files if not key.endswith(LITTER))
    told = {file.image.name: file.reason for file in index.other_files}
    assert told == {**OTHERS, "README.md": kinds.NO_IMAGE_FILE}
    assert [file.image.name for file in index.excluded] == ["photo.heic"]
    assert index.excluded[0].reason == kinds.HEIC or kinds.can_read_heic()
    warned = [str(warning) for warning in index.warnings]
    assert any("develop it to JPEG" in text for text in warned)
    assert not any(kinds.NO_IMAGE_FILE in text for text in warned)
    print_dataset(index, Output())
    assert (
        f"not used: 4 (README.md, green/LICENSE, green/labels.csv, …): {kinds.NO_IMAGE_FILE}"
        in (capsys.readouterr().err)
    )


def test_content_decides_where_the_name_says_nothing(tmp_path: Path) -> None:
    make_photos(tmp_path, per_class=3)
    for number, (name, how) in enumerate(
        (("IMG_0001", "JPEG"), ("download.aspx", "PNG"), ("photo.jpg_large", "WEBP"))
    ):
        photo(0, 90 + number).save(tmp_path / "green" / name, how)
    index = open_dataset(tmp_path)
    assert {"IMG_0001", "download.aspx", "photo.jpg_large"} <= {s.image.name for s in index.samples}
    assert not index.other_files


def test_a_gif_among_photos_is_used_and_told(tmp_path: Path) -> None:
    make_photos(tmp_path, per_class=3)
    assert not any("GIF" in str(warning) for warning in open_dataset(tmp_path).warnings)
    photo().save(tmp_path / "green" / "imageNotFound.gif")
    index = open_dataset(tmp_path)
    assert len(index.samples) == 7
    assert any("GIF files among the images: 1." in str(warning) for warning in index.warnings)


def test_a_name_or_a_beginning_tells_the_kind() -> None:
    assert reason_of("DSC_1.NEF") == kinds.RAW
    assert reason_of("photo.JXL") == kinds.OTHER_IMAGE
    assert kinds.kind_of_content(b"<!DOCTYPE html><html><body>404") == kinds.WEB_PAGE
    assert not kinds.may_be_image("table.parquet")
    assert kinds.may_be_image("noise.unknown")
    assert begins_as_image(b"RIFF\0\0\0\0WEBPVP8 ")
    assert not begins_as_image(b"RIFF\0\0\0\0WAVEfmt ")
    assert not begins_as_image(b"BM is a text")
