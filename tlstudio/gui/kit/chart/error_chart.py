"""Training and validation error over the epochs, drawn as the papers on depth draw them.

Importing this module imports pyqtgraph.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QWidget

from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.basics import label
from tlstudio.gui.kit.chart import ticks
from tlstudio.gui.kit.chart.chart import Chart
from tlstudio.gui.kit.chart.export import csv_text
from tlstudio.gui.kit.chart.plot import LEFT_PX, ChartPlot
from tlstudio.gui.kit.chart.readout import Reading, ReadingRow
from tlstudio.gui.kit.chart.run_curves import Curve, entry_spec
from tlstudio.gui.kit.chart.series import LegendKey, SeriesSpec
from tlstudio.gui.kit.layout import Stretch, hstack, vstack

MARGINS_PX = (12.0, 9.0, 12.0, 9.0)
TRAIN_WIDTH, VAL_WIDTH = 1.6, 2.5


@dataclass(frozen=True, slots=True)
class ErrorCurve:
    """The errors of a network, fractions over the epochs, mean over its runs.

    Attributes:
        title: in the language of the window.
        place: decides the colour: the same one in every pane for what is compared across them.
        pane: title of the pane that it is drawn in; all the same, or empty, for a single one.
        train: on the training images, as it learned from them.
        val: on the validation images; empty without any.
        key: what the legend of its pane calls it; its title if empty.
        is_quiet: drawn thinner, beside the one that is talked of.
    """

    title: str
    place: int
    pane: str = ""
    train: Curve = ()
    val: Curve = ()
    key: str = ""
    is_quiet: bool = False


class ErrorChart(Chart):
    """Dashed on the training images, solid on those of validation; a pane for each kind."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._curves: tuple[ErrorCurve, ...] = ()
        self._built: tuple[ErrorCurve, ...] = ()
        self.panes: dict[str, ChartPlot] = {}
        self._row: QHBoxLayout = hstack(spacing=2 * theme.GRID)
        keys = (
            SeriesSpec(self.tr("training"), "text_soft", "", dashed=True, width=TRAIN_WIDTH),
            SeriesSpec(self.tr("validation"), "text_soft", "", width=VAL_WIDTH),
        )
        parts = (part for spec in keys for part in (LegendKey(spec), label(spec.title, "hint")))
        head = hstack(
            label(self.tr("Error"), "section"),
            Stretch(),
            *parts,
            spacing=theme.GRID,
            margins=(LEFT_PX, 0, 0, 0),
        )
        vstack(head, (self._row, 1), spacing=theme.GRID // 2, parent=self)
        self.setAccessibleName(self.tr("Training and validation error over the epochs"))

    def set_curves(self, curves: Sequence[ErrorCurve], epochs: int, top: float = 0.0) -> None:
        """Show these curves on an axis of so many epochs.

        Args:
            top: the least that the upright axis reaches to, so that it stays when curves change.
        """
        self._curves = tuple(curves)
        self._make_panes()
        highest = max(
            (value for c in curves for line in (c.train, c.val) for _, value in line), default=1.0
        )
        upright = (0.0, min(1.0, ticks.round_top(1.02 * max(highest, top, 0.05))))
        x = (1.0, float(epochs)) if epochs > 1 else (0.5, 1.5)
        for number, curve in enumerate(self._curves):
            plot = self.panes[curve.pane]
            for kind, line in (("train", curve.train), ("val", curve.val)):
                plot.set_curve(f"{number}.{kind}", [e for e, _ in line], [v for _, v in line])
        for plot in self.panes.values():
            plot.set_home(x, upright, MARGINS_PX)
        self.describe(". ".join(self._said(curve) for curve in self._curves if curve.train))
        self.point_at(self.place)

    def sizeHint(self) -> QSize:
        return QSize(640, 280)

    def minimumSizeHint(self) -> QSize:
        return QSize(320, super().minimumSizeHint().height())

    @property
    def places(self) -> Sequence[float]:
        return sorted({epoch for curve in self._curves for epoch, _ in curve.train})

    def reading(self, place: int) -> Reading:
        """The errors of one epoch, in the order of the curves."""
        epoch = int(self.places[place])
        rows = []
        for curve in self._curves:
            values = [dict(line).get(epoch) for line in (curve.train, curve.val)]
            if any(value is not None for value in values):
                texts = tuple("" if v is None else formats.percent(v) for v in values)
                rows.append(ReadingRow(curve.title, texts, _spec(curve, "val")))
        return Reading(
            self.tr("Epoch {n}").format(n=epoch),
            tuple(rows),
            (self.tr("training"), self.tr("validation")),
        )

    def csv(self) -> str:
        return csv_text(
            ("entry", "images", "epoch", "error"),
            (
                (curve.title, kind, epoch, value)
                for curve in self._curves
                for kind, line in (("train", curve.train), ("val", curve.val))
                for epoch, value in line
            ),
        )

    def _said(self, curve: ErrorCurve) -> str:
        words = self.tr("{name}: training {train}, validation {val}")
        texts = (formats.percent(line[-1][1]) if line else "–" for line in (curve.train, curve.val))
        train, val = texts
        return words.format(name=curve.title, train=train, val=val)

    def _make_panes(self) -> None:
        """The panes with their titles and keys, kept while the same curves are drawn."""
        looks = tuple(replace(curve, train=(), val=()) for curve in self._curves)
        if looks == self._built:
            return
        self._built = looks
        while (item := self._row.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.panes.clear()
        self._plots.clear()
        for title in dict.fromkeys(curve.pane for curve in self._curves):
            own = [(n, curve) for n, curve in enumerate(self._curves) if curve.pane == title]
            plot = ChartPlot(ticks.whole(self.tr("epoch {n}").format(n=1)), ticks.percent)
            self.panes[title] = self.add_plot(plot)
            for kind in ("train", "val"):
                for number, curve in own:
                    plot.add_curve(f"{number}.{kind}", _spec(curve, kind))
            keys = (
                part
                for _, curve in own
                for part in (
                    LegendKey(_spec(curve, "val")),
                    label(curve.key or curve.title, "hint"),
                )
            )
            words = (label(title, "section"),) if title else ()
            pane = QWidget()
            vstack(
                hstack(*words, *keys, Stretch(), spacing=theme.GRID, margins=(LEFT_PX, 0, 0, 0)),
                (plot, 1),
                spacing=theme.GRID // 2,
                parent=pane,
            )
            self._row.addWidget(pane, 1)


def _spec(curve: ErrorCurve, kind: str) -> SeriesSpec:
    looks = entry_spec(curve.place, curve.title)
    width = (TRAIN_WIDTH if kind == "train" else VAL_WIDTH) * (0.6 if curve.is_quiet else 1.0)
    symbol = looks.symbol if kind == "val" and not curve.is_quiet else ""
    return replace(looks, dashed=kind == "train", symbol=symbol, width=width)
