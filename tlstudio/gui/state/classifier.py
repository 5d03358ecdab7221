"""The classifier in hand: trained or loaded, saved to files, asked about images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, Signal

from tlstudio.core.data.dataset import ExcludedFile
from tlstudio.core.errors import TLStudioError
from tlstudio.core.runs.events import RunEnded, StopToken
from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.gui.kit.language import core_text
from tlstudio.gui.kit.tasks import STACK_BYTES, TaskPool, as_studio_error
from tlstudio.gui.state import jobs
from tlstudio.gui.state.notifications import Notifications

if TYPE_CHECKING:
    from tlstudio.gui.state.jobs import Classifier, LoadedWeights


@dataclass(frozen=True, slots=True)
class ClassifierInfo:
    """What the window shows of the classifier in hand.

    Attributes:
        source: file name it was loaded from; empty if it was trained here.
        val_accuracy: of its best epoch, fraction; None where it is not known.
        notes: what was noticed while loading it.
    """

    model: str
    classes: tuple[str, ...]
    source: str = ""
    val_accuracy: float | None = None
    epochs: int = 0
    notes: tuple[str, ...] = ()


class PredictWorker(QThread):
    """Asks a classifier about images, one answer after another.

    Signals:
        answered(list): PredictionRecord or ExcludedFile, a few at a time.
        failed(TLStudioError)
    """

    answered = Signal(list)
    failed = Signal(object)

    def __init__(
        self,
        classifier: Classifier,
        paths: Sequence[Path],
        stop: StopToken,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.setStackSize(STACK_BYTES)
        self._classifier = classifier
        self._paths = tuple(paths)
        self._stop_token = stop

    def run(self) -> None:
        batch: list[PredictionRecord | ExcludedFile] = []
        try:
            for answer in jobs.predict(self._classifier, self._paths, self._stop_token):
                batch.append(answer)
                if len(batch) >= 16:
                    self.answered.emit(batch)
                    batch = []
        except Exception as problem:  # the edge of the worker: nothing may escape
            self.failed.emit(as_studio_error(problem))
        self.answered.emit(batch)


class ClassifierState(QObject):
    """The classifier that would be saved or used now.

    Signals:
        changed(ClassifierInfo | None): another classifier.
        saved(Path): written to a file.
        loaded(ClassifierInfo): read from a file; after `changed`.
        answers_changed(): predictions for dropped images came in, or were cleared.
        predicting_changed(bool)
    """

    changed = Signal(object)
    saved = Signal(object)
    loaded = Signal(object)
    answers_changed = Signal()
    predicting_changed = Signal(bool)

    def __init__(
        self, pool: TaskPool, notifications: Notifications, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._pool = pool
        self._notifications = notifications
        self._classifier: Classifier | None = None
        self.info: ClassifierInfo | None = None
        self.is_saved = True
        self.answers: list[PredictionRecord] = []
        self.unreadable: list[ExcludedFile] = []
        self._worker: PredictWorker | None = None
        self._stop = StopToken()
        self._waiting: list[Path] = []

    @property
    def classifier(self) -> Classifier | None:
        """The classifier itself, to be handed to jobs; None while there is none."""
        return self._classifier

    @property
    def predicting(self) -> bool:
        return self._worker is not None

    def take_trained(self, classifier: Classifier, end: RunEnded) -> None:
        """A run ended with something learned."""
        info = ClassifierInfo(
            classifier.model,
            classifier.classes,
            val_accuracy=end.best_val_accuracy,
            epochs=end.epochs,
        )
        self._take(classifier, info, is_saved=False)

    def save_weights(self, path: Path, which: str = "best") -> None:
        """Write a state dict in the background; `which` is ``best`` or ``last``."""
        if self._classifier is not None:
            self._pool.submit(
                jobs.save_weights,
                self._classifier,
                path,
                which,
                done=self._on_saved,
                failed=self._notifications.error,
            )

    def save_model(self, path: Path) -> None:
        """Write the whole network in the background."""
        if self._classifier is not None:
            self._pool.submit(
                jobs.save_model,
                self._classifier,
                path,
                done=self._on_saved,
                failed=self._notifications.error,
            )

    def load(self, path: Path, classes: tuple[str, ...] | None) -> None:
        """Read weights or a whole model; the classifier in hand stays if that fails.

        Args:
            path: a file of any kind that the studio reads; its network is recognised.
            classes: of the open dataset, which the file must fit; None without one.
        """
        self._pool.submit(
            jobs.load_weights,
            path,
            classes,
            done=self._on_loaded,
            failed=self._notifications.error,
        )

    def predict(self, paths: Sequence[Path]) -> None:
        """Ask about images and folders of images; answers are added to `answers`."""
        if self._classifier is None:
            self._notifications.warning(
                self.tr("There is no trained classifier yet."),
                self.tr("Train one, or load weights from the File menu."),
            )
            return
        if self._worker is not None:
            self._waiting += paths
            return
        self._stop = StopToken()
        self._worker = PredictWorker(self._classifier, paths, self._stop, self)
        self._worker.answered.connect(self._on_answered)
        self._worker.failed.connect(self._on_predict_failed)
        self._worker.finished.connect(self._on_predict_finished)
        self._worker.start()
        self.predicting_changed.emit(True)

    def cancel_predicting(self) -> None:
        self._waiting.clear()
        self._stop.stop()

    def clear_answers(self) -> None:
        self.cancel_predicting()
        self.answers, self.unreadable = [], []
        self.answers_changed.emit()

    def view_of(self, path: Path) -> object:
        """One image as the network sees it, uint8 [H, W, 3]; for worker threads."""
        return None if self._classifier is None else jobs.network_view(path, self._classifier)

    def close(self, timeout_ms: int = 60_000) -> bool:
        """Stop predicting and wait for it; only for closing the program."""
        self.cancel_predicting()
        return self._worker is None or self._worker.wait(timeout_ms)

    def _take(self, classifier: Classifier, info: ClassifierInfo, *, is_saved: bool) -> None:
        self.clear_answers()
        self._classifier, self.info, self.is_saved = classifier, info, is_saved
        self.changed.emit(info)

    def _on_saved(self, saved: tuple[Classifier, Path]) -> None:
        classifier, path = saved
        if classifier is self._classifier:
            self.is_saved = True
        self.saved.emit(path)
        self._notifications.success(
            self.tr("Saved {name}.").format(name=path.name), str(path.parent)
        )

    def _on_loaded(self, read: tuple[Path, LoadedWeights]) -> None:
        path, loaded = read
        classifier = loaded.classifier
        best = classifier.history.best
        notes = tuple(core_text(note.sentence, **note.values) for note in loaded.notes)
        info = ClassifierInfo(
            classifier.model,
            classifier.classes,
            source=path.name,
            val_accuracy=best.val_accuracy if best else None,
            epochs=len(classifier.history.epochs),
            notes=notes,
        )
        self._take(classifier, info, is_saved=True)
        self._notifications.success(
            self.tr("Loaded {name}: {model}, {matched} tensors matched.").format(
                name=info.source, model=info.model, matched=loaded.matched
            ),
            " ".join(notes),
        )
        self.loaded.emit(info)

    def _on_answered(self, answers: list[PredictionRecord | ExcludedFile]) -> None:
        if self._stop.stopped:
            return  # they were on their way when it was cancelled, perhaps for another classifier
        for answer in answers:
            if isinstance(answer, PredictionRecord):
                self.answers.append(answer)
            else:
                self.unreadable.append(answer)
        if answers:
            self.answers_changed.emit()

    def _on_predict_failed(self, error: TLStudioError) -> None:
        self._notifications.error(error)

    def _on_predict_finished(self) -> None:
        if self._worker is not None:
            self._worker.deleteLater()
            self._worker = None
        waiting, self._waiting = self._waiting, []
        if waiting:
            self.predict(waiting)
        else:
            self.predicting_changed.emit(False)
