"""The curves of a chosen class against the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QWidget

from tlstudio.core.evaluation.scores import ClassCurves, Scores
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.basics import label, plain_tip
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.layout import vstack
from tlstudio.gui.kit.long_list import LongList

if TYPE_CHECKING:
    from tlstudio.gui.features.results.curve_chart import CurveChart


class CurvesSide(QWidget):
    """The class above, ROC and precision-recall below. pyqtgraph is loaded when it is first shown.

    Signals:
        class_chosen(int): a class index.
    """

    class_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        explain(self, "roc-auc")
        self.class_box = QComboBox()
        self.class_box.setView(LongList())
        self.class_box.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.class_box.setMinimumContentsLength(5)
        self.class_box.setAccessibleName(self.tr("Class"))
        self.areas = label("", "hint", wrap=True)
        self._column = vstack(self.class_box, self.areas, spacing=theme.GRID, parent=self)
        self._charts: tuple[CurveChart, ...] = ()
        self._classes: tuple[str, ...] = ()
        self._scores: Scores | None = None
        self.class_box.currentIndexChanged.connect(self._on_class_changed)

    def set_scores(self, scores: Scores) -> None:
        """Show the areas of the chosen class; the choice stays if the classes do."""
        self._scores = scores
        names = tuple(one.name for one in scores.classes)
        if names != self._classes:
            self._classes = names
            self.class_box.blockSignals(True)
            self.class_box.clear()
            self.class_box.addItems(names)
            self.class_box.blockSignals(False)
        self._on_class_changed()

    def set_curves(self, curves: ClassCurves) -> None:
        """Show the curves that were asked for."""
        from tlstudio.gui.features.results.curve_chart import CurveChart

        if not self._charts:
            recall, precision = self.tr("Recall"), self.tr("Precision")
            self._charts = (
                CurveChart(self.tr("ROC"), self.tr("False alarms"), recall),
                CurveChart(self.tr("Precision over recall"), recall, precision),
            )
            for chart in self._charts:
                self._column.addWidget(chart, 1)
        for chart, points in zip(self._charts, (curves.roc, curves.precision_recall), strict=True):
            chart.set_points(points)

    def _on_class_changed(self) -> None:
        index = self.class_box.currentIndex()
        self.class_box.setToolTip(plain_tip(self.class_box.currentText()))
        if self._scores is None or index < 0:
            return
        one = self._scores.classes[index]
        auc, precision = (
            formats.NONE if value is None else f"{value:.3f}"
            for value in (one.roc_auc, one.average_precision)
        )
        self.areas.setText(
            self.tr(
                "ROC-AUC {auc}, average precision {precision}, against all other classes"
            ).format(auc=auc, precision=precision)
        )
        self.class_chosen.emit(index)
