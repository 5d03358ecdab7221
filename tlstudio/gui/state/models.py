"""The models that were trained since the program began, and which of them is in hand."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Signal

from tlstudio.core.runs.events import RunEnded, RunEndReason
from tlstudio.core.runs.record import RunRecord
from tlstudio.core.storage import cache_dir
from tlstudio.core.strategies import STRATEGIES
from tlstudio.gui.kit import formats
from tlstudio.gui.kit.language import core_text
from tlstudio.gui.kit.tasks import TaskPool
from tlstudio.gui.state import jobs
from tlstudio.gui.state.classifier import ClassifierInfo, ClassifierState
from tlstudio.gui.state.notifications import Notifications
from tlstudio.gui.state.run import RunState

if TYPE_CHECKING:
    from tlstudio.gui.state.jobs import Classifier

FOLDER = "session_models"

translate = QCoreApplication.translate


@dataclass(frozen=True, eq=False)
class SessionModel:
    """A model that was trained in this session.

    Attributes:
        number: of its run, from 1.
        record: of its run, with history and predictions.
    """

    number: int
    info: ClassifierInfo
    record: RunRecord


class ModelsState(QObject):
    """What one run made, another run or a file does not take away.

    The model in hand is in memory. The others are written to the cache folder, and gone with the
    session; what cannot be written stays in memory.

    Attributes:
        models: in the order of their runs.
        current: the one in hand; None where that is a loaded one, or none.

    Signals:
        changed(): there is another model, another one is in hand, or one was saved.
    """

    changed = Signal()

    def __init__(
        self,
        pool: TaskPool,
        notifications: Notifications,
        run: RunState,
        classifiers: ClassifierState,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._pool = pool
        self._notifications = notifications
        self._run = run
        self._classifiers = classifiers
        self.models: tuple[SessionModel, ...] = ()
        self.current: SessionModel | None = None
        self._left: SessionModel | None = None  # in hand before a file was loaded
        self._unsaved: set[int] = set()
        self._in_memory: dict[int, Classifier] = {}
        self._files: dict[int, Path] = {}
        self._writing: set[int] = set()
        self._folder = cache_dir() / FOLDER / uuid.uuid4().hex
        run.trained.connect(self._on_trained)
        run.ended.connect(self._on_run_ended)
        classifiers.changed.connect(self._on_classifier_changed)
        classifiers.loaded.connect(self._on_loaded)
        classifiers.saved.connect(self._on_saved)

    @property
    def unsaved(self) -> tuple[SessionModel, ...]:
        """The models that are in no file of a person's, the one in hand first, then by accuracy."""
        found = [model for model in self.models if model.number in self._unsaved]
        by_accuracy = sorted(found, key=_accuracy, reverse=True)
        return tuple(sorted(by_accuracy, key=lambda model: model is not self.current))

    def go_back(self, model: SessionModel, then: Callable[[], object] | None = None) -> None:
        """Take a model in hand again, with its charts and predictions; not during a run.

        Args:
            then: called when it is in hand.
        """
        if self._run.active:
            return
        if model is self.current:
            if self._run.record is not model.record:  # another dataset was opened meanwhile
                self._run.show(model.record)
            if then is not None:
                then()
        elif model.number in self._in_memory:
            self._take(model, self._in_memory[model.number], then)
        else:
            self._pool.submit(
                jobs.kept_model,
                self._files[model.number],
                done=lambda classifier: self._on_read(model, classifier, then),
                failed=self._notifications.error,
            )

    def set_saved(self) -> None:
        """Nobody needs to be asked about these models any more."""
        self._unsaved.clear()
        self._classifiers.is_saved = True
        self.changed.emit()

    def close(self) -> None:
        """Remove the files; only for closing the program, after the threads have ended."""
        if self._files:
            jobs.forget_models(self._folder)

    def _on_trained(self, classifier: Classifier, end: RunEnded) -> None:
        """A run ended. What never learned does not take the place of what did."""
        if not end.epochs and self._classifiers.info is not None:
            return
        info = ClassifierInfo(
            classifier.model,
            classifier.classes,
            val_accuracy=end.best_val_accuracy,
            epochs=end.epochs,
        )
        if not end.epochs:
            self._classifiers.take(classifier, info, is_saved=False)
            return
        number = len(self.models) + 1
        self._in_memory[number] = classifier
        self._unsaved.add(number)
        model = SessionModel(number, info, self._run.record)
        self.models = (*self.models, model)
        self._classifiers.take(classifier, info, is_saved=False)
        best = max(self._rivals(model), key=_accuracy, default=model)
        if _accuracy(best) > _accuracy(model):
            self._tell(
                self.tr("Run {number} is at {accuracy}; run {best} was better, at {better}."),
                model,
                best,
            )

    def _rivals(self, model: SessionModel) -> list[SessionModel]:
        """The models whose accuracy can be compared: of the same images and split."""
        same = model.record.fingerprint
        return [other for other in self.models if other.record.fingerprint == same]

    def _tell(self, sentence: str, model: SessionModel, back: SessionModel) -> None:
        """Say what has become of the model that was in hand, with a way back to it."""
        self._notifications.info(
            sentence.format(
                number=model.number,
                accuracy=formats.percent(model.info.val_accuracy),
                best=back.number,
                better=formats.percent(back.info.val_accuracy),
            ),
            self.tr("Nothing is lost: File → Models of this session"),
            action=self.tr("Go back to run {number}").format(number=back.number),
            act=partial(self.go_back, back),
        )

    def _on_run_ended(self, end: RunEnded) -> None:
        if end.reason is RunEndReason.STOPPED and self._run.record.end is not end:
            self._notifications.info(
                self.tr("Stopped before the first epoch ended; the run before is shown again.")
            )

    def _on_read(
        self, model: SessionModel, classifier: Classifier, then: Callable[[], object] | None
    ) -> None:
        if not self._run.active:
            self._take(model, classifier, then)

    def _take(
        self, model: SessionModel, classifier: Classifier, then: Callable[[], object] | None
    ) -> None:
        self._in_memory[model.number] = classifier
        is_saved = model.number not in self._unsaved
        self._classifiers.take(classifier, model.info, is_saved=is_saved)
        self._run.show(model.record)
        if then is not None:
            then()

    def _on_classifier_changed(self) -> None:
        held = self._classifiers.classifier
        self._left = self.current
        known = {number for number, kept in self._in_memory.items() if kept is held}
        self.current = next((model for model in self.models if model.number in known), None)
        for number in [number for number in self._in_memory if number not in known]:
            self._put_aside(number)
        self.changed.emit()

    def _put_aside(self, number: int) -> None:
        """Let go of a model that is not in hand, once it is in a file."""
        if number in self._files:
            del self._in_memory[number]
            return
        if number in self._writing:
            return
        self._writing.add(number)
        self._pool.submit(
            jobs.keep_model,
            self._in_memory[number],
            self._folder / f"run-{number}.safetensors",
            done=lambda path: self._on_kept(number, path),
            failed=lambda _: self._writing.discard(number),  # it stays in memory, which is no news
        )

    def _on_kept(self, number: int, path: Path) -> None:
        self._writing.discard(number)
        self._files[number] = path
        if self.current is None or self.current.number != number:
            self._in_memory.pop(number, None)

    def _on_loaded(self) -> None:
        left, self._left = self._left, None
        if left is not None and left.number in self._unsaved:
            self._tell(
                self.tr("Run {number} ({accuracy}) is not saved, and kept until you quit."),
                left,
                left,
            )

    def _on_saved(self) -> None:
        if self.current is not None and self._classifiers.is_saved:
            self._unsaved.discard(self.current.number)
            self.changed.emit()


def model_title(model: SessionModel) -> str:
    """E.g. “Run 2 · Feature extraction · 87.2%”, in the language of the window."""
    settings = model.record.settings
    parts = [translate("models", "Run {number}").format(number=model.number)]
    if settings is not None:
        parts.append(core_text(STRATEGIES[settings.config.strategy].title))
    if model.info.val_accuracy is not None:
        parts.append(formats.percent(model.info.val_accuracy))
    return " · ".join(parts)


def _accuracy(model: SessionModel) -> float:
    return -1.0 if model.info.val_accuracy is None else model.info.val_accuracy
