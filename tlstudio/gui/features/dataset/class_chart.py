"""The classes of a dataset: name, counts per split, and a stacked bar in each row."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
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
)
from PySide6.QtWidgets import (
    QWidget,
)

from tlstudio.core.data.dataset import SPLIT_TITLES, DatasetIndex, Split
from tlstudio.gui.features.dataset.bar_list import BAR_ROLE, ROW_PX, SIDE_PX, BarList, BarRow, Index
from tlstudio.gui.kit import accessible, formats, theme
from tlstudio.gui.kit.basics import plain_tip
from tlstudio.gui.kit.chart.export import ChartExport, csv_text, drawing, open_menu, picture
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.language import core_text

# the colours that the splits have everywhere, by their names in `theme.Tokens`
SPLIT_TOKENS = {Split.TRAIN: "train", Split.VAL: "val", Split.TEST: "text_soft"}


class ClassModel(QAbstractListModel):
    """Row 0 stands for all classes, row n for class n - 1."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._classes: tuple[str, ...] = ()
        self._counts: tuple[tuple[int, ...], ...] = ()
        self.splits: tuple[Split, ...] = ()
        self._largest = 1

    def set_index(self, index: DatasetIndex) -> None:
        self.beginResetModel()
        self.splits = index.splits
        per_split = [index.counts[split] for split in self.splits]
        rows = [tuple(counts[c] for counts in per_split) for c in range(len(index.classes))]
        self._classes = index.classes
        self._counts = (tuple(sum(counts) for counts in per_split), *rows)
        self._largest = max((sum(row) for row in rows), default=1) or 1
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._counts)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = index.row()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._classes[row - 1] if row else self.tr("All classes")
        if role == BAR_ROLE:
            return self._bar(row)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            counts = " · ".join(
                f"{core_text(SPLIT_TITLES[split])} {formats.count(count)}"
                for split, count in zip(self.splits, self._counts[row], strict=True)
            )
            text = f"{self.data(index)}: {counts}"
            return plain_tip(text) if role == Qt.ItemDataRole.ToolTipRole else text
        return None

    def _bar(self, row: int) -> BarRow:
        counts = self._counts[row]
        largest = max(1, sum(counts) if row == 0 else self._largest)
        parts = zip(self.splits, counts, strict=True)
        return BarRow(
            " · ".join(formats.count(count) for count in counts),
            tuple((SPLIT_TOKENS[split], count / largest) for split, count in parts),
        )

    def csv(self) -> str:
        """A line for each class, with its images in each split."""
        rows = zip(self._classes, self._counts[1:], strict=True)
        header = ("class", *(split.value for split in self.splits))
        return csv_text(header, ((name, *counts) for name, counts in rows))


class ClassChart(BarList):
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
        self._model = ClassModel()
        super().__init__(self._model, parent)
        explain(self, "class")
        self._model.setParent(self)
        self.export: ChartExport | None = None
        self._classes: tuple[str, ...] = ()
        self._chosen: int | None = None
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

    spoken_as = accessible.Role.StaticText

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        explain(self, "split")
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
            painter.setBrush(QColor(getattr(theme.current(), SPLIT_TOKENS[split])))
            painter.drawRoundedRect(QRectF(left, self.height() / 2 - 4, 8, 8), 2, 2)
            painter.setPen(QColor(theme.current().text_soft))
            words = QRectF(left + 14, 0, metrics.horizontalAdvance(text) + 2, self.height())
            painter.drawText(words, int(Qt.AlignmentFlag.AlignVCenter), text)
            left = words.right() + 14
