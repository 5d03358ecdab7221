"""The layer tree's column of measures: which one it shows, and how to get what is missing."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from tlstudio.core.runs.freeze_proof import FreezeProof
from tlstudio.gui.features.layers.layer_view import LayerView
from tlstudio.gui.features.layers.measures import LayerMeasure, LayerMeasures, MeasureFacts
from tlstudio.gui.features.layers.measuring_line import MeasuringLine
from tlstudio.gui.features.layers.proof_mark import ProofMark
from tlstudio.gui.features.layers.tree_model import LayerTreeModel
from tlstudio.gui.kit.basics import plain_tip
from tlstudio.gui.kit.choice_field import ChoiceField
from tlstudio.gui.kit.visible import VisibleRefresh
from tlstudio.gui.state.evidence import EvidenceState
from tlstudio.gui.state.evidence_texts import EvidenceTexts
from tlstudio.gui.state.session import Session

EVIDENCE = (LayerMeasure.ACCURACY, LayerMeasure.GRADIENT)


class MeasureColumn(QObject):
    """Binds the session to the column and to three widgets around the tree.

    Signals:
        refreshed(): column and widgets show what holds now.

    Attributes:
        field: the choice of the measure.
        offer: one line below it: what is missing, and a button to measure it.
        proof: a mark: what became of the frozen tensors in the last run.
    """

    refreshed = Signal()

    def __init__(self, session: Session, model: LayerTreeModel, view: LayerView) -> None:
        super().__init__(view)
        self._session = session
        self._model = model
        self._view = view
        self._measures = LayerMeasures(self)
        self._texts = EvidenceTexts(self)
        self._is_shown = True
        self.field = ChoiceField((kind, self._measures.title(kind)) for kind in LayerMeasure)
        self.field.setAccessibleName(self.tr("What is shown beside each layer"))
        self.field.set_value(session.layer_measure or LayerMeasure.RATE)
        self.offer = MeasuringLine()
        self.proof = ProofMark()
        self.field.chosen.connect(self._on_chosen)
        self.offer.measure_requested.connect(session.feature(EvidenceState).measure)
        self.offer.cancel_requested.connect(session.feature(EvidenceState).cancel)
        self._visible = VisibleRefresh(view, self.refresh)
        session.feature(EvidenceState).changed.connect(self._visible.request)
        session.busy_changed.connect(self._visible.request)
        session.network.settings_changed.connect(self._visible.request)
        session.run.status_changed.connect(self._visible.request)
        session.run.ended.connect(self._visible.request)

    @property
    def measure(self) -> LayerMeasure:
        """The one that is shown."""
        return LayerMeasure(self.field.value)

    def set_shown(self, is_shown: bool) -> None:
        """Whether measures and proof are to be seen."""
        self._is_shown = is_shown
        self.refresh()

    def refresh(self) -> None:
        """Show the present measure."""
        measure, proof = self.measure, self._proof()
        network, evidence = self._session.network, self._session.feature(EvidenceState)
        drift = proof.drift if proof is not None else {}
        facts = MeasureFacts(network.plan, network.config.learning_rate, evidence.record, drift)
        self._model.set_measure(measure, facts)
        self._view.set_shows_parameters(measure is not LayerMeasure.PARAMETERS)
        self.field.setToolTip(plain_tip(self._measures.help(measure)))
        self.proof.show_proof(proof if self._is_shown else None)
        goes_on = measure in EVIDENCE and evidence.active
        is_missing = self._measures.missing(measure, facts) and self._model.tree is not None
        self.offer.setVisible(is_missing or goes_on)
        if goes_on:
            progress = evidence.progress.progress if evidence.progress is not None else 0.0
            self.offer.go_on(self._texts.progress(evidence), progress)
        elif measure in EVIDENCE:
            can_measure = evidence.can_measure
            text, tip = self._texts.missing(self._session), self._texts.what_it_does()
            self.offer.offer(text, can_measure=can_measure, tip=tip)
        else:
            self.offer.offer(self.tr("Known after a run."), can_measure=False)
        self.refreshed.emit()

    def _proof(self) -> FreezeProof | None:
        """Return the proof of the last run, as long as its network is the one that is shown."""
        run = self._session.run
        if run.record.end is None or run.record.settings is None:
            return None
        is_same = run.record.settings.config.model == self._session.network.config.model
        return run.record.end.proof if is_same else None

    def _on_chosen(self, measure: str) -> None:
        self._session.layer_measure = measure
        self.refresh()
