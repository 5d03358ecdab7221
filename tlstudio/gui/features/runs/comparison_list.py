"""The runs of a comparison below each other: curve, accuracy with its interval, verdict."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from tlstudio.core.runs.comparison import ALPHA, RunComparison, RunPair
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.basics import label, plain_tip
from tlstudio.gui.kit.chart.run_curves import entry_spec
from tlstudio.gui.kit.chart.series import LegendKey
from tlstudio.gui.kit.choice_field import ChoiceField
from tlstudio.gui.kit.elided_label import ElidedLabel
from tlstudio.gui.kit.interval_bar import AccuracyAxis, IntervalBar
from tlstudio.gui.kit.language import core_text
from tlstudio.gui.kit.layout import hstack

NAME_PX = 160


class ComparisonList(QWidget):
    """Two to six rows that share an axis; each is compared with one of them, the base.

    Signals:
        base_changed(int): a person chose another run that the others are compared with.
    """

    base_changed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cells: list[QWidget] = []
        self.base = ChoiceField()
        self.base.setAccessibleName(self.tr("Compared with"))
        self.base.setMinimumContentsLength(14)
        self.base.currentTextChanged.connect(self._show_whole)
        self.base.chosen.connect(self._on_chosen)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(0)
        for column, stretch in ((1, 2), (2, 3), (3, 4)):
            self._grid.setColumnStretch(column, stretch)
        self._grid.setColumnMinimumWidth(1, NAME_PX)
        accuracy = label(self.tr("Best epoch, with its 95% interval"), "section")
        accuracy.setToolTip(self.tr("Chosen on these same images, which flatters every run alike"))
        self._grid.addWidget(accuracy, 0, 2)
        against = hstack(
            label(self.tr("Compared with"), "section"), (self.base, 1), spacing=theme.GRID
        )
        self._grid.addLayout(against, 0, 3)

    def set_comparison(self, comparison: RunComparison, base: int) -> None:
        """Show these runs, compared with the one at place `base`."""
        for widget in self._cells:
            self._grid.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self._cells.clear()
        names = comparison.names
        self.base.set_choices((str(place), name) for place, name in enumerate(names))
        self.base.set_value(str(base))
        intervals = [run.score.interval for run in comparison.runs]
        ends = [end for i in intervals if i is not None for end in (i.low, i.high)]
        axis = AccuracyAxis.around(ends)
        for place, (run, interval) in enumerate(zip(comparison.runs, intervals, strict=True)):
            score = run.score
            name = ElidedLabel(run.name)  # names of a race differ in the middle or at the end
            accuracy: QWidget = ElidedLabel(formats.percent(score.accuracy))
            if interval is not None and score.accuracy is not None:
                bar = IntervalBar()
                values = (interval.low, score.accuracy, interval.high)
                bar.set_interval(values, axis, token=entry_spec(place).token)
                accuracy = bar
            words = ElidedLabel(where=Qt.TextElideMode.ElideRight)
            if place == base:
                words.setProperty("role", "hint")
                words.set_text(self.tr("the others are compared with this one"))
            else:
                pair = comparison.pair(base, place)
                full = " ".join(core_text(n.sentence, **n.values) for n in comparison.verdict(pair))
                words.set_text(self._words(comparison, pair), full)
                font = words.font()
                is_told = pair.is_significant
                font.setWeight(font.Weight.DemiBold if is_told else font.Weight.Normal)
                words.setFont(font)
            row = (LegendKey(entry_spec(place)), name, accuracy, words)
            for column, widget in enumerate(row):
                widget.setMinimumHeight(theme.ROW_PX if column else 0)
                self._grid.addWidget(widget, place + 1, column)
            self._cells += row

    @property
    def verdicts(self) -> list[str]:
        """What stands behind each run."""
        return [cell.text for cell in self._cells[3::4] if isinstance(cell, ElidedLabel)]

    def _words(self, comparison: RunComparison, pair: RunPair) -> str:
        note = comparison.words(pair)
        words = core_text(note.sentence, **note.values)
        if pair.is_significant:
            better = self.tr("better: {words}") if pair.fixed > pair.broken else ""
            return (better or self.tr("worse: {words}")).format(words=words)
        if pair.p_value <= ALPHA:
            return self.tr(
                "not clear among %n comparison(s): {words}", "", len(comparison.judged)
            ).format(words=words)
        if pair.problem is None and pair.fixed != pair.broken:
            return self.tr("within chance: {words}").format(words=words)
        return words

    def _show_whole(self, name: str) -> None:
        self.base.setToolTip(plain_tip(name))  # a long one is cut off

    def _on_chosen(self, value: str) -> None:
        self.base_changed.emit(int(value))
