"""The speeds of networks on this machine: earlier measurements, and measuring on request."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Signal

from tlstudio.core.compare import SpeedKey, SpeedRecord
from tlstudio.core.errors import TLStudioError
from tlstudio.core.needs import SPEEDS
from tlstudio.core.published_results import (
    Results,
    forget_results,
    keep_results,
    kept_results,
)
from tlstudio.core.runs.events import StopToken
from tlstudio.gui.kit.tasks import Task
from tlstudio.gui.state import jobs
from tlstudio.gui.state.session import FeatureState, Session


@dataclass(frozen=True, slots=True)
class SkippedModel:
    """A network that could not be measured."""

    key: SpeedKey
    error: TLStudioError


class SpeedsState(FeatureState):
    """Measures one network after another, so that other work of the engine comes in between.

    A run that starts ends the measuring: the numbers would be wrong, and the run slower.

    Attributes:
        speeds: what is known for the device and precision of the settings.
        queue: what is still to be measured; the first is at work.
        done, total: networks of the present or last request.
        stage, stages: of the network that is at work.
        skipped: what the last request left out, and why.

    Signals:
        changed(): any of these, or whether measuring is possible.
    """

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        network, run = session.network, session.run
        self._pool = session.engine_pool
        self._network = network
        self._run = run
        self.speeds: dict[SpeedKey, SpeedRecord] = {}
        self.queue: tuple[SpeedKey, ...] = ()
        self.done = self.total = 0
        self.stage, self.stages = 0, 1
        self.skipped: tuple[SkippedModel, ...] = ()
        self._stop = StopToken()
        self._task: Task | None = None
        self._place: tuple[str, str] | None = None
        self._measured_at: tuple[str, str] = ("", "")
        self._is_wanted = False
        network.engine_ready.connect(self._load)
        network.settings_changed.connect(self._on_settings_changed)
        run.status_changed.connect(self._on_status_changed)
        session.busy_changed.connect(self._on_busy_changed)

    @property
    def is_measuring(self) -> bool:
        return bool(self.queue)

    @property
    def can_measure(self) -> bool:
        """Whether a request would be taken now."""
        return self._session.missing(SPEEDS) is None and not self.is_measuring

    def load(self) -> None:
        """Load earlier measurements, from now on; before a view asks, nobody needs them."""
        self._is_wanted = True
        self._load()

    def measure(self, keys: Sequence[SpeedKey]) -> None:
        """Measure these networks, each with images of that size; only on a person's request."""
        if not keys or not self.can_measure:
            return
        self.queue = tuple(dict.fromkeys(keys))
        self.done, self.total = 0, len(self.queue)
        self.skipped = ()
        self._stop = StopToken()
        self._measured_at = self._wanted()
        self.load()
        self._begin()

    def cancel(self) -> None:
        """End within one layer; what was measured before stays."""
        self._stop.stop()
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self.queue = ()
        self.changed.emit()

    def close(self) -> None:
        if self.is_measuring:
            self.cancel()

    def _wanted(self) -> tuple[str, str]:
        return self._network.config.precision, self._network.config.device

    def _begin(self) -> None:
        self.stage, self.stages = 0, 1
        if self.queue:
            model, image_px = self.queue[0]
            precision, device = self._measured_at
            self._task = self._pool.submit(
                jobs.measure_speed,
                model,
                image_px,
                precision,
                device,
                stop=self._stop,
                done=self._on_measured,
                failed=self._on_failed,
                progressed=self._on_progressed,
            )
        self.changed.emit()

    def _load(self) -> None:
        if self._is_wanted and self._network.is_ready and self._wanted() != self._place:
            self._place = self._wanted()
            self._pool.submit(jobs.known_speeds, *self._place, done=self._on_loaded)

    def _on_loaded(self, records: Sequence[SpeedRecord]) -> None:
        self.speeds = {record.key: record for record in records}
        self.changed.emit()

    def _on_measured(self, record: SpeedRecord | None) -> None:
        if record is not None and self._measured_at == self._place:
            self.speeds = {**self.speeds, record.key: record}
        self._next()

    def _on_failed(self, error: TLStudioError) -> None:
        self.skipped = (*self.skipped, SkippedModel(self.queue[0], error))
        self._next()

    def _next(self) -> None:
        self._task = None
        self.queue = self.queue[1:]
        self.done += 1
        self._begin()

    def _on_progressed(self, done: int, total: int) -> None:
        if self.is_measuring:
            self.stage, self.stages = done, total
            self.changed.emit()

    def _on_settings_changed(self, _settings: object) -> None:
        self._load()

    def _on_status_changed(self, _phase: object) -> None:
        self.changed.emit()

    def _on_busy_changed(self, is_busy: bool) -> None:
        """A run or a study would be slower beside it, and the numbers wrong."""
        if is_busy and self.is_measuring:
            self.cancel()


class ResultsState(FeatureState):
    """The results on ImageNet that timm has published, from a table that a person opened.

    Attributes:
        results: empty while there is no table.

    Signals:
        changed(): there is another table, or none any more.
    """

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.results: Results = {}
        self._submit(kept_results)

    def open(self, path: Path) -> None:
        """Take another table, and keep it for later starts."""
        self._submit(keep_results, path)

    def forget(self) -> None:
        """Do without the table from now on."""
        self._submit(forget_results)

    def _submit(self, work: Callable[..., Results], *arguments: Path) -> None:
        self._session.disk_pool.submit(
            work, *arguments, done=self._on_read, failed=self._session.notifications.error
        )

    def _on_read(self, results: Results) -> None:
        if results != self.results:
            self.results = results
            self.changed.emit()
