"""The Statistics view: sizes, light, formats and dates of the images, one class against others.

Importing this module imports pyqtgraph.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtGui import QGuiApplication, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QProgressBar, QStackedWidget, QWidget

from tlstudio.core.data.dataset import SPLIT_TITLES, DatasetIndex, Split
from tlstudio.core.statistics.quantities import (
    OTHERS,
    QUANTITIES,
    Bins,
    ChannelStatistics,
    channel_statistics,
)
from tlstudio.gui.features.statistics.bar_chart import BarChart, Group
from tlstudio.gui.features.statistics.state import StatisticsState
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import EmptyState, IconButton, label
from tlstudio.gui.kit.chart.export import ChartExport
from tlstudio.gui.kit.chart.series import SeriesSpec
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.language import core_text, error_text
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.state.browsing import BrowsingState
from tlstudio.gui.state.session import Session

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tlstudio.gui.features.statistics.jobs import CountedFacts

COLUMN_PX = 400  # a chart is not narrower where there is room for another one beside it
TOKENS = {Split.TRAIN: "train", Split.VAL: "val", Split.TEST: "text_soft"}
_PLACES = {split: place for place, split in enumerate(Split)}
LOOKS = {"symbol": "", "width": 8.0}  # as thick as a bar in the legend


class ColourCard(QWidget):
    """Mean and standard deviation of each channel, to be copied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: ChannelStatistics | None = None
        self.text = label("", wrap=True)
        self.hint = label(
            self.tr(
                "Of the training images. Pretrained weights want the values that they were "
                "trained with, which TLStudio uses; take these for training from scratch elsewhere."
            ),
            "hint",
            wrap=True,
        )
        self.copy_button = IconButton(self.tr("Copy"), "copy", "quiet", self._copy)
        self.copy_button.setToolTip(self.tr("Copy mean and standard deviation as code"))
        title = label(self.tr("Colours: mean ± standard deviation"), "section")
        vstack(
            hstack((title, 1), self.copy_button),
            self.text,
            self.hint,
            Stretch(),
            spacing=theme.GRID,
            parent=self,
        )

    def show_values(self, values: ChannelStatistics | None) -> None:
        self._values = values
        if values is None:
            self.text.setText("–")
            return
        names = (self.tr("red"), self.tr("green"), self.tr("blue"))
        parts = zip(names, values.mean, values.std, strict=True)
        self.text.setText("\n".join(f"{n} {mean:.3f} ± {std:.3f}" for n, mean, std in parts))

    def _copy(self) -> None:
        if self._values is not None:
            QGuiApplication.clipboard().setText(self._values.as_code)


class StatisticsView(QWidget):
    """Charts in columns. A click on a bar shows its images in the gallery."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        explain(self, "statistics")
        self._session = session
        self._state = session.feature(StatisticsState)
        self._browsing = session.feature(BrowsingState)
        self._index: DatasetIndex | None = None
        self._shown_for: tuple[object, ...] = ()
        self.waiting = EmptyState("data", self.tr("The images are being looked at…"), "")
        self.bar = QProgressBar()
        self.bar.setAccessibleName(self.waiting.title.text())
        self.charts = {one.id: BarChart(core_text(one.title)) for one in QUANTITIES}
        for name, chart in self.charts.items():
            chart.export = ChartExport(partial(self.charts.__getitem__, name), name, session, chart)
            chart.bin_chosen.connect(partial(self._show_images, name))
        self.colours = ColourCard()
        self._board = QWidget()
        self._grid = QGridLayout(self._board)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(theme.GRID * 2)
        self._columns = 0
        waiting = QWidget()
        vstack((self.waiting, 1), self.bar, parent=waiting)
        self._stack = QStackedWidget()
        self._stack.addWidget(waiting)
        self._stack.addWidget(self._board)
        vstack(self._stack, parent=self)
        self._state.changed.connect(self.refresh)
        self._browsing.class_changed.connect(self.refresh)

    def set_index(self, index: DatasetIndex) -> None:
        self._index = index
        self._shown_for = ()
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._state.ask()
        self.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def refresh(self) -> None:
        """Show what is known, or how far the looking is."""
        if not self.isVisible() or self._index is None:
            return
        facts = self._state.facts
        if facts is None:
            self._stack.setCurrentIndex(0)
            self._show_waiting()
            return
        wanted_for = (id(facts), self._browsing.class_index, self._index.classes)
        if wanted_for == self._shown_for:
            return
        self._shown_for = wanted_for
        for name, bins in facts.bins.items():
            class_index = self._browsing.class_index
            self.charts[name].set_bars(
                _shown(bins), self._groups(facts, bins), is_stacked=class_index is None
            )
        is_train = facts.splits == _PLACES[Split.TRAIN]
        self.colours.show_values(channel_statistics(facts.rows[is_train]))
        self._columns = 0
        self._arrange()
        self._stack.setCurrentIndex(1)

    # -- inside ----------------------------------------------------------------------------------

    def _show_waiting(self) -> None:
        state = self._state
        text = self.tr("Sizes, light, formats and dates come in a moment.")
        if state.error is not None:
            text = error_text(state.error)
        elif self._session.is_busy:
            text = self.tr("The images are looked at when what is running now is over.")
        self.waiting.text.setText(text)
        self.bar.setVisible(state.error is None)
        progress = state.progress
        self.bar.setRange(0, progress.total if progress is not None else 0)
        self.bar.setValue(progress.done if progress is not None else 0)

    def _groups(self, facts: CountedFacts, bins: Bins) -> list[Group]:
        """The splits; with a class chosen, that one and all others."""
        class_index = self._browsing.class_index
        assert self._index is not None
        if class_index is None:
            parts = [
                (
                    SeriesSpec(core_text(SPLIT_TITLES[split]), TOKENS[split], **LOOKS),  # type: ignore[arg-type]
                    facts.splits == place,
                )
                for split, place in _PLACES.items()
                if split in self._index.splits
            ]
        else:
            is_chosen = facts.classes == class_index
            name = self._index.classes[class_index]
            parts = [
                (SeriesSpec(name, "accent", **LOOKS), is_chosen),  # type: ignore[arg-type]
                (SeriesSpec(self.tr("all others"), "text_faint", **LOOKS), ~is_chosen),  # type: ignore[arg-type]
            ]
        return [Group(spec, _counts(bins, mask)) for spec, mask in parts]

    def _arrange(self) -> None:
        columns = max(1, (self.width() + theme.GRID * 2) // (COLUMN_PX + theme.GRID * 2))
        if columns == self._columns:
            return
        self._columns = columns
        facts = self._state.facts
        shown = [self.charts[name] for name in facts.bins] if facts is not None else []
        cells: list[QWidget] = [*shown[:3], self.colours, *shown[3:]]
        while self._grid.count():
            self._grid.takeAt(0)
        for chart in self.charts.values():
            chart.setVisible(chart in shown)
        for place, cell in enumerate(cells):
            self._grid.addWidget(cell, place // columns, place % columns)
        for column in range(self._grid.columnCount()):
            self._grid.setColumnStretch(column, int(column < columns))
        self.updateGeometry()

    def _show_images(self, name: str, number: int) -> None:
        """Those of a bar, of the chosen class if there is one."""
        facts, class_index = self._state.facts, self._browsing.class_index
        if facts is None:
            return
        bins = facts.bins[name]
        is_meant = bins.bin_of == number
        title = f"{core_text(_title_of(name))}: {_shown(bins).title(number)}"
        if class_index is not None and self._index is not None:
            is_meant &= facts.classes == class_index
            title = f"{self._index.classes[class_index]} · {title}"
        chosen = (facts.images[place] for place in np.flatnonzero(is_meant))
        self._browsing.show_images(title, frozenset(chosen))


def _counts(bins: Bins, mask: NDArray[np.bool_]) -> tuple[int, ...]:
    places = bins.bin_of[mask & (bins.bin_of >= 0)]
    return tuple(np.bincount(places, minlength=bins.count).tolist())


def _shown(bins: Bins) -> Bins:
    """With its own words in the language of the window."""
    names = tuple(core_text(name) if name == OTHERS else name for name in bins.names)
    return Bins(bins.edges, names, bins.bin_of)


def _title_of(name: str) -> str:
    return next(one.title for one in QUANTITIES if one.id == name)
