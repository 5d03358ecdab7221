"""The leaderboard as a table view: accuracies on a common axis, the best on top."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QSizePolicy, QStyle, QStyleOptionViewItem, QWidget

from tlstudio.core.rank import Candidate
from tlstudio.gui.features.rank.table_model import (
    INTERVAL_ROLE,
    PLACE_ROLE,
    TIED_ROLE,
    RankColumn,
    RankTableModel,
)
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.interval_bar import paint_interval
from tlstudio.gui.kit.table import (
    DETAIL_ROLE,
    MARK_PX,
    ROW_ROLE,
    Index,
    RowDelegate,
    RowTable,
    SortProxy,
    TitleDelegate,
)

MODEL_AT_LEAST_PX, MODEL_SHARE, MODEL_MOST_PX = 150, 0.4, 340
ACCURACY_AT_LEAST_PX = 170
CELL_PX = 24  # beside a number: of the style sheet, of the style, and between columns
SIDE_PX = theme.GRID
ROWS_AT_LEAST = 2
TRACK_PX = 40  # of LogME
DOT_PX = 6
PLAIN_COLUMNS = (RankColumn.AGAINST, RankColumn.SPEED, RankColumn.PARAMETERS, RankColumn.MEMORY)


class _PaintedDelegate(RowDelegate):
    """The row's background, without its text."""

    def _begin(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index
    ) -> QStyleOptionViewItem:
        full = QStyleOptionViewItem(option)
        self.initStyleOption(full, index)
        panel = QStyle.PrimitiveElement.PE_PanelItemViewItem
        full.widget.style().drawPrimitive(panel, full, painter, full.widget)
        return full


class AccuracyDelegate(_PaintedDelegate):
    """The number, and its place on the axis with the interval; words where there is none."""

    def __init__(self, table: RowTable, rows: RankTableModel) -> None:
        super().__init__(table)
        self._rows = rows

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        full = self._begin(painter, option, index)
        area = QRectF(full.rect).adjusted(SIDE_PX, 0, -SIDE_PX, 0)
        interval = index.data(INTERVAL_ROLE)
        painter.save()
        painter.setFont(full.font)
        tokens = theme.current()
        middle = Qt.AlignmentFlag.AlignVCenter
        if interval is None:
            color = index.data(Qt.ItemDataRole.ForegroundRole) or QColor(tokens.text_soft)
            painter.setPen(color)
            room = int(area.width())
            words = painter.fontMetrics().elidedText(full.text, Qt.TextElideMode.ElideRight, room)
            painter.drawText(area, middle | Qt.AlignmentFlag.AlignLeft, words)
        else:
            number_px = painter.fontMetrics().horizontalAdvance("100.0%")
            painter.setPen(QColor(tokens.text))
            painter.drawText(area, middle | Qt.AlignmentFlag.AlignRight, full.text)
            bar = area.adjusted(SIDE_PX / 2, 0, -number_px - 2 * SIDE_PX, 1)
            token = "accent" if index.data(TIED_ROLE) else "text_soft"
            axis, best = self._rows.axis, self._rows.best
            paint_interval(painter, bar, axis, interval, mark=best, token=token)
        painter.restore()


class LogmeDelegate(_PaintedDelegate):
    """The number, and its place between the lowest and the highest."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        full = self._begin(painter, option, index)
        area = QRectF(full.rect).adjusted(SIDE_PX, 0, -SIDE_PX, 0)
        tokens = theme.current()
        painter.save()
        painter.setFont(full.font)
        place = index.data(PLACE_ROLE)
        painter.setPen(index.data(Qt.ItemDataRole.ForegroundRole) or QColor(tokens.text))
        painter.drawText(
            area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, full.text
        )
        if place is not None:
            number_px = painter.fontMetrics().horizontalAdvance("−0.000")
            left, right = area.left() + DOT_PX / 2, area.right() - number_px - SIDE_PX - DOT_PX / 2
            middle = area.center().y() + 0.5
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(tokens.line_strong), 1))
            painter.drawLine(QPointF(left, middle), QPointF(right, middle))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.text_soft))
            dot = QPointF(left + place * (right - left), middle)
            painter.drawEllipse(dot, DOT_PX / 2, DOT_PX / 2)
        painter.restore()


class RankTable(RowTable):
    """Rows to look at and to use: Enter or a double click uses one.

    Signals:
        used(Candidate): a person wants to train this one.
        pointed(): the cursor is in another row.
    """

    used = Signal(object)
    pointed = Signal()

    def __init__(
        self, proxy: SortProxy, rows: RankTableModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(proxy, parent)
        self._proxy = proxy
        self._rows = rows
        self.setAccessibleName(self.tr("Networks, ranked for the dataset"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.setIconSize(QSize(MARK_PX, MARK_PX))
        self.setItemDelegateForColumn(RankColumn.MODEL, TitleDelegate(self))
        self.setItemDelegateForColumn(RankColumn.ACCURACY, AccuracyDelegate(self, rows))
        self.setItemDelegateForColumn(RankColumn.LOGME, LogmeDelegate(self))
        self.setSortingEnabled(True)
        self.sortByColumn(RankColumn.ACCURACY, Qt.SortOrder.DescendingOrder)
        self.activated.connect(self._on_activated)
        self.selectionModel().currentRowChanged.connect(self._on_current_changed)
        proxy.modelReset.connect(self.fit)
        proxy.dataChanged.connect(self._on_data_changed)

    @property
    def current(self) -> Candidate | None:
        """Return the candidate in the row with the cursor."""
        found = self.currentIndex().data(ROW_ROLE)
        return found if isinstance(found, Candidate) else None

    def select(self, candidate: Candidate | None) -> None:
        """Put the cursor into the row of `candidate`; nowhere if it is not there."""
        if candidate == self.current:
            return
        for number in range(self._proxy.rowCount()):
            index = self._proxy.index(number, 0)
            if index.data(ROW_ROLE) == candidate:
                self.setCurrentIndex(index)
                return
        self.setCurrentIndex(QModelIndex())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """Numbers as wide as they need; names and accuracies share the rest."""
        metrics, title_metrics = self.fontMetrics(), self.horizontalHeader().fontMetrics()
        left = self.viewport().width()
        self.setColumnHidden(RankColumn.MEMORY, not self._rows.has_memory)
        for column in (*PLAIN_COLUMNS, RankColumn.LOGME):
            if self.isColumnHidden(column):
                continue
            title = str(self._proxy.headerData(column, Qt.Orientation.Horizontal))
            rows = range(self._rows.rowCount())
            texts = {str(self._rows.index(row, column).data()) for row in rows}
            width = max(map(metrics.horizontalAdvance, texts), default=0) + CELL_PX
            width += TRACK_PX if column is RankColumn.LOGME else 0
            width = max(width, title_metrics.horizontalAdvance(title) + 3 * theme.GRID)
            self.setColumnWidth(column, width)
            left -= width
        names = 0
        for row in range(self._rows.rowCount()):
            index = self._rows.index(row, 0)
            words = " ".join((str(index.data()), str(index.data(DETAIL_ROLE))))
            names = max(names, metrics.horizontalAdvance(words) + CELL_PX + MARK_PX)
        names = max(names, round(MODEL_SHARE * left))
        names = min(names, left - ACCURACY_AT_LEAST_PX, MODEL_MOST_PX)
        names = max(MODEL_AT_LEAST_PX, names)
        self.setColumnWidth(RankColumn.MODEL, names)
        self.setColumnWidth(RankColumn.ACCURACY, max(ACCURACY_AT_LEAST_PX, left - names))
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Return a size as high as the rows, so that what follows stands right below them."""
        head = self.horizontalHeader().sizeHint().height()
        scroll = self.horizontalScrollBar().sizeHint().height()
        rows = max(ROWS_AT_LEAST, self._proxy.rowCount())
        return QSize(super().sizeHint().width(), head + rows * theme.ROW_PX + scroll)

    def minimumSizeHint(self) -> QSize:
        head = self.horizontalHeader().sizeHint().height()
        return QSize(super().minimumSizeHint().width(), head + ROWS_AT_LEAST * theme.ROW_PX)

    def _on_data_changed(self, _first: Index, _last: Index, roles: list[int]) -> None:
        if not roles:
            self.fit()

    def _on_activated(self, index: Index) -> None:
        self.used.emit(index.data(ROW_ROLE))

    def _on_current_changed(self) -> None:
        self.pointed.emit()
