"""Digests of files: remembered while the file looks untouched, and never wrong for it."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.engine.data.digests import ContentDigests

YEAR_AGO_NS = 1_700_000_000_000_000_000


def write(path: Path, content: bytes, mtime_ns: int = YEAR_AGO_NS) -> Path:
    path.write_bytes(content)
    os.utime(path, ns=(mtime_ns, mtime_ns))
    return path


def wanted(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=16).digest()


def digest_of(path: Path, database: Path) -> bytes:
    with ContentDigests(database) as digests:
        return digests.of(ImageRef.of_file(path)).content


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "digests.sqlite3"


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One entry for each file that was read."""
    calls: list[int] = []
    real = hashlib.file_digest

    def counted(file: object, digest: object) -> object:
        calls.append(1)
        return real(file, digest)  # type: ignore[arg-type]

    monkeypatch.setattr(hashlib, "file_digest", counted)
    return calls


@pytest.mark.parametrize("name", ["a.jpg", "mit Leerzeichen.jpg", "사진.jpg", "sub/o'\"%;.jpg"])
def test_it_is_the_content(tmp_path: Path, database: Path, name: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    write(path, b"one")
    assert digest_of(path, database) == wanted(b"one") == digest_of(path, database)


def test_it_is_read_once(tmp_path: Path, database: Path, readings: list[int]) -> None:
    path = write(tmp_path / "a", b"one")
    for _ in range(3):
        digest_of(path, database)
    assert len(readings) == 1


def test_the_usual_place_is_the_cache_folder(tmp_path: Path, own_home: Path) -> None:
    with ContentDigests() as digests:
        digests.of(ImageRef.of_file(write(tmp_path / "a", b"one")))
    assert (own_home / "cache" / "digests.sqlite3").is_file()


def test_new_content_of_the_same_size(tmp_path: Path, database: Path) -> None:
    path = write(tmp_path / "a", b"one")
    digest_of(path, database)
    write(path, b"two", YEAR_AGO_NS + 1)
    assert digest_of(path, database) == wanted(b"two")


@pytest.mark.skipif(os.name == "nt", reason="the system tells of no change there")
def test_a_photo_turned_in_place_with_its_time_kept(tmp_path: Path, database: Path) -> None:
    path = write(tmp_path / "a", b"one")
    digest_of(path, database)
    write(path, b"two")
    assert digest_of(path, database) == wanted(b"two")


def test_another_file_in_its_place(tmp_path: Path, database: Path) -> None:
    path = write(tmp_path / "a", b"one")
    digest_of(path, database)
    write(tmp_path / "b", b"two").replace(path)
    assert digest_of(path, database) == wanted(b"two")


def test_a_link_that_leads_elsewhere(tmp_path: Path, database: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        folder.mkdir()
        write(folder / "a", folder.name.encode())
    link = tmp_path / "link"
    link.symlink_to(one, target_is_directory=True)
    assert digest_of(link / "a", database) == wanted(b"one")
    link.unlink()
    link.symlink_to(two, target_is_directory=True)
    assert digest_of(link / "a", database) == wanted(b"two")


def test_what_was_only_just_written_may_change_unnoticed(tmp_path: Path, database: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"one")
    status = path.stat()
    digest_of(path, database)
    path.write_bytes(b"two")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))  # a clock of two seconds
    assert digest_of(path, database) == wanted(b"two")


def test_a_digest_says_whether_it_still_holds(tmp_path: Path, database: Path) -> None:
    path = write(tmp_path / "a", b"one")
    with ContentDigests(database) as digests:
        digest = digests.of(ImageRef.of_file(path))
    assert digest.is_of(ImageRef.of_file(path))
    write(path, b"two", YEAR_AGO_NS + 1)
    assert not digest.is_of(ImageRef.of_file(path))
    path.unlink()
    assert not digest.is_of(ImageRef.of_file(path))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_bytes(b"this is no database, not at all" * 100),
        lambda path: path.write_bytes(path.read_bytes()[:100] + b"\xff" * 5000),
        lambda path: path.write_bytes(b""),
        lambda path: (path.unlink(), path.with_name(path.name + "-wal").write_bytes(b"x" * 99)),
    ],
)
def test_a_broken_database(
    tmp_path: Path, database: Path, spoil: Callable[[Path], object], readings: list[int]
) -> None:
    path = write(tmp_path / "a", b"one")
    digest_of(path, database)
    spoil(database)
    assert digest_of(path, database) == wanted(b"one")
    readings.clear()
    assert digest_of(path, database) == wanted(b"one")
    assert readings == []  # it works again


def test_a_table_of_another_version(tmp_path: Path, database: Path, readings: list[int]) -> None:
    database.parent.mkdir()
    connection = sqlite3.connect(database)
    connection.execute("create table digest (path text primary key, other text)")
    connection.close()
    path = write(tmp_path / "a", b"one")
    for _ in range(2):
        assert digest_of(path, database) == wanted(b"one")
    assert len(readings) == 1


def test_a_database_that_is_busy_is_left_alone(
    tmp_path: Path, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "a", b"one")
    digest_of(path, database)
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *a, **k: connect(*a, **{**k, "timeout": 0.01}))
    other = connect(database)
    other.execute("pragma locking_mode = exclusive")
    other.execute("begin exclusive")
    other.execute("insert into digest values ('x', 1, 1, 1, 1, x'00')")
    try:
        assert digest_of(path, database) == wanted(b"one")
    finally:
        other.commit()
        other.close()
    rows = connect(database)
    assert rows.execute("select count(*) from digest").fetchone() == (2,)
    rows.close()


def test_no_folder_for_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    path = write(tmp_path / "a", b"one")
    assert digest_of(path, tmp_path / "file" / "digests.sqlite3") == wanted(b"one")


def test_many_at_once(tmp_path: Path, database: Path) -> None:
    paths = [write(tmp_path / f"{n}", b"%d" % n) for n in range(40)]
    found: list[dict[Path, bytes]] = []

    def work() -> None:
        with ContentDigests(database) as digests:
            mine = {}
            for path in paths:
                mine[path] = digests.of(ImageRef.of_file(path)).content
                digests.flush()
            found.append(mine)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [{path: wanted(path.read_bytes()) for path in paths}] * 3


def test_what_cannot_be_read(tmp_path: Path, database: Path) -> None:
    with ContentDigests(database) as digests:
        for path in (tmp_path / "missing", tmp_path):
            with pytest.raises(OSError):
                digests.of(ImageRef.of_file(path))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are none")
def test_a_pipe_is_not_waited_for(tmp_path: Path, database: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    with ContentDigests(database) as digests, pytest.raises(OSError):
        digests.of(ImageRef.of_file(tmp_path / "pipe.jpg"))


@pytest.mark.skipif(os.name == "nt", reason="names are Unicode there")
def test_names_that_are_no_text(tmp_path: Path, database: Path, readings: list[int]) -> None:
    one, two = (Path(os.fsdecode(os.fsencode(tmp_path) + name)) for name in (b"/\xff", b"/\xfe"))
    try:
        write(one, b"one")
        write(two, b"two")
    except OSError:
        pytest.skip("this file system takes only text")
    for _ in range(2):
        assert digest_of(one, database) == wanted(b"one")
        assert digest_of(two, database) == wanted(b"two")
    assert len(readings) == 2
