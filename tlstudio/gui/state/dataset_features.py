"""The features of the open dataset's images, computed once for whoever asks."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.errors import TLStudioError
from tlstudio.core.runs.clock import RunClock
from tlstudio.gui.kit import formats
from tlstudio.gui.kit.language import error_text
from tlstudio.gui.state import dataset_features_jobs
from tlstudio.gui.state.session import FeatureState, Session
from tlstudio.gui.state.worker import GeneratorWorker

if TYPE_CHECKING:
    from tlstudio.core.runs.events import SampleSkipped
    from tlstudio.gui.state.dataset_features_jobs import DatasetFeatures, PoolingProgressed

EARLIEST_S = 1.0  # before that nobody can tell how long it takes
QUICK_IMAGES = 1500  # so many are computed without being asked for: well under a minute
IMAGES_PER_S = 40  # of the on-board network on two cores, where nothing is known yet


class DatasetFeaturesState(FeatureState):
    """Computes on a thread of its own; a run or a study goes before, and what is done stays.

    Health check, map and learning curve call `ask` and take `features` when `changed` says so.

    Attributes:
        features: of all images as they lie on the disk, those left out by hand among them;
            ``features.of(index)`` follows the changes by hand. None until they are there.
        progress: None while nothing is computed.
        error: what ended the last computing early.
        skipped: images that could not be read.

    Signals:
        changed(): any of these.
    """

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.features: DatasetFeatures | None = None
        self.progress: PoolingProgressed | None = None
        self.error: TLStudioError | None = None
        self.skipped: tuple[str, ...] = ()
        self._is_wanted = False
        self._clock = RunClock()
        self._read = _as_read(session.datasets.index)
        self._worker = GeneratorWorker(self)
        self._worker.yielded.connect(self._on_event)
        self._worker.ended.connect(self._on_ended)
        session.datasets.changed.connect(self._on_dataset_changed)
        session.network.engine_ready.connect(self._go_on)
        session.busy_changed.connect(self._on_busy_changed)

    @property
    def is_wanted(self) -> bool:
        """Whether somebody asked, and they are not there yet."""
        return self._is_wanted and self.features is None and self.error is None

    @property
    def is_quick(self) -> bool:
        """Whether the open dataset is so small that nobody need be asked before."""
        return self._read is not None and len(self._read.samples) <= QUICK_IMAGES

    @property
    def estimate_s(self) -> float:
        """About how long it takes, before it has begun."""
        return 0.0 if self._read is None else len(self._read.samples) / IMAGES_PER_S

    @property
    def remaining_s(self) -> float | None:
        """Seconds to the end; None until it can be told."""
        progress, elapsed_s = self.progress, self._clock.elapsed_s
        if progress is None or elapsed_s < EARLIEST_S:
            return None
        computed = progress.done - progress.from_cache
        return elapsed_s * (progress.total - progress.done) / computed if computed > 0 else None

    @property
    def status(self) -> str:
        """What is being waited for; empty where they are there, or where nobody asked."""
        if self.error is not None:
            return error_text(self.error)
        if not self.is_wanted or self._read is None:
            return ""
        if self._session.is_busy:
            return self.tr("The images are compared when what is running now is over.")
        if self.progress is None or not self.progress.total:
            return self.tr("The images are being compared…")
        return self.tr("The images are being compared: {done} of {total}").format(
            done=formats.count(self.progress.done), total=formats.count(self.progress.total)
        )

    def ask(self) -> None:
        """Compute them, unless they are there; after an error, once more."""
        self._is_wanted, self.error = True, None
        self._go_on()

    def cancel(self) -> None:
        """End soon, until somebody asks again; what was computed stays on disk."""
        self._is_wanted = False
        self._worker.cancel()
        self.changed.emit()

    def close(self) -> None:
        """End all computing for good."""
        self._is_wanted = False
        self._worker.wait()

    # -- inside ----------------------------------------------------------------------------------

    def _go_on(self, _value: object = None) -> None:
        """Begin if they are wanted, and if it can be done now."""
        session = self._session
        if self.is_wanted and self._read and session.network.is_ready and not session.is_busy:
            self._clock = RunClock()
            self.skipped = ()
            device = session.network.config.device
            self._worker.start(
                partial(dataset_features_jobs.dataset_features_on, self._read, device)
            )
        self.changed.emit()

    def _on_event(self, event: PoolingProgressed | SampleSkipped | DatasetFeatures) -> None:
        if self._worker.stop.stopped:
            return
        if hasattr(event, "vectors"):
            self.features = event  # type: ignore[assignment]
        elif hasattr(event, "path"):
            self.skipped = (*self.skipped, event.path)
        else:
            self.progress = event
        self.changed.emit()

    def _on_ended(self, error: TLStudioError | None) -> None:
        self.progress = None
        if not self._worker.stop.stopped:
            self.error = error
        self._go_on()

    def _on_busy_changed(self, is_busy: bool) -> None:
        if is_busy:
            self._worker.cancel()
        self._go_on()

    def _on_dataset_changed(self, index: DatasetIndex | None) -> None:
        """Changes by hand change no image; whatever else it was may have."""
        before, self._read = self._read, _as_read(index)
        if self._read is not None and self._read.is_same_look(before):
            return
        is_other = before is None or self._read is None or before.root != self._read.root
        self._is_wanted = self._is_wanted and not is_other
        self._worker.cancel()
        self.features = self.error = None
        self.skipped = ()
        self._go_on()


def _as_read(index: DatasetIndex | None) -> DatasetIndex | None:
    """The dataset as it lies on the disk."""
    return None if index is None else index.unedited or index
