"""A study: a long piece of the engine's work on request, e.g. a race or a learning-rate test."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Signal

from tlstudio.core.errors import TLStudioError
from tlstudio.gui.kit.tasks import Task, TaskPool
from tlstudio.gui.state.session import FeatureState, Session
from tlstudio.gui.state.worker import GeneratorWorker, Work


class StudyState(FeatureState):
    """The common part of all studies: the thread, the error, and looking up an earlier record.

    Attributes:
        error: what ended the last study early; None if nothing did.
        skipped: images that could not be read.

    Signals:
        changed(): anything that a view shows.
        active_changed(bool): a study began or ended.
        ended(TLStudioError | None): the study is over, and `error` is set.
    """

    changed = Signal()
    active_changed = Signal(bool)
    ended = Signal(object)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.error: TLStudioError | None = None
        self.skipped: tuple[str, ...] = ()
        self._look_up_task: Task | None = None
        self._worker = GeneratorWorker(self)
        self._worker.yielded.connect(self._on_event)
        self._worker.active_changed.connect(self._on_active_changed)
        self._worker.ended.connect(self._on_worker_ended)
        session.add_study(self)

    @property
    def active(self) -> bool:
        """Whether a study is running."""
        return self._worker.active

    def cancel(self) -> None:
        """End as soon as the engine can; what was found before stays."""
        self._worker.cancel()

    def wait(self) -> bool:
        """Cancel and wait for the thread; returns whether it ended. Only to close the program."""
        return self._worker.wait()

    def _start(self, work: Work) -> None:
        """Begin a study; without effect while one is running."""
        self._worker.start(work)

    def _on_event(self, event: Any) -> None:
        """Take what the generator yields."""
        raise NotImplementedError

    def _on_ended(self) -> None:
        """The study is over; `error` is set. `changed` follows."""

    def _look_up(
        self, pool: TaskPool, work: Callable[..., Any], *args: object, done: Callable[[Any], None]
    ) -> None:
        """Read an earlier record in the background; only the last request is answered."""
        self._forget_look_up()
        self._look_up_task = pool.submit(work, *args, done=done)

    def _forget_look_up(self) -> None:
        if self._look_up_task is not None:
            self._look_up_task.cancel()
            self._look_up_task = None

    def _on_active_changed(self, active: bool) -> None:
        self.active_changed.emit(active)
        self.changed.emit()

    def _on_worker_ended(self, error: TLStudioError | None) -> None:
        self.error = error
        self._on_ended()
        self.changed.emit()
        self.ended.emit(error)
