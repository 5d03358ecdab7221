"""Work on the features of the open dataset: it waits for them, and for whatever goes before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal

from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.errors import TLStudioError
from tlstudio.gui.state.dataset_features import DatasetFeaturesState
from tlstudio.gui.state.session import FeatureState, Session
from tlstudio.gui.state.worker import GeneratorWorker, Work

if TYPE_CHECKING:
    from tlstudio.gui.state.dataset_features_jobs import DatasetFeatures


class FeaturesWork(FeatureState):
    """Runs on a thread of its own, on request; a run or a study goes before.

    Attributes:
        features: of the images.
        error: what ended the work early.

    Signals:
        changed(): another state, or another result.
    """

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.error: TLStudioError | None = None
        self.features = session.feature(DatasetFeaturesState)
        self._is_requested = False
        self._worker = GeneratorWorker(self)
        self._worker.yielded.connect(self._on_yielded)
        self._worker.ended.connect(self._on_ended)
        self.features.changed.connect(self._go_on)
        session.busy_changed.connect(self._on_busy_changed)
        session.datasets.changed.connect(self._on_dataset_changed)

    @property
    def is_active(self) -> bool:
        """Whether it goes on; the features are there."""
        return self._worker.active

    @property
    def is_wanted(self) -> bool:
        """Whether the result comes by itself, now or when what goes before is over."""
        return self._is_requested and self.error is None and not self._has_result()

    @property
    def problem(self) -> TLStudioError | None:
        """Why there is no result and none comes by itself."""
        return self.error or self.features.error

    def start(self) -> None:
        """Do it, however long that takes."""
        self._is_requested, self.error = True, None
        self.features.ask()
        self._go_on()

    def cancel(self) -> None:
        """End soon."""
        self._is_requested = False
        self._worker.cancel()
        self.features.cancel()
        self.changed.emit()

    def close(self) -> None:
        """End all computing for good."""
        self._is_requested = False
        self._worker.wait()

    # -- of each kind of work --------------------------------------------------------------------

    def _has_result(self) -> bool:
        raise NotImplementedError

    def _work(self, features: DatasetFeatures) -> Work | None:
        """What is to be done now; None for nothing."""
        raise NotImplementedError

    def _on_event(self, event: Any) -> None:
        """Take what the work yields."""
        raise NotImplementedError

    def _on_dataset_changed(self, index: DatasetIndex | None) -> None:
        """Follow another dataset, or changes by hand."""
        raise NotImplementedError

    # -- inside ----------------------------------------------------------------------------------

    def _forget(self) -> None:
        """What goes on is of no use any more."""
        self._worker.cancel()
        self._is_requested, self.error = False, None

    def _go_on(self) -> None:
        features = self.features.features
        if self.is_wanted and features is not None and not self._session.is_busy:
            work = self._work(features)
            if work is not None:
                self._worker.start(work)
        self.changed.emit()

    def _on_yielded(self, event: Any) -> None:
        if not self._worker.stop.stopped:
            self._on_event(event)

    def _on_ended(self, error: TLStudioError | None) -> None:
        if not self._worker.stop.stopped:
            self.error = error
        self._go_on()

    def _on_busy_changed(self, is_busy: bool) -> None:
        if is_busy:
            self._worker.cancel()
        self._go_on()
