"""The classes of a dataset: name, counts per split, and a stacked bar in each row."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFontMetrics,
    QImage,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import (
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from tlstudio.core.data.dataset import SPLIT_TITLES, DatasetIndex, Split
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.basics import plain_tip
from tlstudio.gui.kit.chart.export import ChartExport, csv_text, drawing, open_menu, picture
from tlstudio.gui.kit.language import core_text

ROW_PX = 44
BAR_PX = 6
SIDE_PX = 10
COUNTS_ROLE = Qt.ItemDataRole.UserRole + 1

Index = QModelIndex | QPersistentModelIndex


def split_color(split: Split) -> str:
    """The colour that a split has everywhere."""
    tokens = theme.current()
    return {Split.TRAIN: tokens.train, Split.VAL: tokens.val, Split.TEST: tokens.text_soft}[split]


class ClassModel(QAbstractListModel):
    """Row 0 stands for all classes, row n for class n - 1."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._classes: tuple[str, ...] = ()
        self._counts: tuple[tuple[int, ...], ...] = ()
        self.splits: tuple[Split, ...] = ()
        self.largest = 1

    def set_index(self, index: DatasetIndex) -> None:
        self.beginResetModel()
        self.splits = index.splits
        per_split = [index.counts[split] for split in self.splits]
        rows = [tuple(counts[c] for counts in per_split) for c in range(len(index.classes))]
        self._classes = index.classes
        self._counts = (tuple(sum(counts) for counts in per_split), *rows)
        self.largest = max((sum(row) for row in rows), default=1) or 1
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._counts)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = index.row()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._classes[row - 1] if row else self.tr("All classes")
        if role == COUNTS_ROLE:
            return self._counts[row]
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            counts = " · ".join(
                f"{core_text(SPLIT_TITLES[split])} {formats.count(count)}"
                for split, count in zip(self.splits, self._counts[row], strict=True)
            )
            text = f"{self.data(index)}: {counts}"
            return plain_tip(text) if role == Qt.ItemDataRole.ToolTipRole else text
        return None

    def csv(self) -> str:
        """A line for each class, with its images in each split."""
        rows = zip(self._classes, self._counts[1:], strict=True)
        header = ("class", *(split.value for split in self.splits))
        return csv_text(header, ((name, *counts) for name, counts in rows))


class ClassDelegate(QStyledItemDelegate):
    """Paints a class: its name and counts, and below them the bar."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(160, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        assert isinstance(model, ClassModel)
        counts: tuple[int, ...] = index.data(COUNTS_ROLE)
        largest = sum(counts) if index.row() == 0 else model.largest
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(option.rect).adjusted(1, 1, -1, -1)
        self._paint_back(painter, box, option.state)
        inner = box.adjusted(SIDE_PX, 6, -SIDE_PX, 0)
        self._paint_words(painter, inner, index.data(), counts, option)
        bar = QRectF(inner.left(), inner.top() + 22, inner.width(), BAR_PX)
        self._paint_bar(painter, bar, model.splits, counts, max(1, largest))
        painter.restore()

    def _paint_back(self, painter: QPainter, box: QRectF, state: QStyle.StateFlag) -> None:
        tokens = theme.current()
        flags = QStyle.StateFlag
        painter.setPen(Qt.PenStyle.NoPen)
        if state & flags.State_Selected:
            painter.setBrush(QColor(tokens.accent_soft))
        elif state & flags.State_MouseOver:
            painter.setBrush(QColor(tokens.raised))
        else:
            painter.setBrush(Qt.BrushStyle.NoBrush)
        if state & flags.State_HasFocus and state & flags.State_KeyboardFocusChange:
            painter.setPen(QPen(QColor(tokens.accent), 1))
        painter.drawRoundedRect(box, 6, 6)

    def _paint_words(
        self,
        painter: QPainter,
        inner: QRectF,
        name: str,
        counts: tuple[int, ...],
        option: QStyleOptionViewItem,
    ) -> None:
        tokens = theme.current()
        metrics: QFontMetrics = option.fontMetrics
        line = QRectF(inner.left(), inner.top(), inner.width(), 18)
        numbers = " · ".join(formats.count(count) for count in counts)
        numbers_width = metrics.horizontalAdvance(numbers)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(tokens.text_soft))
        painter.drawText(line, int(middle | Qt.AlignmentFlag.AlignRight), numbers)
        painter.setPen(QColor(tokens.text))
        room = int(line.width()) - numbers_width - 8
        shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, room)
        painter.drawText(line, int(middle | Qt.AlignmentFlag.AlignLeft), shown)

    def _paint_bar(
        self,
        painter: QPainter,
        bar: QRectF,
        splits: tuple[Split, ...],
        counts: tuple[int, ...],
        largest: int,
    ) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        left = bar.left()
        for split, count in zip(splits, counts, strict=True):
            if not count:
                continue
            width = max(2.0, bar.width() * count / largest - 1)
            painter.setBrush(QColor(split_color(split)))
            painter.drawRoundedRect(QRectF(left, bar.top(), width, bar.height()), 2, 2)
            left += width + 1


class ClassChart(QListView):
    """Choosing a row means: only this class.

    It is a list, not a plot: it scrolls through thousands of classes and is there before pyqtgraph
    is loaded. The menu of the right mouse button saves it, as that of every chart.

    Attributes:
        export: saves it; without one there is no menu.

    Signals:
        class_chosen(int | None): a class index; None for all.
    """

    class_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.export: ChartExport | None = None
        self._classes: tuple[str, ...] = ()
        self._chosen: int | None = None
        self._model = ClassModel(self)
        self.setModel(self._model)
        self.setItemDelegate(ClassDelegate(self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Classes"))
        self.selectionModel().currentChanged.connect(self._on_current_changed)

    @property
    def chosen_class(self) -> int | None:
        return self._chosen

    def set_index(self, index: DatasetIndex) -> None:
        """Show the classes of `index`; the chosen class stays if it is still there."""
        name = self._classes[self._chosen] if self._chosen is not None else None
        before = self._chosen
        self.selectionModel().blockSignals(True)
        self._model.set_index(index)
        self._classes = index.classes
        self._chosen = index.classes.index(name) if name in index.classes else None
        row = 0 if self._chosen is None else self._chosen + 1
        self.setCurrentIndex(self._model.index(row))
        self.selectionModel().blockSignals(False)
        self.setMaximumHeight(ROW_PX * self._model.rowCount() + 4)
        self.viewport().update()
        if before != self._chosen:
            self.class_chosen.emit(self._chosen)

    def choose_class(self, class_index: int | None) -> None:
        self.setCurrentIndex(self._model.index(0 if class_index is None else class_index + 1))

    def sizeHint(self) -> QSize:
        return QSize(232, ROW_PX * min(8, self._model.rowCount()))

    def image(self) -> QImage:
        """Return an image of the visible rows."""
        return picture(self)

    def svg(self) -> str:
        """Return the visible rows as SVG."""
        return drawing(self, self.accessibleName())

    def csv(self) -> str:
        """A line for each class, with its images in each split."""
        return self._model.csv()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self.export is not None:
            open_menu(self, self.export.fill, event.globalPos())

    def _on_current_changed(self, current: QModelIndex, previous: QModelIndex) -> None:
        chosen = current.row() - 1 if current.row() > 0 else None
        if chosen != self._chosen:
            self._chosen = chosen
            self.class_chosen.emit(chosen)


class SplitLegend(QWidget):
    """The legend of the bars' colours: one for each split."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._splits: tuple[Split, ...] = ()

    def set_splits(self, splits: tuple[Split, ...]) -> None:
        self._splits = splits
        self.setAccessibleName(", ".join(core_text(SPLIT_TITLES[split]) for split in splits))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(160, 20)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 20)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = self.font()
        font.setPixelSize(theme.TEXT_SMALL_PX)
        painter.setFont(font)
        metrics = QFontMetrics(font)
        left = float(SIDE_PX)
        for split in self._splits:
            text = core_text(SPLIT_TITLES[split])
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(split_color(split)))
            painter.drawRoundedRect(QRectF(left, self.height() / 2 - 4, 8, 8), 2, 2)
            painter.setPen(QColor(theme.current().text_soft))
            words = QRectF(left + 14, 0, metrics.horizontalAdvance(text) + 2, self.height())
            painter.drawText(words, int(Qt.AlignmentFlag.AlignVCenter), text)
            left = words.right() + 14
