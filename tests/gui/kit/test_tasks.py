"""Work off the GUI thread, and what comes back."""

from __future__ import annotations

import threading

from PySide6.QtCore import QObject, QThread
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.conftest import PATIENCE_MS
from tlstudio.core.errors import DatasetError, TLStudioError
from tlstudio.gui.kit.tasks import TaskPool


class Receiver(QObject):
    """Collects what a task reports, and on which thread."""

    def __init__(self) -> None:
        super().__init__()
        self.results: list[object] = []
        self.errors: list[TLStudioError] = []
        self.progress: list[tuple[int, int]] = []
        self.threads: list[QThread] = []

    def take(self, result: object) -> None:
        self.threads.append(QThread.currentThread())
        self.results.append(result)

    def fail(self, error: TLStudioError) -> None:
        self.errors.append(error)

    def go_on(self, done: int, total: int) -> None:
        self.progress.append((done, total))


def test_results_arrive_on_the_gui_thread(app: QApplication, qtbot: QtBot) -> None:
    pool, receiver = TaskPool(1), Receiver()
    pool.submit(lambda a, b: (a + b, threading.get_ident()), 2, b=3, done=receiver.take)
    qtbot.waitUntil(lambda: bool(receiver.results))
    [(total, worker)] = receiver.results  # type: ignore[misc]
    assert total == 5
    assert worker != threading.get_ident()
    assert receiver.threads == [app.thread()]
    assert pool.close(PATIENCE_MS)


def test_errors_arrive_as_sentences(app: QApplication, qtbot: QtBot) -> None:
    pool, receiver = TaskPool(1), Receiver()

    def refuse() -> None:
        raise DatasetError("No classes in {folder}.", folder="x")

    def crash() -> None:
        raise ZeroDivisionError("by zero")

    pool.submit(refuse, failed=receiver.fail)
    pool.submit(crash, failed=receiver.fail)
    qtbot.waitUntil(lambda: len(receiver.errors) == 2)
    assert str(receiver.errors[0]) == "No classes in x."
    assert "by zero" in str(receiver.errors[1])
    assert receiver.errors[1].hint_text
    assert pool.close(PATIENCE_MS)


def test_progress_is_reported(app: QApplication, qtbot: QtBot) -> None:
    pool, receiver = TaskPool(1), Receiver()

    def work(on_progress: object) -> str:
        assert callable(on_progress)
        on_progress(1, 2)
        on_progress(2, 2)
        return "done"

    pool.submit(work, done=receiver.take, progressed=receiver.go_on)
    qtbot.waitUntil(lambda: receiver.results == ["done"])
    assert receiver.progress == [(1, 2), (2, 2)]
    assert pool.close(PATIENCE_MS)


def test_a_cancelled_task_says_nothing(app: QApplication, qtbot: QtBot) -> None:
    pool, receiver = TaskPool(1), Receiver()
    gate = threading.Event()
    first = pool.submit(gate.wait, 60, done=receiver.take)
    second = pool.submit(lambda: "second", done=receiver.take)
    first.cancel()
    gate.set()
    qtbot.waitUntil(lambda: receiver.results == ["second"])
    assert not second.cancelled
    assert pool.close(PATIENCE_MS)


def test_nothing_runs_after_the_pool_was_closed(app: QApplication, qtbot: QtBot) -> None:
    pool, receiver = TaskPool(1), Receiver()
    assert pool.close(PATIENCE_MS)
    assert pool.submit(lambda: "late", done=receiver.take).cancelled
    assert not pool.busy
    app.processEvents()
    assert receiver.results == []


def test_an_answer_on_its_way_is_dropped_when_it_is_not_wanted_any_more(
    app: QApplication, qtbot: QtBot
) -> None:
    pool, receiver = TaskPool(1), Receiver()
    worked = threading.Event()
    task = pool.submit(worked.set, done=receiver.take)
    assert worked.wait(60) and pool.close(
        PATIENCE_MS
    )  # the worker has ended; its answer waits in the queue
    task.cancel()
    app.processEvents()
    assert receiver.results == []
