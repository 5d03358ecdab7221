"""The side of the browser: the classes, and how the dataset is split."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.gui.features.dataset.class_chart import ClassChart, SplitLegend
from tlstudio.gui.features.dataset.split_editor import SplitEditor
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import Fold, label
from tlstudio.gui.kit.chart.export import ChartExport
from tlstudio.gui.kit.layout import Stretch, vstack
from tlstudio.gui.state.session import Session


class ClassesSide(QWidget):
    """Classes with their counts; below them the split, where the studio makes it.

    Signals:
        class_chosen(int | None): a class index; None for all.
    """

    class_chosen = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chart = ClassChart()
        self.chart.export = ChartExport(lambda: self.chart, "classes", session, self.chart)
        self.legend = SplitLegend()
        self.split_editor = SplitEditor()
        self.fold = Fold(self.tr("Split"), self.split_editor, is_open=True)
        self.source = label("", "hint", wrap=True)
        vstack(
            (self.chart, 100),
            self.legend,
            Stretch(1),
            self.fold,
            theme.GRID,
            self.source,
            spacing=theme.GRID,
            parent=self,
        )
        self.chart.class_chosen.connect(self.class_chosen)
        self.split_editor.split_requested.connect(session.datasets.split)

    def set_index(self, index: DatasetIndex) -> None:
        self.chart.set_index(index)
        self.legend.set_splits(index.splits)
        config = index.split_config
        self.fold.setVisible(config is not None)
        self.source.setVisible(config is None)
        if config is None:
            self.source.setText(self.tr("The dataset itself says the split."))
        else:
            self.split_editor.set_config(config)
            self.split_editor.source.setText(
                self.tr("Split by the studio, class by class, and remembered for this folder.")
            )
