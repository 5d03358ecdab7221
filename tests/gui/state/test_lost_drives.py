"""A drive that does not answer holds up nobody but itself."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.conftest import PATIENCE_MS
from tests.gui.fakes import make_images
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.gui.app.data_page import DataPage
from tlstudio.gui.app.menus import RecentMenu
from tlstudio.gui.kit import tasks
from tlstudio.gui.kit.tasks import TaskPool
from tlstudio.gui.kit.thumbnails import ThumbnailCache
from tlstudio.gui.state import datasets, jobs
from tlstudio.gui.state.session import Session


class LostDrive:
    """A folder whose disk answers only when it is told to, and then that nothing is there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.answers = threading.Event()
        self.asked: list[int] = []  # the threads that asked

    def wait(self, path: Path) -> bool:
        """Whether there is anything at `path`."""
        if not path.is_relative_to(self.folder):
            return path.exists()
        self.asked.append(threading.get_ident())
        self.answers.wait(60)
        return False


@pytest.fixture
def drive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, session: Session) -> Iterator[LostDrive]:
    lost = LostDrive(tmp_path / "lost")
    open_dataset = jobs.open_dataset

    def opened(root: Path, *arguments: object, **options: object) -> object:
        lost.wait(root)
        return open_dataset(root, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(datasets, "is_there", lost.wait)
    monkeypatch.setattr(jobs, "open_dataset", opened)
    yield lost
    lost.answers.set()


def test_recent_folders_are_shown_at_once_and_marked_later(
    session: Session, drive: LostDrive, qtbot: QtBot, tmp_path: Path
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    for folder in (here, drive.folder / "cats", drive.folder / "dogs", tmp_path / "deleted"):
        session.preferences.add_recent_dataset(folder)
    page = DataPage(session)
    qtbot.addWidget(page)
    rows = page.start.recent.rows
    assert [row.folder.name for row in rows] == ["deleted", "dogs", "cats", "here"]
    assert all(row.unreachable.isHidden() for row in rows)
    page.show()
    lost = {drive.folder / "cats", drive.folder / "dogs", tmp_path / "deleted"}
    qtbot.waitUntil(lambda: session.datasets.unreachable == lost)
    assert [row.unreachable.isHidden() for row in rows] == [False, False, False, True]
    menu = RecentMenu(session, page)  # type: ignore[arg-type]
    menu._fill()
    assert [("not reachable" in a.text()) for a in menu.actions()[:4]] == [True, True, True, False]
    assert threading.get_ident() not in drive.asked


def test_opening_from_it_says_so_and_is_cancelled_and_others_open(
    session: Session, drive: LostDrive, qtbot: QtBot, tmp_path: Path
) -> None:
    photos = tmp_path / "photos"
    make_images(photos)
    page = DataPage(session)
    qtbot.addWidget(page)
    page.show()
    for name in ("cats", "dogs", "birds"):  # more than there are threads
        with qtbot.waitSignal(session.datasets.fell_silent):
            session.datasets.open(drive.folder / name)
        assert "cancel" in page.start.loading.numbers.text()
        page.start.loading.cancel_button.click()
        assert not session.datasets.loading
    with qtbot.waitSignal(session.datasets.changed):
        session.datasets.open(photos)
    image = session.datasets.index.samples[0].image  # type: ignore[union-attr]
    with qtbot.waitSignal(session.thumbnails.ready):
        session.thumbnails.get(image, 128)
    assert len(drive.asked) == 3


def test_pictures_of_other_drives_come_meanwhile(
    session: Session, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = threading.Event()
    decode = jobs.thumbnail
    asked: list[Path] = []

    def slow(ref: ImageRef, size_px: int) -> object:
        if "lost" in str(ref):
            asked.append(Path(str(ref)))
            answers.wait(60)
        return decode(ref, size_px)

    cache = ThumbnailCache(session.disk_pool, slow)  # type: ignore[arg-type]
    here = ImageRef.of_file(make_images(tmp_path / "here", 1)[0])
    lost = make_images(tmp_path / "lost", 4, ["one"])
    cache.get(here, 128)
    for path in lost:  # asked for last, so they come first
        cache.get(ImageRef.of_file(path), 128)
    qtbot.waitUntil(lambda: cache.get(here, 128) is not None)
    assert 1 <= len(asked) <= 2  # the others of that drive wait for its answer
    answers.set()
    qtbot.waitUntil(lambda: all(cache.get(ImageRef.of_file(p), 128) for p in lost))


def test_the_end_of_the_program_waits_for_what_is_written_only(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers, written = threading.Event(), threading.Event()
    pool = TaskPool(1, patience_ms=1)
    monkeypatch.setattr(tasks, "LOOK_EVERY_MS", 1)
    pool.submit(answers.wait, 60)
    saving = pool.submit(written.set)
    saving.must_end = True
    assert pool.is_writing
    assert not pool.close(0)
    answers.set()
    assert pool.close(PATIENCE_MS)
    assert written.is_set()


def test_the_end_does_not_wait_for_images_on_a_lost_drive(
    session: Session, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    answers = threading.Event()

    def predict(*arguments: object) -> Iterator[object]:
        answers.wait(60)
        yield from ()

    monkeypatch.setattr(jobs, "predict", predict)
    monkeypatch.setattr(session.classifier, "_classifier", object())
    session.classifier.predict([tmp_path])
    assert not session.close(50)
    assert not session.has_ended
    answers.set()
    assert session.close(PATIENCE_MS)
    assert session.has_ended
