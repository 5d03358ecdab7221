"""The charts of a run: loss, accuracy and learning rate over the epochs, while it goes.

Importing this module imports pyqtgraph.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import QWidget

from tlstudio.core.data.dataset import Split
from tlstudio.core.runs.history import EpochRecord, History, selection_accuracy
from tlstudio.core.runs.metrics import METRICS, Axis, Metric
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.chart import ticks
from tlstudio.gui.kit.chart.chart import Chart, legend_row
from tlstudio.gui.kit.chart.phase_marks import PhaseMarks
from tlstudio.gui.kit.chart.placing import beside
from tlstudio.gui.kit.chart.plot import ChartPlot, translucent
from tlstudio.gui.kit.chart.readout import Reading, ReadingRow
from tlstudio.gui.kit.chart.series import SeriesSpec
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.language import shown
from tlstudio.gui.kit.layout import hstack, vstack

MARGIN_PX = 9  # above and below, for the labels at both ends
STAR_PX = 20
SYMBOLS = {Split.TRAIN: ("o", "t1"), Split.VAL: ("s", "d")}  # of the first metric, of a second
TEXT_AWAY_PX = (12, 20, 28, 38, 54, 70, 90)  # from the star to its text
NEAR = 2 * 8  # places of these that are close enough to show no line in between


class Scale(StrEnum):
    """The scales of the upright axis."""

    PERCENT = "percent"  # values are fractions; always 0 to 100%
    FROM_ZERO = "from_zero"  # grows with the values, never shrinks during a run
    LOGARITHM = "logarithm"


TICKS = {
    Scale.PERCENT: ticks.percent,
    Scale.FROM_ZERO: ticks.numbers,
    Scale.LOGARITHM: ticks.powers(formats.learning_rate, 60.0),
}


def metrics_of(axis: Axis, split: Split | None = None) -> list[Metric]:
    """Return the metrics of a chart; with a split, those measured on its images."""
    rows = [row for row in METRICS if row.axis is axis]
    return rows if split is None else [row for row in rows if row.split is split]


class HistoryPlot(ChartPlot):
    """Epochs across, one value or several upright; the best epoch is marked."""

    def __init__(self, scale: Scale, series: Mapping[str, SeriesSpec], first_epoch: str) -> None:
        super().__init__(ticks.whole(first_epoch), TICKS[scale])
        self.item.setContentsMargins(0, 4, 8, 0)
        self._scale = scale
        self._epochs = 1
        self._top = 1.0
        self.phases = PhaseMarks(self)
        self.best_line = self.add(
            pg.InfiniteLine(angle=90),
            lambda i, t: i.setPen(pg.mkPen(t.text_faint, width=1, style=Qt.PenStyle.DotLine)),
        )
        for key, spec in series.items():
            self.add_curve(key, spec)
        self._star = self.add(
            pg.ScatterPlotItem(symbol="star", size=STAR_PX, useCache=False), self._style_star
        )
        self.star_text = self.add_text(self._style_star_text)
        self.best_line.hide()
        self.moved.connect(self._place_texts)

    def set_epochs(self, epochs: int) -> None:
        """The planned number of epochs: the range of the axis."""
        self._epochs = max(epochs, 1)
        self._fit()

    def set_values(self, values: Mapping[str, Sequence[float | None]]) -> None:
        """The curves, one value an epoch from epoch 1 on; None leaves a gap."""
        count = max((len(v) for v in values.values()), default=0)
        self._epochs = max(self._epochs, count)
        for key in self.curves:
            y = values.get(key, ())
            if self._scale is Scale.LOGARITHM:
                y = [None if v is None else math.log10(max(v, 1e-12)) for v in y]
            self.set_curve(key, range(1, len(y) + 1), y)
        self._fit()

    def set_best(self, epoch: int, series: str = "", text: str = "") -> None:
        """Mark the best epoch with a line, and with a star and `text` on a curve; 0 for none."""
        self.best_line.setVisible(epoch > 0)
        self.best_line.setValue(epoch)
        values = self.points(series)[1] if series else np.zeros(0)
        value = float(values[epoch - 1]) if 0 < epoch <= len(values) else math.nan
        has_star = math.isfinite(value)
        self._star.setData([epoch], [value]) if has_star else self._star.setData([], [])
        self.star_text.setText(text if has_star else "")
        self._place_texts()

    def set_phases(self, phases: Sequence[tuple[int, str]]) -> None:
        """Mark where more layers join: ``(first epoch, what joins)``."""
        self.phases.set_marks(phases)
        self._place_texts()

    def _place_texts(self) -> None:
        """Place the star's text around the star and the phases' along their lines, on no curve."""
        drawn = self.drawn()
        x, y = self._star.getData()
        stars = np.insert(self.px(x, y), 2, STAR_PX / 2, axis=1)
        drawn = replace(drawn, discs=np.concatenate([drawn.discs, stars]))
        guides = self.phases.lines()
        if self.best_line.isVisible():
            guides.append(self.px([self.best_line.value()] * 2, self.box.viewRange()[1]))
        with_guides = replace(drawn, lines=[*drawn.lines, *guides])
        self.star_text.setVisible(False)
        if self.star_text.toPlainText():
            size = self.star_text.boundingRect()
            x, y = stars[0, :2]
            places = [
                place
                for away_px in TEXT_AWAY_PX
                for place in beside(x, y, size.width(), size.height(), away_px)
            ]
            placed = self.place_text(self.star_text, places[:NEAR], with_guides)
            if not placed.labels:  # rather over a guide than far from its star
                placed = self.place_text(self.star_text, places, drawn, must=True)
            with_guides = replace(with_guides, labels=placed.labels)
        self.phases.place_texts(with_guides)

    def _fit(self) -> None:
        """Ranges that stay as they are until a value no longer fits."""
        values = np.concatenate([self.points(key)[1] for key in self.curves])
        values = values[np.isfinite(values)]
        low, high = 0.0, 1.0
        if self._scale is Scale.FROM_ZERO:
            if not len(values):
                self._top = 1.0  # a new run
            elif self._top < 1.05 * values.max():
                self._top = ticks.round_top(1.05 * float(values.max()))
            high = self._top
        elif self._scale is Scale.LOGARITHM:
            low = math.floor(float(values.min()) + 1e-9) if len(values) else -4
            high = math.ceil(float(values.max()) - 1e-9) if len(values) else -2
            low = min(low, high - 1)
        x = (0.5, self._epochs + max(0.5, 0.03 * self._epochs))
        self.set_home(x, (low, high), (0, MARGIN_PX, 0, MARGIN_PX))

    def _style_star(self, star: pg.ScatterPlotItem, tokens: theme.Tokens) -> None:
        star.setBrush(QColor(tokens.val))
        star.setPen(pg.mkPen(tokens.surface, width=1.5))

    def _style_star_text(self, text: pg.TextItem, tokens: theme.Tokens) -> None:
        font = self.small_font
        font.setWeight(QFont.Weight.DemiBold)
        text.setFont(font)
        text.setColor(tokens.text)
        text.fill = pg.mkBrush(translucent(tokens.surface))


class HistoryCharts(Chart):
    """Three plots that share their epochs; every metric that has an axis is drawn."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        explain(self, "loss")
        self._history = History()
        self._phases: dict[int, str] = {}
        specs = self._specs = {axis: self._specs_of(axis) for axis in Axis}
        first = self.tr("epoch {n}").format(n=1)
        self.accuracy = HistoryPlot(Scale.PERCENT, specs[Axis.ACCURACY], first)
        self.loss = HistoryPlot(Scale.FROM_ZERO, specs[Axis.LOSS], first)
        self.rate = HistoryPlot(Scale.LOGARITHM, specs[Axis.LEARNING_RATE], first)
        self._history_plots = {
            Axis.ACCURACY: self.accuracy,
            Axis.LOSS: self.loss,
            Axis.LEARNING_RATE: self.rate,
        }
        layout = hstack(spacing=theme.GRID * 2, parent=self)
        for axis, title, share in (
            (Axis.ACCURACY, self.tr("Accuracy"), 5),
            (Axis.LOSS, self.tr("Loss"), 5),
            (Axis.LEARNING_RATE, self.tr("Learning rate"), 3),
        ):
            column = vstack(
                legend_row(title, tuple(specs[axis].values()) if len(specs[axis]) > 1 else ()),
                (self._history_plots[axis], 1),
                spacing=theme.GRID // 2,
            )
            layout.addLayout(column, share)
            self.add_plot(self._history_plots[axis])
        self.set_history(History())

    @property
    def history(self) -> History:
        return self._history

    def set_epochs(self, epochs: int) -> None:
        """The planned number of epochs."""
        for plot in self._history_plots.values():
            plot.set_epochs(epochs)

    def set_history(self, history: History) -> None:
        """Show the epochs of `history`."""
        self._history = history
        epochs, best = history.epochs, history.best
        for axis, plot in self._history_plots.items():
            names = [row.name for row in metrics_of(axis)]
            plot.set_values({name: [e.metrics.get(name) for e in epochs] for name in names})
        number = best.epoch if best else 0
        has_val = best is not None and best.val_accuracy is not None
        accuracy = selection_accuracy(best) if best else None
        text = self.tr("best {accuracy}").format(accuracy=formats.percent(accuracy))
        self.accuracy.set_best(number, "val_accuracy" if has_val else "train_accuracy", text)
        self.loss.set_best(number)
        self.rate.set_best(number)
        self.setAccessibleName(self._description())
        self.point_at(min(self.place, len(epochs) - 1))

    def set_phases(self, phases: Sequence[tuple[int, str]]) -> None:
        """Mark where more layers join: ``(first epoch, what joins)``."""
        self._phases = dict(phases)
        self.accuracy.set_phases(phases)
        for plot in (self.loss, self.rate):
            plot.set_phases([(epoch, "") for epoch, _ in phases])

    @property
    def places(self) -> Sequence[float]:
        return [record.epoch for record in self._history.epochs]

    def reading(self, place: int) -> Reading:
        record = self._history.epochs[place]
        is_best = record is self._history.best
        title = self.tr("Epoch {n}, the best") if is_best else self.tr("Epoch {n}")
        joins = self._phases.get(record.epoch, "")
        title = " · ".join(part for part in (title.format(n=record.epoch), joins) if part)
        rows: list[ReadingRow] = []
        told: set[str] = set()
        for split in SYMBOLS:  # loss and accuracy of a split in one line
            firsts = [metrics_of(axis, split)[0] for axis in (Axis.LOSS, Axis.ACCURACY)]
            spec = self._specs[Axis.LOSS][firsts[0].name]
            rows.append(ReadingRow(spec.title, tuple(_value(record, row) for row in firsts), spec))
            told.update(row.name for row in firsts)
        for row in METRICS:  # a line each for the others
            if row.axis is not None and row.name not in told:
                key = self._specs[row.axis][row.name] if row.split else None
                rows.append(ReadingRow(shown(row.title), ("", _value(record, row)), key))
        return Reading(title, tuple(rows), (self.tr("loss"), self.tr("accuracy")))

    def csv(self) -> str:
        return self._history.to_csv()

    def _specs_of(self, axis: Axis) -> dict[str, SeriesSpec]:
        """The curves of one chart by metric: of each split the first goes by the split's name."""
        titles = {Split.TRAIN: self.tr("train"), Split.VAL: self.tr("validation")}
        specs = {}
        for row in metrics_of(axis):
            title = shown(row.title)
            if row.split is None:
                specs[row.name] = SeriesSpec(title, "text_soft", "", stepped=True)
                continue
            place = metrics_of(axis, row.split).index(row)
            specs[row.name] = SeriesSpec(
                title if place else titles[row.split],
                row.split.value,
                SYMBOLS[row.split][min(place, 1)],
                dashed=row.split is Split.TRAIN,
            )
        return specs

    def _description(self) -> str:
        """Return the description for screen readers."""
        best = self._history.best
        if best is None:
            return self.tr("Charts of loss, accuracy and learning rate; no epoch has ended yet")
        last = self._history.epochs[-1]
        return self.tr(
            "Charts of loss, accuracy and learning rate: epoch {n}, "
            "validation accuracy {accuracy}, best at epoch {best}"
        ).format(n=last.epoch, accuracy=formats.percent(last.val_accuracy), best=best.epoch)


def _value(record: EpochRecord, metric: Metric) -> str:
    return formats.metric(record.metrics.get(metric.name), metric.unit)
