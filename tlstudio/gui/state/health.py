"""The health check of the open dataset: it runs in the background, and what it found is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from PySide6.QtCore import QTimer, Signal

from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.data.manifest import manifest_key
from tlstudio.core.errors import TLStudioError
from tlstudio.core.health import Finding, HealthProgressed, HealthReport, Remedy
from tlstudio.core.health.remedies import applied
from tlstudio.gui.kit.tasks import Task
from tlstudio.gui.state import health_jobs
from tlstudio.gui.state.dataset_features import DatasetFeaturesState
from tlstudio.gui.state.session import FeatureState, Session
from tlstudio.gui.state.worker import GeneratorWorker

IDLE_MS = 1500  # a person who has just opened a dataset wants to see it first


class HealthState(FeatureState):
    """Checks the dataset as it lies on the disk once the window is idle.

    Never beside a run, and not while a dataset is read: one would wait for the other.

    What needs only files and pixels comes first, then what needs the features of the images. An
    edit of the manifest needs no new check: `open` follows it.

    Attributes:
        report: the last report on this dataset; None before there is one.
        open: what of it still holds and was not accepted; None likewise.
        progress: of the check that goes on; None while none does.
        error: what ended the last check early.

    Signals:
        changed(): any of these.
    """

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.report: HealthReport | None = None
        self.open: HealthReport | None = None
        self.progress: HealthProgressed | None = None
        self.error: TLStudioError | None = None
        self._read: DatasetIndex | None = None  # without the changes by hand
        self._used: object = None  # the features of the last check
        self._is_wanted = False  # a check: until it has ended, or a person does not want it
        self._task: Task | None = None
        self._worker = GeneratorWorker(self)
        self._worker.yielded.connect(self._on_event)
        self._worker.ended.connect(self._on_ended)
        self._idle = QTimer(self, singleShot=True, interval=IDLE_MS)
        self._idle.timeout.connect(self._go_on)
        self.features = session.feature(DatasetFeaturesState)
        self.features.changed.connect(self._on_features_changed)
        session.datasets.changed.connect(self._on_dataset_changed)
        session.datasets.loading_changed.connect(self._on_busy_changed)
        session.busy_changed.connect(self._on_busy_changed)
        if session.datasets.index is not None:
            self._on_dataset_changed(session.datasets.index)

    @property
    def is_checking(self) -> bool:
        return self._worker.active

    @property
    def is_waiting(self) -> bool:
        """Whether a check is to begin when what goes on now is over."""
        return self._is_wanted and not self._worker.active

    @property
    def serious_count(self) -> int:
        """Open findings that change the result."""
        report = self.open
        return sum(len(report.by_kind[kind]) for kind in report.serious) if report else 0

    @property
    def open_ids(self) -> frozenset[str]:
        """The findings that still hold and were not accepted."""
        return frozenset(finding.id for finding in self.open.findings) if self.open else frozenset()

    def check(self) -> None:
        """Check the dataset anew, as soon as nothing else goes on."""
        self._is_wanted, self.error = True, None
        self._go_on()

    def compare(self) -> None:
        """Compute the images' features, and check what needs them; takes a while."""
        self.features.ask()

    def cancel(self) -> None:
        """End the check; what was found before stays."""
        self._is_wanted = False
        self._worker.cancel()
        self.features.cancel()
        self.changed.emit()

    def treat(self, remedy: Remedy, findings: Iterable[Finding]) -> None:
        """Do `remedy` about those of the findings that still hold; one step for undo."""
        index = self._session.datasets.index
        if index is None or self.open is None:
            return
        wanted = {finding.id for finding in findings}
        held = [finding for finding in self.open.findings if finding.id in wanted]
        self._session.datasets.edit(applied(remedy, held, index, self._session.datasets.manifest))

    def take_back(self, findings: Iterable[Finding]) -> None:
        """Let the images of the findings be as the dataset says, and what was accepted be open."""
        index, manifest = self._session.datasets.index, self._session.datasets.manifest
        if index is None:
            return
        findings = tuple(findings)
        keys = [manifest_key(index.root, image) for one in findings for image in one.images]
        grouped = [key for key in keys if manifest.groups.get(key) in {one.id for one in findings}]
        manifest = manifest.restoring(keys).grouping(grouped, "")
        self._session.datasets.edit(manifest.accepting((one.id for one in findings), False))

    def close(self) -> None:
        self._is_wanted = False
        self._worker.wait()

    # -- inside ----------------------------------------------------------------------------------

    def _on_dataset_changed(self, index: DatasetIndex | None) -> None:
        """What is read anew may have another report; changes by hand only close findings."""
        read = None if index is None else index.unedited or index
        before, self._read = self._read, read
        if read is None or not read.is_same_look(before):
            self._worker.cancel()
            self._is_wanted = False
            self._idle.stop()
            self.report = self.open = self.error = None
            if read is not None:
                self._submit(health_jobs.stored_report, read, done=self._on_stored)
            self.changed.emit()
        elif self.report is not None and index is not None:
            self._follow(index)

    def _submit(self, work: Callable[..., Any], *args: object, done: Callable[[Any], None]) -> None:
        if self._task is not None:
            self._task.cancel()
        self._task = self._session.disk_pool.submit(work, *args, done=done)

    def _on_stored(self, report: HealthReport | None) -> None:
        self._task = None
        if report is not None:
            self._take(report)
        if report is None or not report.has_features:
            self._is_wanted = report is None
            self._idle.start()
        self.changed.emit()

    def _follow(self, index: DatasetIndex) -> None:
        assert self.report is not None
        self._submit(health_jobs.open_report, self.report, index, done=self._on_opened)

    def _on_opened(self, report: HealthReport) -> None:
        self._task = None
        self.open = report
        self.changed.emit()

    def _take(self, report: HealthReport) -> None:
        self.report = report
        if self._session.datasets.index is not None:
            self._follow(self._session.datasets.index)

    def _go_on_soon(self) -> None:
        if self._is_wanted:
            self._idle.start()

    def _on_busy_changed(self, is_busy: bool) -> None:
        if is_busy:
            self._worker.cancel()
        else:
            self._go_on_soon()

    def _go_on(self) -> None:
        """Begin what is wanted, unless something else goes on."""
        session = self._session
        if self._read is None or session.is_busy or session.datasets.loading:
            return
        if self._is_wanted:
            self._used = self.features.features
            self._worker.start(partial(health_jobs.check_dataset, self._read, self._used))
        elif self._lacks_features and self.features.features is None and self.features.is_quick:
            self.features.ask()
        self.changed.emit()

    @property
    def _lacks_features(self) -> bool:
        return self.report is not None and not self.report.has_features

    def _on_features_changed(self) -> None:
        features = self.features.features
        if self._lacks_features and features is not None and features is not self._used:
            self._is_wanted = True
            self._go_on()
        self.changed.emit()

    def _on_event(self, event: HealthProgressed | Finding | HealthReport) -> None:
        if self._worker.stop.stopped:
            return
        if isinstance(event, HealthReport):
            self._is_wanted = False
            self._take(event)
        elif isinstance(event, HealthProgressed):
            self.progress = event
        else:
            return  # there may be thousands; the report has them all
        self.changed.emit()

    def _on_ended(self, error: TLStudioError | None) -> None:
        self.progress = None
        if error is not None:
            self.error, self._is_wanted = error, False
        self.changed.emit()
        if not self._worker.stop.stopped or self._is_wanted:
            self._idle.start()
