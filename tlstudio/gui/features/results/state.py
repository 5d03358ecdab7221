"""What the Results page shows: the run's validation, or an evaluation on other images."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import Signal

from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.errors import TLStudioError
from tlstudio.core.evaluation.calibration import Calibration, tempered
from tlstudio.core.evaluation.evaluation import (
    Evaluation,
    EvaluationProgressed,
    EvaluationTarget,
    TargetKind,
)
from tlstudio.core.evaluation.scores import ClassCurves, Scores
from tlstudio.core.health.leaks import LeakEffect, leak_effect
from tlstudio.core.runs.events import PredictionsReady
from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.gui.features.results import jobs
from tlstudio.gui.kit.tasks import Task
from tlstudio.gui.state.health import HealthState
from tlstudio.gui.state.session import Session
from tlstudio.gui.state.study import StudyState


class ResultsState(StudyState):
    """Predictions, what they were made on, and their numbers.

    Attributes:
        evaluation: on images that were asked for; None while the run's own are shown.
        leaks: what copies of training images among those shown do to the accuracy; None where the
            health check found none.
        side: which of the details is shown; the window is rebuilt for a language.
        progress: images done and images in all, while an evaluation goes on.

    Signals:
        shown_changed(): other predictions are to be shown.
        scores_changed(): `scores` are there.
        leaks_changed(): `leaks` is another.
        curves_changed(ClassCurves): those of the class that was asked for last.
    """

    shown_changed = Signal()
    scores_changed = Signal()
    curves_changed = Signal(object)
    leaks_changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.evaluation: Evaluation | None = None
        self.side = 0
        self.progress: tuple[int, int] | None = None
        self._scores: tuple[tuple[PredictionRecord, ...], Scores] | None = None
        self._scored: tuple[PredictionRecord, ...] | None = None  # being scored
        self._curves_task: Task | None = None
        self._calibration: tuple[str, Calibration | None] = ("", None)
        self.is_calibrating = False
        self.leaks: LeakEffect | None = None
        self._leaks_task: Task | None = None
        self.health = session.feature(HealthState)
        session.run.predictions_changed.connect(self.show_run)
        session.classifier.changed.connect(self.show_run)

    @property
    def predictions(self) -> tuple[PredictionRecord, ...]:
        """The predictions to be shown."""
        if self.evaluation is not None:
            return self.evaluation.predictions
        return self._session.run.record.shown_predictions.predictions

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes of the network that made them."""
        if self.evaluation is not None:
            return self.evaluation.classes
        return self._session.run.record.classes

    def made_by(self) -> str:
        """The run that made them; empty for the network in hand."""
        return "" if self.evaluation is not None else self._session.run.record.run_id

    @property
    def target(self) -> TargetKind:
        """What they were made on."""
        found = self.evaluation
        return TargetKind.VALIDATION if found is None else found.target.kind

    @property
    def scores(self) -> Scores | None:
        """The numbers of these predictions; None until `ask_for_scores` was answered."""
        if self.evaluation is not None:
            return self.evaluation.scores
        known = self._scores
        return known[1] if known is not None and known[0] is self.predictions else None

    @property
    def can_evaluate(self) -> bool:
        """Whether there is a network in hand, and nothing else goes on."""
        return self._session.classifier.classifier is not None and not self._session.is_busy

    def show_run(self) -> None:
        """Show the run's own validation again: another network, or other answers of it."""
        self.cancel()
        self.evaluation, self.error = None, None
        self.shown_changed.emit()

    def evaluate(self, target: EvaluationTarget) -> None:
        """Ask the network in hand about other images."""
        classifier = self._session.classifier.classifier
        if classifier is None or not self.can_evaluate:
            return
        self.error, self.progress = None, None
        self._start(partial(jobs.evaluate_on, classifier, target, self._session.datasets.index))

    def ask_for_scores(self) -> None:
        """Compute `scores` in the background, if need be."""
        predictions = self.predictions
        if self.scores is not None or not predictions or self._scored is predictions:
            return
        self._scored = predictions
        self._look_up(
            self._session.disk_pool,
            jobs.scores,
            predictions,
            self.classes,
            done=partial(self._on_scored, predictions),
        )

    def ask_for_leaks(self) -> None:
        """Compute `leaks` in the background; `leaks_changed` tells."""
        if self._leaks_task is not None:
            self._leaks_task.cancel()
            self._leaks_task = None
        report, index = self.health.report, self._index_of_run()
        if report is None or index is None or not self.predictions:
            self._on_leaks(None)
            return
        self._leaks_task = self._session.disk_pool.submit(
            leak_effect, self.predictions, report, index, done=self._on_leaks
        )

    def _index_of_run(self) -> DatasetIndex | None:
        """The open dataset as the run had it; None where it was otherwise than now and before."""
        index, trained_on = self._session.datasets.index, self._session.run.record.fingerprint
        looks = () if index is None else (index, index.unedited)
        return next((one for one in looks if one and one.fingerprint == trained_on), None)

    def _on_leaks(self, leaks: LeakEffect | None) -> None:
        self._leaks_task = None
        if leaks != self.leaks:
            self.leaks = leaks
            self.leaks_changed.emit()

    @property
    def temperature(self) -> float:
        """That the network in hand is calibrated with; 1 where it is not."""
        return self._session.classifier.temperature

    @property
    def can_calibrate(self) -> bool:
        """Whether the run whose validation is shown is the one in hand, and nothing goes on."""
        run = self._session.run.record
        is_own = self.evaluation is None and bool(run.run_id) and bool(self.predictions)
        return is_own and self.can_evaluate and not self.is_calibrating

    def calibrate(self) -> None:
        """Fit the temperature to the run's validation images; it is kept if it helps."""
        if self.can_calibrate:
            plain = tempered(self.predictions, 1 / self.temperature)
            self._calibrate(jobs.calibrate_run, self._run_id, plain, self.classes)

    def undo_calibration(self) -> None:
        """Let the probabilities be as the network gives them."""
        if self.can_calibrate:
            self._calibrate(jobs.set_temperature, self._run_id, 1.0)

    def ask_for_calibration(self) -> None:
        """Judge again what was kept with a run that is opened."""
        if self.temperature == 1 or self.calibration is not None or not self.can_calibrate:
            return
        plain = tempered(self.predictions, 1 / self.temperature)
        done = partial(self._on_judged, self._run_id)
        self._session.disk_pool.submit(
            jobs.calibrate, plain, self.classes, done=done, failed=lambda _: None
        )

    @property
    def _run_id(self) -> str:
        return self._session.run.record.run_id

    def _calibrate(self, job: Callable[..., Calibration | None], run_id: str, *args: Any) -> None:
        self.is_calibrating = True
        task = self._session.engine_pool.submit(
            job,
            run_id,
            *args,
            done=partial(self._on_calibrated, run_id),
            failed=self._on_calibration_failed,
        )
        task.must_end = True
        self.changed.emit()

    def _on_calibrated(self, run_id: str, found: Calibration | None) -> None:
        """What is shown, Use and Save follow, unless another run is in hand meanwhile."""
        self.is_calibrating = False
        run, record = self._session.run, self._session.run.record
        if run_id == record.run_id and not run.active:
            before = self.temperature
            self._calibration = (run_id, found)  # before what is shown asks for it
            temperature = 1.0 if found is None else found.temperature
            if found is None or found.helps:
                self._session.classifier.set_temperature(temperature)
                shown = record.shown_predictions
                told = tempered(shown.predictions, temperature / before)
                ready = PredictionsReady(shown.epoch, told)
                run.show(replace(record, predictions=ready, best_predictions=ready))
        self.changed.emit()

    def _on_judged(self, run_id: str, found: Calibration | None) -> None:
        if run_id == self._run_id and self.temperature != 1:  # it may be undone meanwhile
            self._calibration = (run_id, found)
            self.scores_changed.emit()

    def _on_calibration_failed(self, error: TLStudioError) -> None:
        self.is_calibrating = False
        self.error = error
        self.changed.emit()

    @property
    def calibration(self) -> Calibration | None:
        """What was fitted to the run last, and what it is good for."""
        run_id, found = self._calibration
        return found if run_id == self._run_id else None

    def ask_for_curves(self, class_index: int) -> None:
        """Compute the curves of a class in the background; `curves_changed` brings them."""
        if self._curves_task is not None:
            self._curves_task.cancel()
        self._curves_task = self._session.disk_pool.submit(
            jobs.curves, self.predictions, class_index, done=self._on_curves
        )

    def test_looks(self) -> int:
        """How often the test split of the open dataset was looked at."""
        index = self._session.datasets.index
        return jobs.test_looks(index.fingerprint) if index is not None else 0

    def _on_event(self, event: EvaluationProgressed | Evaluation) -> None:
        if isinstance(event, EvaluationProgressed):
            self.progress = (event.done, event.total)
            self.changed.emit()
        elif event.is_whole and not self._worker.stop.stopped:
            self.evaluation = event
            self.shown_changed.emit()

    def _on_ended(self) -> None:
        self.progress = None

    def _on_scored(self, predictions: tuple[PredictionRecord, ...], scores: Scores) -> None:
        self._scores = (predictions, scores)
        self.scores_changed.emit()

    def _on_curves(self, curves: ClassCurves) -> None:
        self._curves_task = None
        self.curves_changed.emit(curves)
