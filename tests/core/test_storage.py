"""Files are written whole or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from tlstudio.core import storage
from tlstudio.core.errors import StorageError
from tlstudio.core.storage import (
    atomic_path,
    atomic_write,
    read_json,
    resources_dir,
    sweep_temporaries,
)


def test_folders_follow_the_home(own_home: Path) -> None:
    assert storage.config_dir() == own_home / "config"
    assert storage.cache_dir() == own_home / "cache"
    assert storage.data_dir() == own_home / "data"


def test_without_a_home_they_are_the_systems(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TLSTUDIO_HOME")
    assert "tlstudio" in str(storage.config_dir())
    assert storage.config_dir() != storage.cache_dir()


def test_resources_are_found() -> None:
    assert (resources_dir() / "fonts").is_dir()


def test_write_and_replace(tmp_path: Path) -> None:
    target = tmp_path / "새 폴더" / "a.txt"
    atomic_write(target, "한글")
    assert target.read_text(encoding="utf-8") == "한글"
    atomic_write(target, b"\x00\xff")
    assert target.read_bytes() == b"\x00\xff"
    assert [entry.name for entry in target.parent.iterdir()] == ["a.txt"]


def test_a_failure_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    atomic_write(target, "old")
    with pytest.raises(ZeroDivisionError), atomic_path(target) as temporary:
        temporary.write_text("half", encoding="utf-8")
        raise ZeroDivisionError
    assert target.read_text(encoding="utf-8") == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.txt"]


@pytest.mark.skipif(os.name == "nt", reason="other rights there")
def test_new_files_have_the_usual_rights_and_old_ones_keep_theirs(tmp_path: Path) -> None:
    plain, made = tmp_path / "plain", tmp_path / "made"
    plain.touch()
    atomic_write(made, "x")
    assert stat.S_IMODE(made.stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)
    made.chmod(0o640)
    atomic_write(made, "y")
    assert stat.S_IMODE(made.stat().st_mode) == 0o640


def test_unwritable_places_are_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError) as caught:
        atomic_write(tmp_path / "file" / "below", "x")
    assert "below" in str(caught.value)
    assert caught.value.hint_text
    (tmp_path / "folder").mkdir()
    with pytest.raises(StorageError):
        atomic_write(tmp_path / "folder", "x")


def test_json_or_the_default(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    assert read_json(path, 3) == 3
    path.write_text("{", encoding="utf-8")
    assert read_json(path) is None
    path.write_bytes(b"\xff\xfe")
    assert read_json(path, "x") == "x"
    path.write_text("[" * 100_000)
    assert read_json(path, "x") == "x"
    atomic_write(path, '{"a": 1}')
    assert read_json(path) == {"a": 1}


@pytest.mark.skipif(os.name == "nt", reason="links are rare there")
def test_saving_over_a_link_follows_it(tmp_path: Path) -> None:
    far, link = tmp_path / "far" / "file", tmp_path / "link"
    far.parent.mkdir()
    link.symlink_to(Path("far", "file"))
    for text in ("new", "newer"):  # to a file that is not there yet, and to one that is
        atomic_write(link, text)
        assert link.is_symlink()
        assert far.read_text(encoding="utf-8") == text


@pytest.mark.skipif(os.name == "nt", reason="links are rare there")
def test_what_is_no_file_stays(tmp_path: Path) -> None:
    pipe, circle = tmp_path / "pipe", tmp_path / "circle"
    os.mkfifo(pipe)
    circle.symlink_to("circle")
    for path in (pipe, circle):
        with pytest.raises(StorageError):
            atomic_write(path, "x")
    assert stat.S_ISFIFO(pipe.lstat().st_mode)
    assert circle.is_symlink()


def test_a_protected_file_stays(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    atomic_write(target, "old")
    target.chmod(0o444)
    with pytest.raises(StorageError, match="protected"):
        atomic_write(target, "new")
    assert target.read_text(encoding="utf-8") == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.txt"]


def test_the_umask_of_the_process_is_never_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "umask", None)
    atomic_write(tmp_path / "a", "x")


def test_what_a_kill_left_is_swept_and_nothing_else(tmp_path: Path) -> None:
    kept = {"mine.part", ".a.part", "a.pth.part", ".hidden"}
    for name in kept | {".weights.pth.k3_x9ab2.part", ".run.json.0123abcd.part"}:
        (tmp_path / name).write_bytes(b"x")
    with atomic_path(tmp_path / "now") as temporary:
        assert sweep_temporaries(tmp_path) == 2
        assert {path.name for path in tmp_path.iterdir()} == kept | {temporary.name}
    assert (tmp_path / "now").exists()
