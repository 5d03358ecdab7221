"""The evidence in the Advice view: the chart by depth, or how to get it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QProgressBar, QWidget

from tlstudio.core.advice.evidence import EvidenceRecord, StageEvidence
from tlstudio.core.errors import TLStudioError
from tlstudio.core.settings import Settings
from tlstudio.core.strategies import FreezePlan
from tlstudio.gui.features.advice.depth_points import DepthLabels, DepthPoint
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.basics import IconButton, IconLabel, label
from tlstudio.gui.kit.chart.export import ChartExport
from tlstudio.gui.kit.elided_label import ElidedLabel
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.interval_bar import interval_text
from tlstudio.gui.kit.language import error_hint, error_text
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.state.evidence import EvidenceState
from tlstudio.gui.state.evidence_texts import EvidenceTexts
from tlstudio.gui.state.session import Session

if TYPE_CHECKING:
    from tlstudio.gui.features.advice.depth_chart import DepthChart

STEPS = 1000
TEXT_PX = 440


class MeasureOffer(QWidget):
    """The offer in place of the chart: what measuring brings, or its progress.

    Attributes:
        measure, cancel: buttons.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._texts = EvidenceTexts(self)
        self.icon = IconLabel("measure", 32, "text_faint")
        self.title = label("", "section")
        self.text = label("", "hint", wrap=True)
        self.text.setMaximumWidth(TEXT_PX)
        self.text.setMinimumWidth(TEXT_PX * 3 // 4)
        self.text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.bar = QProgressBar(minimum=0, maximum=STEPS)
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(TEXT_PX // 2)
        evidence = session.feature(EvidenceState)
        self.measure = IconButton(self.tr("Measure"), "measure", clicked=evidence.measure)
        self.cancel = IconButton(self.tr("Cancel"), "close", "", evidence.cancel)
        center = Qt.AlignmentFlag.AlignHCenter
        row = hstack(Stretch(), self.text, Stretch())
        vstack(
            Stretch(),
            (self.icon, center),
            (self.title, center),
            row,
            (self.bar, center),
            (self.measure, center),
            (self.cancel, center),
            Stretch(),
            spacing=theme.GRID,
            margins=(0, 4 * theme.GRID, 0, 4 * theme.GRID),
            parent=self,
        )

    def refresh(self) -> None:
        """Show the present state."""
        evidence, texts = self._session.feature(EvidenceState), self._texts
        goes_on = evidence.active
        for widget in (self.bar, self.cancel):
            widget.setVisible(goes_on)
        can_measure = evidence.can_measure
        self.measure.setVisible(evidence.has_weights and not goes_on)
        self.measure.setEnabled(can_measure)
        if goes_on:
            progress = evidence.progress.progress if evidence.progress is not None else 0.0
            self.title.setText(self.tr("Measuring what the network knows"))
            self.text.setText(texts.progress(evidence))
            self.bar.setValue(round(STEPS * progress))
        elif evidence.error is not None:
            self.title.setText(error_text(evidence.error))
            self.text.setText(error_hint(evidence.error))
        else:
            self.title.setText(self.tr("From where on should it train?"))
            text = texts.what_it_does() + " " + texts.how_long()
            self.text.setText(text if can_measure else texts.missing(self._session))


class DepthsView(QWidget):
    """Follows `EvidenceState` and the layer that is looked at."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        explain(self, "linear-probe")
        self._session = session
        self._network = session.network
        self._record: EvidenceRecord | None = None
        self.offer = MeasureOffer(session)
        self.facts = ElidedLabel(where=Qt.TextElideMode.ElideRight)
        self.facts.setProperty("role", "hint")
        self.train_from = IconButton(
            self.tr("Train from here"), "from_here", "", self._on_train_from
        )
        self.train_from.setToolTip(
            self.tr("This layer and all that run after it train; all before it is frozen.")
        )
        self.how = label(
            self.tr(
                "Where the curve still climbs, the network's layers suit your images; "
                "where it falls or stays flat, training them can help."
            ),
            "hint",
            wrap=True,
        )
        row = hstack((self.facts, 1), self.train_from, spacing=theme.GRID)
        charts = QWidget()
        self._chart_place = vstack()
        vstack((self._chart_place, 1), row, spacing=theme.GRID // 2, parent=charts)
        self._charts = charts
        vstack(self.offer, charts, parent=self)
        self._network.layer_selected.connect(self._on_layer_selected)
        self.refresh()

    @cached_property
    def chart(self) -> DepthChart:
        """Built when it is first needed, which takes a moment."""
        from tlstudio.gui.features.advice.depth_chart import DepthChart

        chart = DepthChart(self._labels())
        chart.export = ChartExport(lambda: chart, "depths", self._session, self)
        chart.chosen.connect(self._network.select_layer)
        self._chart_place.addWidget(chart)
        return chart

    @property
    def has_charts(self) -> bool:
        """Whether there is something to draw."""
        return self._record is not None

    def refresh(self) -> None:
        """Show the present state."""
        evidence = self._session.feature(EvidenceState)
        self._record = None if evidence.active else evidence.record
        self.offer.refresh()
        self.offer.setVisible(not self.has_charts)
        self._charts.setVisible(self.has_charts)
        if self._record is not None:
            plan = self._advised_plan()
            self.chart.set_points(self._points(self._record, plan), self._record.chance)
        self._on_layer_selected(self._network.selected_layer)

    def _labels(self) -> DepthLabels:
        return DepthLabels(
            accuracy=self.tr("Probe accuracy"),
            probe=self.tr("linear probe, 95% interval"),
            knn=self.tr("nearest neighbours"),
            gradient=self.tr("Gradient/weight"),
            parameters=self.tr("Parameters"),
            trains=self.tr("trains"),
            chance=self.tr("guessing"),
            final=self.tr("what goes into the head"),
            nothing=self.tr("There are too few images for probes."),
        )

    def _points(self, record: EvidenceRecord, plan: FreezePlan | None) -> list[DepthPoint]:
        trainable = plan.trainable if plan is not None else frozenset()
        tree = self._network.tree
        points = [self._point(record.pixels, self.tr("image"), is_training=False)]
        for row in record.rows:
            below = tree.layers_below(row.path) if tree is not None else ()
            trains = any(layer.path in trainable for layer in below)
            points.append(self._point(row, row.path, is_training=trains))
        return points

    def _point(self, row: StageEvidence, title: str, *, is_training: bool) -> DepthPoint:
        return DepthPoint(
            path=row.path,
            title=title,
            text=self._text(row, title, "\n"),
            interval=row.interval,
            knn=row.knn_accuracy,
            gradient=row.gradient_ratio,
            parameters=row.parameters,
            trains=is_training,
        )

    def _text(self, row: StageEvidence, title: str, between: str) -> str:
        texts = [title]
        if row.interval is not None:
            texts.append(self.tr("probe {accuracy}").format(accuracy=interval_text(row.interval)))
        if row.knn_accuracy is not None:
            knn = formats.percent(row.knn_accuracy)
            texts.append(self.tr("neighbours {accuracy}").format(accuracy=knn))
        if row.gradient_ratio is not None:
            ratio = formats.ratio(row.gradient_ratio)
            texts.append(self.tr("gradient / weight {ratio}").format(ratio=ratio))
        if row.parameters:
            count = formats.compact(row.parameters)
            texts.append(self.tr("{count} parameters").format(count=count))
        return between.join(texts)

    def _advised_plan(self) -> FreezePlan | None:
        advice, tree = self._session.feature(EvidenceState).advice, self._network.tree
        if advice is None or tree is None:
            return None
        if advice.is_followed_by(self._network.config):
            return self._network.plan
        try:
            config = self._network.config.changed(**advice.settings)
        except TLStudioError:
            return None
        return Settings.of(config, tree).plan

    def _on_layer_selected(self, path: str) -> None:
        """The stage that a layer lies in is the one that is looked at."""
        row = _row_of(self._record, path)
        if self.has_charts:
            self.chart.set_current(row.path if row is not None else "")
        hint = self.how.text() if row is None else self._text(row, row.path, " · ")
        self.facts.set_text(hint)
        self.train_from.setVisible(row is not None)
        self.train_from.setEnabled(not self._session.run.active)

    def _on_train_from(self) -> None:
        if self.chart.current:
            self._network.train_from(self.chart.current)


def _row_of(record: EvidenceRecord | None, path: str) -> StageEvidence | None:
    """The evidence for the stage at or around the module at `path`."""
    while record is not None and path:
        if path in record.by_path:
            return record.by_path[path]
        path = path.rpartition(".")[0]
    return None
