"""The measures that the tree can show beside each layer: a number, a short bar, a word."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from PySide6.QtCore import QObject

from tlstudio.core.advice.evidence import EvidenceRecord, StageEvidence
from tlstudio.core.strategies import FreezePlan
from tlstudio.gui.features.layers.rows import LayerRow
from tlstudio.gui.kit import formats
from tlstudio.gui.kit.log_scale import LogScale


class LayerMeasure(StrEnum):
    """The measures that can be shown beside each layer."""

    RATE = "rate"
    ACCURACY = "accuracy"
    GRADIENT = "gradient"
    DRIFT = "drift"
    PARAMETERS = "parameters"


@dataclass(frozen=True, slots=True)
class MeasureFacts:
    """The facts from which measures are made.

    Attributes:
        plan: which layers train, when and how fast.
        learning_rate: of the settings; the plan holds multiples of it.
        evidence: what was measured at each depth.
        drift: how far each layer's weights went in the last run, by module path.
    """

    plan: FreezePlan | None = None
    learning_rate: float = 0.0
    evidence: EvidenceRecord | None = None
    drift: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MeasureCell:
    """The content of a cell.

    Attributes:
        text: the number, or a dash where there is none yet.
        note: a word before it, where there is room for it.
        short_note: the same in a sign or two.
        share: length of the bar, 0..1; None for none.
        band: from where to where the value may lie, on the same scale.
        tip: the whole truth.
        is_quiet: the number is none that anyone looks for.
    """

    text: str = ""
    note: str = ""
    short_note: str = ""
    share: float | None = None
    band: tuple[float, float] | None = None
    tip: str = ""
    is_quiet: bool = False


Span = tuple[float, float]
EMPTY = MeasureCell()


class LayerMeasures(QObject):
    """Makes the cells; knows no colours and no view."""

    def title(self, measure: LayerMeasure) -> str:
        """Return the title of a measure, for the drop-down."""
        return {
            LayerMeasure.RATE: self.tr("Learning rate"),
            LayerMeasure.ACCURACY: self.tr("Probe accuracy"),
            LayerMeasure.GRADIENT: self.tr("Gradient/weight"),
            LayerMeasure.DRIFT: self.tr("Drift"),
            LayerMeasure.PARAMETERS: self.tr("Parameters"),
        }[measure]

    def short_title(self, measure: LayerMeasure) -> str:
        """Return a title of one word, for the head of the narrow column."""
        return {
            LayerMeasure.RATE: self.tr("Rate"),
            LayerMeasure.ACCURACY: self.tr("Accuracy"),
            LayerMeasure.GRADIENT: self.tr("Gradient"),
            LayerMeasure.DRIFT: self.tr("Drift"),
            LayerMeasure.PARAMETERS: self.tr("Params"),
        }[measure]

    def help(self, measure: LayerMeasure) -> str:
        """Explain the numbers of a measure, for tooltips."""
        return {
            LayerMeasure.RATE: self.tr(
                "With which learning rate each layer starts to train, and from which epoch on."
            ),
            LayerMeasure.ACCURACY: self.tr(
                "How well a linear classifier tells the classes apart from what the network knows "
                "at that depth, before any training."
            ),
            LayerMeasure.GRADIENT: self.tr(
                "Length of the gradient of one batch against the length of the weights: "
                "where the loss would change the network most. The bars are logarithmic."
            ),
            LayerMeasure.DRIFT: self.tr(
                "How far the last run moved the weights against their length before it. "
                "Containers show the largest of their layers. The bars are logarithmic."
            ),
            LayerMeasure.PARAMETERS: self.tr("Number of parameters, with all below"),
        }[measure]

    def missing(self, measure: LayerMeasure, facts: MeasureFacts) -> bool:
        """Whether nothing is known of it yet."""
        match measure:
            case LayerMeasure.ACCURACY | LayerMeasure.GRADIENT:
                return facts.evidence is None
            case LayerMeasure.DRIFT:
                return not facts.drift
            case LayerMeasure.RATE | LayerMeasure.PARAMETERS:
                return False

    def cells(
        self, measure: LayerMeasure, rows: Sequence[LayerRow], facts: MeasureFacts
    ) -> list[MeasureCell]:
        """Return a cell for each of `rows`, which come parents before children."""
        match measure:
            case LayerMeasure.RATE:
                return self._rates(rows, facts)
            case LayerMeasure.ACCURACY:
                return [self._accuracy(row, facts) for row in rows]
            case LayerMeasure.GRADIENT:
                stages = facts.evidence.rows if facts.evidence is not None else ()
                found = [row.gradient_ratio for row in stages]
                scale = LogScale.of(ratio for ratio in found if ratio is not None)
                return [self._gradient(row, facts, scale) for row in rows]
            case LayerMeasure.DRIFT:
                return self._drifts(rows, facts)
            case LayerMeasure.PARAMETERS:
                total = sum(row.parameters for row in rows if row.parent < 0)
                return [self._parameters(row, total) for row in rows]

    # -- one measure each ------------------------------------------------------------------------

    def _rates(self, rows: Sequence[LayerRow], facts: MeasureFacts) -> list[MeasureCell]:
        plan = facts.plan
        rates = dict(plan.last.rates) if plan is not None else {}
        spans = spans_of(rows, rates)
        begins = {path: plan.first_epoch_of(path) or 1 for path in rates} if plan else {}
        firsts = spans_of(rows, begins)
        return [
            self._rate(row, span, first, facts.learning_rate)
            for row, span, first in zip(rows, spans, firsts, strict=True)
        ]

    def _rate(
        self, row: LayerRow, span: Span | None, first: Span | None, learning_rate: float
    ) -> MeasureCell:
        if not row.layers:
            return EMPTY
        if span is None or first is None:
            tip = self.tr("Frozen: its parameters stay exactly as they are.")
            return MeasureCell(self.tr("frozen"), tip=tip, is_quiet=True)
        low, high = (short_rate(learning_rate * multiple) for multiple in span)
        epoch = int(first[0])
        note = short_note = ""
        if epoch > 1 and first[0] == first[1]:
            short_note = f"{epoch}+"
            note = self.tr("from {n}").format(n=epoch)
        if low != high:
            tip = self.tr("Learning rates from {low} to {high}").format(low=low, high=high)
            return MeasureCell(f"{low} – {high}", share=span[1], tip=tip)
        multiple = f"{span[1]:.3g}"
        tip = self.tr("Trains with {multiple} × the learning rate of {rate}.").format(
            multiple=multiple, rate=formats.learning_rate(learning_rate)
        )
        if note:
            tip += " " + self.tr("Until epoch {n} begins it is frozen.").format(n=epoch)
        return MeasureCell(high, note, short_note, span[1], tip=tip)

    def _accuracy(self, row: LayerRow, facts: MeasureFacts) -> MeasureCell:
        stage = _stage(row, facts)
        if facts.evidence is None or stage is None:
            return self._unmeasured(row, facts)
        interval = stage.interval
        if interval is None:
            tip = self.tr("There are too few images for a probe.")
            return MeasureCell(formats.NONE, tip=tip, is_quiet=True)
        low, accuracy, high = interval
        lines = [
            self.tr("Linear probe: {accuracy} ({low} – {high})").format(
                accuracy=formats.percent(accuracy),
                low=formats.percent(low),
                high=formats.percent(high),
            )
        ]
        if stage.knn_accuracy is not None:
            knn = formats.percent(stage.knn_accuracy)
            lines.append(self.tr("Nearest neighbours: {accuracy}").format(accuracy=knn))
        chance = formats.percent(facts.evidence.chance)
        lines.append(self.tr("Guessing: {accuracy}").format(accuracy=chance))
        text = formats.percent(accuracy)
        return MeasureCell(text, share=accuracy, band=(low, high), tip="\n".join(lines))

    def _gradient(self, row: LayerRow, facts: MeasureFacts, scale: LogScale) -> MeasureCell:
        stage = _stage(row, facts)
        if stage is None or stage.gradient_ratio is None:
            return self._unmeasured(row, facts)
        ratio = stage.gradient_ratio
        text = formats.ratio(ratio)
        tip = self.tr("The gradient of one batch is {ratio} times as long as the weights.")
        return MeasureCell(text, share=scale.share(ratio), tip=tip.format(ratio=text))

    def _unmeasured(self, row: LayerRow, facts: MeasureFacts) -> MeasureCell:
        """A dash for the coarse rows as long as nothing is measured; empty between the stages."""
        if facts.evidence is not None or not row.layers or row.parent >= 0:
            return EMPTY
        return MeasureCell(formats.NONE, tip=self.tr("Not measured yet"), is_quiet=True)

    def _drifts(self, rows: Sequence[LayerRow], facts: MeasureFacts) -> list[MeasureCell]:
        spans = spans_of(rows, facts.drift)
        scale = LogScale.of(facts.drift.values())
        return [
            self._drift(row, span, scale, bool(facts.drift))
            for row, span in zip(rows, spans, strict=True)
        ]

    def _drift(
        self, row: LayerRow, span: Span | None, scale: LogScale, is_known: bool
    ) -> MeasureCell:
        if not row.layers:
            return EMPTY
        if not is_known:
            tip = self.tr("Known after a run")
            return MeasureCell(formats.NONE, tip=tip, is_quiet=True) if row.parent < 0 else EMPTY
        if span is None:
            tip = self.tr("It was frozen: not one bit of it changed.")
            return MeasureCell("0", tip=tip, is_quiet=True)
        value = span[1]
        if math.isinf(value):
            tip = self.tr("It began at zero, so that there is nothing to compare with.")
            return MeasureCell(self.tr("from 0"), share=1.0, tip=tip)
        text = drift_text(value)
        tip = self.tr("The weights moved by {drift} of their length.").format(drift=text)
        if not row.is_layer:
            tip = self.tr("The layer that moved most: {drift} of its length.").format(drift=text)
        return MeasureCell(text, share=scale.share(value), tip=tip)

    def _parameters(self, row: LayerRow, total: int) -> MeasureCell:
        if not row.parameters:
            return EMPTY
        share = row.parameters / total if total else 0.0
        tip = self.tr("{count} parameters, {share} of the network").format(
            count=formats.count(row.parameters), share=formats.percent(share)
        )
        return MeasureCell(formats.compact(row.parameters), share=share, tip=tip)


def _stage(row: LayerRow, facts: MeasureFacts) -> StageEvidence | None:
    """Return the evidence that was measured after the module of a row."""
    if facts.evidence is None or row.is_own:
        return None
    return facts.evidence.by_path.get(row.node.path)


def spans_of(rows: Sequence[LayerRow], values: Mapping[str, float]) -> list[Span | None]:
    """The lowest and highest value of the layers at or below each row; None without any."""
    spans: list[Span | None] = [
        (values[row.node.path],) * 2 if row.is_layer and row.node.path in values else None
        for row in rows
    ]
    for number in range(len(rows) - 1, -1, -1):  # children come after their parents
        span, parent = spans[number], rows[number].parent
        if span is not None and parent >= 0:
            above = spans[parent]
            spans[parent] = (
                span if above is None else (min(above[0], span[0]), max(above[1], span[1]))
            )
    return spans


def drift_text(value: float) -> str:
    """Two digits that count: 31%, 2.4%, 0.00065%"""
    percent = 100 * value
    if percent <= 0:
        return "0%"
    return f"{percent:.{max(0, 1 - math.floor(math.log10(percent)))}f}%"


def short_rate(value: float) -> str:
    """Format a rate briefly, e.g. 7.8e-6 or 0.001."""
    return formats.learning_rate(float(f"{value:.1e}"))
