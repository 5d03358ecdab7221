"""The evidence for the open dataset and network, and the advice that follows from it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, assert_never

from PySide6.QtCore import QTimer

from tlstudio.core.advice.evidence import EvidenceMeasured, EvidenceProgressed, EvidenceRecord
from tlstudio.core.needs import EVIDENCE
from tlstudio.core.runs.clock import RunClock
from tlstudio.core.runs.events import SampleSkipped, StopToken
from tlstudio.gui.state import evidence_jobs
from tlstudio.gui.state.datasets import DatasetState
from tlstudio.gui.state.network import NetworkState
from tlstudio.gui.state.session import Session
from tlstudio.gui.state.study import StudyState

if TYPE_CHECKING:
    from tlstudio.core.advice import Advice, AdviceFacts
    from tlstudio.core.data.dataset import DatasetIndex

EvidenceEvent = EvidenceProgressed | SampleSkipped | EvidenceMeasured
Subject = tuple[object, ...]
EARLIEST_S = 1.0  # before that nobody can tell how long it takes


class EvidenceState(StudyState):
    """Measures on request; what was measured before is there as soon as a dataset is open.

    Attributes:
        record: the evidence for the chosen network and the open dataset; None before it is
            measured.
        facts: what the advice is made from; None without a dataset or a layer tree.
        advice: what follows from them; None likewise.
        progress: how far measuring is; None while none goes on.

    """

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        network, datasets = session.network, session.datasets
        self._pool = session.disk_pool
        self._network = network
        self._datasets = datasets
        self.record: EvidenceRecord | None = None
        self.facts: AdviceFacts | None = None
        self.advice: Advice | None = None
        self.progress: EvidenceProgressed | None = None
        self._subject: Subject = ()
        self._measured: Subject = ()
        self._is_looked_up = False  # what the disk knows of the subject
        self._clock = RunClock()
        self._soon = QTimer(self, singleShot=True, interval=0)  # several signals, one change
        self._soon.timeout.connect(self._follow)
        for signal in (
            network.settings_changed,
            network.models_changed,
            datasets.loading_changed,
            datasets.glanced,
        ):
            signal.connect(self._on_something_changed)
        datasets.changed.connect(self._on_dataset_changed)
        self._soon.start()

    @property
    def has_weights(self) -> bool:
        """Whether the chosen model has pretrained weights at all."""
        return self._network.weights is not None

    @property
    def can_measure(self) -> bool:
        """Whether there is all that it needs."""
        return self._session.missing(EVIDENCE) is None

    @property
    def weights_are_here(self) -> bool:
        """Whether the chosen pretrained weights are on this machine."""
        weights = self._network.weights
        return weights is not None and weights.ready

    @property
    def remaining_s(self) -> float | None:
        """Seconds to the end of the measuring; None until it can be told."""
        if self.progress is None or self.progress.progress <= 0:
            return None
        elapsed_s = self._clock.elapsed_s
        if elapsed_s < EARLIEST_S:
            return None
        return elapsed_s * (1 - self.progress.progress) / self.progress.progress

    def measure(self) -> None:
        """Begin; without effect where something is missing."""
        index = self._datasets.index
        if index is None or not self.can_measure:
            return
        config = self._network.config
        self._forget_look_up()
        self._measured = self._subject = self._wanted()
        self.error, self.skipped = None, ()
        self.progress = EvidenceProgressed(0.0)
        self._clock = RunClock()

        def work(stop: StopToken) -> Iterator[EvidenceEvent]:
            return evidence_jobs.measure_evidence(config, index, stop)

        self._start(work)

    def use_advice(self) -> None:
        """Take all settings that the advice names."""
        if self.advice is not None:
            self._network.change(**self.advice.settings)

    # -- inside ----------------------------------------------------------------------------------

    def _wanted(self) -> Subject:
        """Return what the evidence depends on; empty while something of it is missing."""
        index, network = self._datasets.index, self._network
        if index is None or network.tree is None:
            return ()
        config = network.config
        machine = (config.device, config.precision, config.seed)
        return (
            index.root,
            index.fingerprint,
            config.model,
            *config.input_settings,
            *machine,
            self.weights_are_here,
        )

    def _on_something_changed(self, _value: object = None) -> None:
        self._soon.start()

    def _on_dataset_changed(self, _index: DatasetIndex | None) -> None:
        self._is_looked_up = False  # what is in the images may be something else all the same
        self._soon.start()

    def _follow(self) -> None:
        """Take up another network, dataset or setting."""
        wanted = self._wanted()
        if wanted != self._subject:
            self._subject = wanted
            self.record, self.error = None, None
            if self.active and wanted != self._measured:
                self.cancel()
            self._load()
        elif not self._is_looked_up and not self.active:
            self._load()
        self._advise()
        self.changed.emit()

    def _load(self) -> None:
        self._forget_look_up()
        self._is_looked_up = True
        index = self._datasets.index
        if self._subject and index is not None and self.weights_are_here:
            config = self._network.config
            self._look_up(
                self._pool, evidence_jobs.known_evidence, config, index, done=self._on_loaded
            )

    def _on_loaded(self, record: EvidenceRecord | None) -> None:
        if record != self.record and not self.active:
            self._take(record)

    def _take(self, record: EvidenceRecord | None) -> None:
        self.record = record
        self._advise()
        self.changed.emit()

    def _advise(self) -> None:
        index, tree = self._datasets.index, self._network.tree
        self.facts, self.advice = None, None
        if index is None or tree is None or tree.num_classes != len(index.classes):
            return
        from tlstudio.core.advice import advise

        self.facts = _facts(index, self._network, self._datasets, self.record)
        self.advice = advise(self.facts)

    def _on_event(self, event: EvidenceEvent) -> None:
        match event:
            case SampleSkipped():
                self.skipped = (*self.skipped, event.path)
                self.changed.emit()
            case EvidenceProgressed():
                self.progress = event
                self.changed.emit()
            case EvidenceMeasured():
                if self._measured == self._subject:
                    self._take(event.record)
            case _:
                assert_never(event)

    def _on_ended(self) -> None:
        self.progress = None


def _facts(
    index: DatasetIndex,
    network: NetworkState,
    datasets: DatasetState,
    record: EvidenceRecord | None,
) -> AdviceFacts:
    from tlstudio.core.advice import AdviceFacts

    assert network.tree is not None
    return AdviceFacts.of(
        network.config,
        network.tree,
        index,
        has_weights=network.weights is not None,
        images=datasets.glance,
        evidence=record,
    )
