"""The one list of downloads: queue, cancelling, going on, importing and removing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.conftest import PATIENCE_MS
from tests.gui.networks import make_ready, no_engine
from tlstudio.core.errors import WeightsError
from tlstudio.core.networks.catalog import WeightsPlace
from tlstudio.core.networks.downloads import (
    DownloadProgress,
    DownloadStatus,
    PartialDownload,
    StoredWeights,
    WeightsGuess,
    WeightsName,
)
from tlstudio.core.runs.events import StopToken
from tlstudio.gui.state import jobs
from tlstudio.gui.state.downloads import DownloadsState
from tlstudio.gui.state.session import Session

ONE, TWO = WeightsName("resnet18", "IMAGENET1K_V1"), WeightsName("vgg11_bn", "IMAGENET1K_V1")


class Server:
    """Stands in for the engine's downloads; each waits until it is let go on."""

    def __init__(self) -> None:
        self.asked: list[tuple[WeightsName, bool]] = []
        self.go_on = threading.Semaphore(0)
        self.error: WeightsError | None = None
        self.done_bytes = 10

    def download(
        self,
        model: str,
        weights: str,
        *,
        restart: bool,
        stop: StopToken,
        on_progress: Callable[[DownloadProgress], None],
    ) -> Path:
        self.asked.append((WeightsName(model, weights), restart))
        on_progress(DownloadProgress(self.done_bytes, 100, 5.0))
        while not self.go_on.acquire(timeout=0.01):
            if stop.stopped:
                raise WeightsError("It was stopped.")
        if self.error is not None:
            raise self.error
        return Path(model)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    served = Server()
    no_engine(monkeypatch)
    monkeypatch.setattr(jobs, "download_weights", served.download)
    yield served
    for _ in range(10):
        served.go_on.release()


@pytest.fixture
def downloads(session: Session, server: Server) -> DownloadsState:
    return session.downloads


def statuses(downloads: DownloadsState) -> list[DownloadStatus]:
    return [row.status for row in downloads.downloads]


def test_one_after_another(
    downloads: DownloadsState, session: Session, server: Server, qtbot: QtBot
) -> None:
    downloads.fetch(ONE, "ResNet-18", 100)
    downloads.fetch(TWO, "VGG-11", 200)
    downloads.fetch(ONE, "ResNet-18", 100)  # it is coming already
    qtbot.waitUntil(lambda: downloads.downloads[0].progress.done_bytes == 10)
    assert statuses(downloads) == [DownloadStatus.RUNNING, DownloadStatus.QUEUED]
    assert downloads.downloads[1].progress.total_bytes == 200
    with qtbot.waitSignal(downloads.arrived):
        server.go_on.release()
    qtbot.waitUntil(lambda: len(server.asked) == 2)
    assert statuses(downloads) == [DownloadStatus.RUNNING]
    server.go_on.release()
    qtbot.waitUntil(lambda: not downloads.downloads)
    assert [name for name, _ in server.asked] == [ONE, TWO]
    assert session.notifications.kept[0].text == "The weights of ResNet-18 are here."


def test_the_model_page_follows(session: Session, server: Server, qtbot: QtBot) -> None:
    make_ready(session, qtbot)
    session.network.set_model("resnet18")
    assert not session.network.downloading
    session.network.download()
    assert session.network.downloading == "resnet18"
    with qtbot.waitSignal(session.network.models_changed):  # where weights are is looked up again
        server.go_on.release()
    assert not session.network.downloading


def test_cancelled_and_gone_on_with(
    downloads: DownloadsState, session: Session, server: Server, qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    left = PartialDownload(ONE, "ResNet-18", Path("x.part"), 12, 100)
    monkeypatch.setattr(jobs, "stored_weights", lambda: ((), (left,), Path()))
    downloads.fetch(ONE, "ResNet-18", 100)
    qtbot.waitUntil(lambda: downloads.downloads[0].progress.done_bytes == 10)
    with qtbot.waitSignal(downloads.stored_changed):
        downloads.cancel(ONE)
        assert statuses(downloads) == [DownloadStatus.STOPPED]
    row = downloads.of(ONE)
    assert row is not None and row.progress.done_bytes == 12
    assert not session.notifications.kept
    downloads.resume(ONE)
    qtbot.waitUntil(lambda: len(server.asked) == 2)
    downloads.cancel(ONE)
    downloads.restart(ONE)  # before the thread has noticed
    qtbot.waitUntil(lambda: len(server.asked) == 3)
    assert [restart for _, restart in server.asked] == [False, False, True]
    qtbot.waitUntil(lambda: statuses(downloads) == [DownloadStatus.RUNNING])


def test_cancelled_in_the_queue_or_before_the_first_byte(
    downloads: DownloadsState, server: Server, qtbot: QtBot
) -> None:
    server.done_bytes = 0
    downloads.fetch(ONE, "ResNet-18")
    downloads.fetch(TWO, "VGG-11")
    downloads.cancel(TWO)
    assert [row.name for row in downloads.downloads] == [ONE]
    downloads.cancel(ONE)
    assert downloads.downloads == ()


def test_a_failure_stays_until_it_is_tried_again_or_dismissed(
    downloads: DownloadsState, session: Session, server: Server, qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    server.error = WeightsError("No network: {host} cannot be reached.", "Hint.", host="h")
    downloads.fetch(ONE, "ResNet-18")
    server.go_on.release()
    with qtbot.waitSignal(downloads.stored_changed):
        pass
    row = downloads.of(ONE)
    assert row is not None and row.status is DownloadStatus.FAILED and row.error is server.error
    assert session.notifications.kept[-1].text == "No network: h cannot be reached."
    discarded: list[tuple[str, ...]] = []
    monkeypatch.setattr(jobs, "discard_partial", lambda *name: discarded.append(name))
    downloads.discard(ONE)
    assert downloads.downloads == ()
    qtbot.waitUntil(lambda: discarded == [tuple(ONE)])


def test_what_an_earlier_session_left_is_listed(
    downloads: DownloadsState, server: Server, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = PartialDownload(TWO, "VGG-11", Path("x.part"), 50, 200)
    stored = StoredWeights((ONE,), "ResNet-18", WeightsPlace.CACHED, Path("r.pth"), 1000, 0.0)
    monkeypatch.setattr(jobs, "stored_weights", lambda: ((stored,), (left,), Path()))
    with qtbot.waitSignal(downloads.stored_changed):
        downloads.refresh()
    assert downloads.stored == (stored,)
    assert statuses(downloads) == [DownloadStatus.STOPPED]
    assert downloads.total_bytes == 1050
    monkeypatch.setattr(jobs, "stored_weights", lambda: ((), (), Path()))
    removed: list[tuple[str, ...]] = []
    monkeypatch.setattr(jobs, "remove_weights", lambda *name: removed.append(name))
    with qtbot.waitSignals([downloads.arrived, downloads.stored_changed]):
        downloads.remove(stored)
    assert removed == [tuple(ONE)]
    assert downloads.downloads == downloads.stored == ()


def test_a_file_that_is_certain_is_imported_at_once(
    downloads: DownloadsState, session: Session, server: Server, qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    guess = WeightsGuess((ONE,), is_certain=True)
    monkeypatch.setattr(jobs, "recognise_weights", lambda path: (path, guess))
    monkeypatch.setattr(jobs, "import_weights", lambda path, *name: WeightsName(*name))
    with qtbot.waitSignal(downloads.arrived):
        downloads.import_file(Path("x.pth"))
        assert downloads.is_importing
    assert not downloads.is_importing
    assert "resnet18" in session.notifications.kept[-1].text


def test_a_file_that_may_be_several_is_asked_about(
    downloads: DownloadsState, server: Server, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    guess = WeightsGuess((ONE, TWO), is_certain=False)
    monkeypatch.setattr(jobs, "recognise_weights", lambda path: (path, guess))
    with qtbot.waitSignal(downloads.choice_asked) as asked:
        downloads.import_file(Path("x.pth"))
    assert asked.args == [Path("x.pth"), guess]
    assert not downloads.is_importing


def test_a_file_that_is_nothing_is_said(
    downloads: DownloadsState, session: Session, server: Server, qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def refuse(path: Path) -> None:
        raise WeightsError("It holds no weights.")

    monkeypatch.setattr(jobs, "recognise_weights", refuse)
    downloads.import_file(Path("x.pth"))
    qtbot.waitUntil(lambda: not downloads.is_importing)
    assert session.notifications.kept[-1].text == "It holds no weights."


def test_closing_ends_what_runs(session: Session, server: Server, qtbot: QtBot) -> None:
    session.downloads.fetch(ONE, "ResNet-18")
    session.downloads.fetch(TWO, "VGG-11")
    qtbot.waitUntil(lambda: len(server.asked) == 1)
    assert session.close(PATIENCE_MS)
    assert len(server.asked) == 1
