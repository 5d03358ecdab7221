"""The learning curve of the open dataset."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.gui.features.learning_curve import jobs
from tlstudio.gui.state.features_work import FeaturesWork
from tlstudio.gui.state.session import Session
from tlstudio.gui.state.worker import Work

if TYPE_CHECKING:
    from tlstudio.core.learning_curve import LearningCurve
    from tlstudio.gui.features.learning_curve.jobs import CurveProgressed
    from tlstudio.gui.state.dataset_features_jobs import DatasetFeatures


class LearningCurveState(FeaturesWork):
    """Measured when somebody looks and it is quick, else on request; anew after each change.

    Attributes:
        curve: of the dataset with its changes by hand; None before it is measured.
        progress: None while it is not measured.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.curve: LearningCurve | None = None
        self.progress: CurveProgressed | None = None
        self._index = session.datasets.index

    def look(self) -> None:
        """Somebody looks: measure it where that is quick."""
        if self.curve is None and self._index is not None and self.problem is None:
            is_ready = self._session.network.is_ready and not self._is_requested
            if is_ready and (self.features.is_quick or self.features.features is not None):
                self.start()

    def _has_result(self) -> bool:
        return self.curve is not None

    def _work(self, features: DatasetFeatures) -> Work | None:
        if self._index is None:
            return None
        return partial(jobs.learning_curve, features, self._index)

    def _on_event(self, event: CurveProgressed | LearningCurve) -> None:
        from tlstudio.core.learning_curve import LearningCurve

        if isinstance(event, LearningCurve):
            self.curve, self.progress = event, None
        else:
            self.progress = event
        self.changed.emit()

    def _on_dataset_changed(self, index: DatasetIndex | None) -> None:
        self._index = index
        self._forget()
        self.curve = self.progress = None
        self.changed.emit()
