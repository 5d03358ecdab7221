"""Folders that are datasets, and folders that are not."""

from __future__ import annotations

import errno
import os
import unicodedata
from pathlib import Path

import pytest

from tests.helpers import make_photos, make_split_photos, photo
from tlstudio.core.data.dataset import Layout, Split, SplitConfig
from tlstudio.core.data.options import ReadOptions
from tlstudio.core.errors import ConfigError, DatasetError
from tlstudio.core.runs.events import StopToken
from tlstudio.engine.data.sources import (
    open_dataset,
    store_options,
    store_split,
    stored_options,
    stored_split,
)


def said(index: object) -> str:
    return " ".join(str(warning) for warning in index.warnings)  # type: ignore[attr-defined]


@pytest.mark.parametrize("val", ["val", "valid", "Validation", "VAL"])
def test_split_folders(tmp_path: Path, val: str) -> None:
    make_photos(tmp_path / "Train", per_class=3)
    make_photos(tmp_path / val, per_class=2)
    make_photos(tmp_path / "test", per_class=1)
    index = open_dataset(tmp_path)
    assert index.layout is Layout.SPLIT_FOLDERS
    assert index.classes == ("green", "red")
    assert index.counts == {Split.TRAIN: (3, 3), Split.VAL: (2, 2), Split.TEST: (1, 1)}
    assert index.split_config is None
    assert not index.warnings
    assert not index.excluded
    for sample in index.samples:
        assert sample.image.path.parent.name == index.classes[sample.class_index]


def test_class_folders_are_split_by_the_studio(tmp_path: Path) -> None:
    make_photos(tmp_path, ("가", "나", "다"), 10)
    index = open_dataset(tmp_path)
    assert index.layout is Layout.CLASS_FOLDERS
    assert index.classes == ("가", "나", "다")
    assert index.counts[Split.TRAIN] == (8, 8, 8)
    assert index.counts[Split.VAL] == (2, 2, 2)
    assert index.split_config == SplitConfig()
    assert open_dataset(tmp_path) == index
    other = open_dataset(tmp_path, SplitConfig(seed=1))
    assert other.by_split[Split.VAL] != index.by_split[Split.VAL]


def test_the_stored_split_is_used_again(tmp_path: Path) -> None:
    make_photos(tmp_path, per_class=10)
    assert stored_split(tmp_path) is None
    config = SplitConfig(val_fraction=0.4, test_fraction=0.1, seed=7)
    store_split(tmp_path, config)
    assert stored_split(tmp_path) == config
    index = open_dataset(tmp_path)
    assert index.split_config == config
    assert index.counts[Split.VAL] == (4, 4)
    assert index.counts[Split.TEST] == (1, 1)


def test_the_stored_options_are_used_again(tmp_path: Path, own_home: Path) -> None:
    make_photos(tmp_path, per_class=2)
    assert stored_options(tmp_path) == ReadOptions()
    options = ReadOptions("classes")
    store_options(tmp_path, options)
    assert stored_options(tmp_path) == open_dataset(tmp_path).options == options
    assert open_dataset(tmp_path, options=ReadOptions()).options == ReadOptions()
    store_options(tmp_path, ReadOptions())
    assert not list((own_home / "data" / "splits").iterdir())


def test_a_broken_stored_split_is_ignored(tmp_path: Path, own_home: Path) -> None:
    store_split(tmp_path, SplitConfig())
    (file,) = (own_home / "data" / "splits").iterdir()
    for text in ("{", "[]", '{"val_fraction": 3, "test_fraction": 0, "seed": 0}', "{}"):
        file.write_text(text, encoding="utf-8")
        assert stored_split(tmp_path) is None


def test_fractions_have_bounds(tmp_path: Path) -> None:
    make_photos(tmp_path)
    with pytest.raises(ConfigError) as caught:
        open_dataset(tmp_path, SplitConfig(val_fraction=0.9, test_fraction=-1))
    assert len(caught.value.problems) == 2
    with pytest.raises(ConfigError):
        store_split(tmp_path, SplitConfig(val_fraction=float("nan")))


def test_only_train_is_split_with_a_warning(tmp_path: Path) -> None:
    make_photos(tmp_path / "train", per_class=5)
    make_photos(tmp_path / "test", per_class=2)
    index = open_dataset(tmp_path, SplitConfig(test_fraction=0.4))
    assert index.counts == {Split.TRAIN: (4, 4), Split.VAL: (1, 1), Split.TEST: (2, 2)}
    assert "no validation folder" in said(index)
    assert index.split_config is not None


def test_val_without_train(tmp_path: Path) -> None:
    make_photos(tmp_path / "val")
    with pytest.raises(DatasetError, match="no training folder") as caught:
        open_dataset(tmp_path)
    assert "train" in caught.value.hint_text


def test_a_folder_around_the_dataset(tmp_path: Path) -> None:
    make_split_photos(tmp_path / "outer" / "inner")
    (tmp_path / "__MACOSX").mkdir()
    index = open_dataset(tmp_path)
    assert index.layout is Layout.SPLIT_FOLDERS
    assert index.root == tmp_path


def test_a_class_may_be_called_train(tmp_path: Path) -> None:
    make_photos(tmp_path, ("car", "train", "plane"))
    index = open_dataset(tmp_path)
    assert index.layout is Layout.CLASS_FOLDERS
    assert index.classes == ("car", "plane", "train")


def test_folders_below_a_class_belong_to_it(tmp_path: Path) -> None:
    make_photos(tmp_path)
    make_photos(tmp_path / "red", ("dark", "light"), 3)
    index = open_dataset(tmp_path)
    assert index.classes == ("green", "red")
    assert len(index.samples_of(class_index=1)) == 10


def test_loose_images_and_empty_folders(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no folder"):
        open_dataset(tmp_path / "missing")
    with pytest.raises(DatasetError, match="no images"):
        open_dataset(tmp_path)
    photo().save(tmp_path / "one.png")
    with pytest.raises(DatasetError, match="loose") as caught:
        open_dataset(tmp_path)
    assert "one folder per class" in caught.value.hint_text
    (tmp_path / "empty").mkdir()
    make_photos(tmp_path, ("only",))
    with pytest.raises(DatasetError, match="only one class"):
        open_dataset(tmp_path)


def test_classes_that_are_not_everywhere(tmp_path: Path) -> None:
    make_photos(tmp_path / "train", ("a", "b", "c"), {"a": 1, "b": 3, "c": 0})
    make_photos(tmp_path / "val", ("a", "d"), 2)
    index = open_dataset(tmp_path)
    assert index.classes == ("a", "b")
    assert index.counts[Split.VAL] == (2, 0)
    for part in (
        "“a” has a single training image",
        "“b” has no validation images",
        "“c” has no readable image",
        "“d” has no training images",
    ):
        assert part in said(index)


def test_single_images_everywhere_leave_no_validation(tmp_path: Path) -> None:
    make_photos(tmp_path, per_class=1)
    index = open_dataset(tmp_path)
    assert index.splits == (Split.TRAIN,)
    assert "no validation images" in said(index)


def test_bad_files_are_listed_and_never_stop_anything(tmp_path: Path) -> None:
    make_photos(tmp_path)
    (tmp_path / "red" / "empty.jpg").touch()
    (tmp_path / "red" / "notes.txt").write_text("not an image", encoding="utf-8")
    (tmp_path / "red" / ".hidden.png").write_bytes(b"x")
    (tmp_path / ".git").mkdir()
    make_photos(tmp_path / "bad", ("x",), 0)
    (tmp_path / "bad" / "broken.png").write_bytes(b"\x89PNG")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "green" / "pipe.png")
    index = open_dataset(tmp_path)
    assert index.classes == ("green", "red")
    names = {file.image.name for file in index.excluded}
    assert {"empty.jpg", "broken.png"} <= names <= {"empty.jpg", "broken.png", "pipe.png"}
    assert all(file.reason for file in index.excluded)
    assert "cannot be read" in said(index)


def test_nothing_readable_at_all(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.png").touch()
    with pytest.raises(DatasetError, match="can be read"):
        open_dataset(tmp_path)


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_links_in_a_circle(tmp_path: Path) -> None:
    make_photos(tmp_path)
    (tmp_path / "red" / "loop").symlink_to(tmp_path / "red")
    (tmp_path / "red" / "up").symlink_to(tmp_path / "red" / "loop")
    assert len(open_dataset(tmp_path).samples) == 8


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_folder_inside_a_class_that_may_not_be_looked_into(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_split_photos(tmp_path)
    closed = tmp_path / "train" / "green" / "closed"
    closed.mkdir()
    photo().save(closed / "a.png")
    scandir = os.scandir

    def refuse(folder: Path) -> object:
        if Path(folder) == closed:  # whoever tests as root may look into all
            raise PermissionError(errno.EACCES, "Permission denied")
        return scandir(folder)

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", refuse)
        index = open_dataset(tmp_path)
    assert "cannot be read, whose images are missing: 1 (“closed”)" in said(index)


def test_a_class_may_be_a_link(tmp_path: Path) -> None:
    make_photos(tmp_path / "data")
    make_photos(tmp_path / "elsewhere", ("blue",))
    (tmp_path / "data" / "blue").symlink_to(tmp_path / "elsewhere" / "blue")
    assert open_dataset(tmp_path / "data").classes == ("blue", "green", "red")


def test_one_name_in_two_spellings(tmp_path: Path) -> None:
    composed = unicodedata.normalize("NFC", "과일")
    decomposed = unicodedata.normalize("NFD", "과일")
    make_photos(tmp_path / "train", (decomposed, "b"))
    make_photos(tmp_path / "val", (composed, "b"))
    index = open_dataset(tmp_path)
    assert index.classes == ("b", composed)
    assert index.counts[Split.VAL] == (4, 4)


def test_progress_and_stop(tmp_path: Path) -> None:
    make_photos(tmp_path, per_class=30)
    seen: list[tuple[int, int]] = []
    open_dataset(tmp_path, on_progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (60, 60)
    assert seen == sorted(set(seen))
    stop = StopToken()
    stop.stop()
    with pytest.raises(DatasetError, match="stopped"):
        open_dataset(tmp_path, stop=stop)
