"""The list of runs: what of it is shown, and the table that shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QStyleOptionViewItem, QWidget

from tlstudio.core.runs.kept import RunEntry
from tlstudio.gui.features.runs.columns import RunColumn, columns, state_text, strategy_text
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.table import ROW_ROLE, RowDelegate, RowTable, SortProxy, TableModel
from tlstudio.gui.state.runs import run_name

PADDING_PX = 24
NAME_AT_LEAST_PX = 120


@dataclass(frozen=True, slots=True)
class RunFilter:
    """The runs that a person wants to see; empty and False let all through."""

    text: str = ""
    dataset: str = ""
    starred: bool = False
    unfinished: bool = False

    def lets_through(self, entry: RunEntry) -> bool:
        """Whether a run is one of them: every word is in something that the list says of it."""
        if self.starred and not entry.marks.is_starred:
            return False
        if self.unfinished and not entry.can_continue:
            return False
        if self.dataset and entry.dataset != self.dataset:
            return False
        words = self.text.casefold().split()
        if not words:
            return True
        told = (
            run_name(entry),
            entry.dataset,
            entry.model,
            strategy_text(entry),
            state_text(entry),
            entry.marks.note,
            *entry.marks.tags,
        )
        text = " ".join(told).casefold()
        return all(word in text for word in words)


class CurveDelegate(RowDelegate):
    """Draws the validation accuracy of a run over its epochs, as small as a word."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        super().paint(painter, option, index)
        entry = index.data(ROW_ROLE)
        values = entry.accuracies if isinstance(entry, RunEntry) else ()
        if not values:
            return
        area = QRectF(option.rect).adjusted(theme.GRID, 6, -theme.GRID, -6)
        low, high = min(values), max(max(values), min(values) + 0.05)
        last = max(1, len(values) - 1)
        points = [
            QPointF(
                area.left() + area.width() * number / last,
                area.bottom() - area.height() * (value - low) / (high - low),
            )
            for number, value in enumerate(values)
        ]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.current().val), 1.5))
        if len(points) == 1:
            painter.setBrush(QColor(theme.current().val))
            painter.drawEllipse(points[0], 1.5, 1.5)
        else:
            painter.drawPolyline(QPolygonF(points))
        painter.restore()


class RunList(RowTable):
    """A row for each run; several can be selected. Columns give way where there is no room.

    Args:
        title_of: gives the title of a network by its name in the catalog.

    Signals:
        opened(str): a run was double-clicked, or chosen by Enter.
        delete_wanted(), rename_wanted(), star_wanted(): by a key, for what is selected.
        star_clicked(str): the star of a run.
        selected(): another selection.
    """

    opened = Signal(str)
    delete_wanted = Signal()
    rename_wanted = Signal()
    star_clicked = Signal(str)
    selected = Signal()

    def __init__(self, title_of: Callable[[str], str], parent: QWidget | None = None) -> None:
        self._columns: tuple[RunColumn, ...] = columns(title_of)
        self._runs: TableModel[RunEntry] = TableModel(
            [row.column for row in self._columns], lambda entry: entry.id
        )
        self._sorted = SortProxy(self._runs)
        super().__init__(self._sorted, parent)
        explain(self, "run")
        self._runs.setParent(self)
        self._sorted.setParent(self)
        self._places = {row.name: place for place, row in enumerate(self._columns)}
        self.hidden: frozenset[str] = frozenset()
        self.setItemDelegateForColumn(self._places["curve"], CurveDelegate(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setAccessibleName(self.tr("Runs"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)  # all is fitted
        self.setSortingEnabled(True)
        self.sortByColumn(self._places["when"], Qt.SortOrder.DescendingOrder)
        self.activated.connect(self._on_activated)
        self.selectionModel().selectionChanged.connect(self._on_selection_changed)

    def set_entries(self, entries: tuple[RunEntry, ...]) -> None:
        """Show these; what is selected stays selected as far as it is among them."""
        kept = self.selected_ids
        self._runs.set_rows(entries)
        if self.selected_ids != kept:
            self.select(kept)

    @property
    def entries(self) -> tuple[RunEntry, ...]:
        """What is shown, top to bottom."""
        rows = range(self._sorted.rowCount())
        return tuple(self._sorted.index(row, 0).data(ROW_ROLE) for row in rows)

    @property
    def selected_ids(self) -> tuple[str, ...]:
        """The selected runs, top to bottom."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return tuple(self._sorted.index(row, 0).data(ROW_ROLE).id for row in rows)

    def select(self, ids: tuple[str, ...]) -> None:
        """Select these runs, as far as they are shown."""
        mode = self.selectionModel()
        flag = mode.SelectionFlag
        mode.clearSelection()
        for run_id in ids:
            place = self._runs.find(run_id)
            if place >= 0:
                index = self._sorted.mapFromSource(self._runs.index(place, 0))
                mode.select(index, flag.Select | flag.Rows)
                mode.setCurrentIndex(index, flag.NoUpdate)

    def set_hidden(self, names: frozenset[str]) -> None:
        """Leave columns out that a person does not want to see."""
        self.hidden = names
        self._fit()

    @property
    def titles(self) -> tuple[tuple[str, str], ...]:
        """Name and title of each column that may be left out."""
        return tuple(
            (row.name, row.column.title) for row in self._columns if row.name not in ("name",)
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Delete | Qt.Key.Key_Backspace:
                self.delete_wanted.emit()
            case Qt.Key.Key_F2:
                self.rename_wanted.emit()
            case _:
                super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        is_left = event.button() == Qt.MouseButton.LeftButton
        if is_left and index.isValid() and index.column() == self._places["star"]:
            self.star_clicked.emit(index.data(ROW_ROLE).id)

    def _fit(self) -> None:
        """Every column as wide as it needs, the name with what is left; the least needed go."""
        metrics, small = QFontMetrics(self.font()), self.horizontalHeader().fontMetrics()
        widths = {
            row.name: PADDING_PX
            + max(metrics.horizontalAdvance(row.sample), small.horizontalAdvance(row.column.title))
            for row in self._columns
            if row.sample and row.name not in self.hidden
        }
        room = self.viewport().width()
        for row in sorted(self._columns, key=lambda row: -row.gives_way):
            if row.gives_way and room - sum(widths.values()) < NAME_AT_LEAST_PX:
                widths.pop(row.name, None)
        for place, row in enumerate(self._columns):
            is_shown = row.name in widths or row.name == "name"
            self.setColumnHidden(place, not is_shown)
            if row.name in widths:
                self.setColumnWidth(place, widths[row.name])
        self.setColumnWidth(
            self._places["name"], max(NAME_AT_LEAST_PX, room - sum(widths.values()))
        )

    def _on_activated(self, index: QModelIndex) -> None:
        if index.column() != self._places["star"]:
            self.opened.emit(index.data(ROW_ROLE).id)

    def _on_selection_changed(self) -> None:
        self.selected.emit()
