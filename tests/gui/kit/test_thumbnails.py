"""The thumbnail cache: in the background, newest first, within bounds, honest about failures."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import tlstudio
from tests.conftest import PATIENCE_MS
from tests.gui.fakes import make_images
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.gui.kit.tasks import Task, TaskPool
from tlstudio.gui.kit.thumbnails import IN_FLIGHT, ThumbnailCache, decoded_size_px, image_from_array
from tlstudio.gui.state import jobs
from tlstudio.gui.state.session import Session


@pytest.fixture
def pool(app: QApplication) -> Iterator[TaskPool]:
    pool = TaskPool(4)
    yield pool
    assert pool.close(PATIENCE_MS)


def test_a_picture_comes_later_in_its_own_colours(
    pool: TaskPool, qtbot: QtBot, tmp_path: Path
) -> None:
    path = make_images(tmp_path / "d", 1, ["one"])[0]
    cache = ThumbnailCache(pool, jobs.thumbnail)
    with qtbot.waitSignal(cache.ready) as ready:
        assert cache.get(ImageRef.of_file(path), 100) is None
    assert ready.args == [ImageRef.of_file(path)]
    pixmap = cache.get(ImageRef.of_file(path), 100)
    assert pixmap is not None
    assert (pixmap.width(), pixmap.height()) == (32, 24)
    pixels = jobs.thumbnail(ImageRef.of_file(path), 128)
    color = pixmap.toImage().pixelColor(5, 7)
    assert (color.red(), color.green(), color.blue()) == tuple(pixels[7, 5])


def test_unreadable_files_are_known_as_such(pool: TaskPool, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "notes.png"
    path.write_text("no image")
    cache = ThumbnailCache(pool, jobs.thumbnail)
    with qtbot.waitSignal(cache.ready):
        cache.get(ImageRef.of_file(path), 100)
    assert cache.failed(ImageRef.of_file(path))
    assert cache.get(ImageRef.of_file(path), 100) is None
    cache.clear()
    assert not cache.failed(ImageRef.of_file(path))


def test_newest_first_few_at_a_time_and_dropped_ones_never(
    pool: TaskPool, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []
    gate, lock, running = threading.Event(), threading.Lock(), [0, 0]

    def slow(path: Path, size_px: int) -> np.ndarray:
        with lock:
            begun.append(path.name)
            running[0] += 1
            running[1] = max(running)
        gate.wait(60)
        with lock:
            running[0] -= 1
        return np.zeros((4, 4, 3), np.uint8)

    handed_over: list[str] = []
    submit = pool.submit

    def listen(
        work: Callable[..., object], decode: object, path: Path, *args: Any, **options: Any
    ) -> Task:
        handed_over.append(path.name)
        return submit(work, decode, path, *args, **options)

    monkeypatch.setattr(jobs, "thumbnail", slow)
    monkeypatch.setattr(pool, "submit", listen)
    cache = ThumbnailCache(pool, jobs.thumbnail)
    for number in range(6):
        cache.get(ImageRef.of_file(Path(f"{number}")), 128)
    qtbot.waitUntil(lambda: len(begun) == IN_FLIGHT)
    cache.drop(ImageRef.of_file(Path("0")), 128)
    cache.get(ImageRef.of_file(Path("1")), 128)  # seen again: before the others
    gate.set()
    qtbot.waitUntil(lambda: len(begun) == 5 and not running[0])
    assert handed_over == ["5", "4", "1", "3", "2"]  # threads may begin in another order
    assert sorted(begun) == sorted(handed_over)
    assert running[1] <= IN_FLIGHT


def test_what_was_not_used_for_longest_goes(
    pool: TaskPool, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "thumbnail", lambda p, s: np.zeros((64, 64, 3), np.uint8))
    cache = ThumbnailCache(pool, jobs.thumbnail, capacity_bytes=3 * 64 * 64 * 4)
    for name in "abc":
        with qtbot.waitSignal(cache.ready):
            cache.get(ImageRef.of_file(Path(name)), 128)
    cache.get(ImageRef.of_file(Path("a")), 128)
    with qtbot.waitSignal(cache.ready):
        cache.get(ImageRef.of_file(Path("d")), 128)
    assert cache.kept_bytes <= 3 * 64 * 64 * 4
    assert cache.get(ImageRef.of_file(Path("a")), 128) is not None
    assert cache.get(ImageRef.of_file(Path("b")), 128) is None


def test_another_size_stands_in(pool: TaskPool, qtbot: QtBot, tmp_path: Path) -> None:
    path = make_images(tmp_path / "d", 1, ["one"])[0]
    cache = ThumbnailCache(pool, jobs.thumbnail)
    with qtbot.waitSignal(cache.ready):
        cache.get(ImageRef.of_file(path), 128)
    with qtbot.waitSignal(cache.ready):
        assert cache.get(ImageRef.of_file(path), 900) is not None


def test_what_comes_after_a_clear_is_not_kept(
    pool: TaskPool, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    started, gate = threading.Event(), threading.Event()

    def slow(path: Path, size_px: int) -> np.ndarray:
        started.set()
        gate.wait(60)
        return np.zeros((4, 4, 3), np.uint8)

    monkeypatch.setattr(jobs, "thumbnail", slow)
    cache = ThumbnailCache(pool, jobs.thumbnail)
    cache.get(ImageRef.of_file(Path("a")), 128)
    qtbot.waitUntil(started.is_set)
    cache.clear()
    with qtbot.waitSignal(cache.ready):
        gate.set()
    assert cache.kept_bytes == 0


def test_sizes_are_bounded() -> None:
    assert decoded_size_px(1) == 128
    assert decoded_size_px(193) == 256
    assert decoded_size_px(10_000) == 1536


def test_images_of_odd_width_keep_their_rows(app: QApplication) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (5, 7, 3), dtype=np.uint8)
    image = image_from_array(pixels[:, ::-1])
    for y in range(5):
        for x in range(7):
            color = image.pixelColor(x, y)
            assert (color.red(), color.green(), color.blue()) == tuple(pixels[y, 6 - x])


def test_there_is_one_cache_for_all_pages() -> None:
    gui = Path(tlstudio.__file__).parent / "gui"
    made = re.compile(r"\bThumbnailCache\((?!QObject)")
    makers = [path.name for path in gui.rglob("*.py") if made.search(path.read_text("utf-8"))]
    assert makers == ["session.py"]


def test_the_session_forgets_pictures_that_may_have_changed(
    session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    image = ImageRef.of_file(make_images(tmp_path / "d", 1, ["one"])[0])
    with qtbot.waitSignal(session.thumbnails.ready):
        session.thumbnails.get(image, 128)
    assert session.thumbnails.get(image, 128) is not None
    session.datasets.changed.emit(None)  # other pictures may have the same names now
    assert session.thumbnails.get(image, 128) is None
