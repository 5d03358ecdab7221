"""What the colours mean, and how many points have each; a choice of them leaves the rest faint."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QItemSelection, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QWidget

from tlstudio.gui.features.map.colouring import Coloured, ColourGroup
from tlstudio.gui.kit import formats, icons, theme
from tlstudio.gui.kit.basics import plain_tip
from tlstudio.gui.kit.long_list import LongList

ROW_PX = 26
MOST_ROWS = 9  # more of them scroll


class Legend(LongList):
    """A row a group; clicking chooses it, or no longer. Without a choice all are meant.

    Signals:
        hidden_changed(frozenset[int]): the groups that are not meant.
    """

    hidden_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = QStandardItemModel(self)
        self._groups: tuple[ColourGroup, ...] = ()
        self.setModel(self._model)
        self.setAccessibleName(self.tr("What the colours mean"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.MultiSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setIconSize(QSize(12, 12))
        self.selectionModel().selectionChanged.connect(self._on_selection_changed)

    def set_coloured(self, coloured: Coloured) -> None:
        """Show the groups; what was chosen stays as long as they have the same names."""
        counts = np.bincount(coloured.codes, minlength=len(coloured.groups))
        titles = [group.title for group in coloured.groups]
        if titles != [group.title for group in self._groups]:
            self._groups = coloured.groups
            self._model.clear()
            for title in titles:
                item = QStandardItem()
                item.setToolTip(plain_tip(title))
                item.setSizeHint(QSize(40, ROW_PX))
                self._model.appendRow(item)
        self._groups = coloured.groups
        for row, (group, count) in enumerate(zip(coloured.groups, counts.tolist(), strict=True)):
            item = self._model.item(row)
            item.setText(f"{group.title}  ·  {formats.count(count)}")
            item.setIcon(_dot(group.colour))
        rows = min(MOST_ROWS, max(1, len(titles)))
        self.setFixedHeight(rows * ROW_PX + 2 * theme.GRID)

    @property
    def hidden(self) -> frozenset[int]:
        """The groups that are not meant."""
        chosen = {index.row() for index in self.selectionModel().selectedRows()}
        return frozenset(range(len(self._groups))) - chosen if chosen else frozenset()

    def _on_selection_changed(self, _now: QItemSelection, _before: QItemSelection) -> None:
        self.hidden_changed.emit(self.hidden)


def _dot(colour: QColor) -> QIcon:
    def paint(painter: QPainter, rect: QRect, _mode: QIcon.Mode, _state: QIcon.State) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(QRectF(rect).adjusted(1, 1, -1, -1))

    draw: Callable[[QPainter, QRect, QIcon.Mode, QIcon.State], None] = paint
    return icons.drawn(draw)
