"""Work off the GUI thread: a task runs a function on a pool and reports back on the GUI thread."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal

from tlstudio.core.errors import TLStudioError, TrainingError
from tlstudio.core.texts import QT_TRANSLATE_NOOP

logger = logging.getLogger(__name__)

# macOS gives secondary threads 512 KB of stack, too little for torch.
STACK_BYTES = 16 * 1024 * 1024


class Task(QObject):
    """A piece of work on a thread. Connect its signals to bound methods of GUI-thread QObjects.

    Signals:
        done(object): the function returned this value.
        failed(object): the function raised; always a `TLStudioError`.
        progressed(int, int): done and total, from functions that report it.
        finished(): after `done` or `failed`, or when the result was no longer wanted.
    """

    done = Signal(object)
    failed = Signal(object)
    progressed = Signal(int, int)
    finished = Signal()
    _answered = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.cancelled = False
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
        if work is not None and not self._task.cancelled:
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
    """

    def __init__(self, threads: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(threads)
        self._pool.setStackSize(STACK_BYTES)
        self._tasks: set[Task] = set()
        self._is_closed = False

    def submit(
        self,
        work: Callable[..., Any],
        *args: Any,
        done: Callable[[Any], None] | None = None,
        failed: Callable[[TLStudioError], None] | None = None,
        progressed: Callable[[int, int], None] | None = None,
        **kwargs: Any,
    ) -> Task:
        """Run ``work(*args, **kwargs)`` on a thread; after `close` nothing runs any more.

        Args:
            done, failed, progressed: bound methods of QObjects that live in the GUI thread.
        """
        task = Task(self)
        if done is not None:
            task.done.connect(done)
        if failed is not None:
            task.failed.connect(failed)
        if progressed is not None:
            task.progressed.connect(progressed)
            kwargs["on_progress"] = task.progressed.emit
        task.finished.connect(self._on_task_finished)
        if self._is_closed:
            task.cancel()
            return task
        self._tasks.add(task)
        self._pool.start(_Runnable(task, lambda: work(*args, **kwargs)))
        return task

    def close(self, timeout_ms: int = 10_000) -> bool:
        """Drop what has not begun and wait for the rest; returns whether all threads ended."""
        self._is_closed = True
        for task in self._tasks:
            task.cancel()
        self._pool.clear()
        return self._pool.waitForDone(timeout_ms)

    @property
    def busy(self) -> bool:
        return self._pool.activeThreadCount() > 0

    def _on_task_finished(self) -> None:
        task = self.sender()
        if isinstance(task, Task):
            self._tasks.discard(task)
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
