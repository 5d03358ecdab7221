"""The side of the browser: the classes, and how the dataset is split."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from tlstudio.core.data.dataset import DatasetIndex, Split, SplitConfig
from tlstudio.core.data.split_config import GroupBy
from tlstudio.gui.features.dataset.class_chart import ClassChart, SplitLegend
from tlstudio.gui.features.dataset.split_editor import SplitEditor
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import Fold, IconButton, label
from tlstudio.gui.kit.chart.export import ChartExport
from tlstudio.gui.kit.layout import Stretch, vstack
from tlstudio.gui.kit.tasks import Task
from tlstudio.gui.state import jobs
from tlstudio.gui.state.session import Session


class ClassesSide(QWidget):
    """Classes with their counts; below them the split, where the studio makes it.

    Signals:
        class_chosen(int | None): a class index; None for all.
    """

    class_chosen = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._index: DatasetIndex | None = None
        self._task: Task | None = None
        self.chart = ClassChart()
        self.chart.export = ChartExport(lambda: self.chart, "classes", session, self.chart)
        self.legend = SplitLegend()
        self.split_editor = SplitEditor()
        self.fold = Fold(self.tr("Split"), self.split_editor, is_open=True)
        self.source = label("", "hint", wrap=True)
        self.anew_button = IconButton(
            self.tr("Split anew instead"), "shuffle", "quiet", self._on_anew_clicked
        )
        self.anew_button.setToolTip(
            self.tr(
                "Throw training and validation images together and let the studio split them; test "
                "images stay what they are"
            )
        )
        self.own_button = IconButton(
            self.tr("As the dataset says"), "undo", "quiet", self._on_own_clicked
        )
        vstack(
            (self.chart, 100),
            self.legend,
            Stretch(1),
            self.fold,
            theme.GRID,
            self.source,
            self.anew_button,
            self.own_button,
            spacing=theme.GRID,
            parent=self,
        )
        self.chart.class_chosen.connect(self.class_chosen)
        self.split_editor.split_requested.connect(session.datasets.split)
        self.split_editor.groups_wanted.connect(self._find_groups)

    def set_index(self, index: DatasetIndex) -> None:
        self.chart.set_index(index)
        self.legend.set_splits(index.splits)
        config = index.split_config
        self._index = index
        self.anew_button.setVisible(config is None)
        self.own_button.setVisible(config is not None and config.anew)
        self.fold.setVisible(config is not None)
        self.source.setVisible(config is None)
        if config is None:
            self.source.setText(self.tr("The dataset itself says the split."))
        else:
            counts = {split: len(samples) for split, samples in index.by_split.items()}
            self.split_editor.set_config(config, counts[Split.VAL], counts[Split.TEST])
            self.split_editor.source.setText(
                self.tr("Split by the studio, class by class, and remembered for this folder.")
            )
            if index.groups or index.manifest.groups or config.group_by is not GroupBy.NONE:
                self._find_groups(config)
            else:
                self._stop_looking()
                self.split_editor.groups.hide()

    def _on_anew_clicked(self) -> None:
        self._session.datasets.split(SplitConfig(anew=True))

    def _on_own_clicked(self) -> None:
        self._session.datasets.split(SplitConfig())

    def _find_groups(self, config: SplitConfig) -> None:
        """Look for what belongs together, as the editor has it."""
        self._stop_looking()
        if self._index is not None:
            self.split_editor.show_groups(None)
            self._task = self._session.disk_pool.submit(
                jobs.find_groups,
                self._index,
                config,
                done=self.split_editor.show_groups,
                failed=self._session.notifications.error,
            )

    def _stop_looking(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None
