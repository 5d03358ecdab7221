"""Opening a dataset again: quick, and never other than a first look."""

from __future__ import annotations

import os
import random
import shutil
import weakref
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.helpers import make_photos, photo
from tlstudio.core.data.dataset import DatasetIndex, SplitConfig
from tlstudio.core.data.image_ref import FolderContainer, ImageRef
from tlstudio.core.data.manifest import Manifest
from tlstudio.core.errors import DatasetError
from tlstudio.core.runs.events import StopToken
from tlstudio.core.storage import cache_dir
from tlstudio.engine.data import checked_files, images
from tlstudio.engine.data.files import FolderScan
from tlstudio.engine.data.sources import checking, indexing, open_dataset


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files that were looked into, as they are."""
    names: list[str] = []

    def check(image: ImageRef) -> str:
        names.append(image.name)
        return images.look_into(image)

    monkeypatch.setattr(checking, "look_into", check)
    return names


@pytest.fixture(autouse=True)
def settled_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if all files had been written long before they are looked into."""
    monkeypatch.setattr(checked_files, "_TICK_NS", -(10**18))


def fresh(root: Path, monkeypatch: pytest.MonkeyPatch, home: Path) -> DatasetIndex:
    """What somebody sees who never looked before."""
    with monkeypatch.context() as patch:
        patch.setenv("TLSTUDIO_HOME", str(home / f"other{random.random()}"))
        return open_dataset(root)


def cache_file() -> Path:
    return next((cache_dir() / "datasets").glob("*.checked"))


def test_the_second_time_no_file_is_opened(tmp_path: Path, looked_at: list[str]) -> None:
    make_photos(tmp_path / "data", ("cats", "dogs"), {"cats": 4, "dogs": 3}, suffix=".jpg")
    (tmp_path / "data" / "dogs" / "broken.jpg").write_bytes(b"\xff\xd8 no photo")
    first = open_dataset(tmp_path / "data")
    assert len(looked_at) == 8
    again = open_dataset(tmp_path / "data")
    assert len(looked_at) == 8
    assert again == first
    assert [file.image.name for file in again.excluded] == ["broken.jpg"]


class CountedEntry:
    """An entry of a folder that counts how often the disk is asked about it."""

    def __init__(self, entry: os.DirEntry[str], asked: Counter[str]) -> None:
        self.name, self.path = entry.name, entry.path
        self._entry, self._asked = entry, asked

    def is_dir(self) -> bool:
        return self._entry.is_dir()

    def stat(self) -> os.stat_result:
        self._asked[self.name] += 1
        return self._entry.stat()


def test_the_second_time_each_file_is_asked_about_once_and_none_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_photos(tmp_path / "data", ("a", "b"))
    make_photos(tmp_path / "data" / "c", ("d",))
    first, asked, scandir = open_dataset(tmp_path / "data"), Counter[str](), os.scandir

    @contextmanager
    def counted(folder: Path) -> Iterator[list[CountedEntry]]:
        asked[f"{folder.name}/"] += 1
        with scandir(folder) as entries:
            yield [CountedEntry(entry, asked) for entry in entries]

    def refused(*_: object) -> None:
        raise AssertionError("an image was asked about by itself")

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", counted)
        for name in ("open", "stat", "path_of"):
            patch.setattr(FolderContainer, name, refused)
        again = open_dataset(tmp_path / "data")
    del asked["data/"]  # every kind of dataset glances at what was opened
    images = [sample.image.name for sample in first.samples]
    assert asked == Counter([*(f"{name}/" for name in "abcd"), *images])
    assert again.fingerprint == first.fingerprint
    of_b = ["b/b_001.png", "b/b_002.png"]
    edited = again.edited(Manifest().leaving_out(["a/a_000.png"]).grouping(of_b, "g"))
    assert edited.split_by(SplitConfig(seed=1)).fingerprint != first.fingerprint


def test_what_the_disk_says_of_a_folder_is_let_go_once_it_is_noted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_photos(tmp_path, ("a", "b"))
    entries: list[weakref.ref[CountedEntry]] = []
    scandir = os.scandir

    @contextmanager
    def seen(folder: Path) -> Iterator[list[CountedEntry]]:
        with scandir(folder) as found:
            made = [CountedEntry(entry, Counter()) for entry in found]
        entries.extend(weakref.ref(entry) for entry in made)
        yield made

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", seen)
        scan = FolderScan()
        blocks = scan.images_below(tmp_path)
        assert len(entries) > 8 and not any(entry() for entry in entries)
        assert scan.images_below(tmp_path) == blocks and scan.has_loose_images(tmp_path / "a")


def break_in_place(file: Path, random_: random.Random) -> None:
    """The same size and the same modification time, other content."""
    times = file.stat().st_atime_ns, file.stat().st_mtime_ns
    file.write_bytes(b"x" * file.stat().st_size)
    os.utime(file, ns=times)


def replace_by_broken(file: Path, random_: random.Random) -> None:
    other = file.with_name("other.part")
    other.write_bytes(b"y" * file.stat().st_size)
    shutil.copystat(file, other)
    other.replace(file)


def rename(file: Path, random_: random.Random) -> None:
    file.rename(file.with_name(f"r{random_.random()}{file.suffix}"))


def swap(file: Path, random_: random.Random) -> None:
    """Two files of one folder change names."""
    other = random_.choice(sorted(file.parent.iterdir()))
    part = file.with_name("swap.part")
    file.rename(part)
    if other.exists():
        other.rename(file)
    part.rename(other)


def move_to_another_class(file: Path, random_: random.Random) -> None:
    folder = random_.choice([f for f in file.parent.parent.iterdir() if f.is_dir()])
    file.rename(folder / f"m{random_.random()}.jpg")


def add(file: Path, random_: random.Random) -> None:
    photo(random_.randrange(1000)).save(file.with_name(f"n{random_.random()}.jpg"))


def mend(file: Path, random_: random.Random) -> None:
    photo(random_.randrange(1000)).save(file, format="JPEG")


def nest(file: Path, random_: random.Random) -> None:
    folder = file.parent / f"below{random_.randrange(3)}"
    folder.mkdir(exist_ok=True)
    file.rename(folder / file.name)


CHANGES: tuple[Callable[[Path, random.Random], None], ...] = (
    break_in_place, replace_by_broken, rename, swap, move_to_another_class, add, mend, nest,
    lambda file, _: file.unlink(),
)  # fmt: skip


@pytest.mark.parametrize("seed", range(12))
def test_whatever_changes_it_is_as_if_never_seen_before(
    seed: int, tmp_path: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    random_ = random.Random(seed)
    root = tmp_path / "정물"
    make_photos(root, ("cats", "dogs", "밤"), 5, suffix=".jpg")
    open_dataset(root)
    for _ in range(6):
        for _ in range(random_.randrange(4)):
            files = sorted(path for path in root.rglob("*.jpg") if path.is_file())
            random_.choice(CHANGES)(random_.choice(files), random_)
        assert open_dataset(root) == fresh(root, monkeypatch, own_home)


def test_only_what_changed_is_looked_into(tmp_path: Path, looked_at: list[str]) -> None:
    make_photos(tmp_path, ("cats", "dogs"), {"cats": 4, "dogs": 3}, suffix=".jpg")
    open_dataset(tmp_path)
    looked_at.clear()
    photo(99).save(tmp_path / "cats" / "new.jpg")
    open_dataset(tmp_path)
    assert looked_at == ["new.jpg"]


@pytest.mark.skipif(os.name == "nt" or os.getuid() == 0, reason="everything may be read")
def test_a_file_that_may_no_longer_be_read(tmp_path: Path) -> None:
    make_photos(tmp_path, ("cats", "dogs"), {"cats": 4, "dogs": 3}, suffix=".jpg")
    open_dataset(tmp_path)
    next((tmp_path / "cats").iterdir()).chmod(0)
    assert len(open_dataset(tmp_path).excluded) == 1


def test_a_file_of_this_moment_is_looked_into_once_more(
    tmp_path: Path, looked_at: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may change again within one tick of the file system's clock."""
    monkeypatch.setattr(checked_files, "_TICK_NS", 60 * 10**9)
    make_photos(tmp_path, ("cats", "dogs"), {"cats": 4, "dogs": 3}, suffix=".jpg")
    open_dataset(tmp_path)
    open_dataset(tmp_path)
    assert len(looked_at) == 14


@pytest.mark.parametrize("seed", range(8))
def test_a_damaged_memory_is_ignored(seed: int, tmp_path: Path, looked_at: list[str]) -> None:
    make_photos(tmp_path, ("cats", "dogs"), {"cats": 4, "dogs": 3}, suffix=".jpg")
    first = open_dataset(tmp_path)
    random_ = random.Random(seed)
    content = bytearray(cache_file().read_bytes())
    if seed % 2:
        content = content[: random_.randrange(len(content))]
    else:
        content[random_.randrange(len(content))] ^= 1 << random_.randrange(8)
    cache_file().write_bytes(content)
    looked_at.clear()
    assert open_dataset(tmp_path) == first
    assert len(looked_at) == 7


def test_the_memory_is_one_of_many_and_bounded(tmp_path: Path) -> None:
    for number in range(checked_files.KEPT + 3):
        make_photos(tmp_path / str(number), ("cats", "dogs"), {"cats": 1, "dogs": 1}, suffix=".jpg")
        open_dataset(tmp_path / str(number))
    assert len(list((cache_dir() / "datasets").iterdir())) == checked_files.KEPT


def test_what_was_seen_until_it_was_stopped_is_kept(tmp_path: Path, looked_at: list[str]) -> None:
    make_photos(tmp_path, ("cats", "dogs"), {"cats": 4, "dogs": 3}, suffix=".jpg")
    stop = StopToken()

    def stop_now(done: int, total: int) -> None:
        stop.stop()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(indexing, "_PROGRESS_EVERY_S", 0)
        with pytest.raises(DatasetError):
            open_dataset(tmp_path, stop=stop, on_progress=stop_now)
    assert len(looked_at) == 1
    open_dataset(tmp_path)
    assert len(looked_at) == 7


def test_without_a_cache_it_opens_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_photos(tmp_path / "data", ("cats", "dogs"), {"cats": 2, "dogs": 2}, suffix=".jpg")
    (tmp_path / "home").write_text("a file where a folder should be")
    monkeypatch.setenv("TLSTUDIO_HOME", str(tmp_path / "home"))
    assert len(open_dataset(tmp_path / "data").samples) == 4
