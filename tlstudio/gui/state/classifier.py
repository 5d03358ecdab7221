"""The classifier in hand: trained or loaded, saved to files, asked about images."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from tlstudio.core.data.dataset import ExcludedFile
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.errors import TLStudioError
from tlstudio.core.evaluation.calibration import tempered
from tlstudio.core.runs.events import StopToken
from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.core.storage import is_there
from tlstudio.core.use.pictures import ImagesFound
from tlstudio.gui.kit.language import core_text
from tlstudio.gui.kit.tasks import TaskPool
from tlstudio.gui.state import jobs
from tlstudio.gui.state.notifications import Notifications
from tlstudio.gui.state.worker import GeneratorWorker

if TYPE_CHECKING:
    from tlstudio.core.evaluation.novelty import NoveltyDetector
    from tlstudio.gui.state.jobs import Classifier, LoadedWeights, OpenedWeights


ANSWERS_AT_ONCE = 16  # a signal for each image would keep the GUI thread busy


@dataclass(frozen=True, slots=True)
class ClassifierInfo:
    """The facts about the classifier in hand that the window shows.

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


class ClassifierState(QObject):
    """The classifier that would be saved or used now.

    Signals:
        changed(ClassifierInfo | None): another classifier.
        novelty_changed(): it says "none of these" otherwise than before.
        saved(Path): written to a file.
        loaded(ClassifierInfo): read from a file; after `changed`.
        answers_changed(): predictions for dropped images came in, changed, or were cleared.
        predicting_changed(bool)
    """

    changed = Signal(object)
    novelty_changed = Signal()
    saved = Signal(object)
    loaded = Signal(object)
    answers_changed = Signal()
    predicting_changed = Signal(bool)

    def __init__(
        self,
        pool: TaskPool,
        disk_pool: TaskPool,
        notifications: Notifications,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._pool = pool
        self._disk_pool = disk_pool
        self._notifications = notifications
        self._classifier: Classifier | None = None
        self.info: ClassifierInfo | None = None
        self.answers: list[PredictionRecord] = []
        self.unreadable: list[ExcludedFile] = []
        self.progress: tuple[int, int] | None = None  # images that are answered, and found
        self.uses_truth = True
        self._truths: list[int | None] = []  # of each answer, by the name of its folder
        self._worker = GeneratorWorker(self)
        self._worker.yielded.connect(self._on_answered)
        self._worker.ended.connect(self._on_predict_ended)
        self._waiting: list[ImageRef | Path] = []

    @property
    def classifier(self) -> Classifier | None:
        """The classifier itself, to be handed to jobs; None while there is none."""
        return self._classifier

    @property
    def predicting(self) -> bool:
        return self._worker.active

    @property
    def novelty(self) -> NoveltyDetector | None:
        """What tells images that belong to none of the classes; None if that was not measured."""
        return getattr(self._classifier, "novelty", None)

    def set_novelty(self, detector: NoveltyDetector | None) -> None:
        """Answer so from now on; answers that were measured are judged anew."""
        if self._classifier is None:
            return
        self._classifier.novelty = detector
        self.answers = [_judged(answer, detector) for answer in self.answers]
        self.novelty_changed.emit()
        self.answers_changed.emit()

    @property
    def temperature(self) -> float:
        """That its logits are divided by; 1 is that of a classifier that is not calibrated."""
        return getattr(self._classifier, "temperature", 1.0)

    def set_temperature(self, temperature: float) -> None:
        """Answer so from now on; the answers that are there follow."""
        if self._classifier is None:
            return
        self.answers = list(tempered(self.answers, temperature / self.temperature))
        self._classifier.temperature = temperature
        self.answers_changed.emit()

    def save_weights(
        self, path: Path, which: str = "best", then: Callable[[], object] | None = None
    ) -> None:
        """Write a state dict in the background.

        Args:
            which: ``best`` or ``last``.
            then: called once it is written.
        """
        self._save(path, jobs.save_weights, which, then=then)

    def save_model(self, path: Path) -> None:
        """Write the whole network in the background."""
        self._save(path, jobs.save_model)

    def load_opened(self, opened: OpenedWeights, names: tuple[str, ...]) -> None:
        """Make a classifier of a file that was read; the one in hand stays if that fails.

        Args:
            names: of its classes, whatever the file says; empty for those of the file.
        """
        self._pool.submit(
            jobs.load_opened,
            opened,
            names,
            done=self._on_loaded,
            failed=self._notifications.error,
        )

    @property
    def has_truth(self) -> bool:
        """Whether a folder says of any image what is true."""
        return any(truth is not None for truth in self._truths)

    def set_uses_truth(self, uses: bool) -> None:
        """Whether folders that are called like classes say what is true."""
        self.uses_truth = uses
        self.answers = [
            replace(answer, target=truth if uses else None)
            for answer, truth in zip(self.answers, self._truths, strict=True)
        ]
        self.answers_changed.emit()

    def predict(self, paths: Sequence[ImageRef | Path]) -> None:
        """Ask about images, folders and archives; answers are added to `answers`."""
        if self._classifier is None:
            self._notifications.warning(
                self.tr("There is no trained classifier yet."),
                self.tr("Train one, or load weights from the File menu."),
            )
            return
        if self._worker.active:
            self._waiting += paths
            return
        self._worker.start(partial(_answers, self._classifier, tuple(paths)))
        self.predicting_changed.emit(True)

    def cancel_predicting(self) -> None:
        self._waiting.clear()
        self._worker.cancel()

    def clear_answers(self) -> None:
        self.cancel_predicting()
        self.answers, self.unreadable, self._truths = [], [], []
        self.progress = None
        self.answers_changed.emit()

    def answer_again(self) -> None:
        """Ask about the same images once more: answers have more to say than before."""
        images = [answer.image for answer in self.answers]
        images += [file.image for file in self.unreadable]
        if images:
            self.clear_answers()
            self.predict(images)

    def view_of(self, image: ImageRef) -> object:
        """Return an image as the network sees it, uint8 ``[H, W, 3]``; for worker threads."""
        return None if self._classifier is None else jobs.network_view(image, self._classifier)

    def close(self, timeout_ms: int = 60_000) -> bool:
        """Stop predicting and wait for it; only for closing the program."""
        self.cancel_predicting()
        return self._worker.wait(timeout_ms)

    def _save(
        self,
        path: Path,
        job: Callable[..., object],
        *options: str,
        then: Callable[[], object] | None = None,
    ) -> None:
        """Write the classifier that is in hand now."""
        classifier = self._classifier
        if classifier is None:
            return

        def begin() -> None:
            task = self._pool.submit(
                job,
                classifier,
                path,
                *options,
                done=lambda saved: self._on_saved(saved, then),
                failed=self._notifications.error,
            )
            task.must_end = True

        self._when_reached(path.parent, begin)

    def _when_reached(self, path: Path, act: Callable[[], None]) -> None:
        """Do something on the only thread that knows torch once the drive has answered.

        If the drive is gone, it never does, and that thread is free for all else.
        """
        self._disk_pool.submit(is_there, path, done=lambda _: act())

    def take(self, classifier: Classifier, info: ClassifierInfo) -> None:
        """Take another classifier in hand."""
        self.clear_answers()
        self._classifier, self.info = classifier, info
        self.changed.emit(info)

    def _on_saved(
        self, saved: tuple[Classifier, Path], then: Callable[[], object] | None = None
    ) -> None:
        _, path = saved
        self.saved.emit(path)
        self._notifications.success(
            self.tr("Saved {name}.").format(name=path.name), str(path.parent)
        )
        if then is not None:
            then()

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
        self.take(classifier, info)
        self._notifications.success(
            self.tr("Loaded {name}: {model}, {matched} tensors matched.").format(
                name=info.source, model=info.model, matched=loaded.matched
            ),
            " ".join(notes),
        )
        self.loaded.emit(info)

    def _on_answered(self, answers: list[ImagesFound | PredictionRecord | ExcludedFile]) -> None:
        if self._worker.stop.stopped:
            return  # they were on their way when it was cancelled, perhaps for another classifier
        for answer in answers:
            if isinstance(answer, ImagesFound):
                self.progress = (0, answer.total)
                continue
            if isinstance(answer, PredictionRecord):
                self._truths.append(answer.target)
                kept = answer if self.uses_truth else replace(answer, target=None)
                self.answers.append(kept)
            else:
                self.unreadable.append(answer)
            if self.progress is not None:
                self.progress = (self.progress[0] + 1, self.progress[1])
        if answers:
            self.answers_changed.emit()

    def _on_predict_ended(self, error: TLStudioError | None) -> None:
        if error is not None:
            self._notifications.error(error)
        self.progress = None
        waiting, self._waiting = self._waiting, []
        if waiting:
            self.predict(waiting)
        else:
            self.predicting_changed.emit(False)


def _judged(answer: PredictionRecord, detector: NoveltyDetector | None) -> PredictionRecord:
    if answer.novelty is None:
        return answer
    if detector is None or not detector.is_on:
        return replace(answer, novelty=None)
    return replace(answer, novelty=detector.judge(answer.novelty.distance, answer.predicted))


def _answers(
    classifier: Classifier, asked: tuple[ImageRef | Path, ...], stop: StopToken
) -> Iterator[list[ImagesFound | PredictionRecord | ExcludedFile]]:
    """Predictions for images, a few at a time. Runs on the worker's thread.

    Images that were answered before an error are yielded before it is raised.
    """
    batch: list[ImagesFound | PredictionRecord | ExcludedFile] = []
    try:
        for answer in jobs.predict(classifier, asked, stop):
            batch.append(answer)
            if len(batch) >= ANSWERS_AT_ONCE:
                yield batch
                batch = []
    except Exception:
        yield batch
        raise
    yield batch
