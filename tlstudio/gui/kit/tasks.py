"""Work off the GUI thread: a task runs a function on a pool and reports back on the GUI thread."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QRunnable, QThreadPool, QTimer, Signal

from tlstudio.core.errors import TLStudioError, TrainingError
from tlstudio.core.texts import QT_TRANSLATE_NOOP

logger = logging.getLogger(__name__)

# macOS gives secondary threads 512 KB of stack, too little for torch.
STACK_BYTES = 16 * 1024 * 1024
PATIENCE_MS = 1000  # a disk that has not answered by then may never do so
LOOK_EVERY_MS = 250


class Task(QObject):
    """A piece of work on a thread. Connect its signals to bound methods of GUI-thread QObjects.

    Attributes:
        args: what its function was called with, in order.

    Signals:
        done(object): the function returned this value.
        failed(object): the function raised; always a `TLStudioError`.
        progressed(int, int): done and total, from functions that report it.
        stuck(Task): this task has taken longer than its pool has patience; it may end all the same.
        finished(): after `done` or `failed`, or when the result was no longer wanted.
    """

    done = Signal(object)
    failed = Signal(object)
    progressed = Signal(int, int)
    stuck = Signal(object)
    finished = Signal()
    _answered = Signal(object, object)

    def __init__(self, args: tuple[Any, ...], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.args = args
        self.cancelled = False
        self.must_end = False  # what it writes is not given up when the program ends
        self.begun_s: float | None = None  # by `time.monotonic`; None while it waits for its turn
        self.is_stuck = False
        self._answered.connect(self._on_answered)

    def cancel(self) -> None:
        """The result is no longer wanted; neither `done` nor `failed` will be emitted.

        That holds for an answer that is on its way already.
        """
        self.cancelled = True

    def answer(self, result: Any, error: TLStudioError | None) -> None:
        """Report from the worker's thread."""
        self._answered.emit(result, error)

    def _on_answered(self, result: Any, error: TLStudioError | None) -> None:
        if self.cancelled:
            return
        if error is None:
            self.done.emit(result)
        else:
            self.failed.emit(error)


class _Runnable(QRunnable):
    def __init__(self, task: Task, work: Callable[[], Any]) -> None:
        super().__init__()
        self._task = task
        self._work: Callable[[], Any] | None = work

    def run(self) -> None:
        # Qt may keep this object a while; what it worked on, e.g. a network, is let go at once.
        work, self._work = self._work, None
        result: Any = None
        error: TLStudioError | None = None
        if work is not None and (self._task.must_end or not self._task.cancelled):
            self._task.begun_s = time.monotonic()
            try:
                result = work()
            except Exception as problem:  # the edge of the worker: nothing may escape
                error = as_studio_error(problem)
        try:
            if not self._task.cancelled:
                self._task.answer(result, error)
            self._task.finished.emit()
        except RuntimeError:  # the task's owner is gone: the window was closed meanwhile
            logger.debug("a task outlived its owner")


class TaskPool(QObject):
    """A pool of threads for tasks.

    Args:
        threads: how many run at once; one for whatever touches torch.
        patience_ms: for pools that ask disks. A network drive that is gone answers after half a
            minute, if ever, and nobody can interrupt the question. A task that takes longer than
            this no longer counts: another thread works in its place.
    """

    def __init__(
        self, threads: int, parent: QObject | None = None, *, patience_ms: int | None = None
    ) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(threads)
        self._pool.setStackSize(STACK_BYTES)
        self._tasks: set[Task] = set()
        self._is_closed = False
        self._patience_ms = patience_ms
        self._look = QTimer(self, interval=LOOK_EVERY_MS)
        self._look.timeout.connect(self._look_for_stuck)

    def submit(
        self,
        work: Callable[..., Any],
        *args: Any,
        done: Callable[[Any], None] | None = None,
        failed: Callable[[TLStudioError], None] | None = None,
        progressed: Callable[[int, int], None] | None = None,
        stuck: Callable[[Task], None] | None = None,
        **kwargs: Any,
    ) -> Task:
        """Run ``work(*args, **kwargs)`` on a thread; after `close` nothing runs any more.

        Args:
            done, failed, progressed, stuck: bound methods of QObjects that live in the GUI thread.
        """
        task = Task(args, self)
        if done is not None:
            task.done.connect(done)
        if failed is not None:
            task.failed.connect(failed)
        if progressed is not None:
            task.progressed.connect(progressed)
            kwargs["on_progress"] = task.progressed.emit
        if stuck is not None:
            task.stuck.connect(stuck)
        task.finished.connect(self._on_task_finished)
        if self._is_closed:
            task.cancel()
            return task
        self._tasks.add(task)
        if self._patience_ms is not None:
            self._look.start()
        self._pool.start(_Runnable(task, lambda: work(*args, **kwargs)))
        return task

    def close(self, timeout_ms: int = 10_000) -> bool:
        """Drop what has not begun and wait for the rest; returns whether all threads ended.

        What must end begins even so. May be called again, to wait for longer.
        """
        self._is_closed = True
        self._look.stop()
        for task in self._tasks:
            task.cancel()
        return self._pool.waitForDone(timeout_ms)

    @property
    def is_writing(self) -> bool:
        """Whether something goes on, or waits for its turn, that must come to its end."""
        return any(task.must_end for task in self._tasks)

    @property
    def busy(self) -> bool:
        return self._pool.activeThreadCount() > 0

    def _look_for_stuck(self) -> None:
        assert self._patience_ms is not None
        latest_s = time.monotonic() - self._patience_ms / 1000
        for task in [*self._tasks]:
            if task.begun_s is not None and task.begun_s < latest_s and not task.is_stuck:
                task.is_stuck = True
                self._pool.releaseThread()  # its thread no longer counts
                task.stuck.emit(task)

    def _on_task_finished(self) -> None:
        task = self.sender()
        if not isinstance(task, Task):
            return
        if task.is_stuck:
            self._pool.reserveThread()
        self._tasks.discard(task)
        if not self._tasks:
            self._look.stop()
        task.deleteLater()


def as_studio_error(problem: Exception) -> TLStudioError:
    """`problem` itself if it already speaks plainly, else a sentence around its words."""
    if isinstance(problem, TLStudioError):
        return problem
    logger.error("unexpected error", exc_info=problem)
    return TrainingError(
        QT_TRANSLATE_NOOP("core", "Something unexpected went wrong: {what}"),
        QT_TRANSLATE_NOOP("core", "The details are in the log (Help menu)."),
        what=f"{type(problem).__name__}: {problem}".strip(": "),
    )
