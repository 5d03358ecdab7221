"""Answers the questions of a lesson while a person drags: the newest question wins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject

from tlstudio.core.errors import TLStudioError
from tlstudio.gui.kit.tasks import Task, TaskPool
from tlstudio.gui.state.network import NetworkState

Job = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class _Question:
    job: Job
    args: tuple[Any, ...]
    done: Callable[[Any], object]
    failed: Callable[[TLStudioError], object]


class LiveWorker(QObject):
    """Asks one question at a time, on a thread; of those of one job that wait, the newest stays.

    Every answer arrives on the GUI thread, in the order of the questions. Nothing is asked before
    torch is loaded, and nothing arrives after this object is gone.

    Args:
        pool: with one thread.
        network: knows whether torch is loaded.
    """

    def __init__(self, pool: TaskPool, network: NetworkState, parent: QObject) -> None:
        super().__init__(parent)
        self._pool, self._network = pool, network
        self._waiting: dict[Job, _Question] = {}
        self._asked: _Question | None = None
        self._task: Task | None = None
        network.engine_ready.connect(self._ask_next)
        network.failed.connect(self._on_no_engine)

    @property
    def busy(self) -> bool:
        """Whether an answer is still to come."""
        return self._asked is not None or bool(self._waiting)

    def ask(
        self,
        job: Job,
        *args: Any,
        done: Callable[[Any], object],
        failed: Callable[[TLStudioError], object],
    ) -> None:
        """Run ``job(*args)`` as soon as the thread is free, in place of an older such question."""
        self._waiting.pop(job, None)
        self._waiting[job] = _Question(job, args, done, failed)
        if not self._network.is_ready and self._network.failure is not None:
            self._on_no_engine(self._network.failure)
        self._ask_next()

    def _ask_next(self) -> None:
        if self._asked is not None or not self._waiting or not self._network.is_ready:
            return
        self._asked = self._waiting.pop(next(iter(self._waiting)))
        self._task = self._pool.submit(
            self._asked.job, *self._asked.args, done=self._on_done, failed=self._on_failed
        )

    def _on_done(self, answer: Any) -> None:
        question, self._asked = self._asked, None
        if question is not None:
            question.done(answer)
        self._ask_next()

    def _on_failed(self, error: TLStudioError) -> None:
        question, self._asked = self._asked, None
        if question is not None:
            question.failed(error)
        self._ask_next()

    def _on_no_engine(self, error: TLStudioError) -> None:
        waiting = [*self._waiting.values()]
        self._waiting.clear()
        for question in waiting:
            question.failed(error)
