"""The confusion matrix: which classes are taken for which, in cells that can be chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, assert_never

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QToolTip, QWidget

from tlstudio.gui.kit import accessible, formats, theme
from tlstudio.gui.kit.basics import plain_tip
from tlstudio.gui.kit.confusion.colours import (
    cell_colour,
    matrix_image,
    text_colour,
)
from tlstudio.gui.kit.help_mark import explain

CELL_PX = 22  # the least that can be read and clicked
CELL_AT_MOST_PX = 64
WHOLE_UP_TO = 30  # classes; a map of more begins with all of them in sight
NAMES_PX = 96  # at most, of the names at the left
TEXT_GAP_PX = 6
NAMED_FROM_PX = 12.0  # cells of that size have their names beside them
NUMBERED_FROM_PX = 18.0
PAINTED_ONE_BY_ONE_FROM_PX = 12.0  # smaller ones are an image
ZOOM_STEP = 1.25

Array = np.ndarray[Any, Any]


class Cells(StrEnum):
    """What stands in the cells."""

    COUNTS = "counts"
    BY_TRUE = "by_true"
    BY_PREDICTED = "by_predicted"


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice of predictions by their classes; None for all of them."""

    true: int | None = None
    predicted: int | None = None


class ConfusionView(QAbstractScrollArea):
    """A row for each true class, a column for each answer.

    A click or the arrow keys and Enter choose a cell; a click on a name its row or column. The
    wheel, a pinch, + and - zoom where not all of it is in sight; dragging moves it.

    Signals:
        chosen(Choice): a person chose a cell, a row or a column; the same again lets go.
    """

    chosen = Signal(object)

    spoken_as = accessible.Role.Table

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        explain(self, "confusion-matrix")
        self._classes: tuple[str, ...] = ()
        self._counts: Array = np.zeros((0, 0), np.int64)
        self._order: tuple[int, ...] = ()
        self._cells = Cells.COUNTS
        self._choice = Choice()
        self._at = (-1, -1)  # row and column under the keys, places in the order
        self._hovered = (-1, -1)
        self._zoom: float | None = None  # pixels of a cell; None fits the width
        self._rest = QPointF()  # of a pixel, which the bars can't say: many steps would add up
        self._pressed: QPoint | None = None
        self._dragged_from = QPoint()
        self._is_dragging = False
        self._image: QImage | None = None
        self._ordered: Array | None = None  # shares of the cells, as they are shown
        self._block = 1  # cells of a pixel of the image, across
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.setAccessibleName(self.tr("Confusion matrix"))
        self.verticalScrollBar().setSingleStep(CELL_PX)
        self.horizontalScrollBar().setSingleStep(CELL_PX)

    # -- what is shown ---------------------------------------------------------------------------

    def set_matrix(
        self, classes: Sequence[str], counts: Array, order: Sequence[int] | None = None
    ) -> None:
        """Show ``counts[true, predicted]``; the choice stays if the classes do.

        Args:
            classes: their names.
            counts: of images.
            order: class indices in the order of the rows and columns; as they are without.
        """
        if self._classes != tuple(classes):
            self._choice, self._at, self._zoom = Choice(), (-1, -1), None
        self._classes, self._counts = tuple(classes), np.asarray(counts)
        self._order = tuple(order) if order is not None else tuple(range(len(self._classes)))
        self._image = self._ordered = None
        self._arrange()
        self._describe()
        self.updateGeometry()

    def set_cells(self, cells: Cells) -> None:
        """Say what stands in the cells."""
        self._cells, self._image, self._ordered = cells, None, None
        self._describe()
        self.viewport().update()

    def set_choice(self, choice: Choice) -> None:
        """Mark a cell, a row or a column, without `chosen`."""
        if choice != self._choice:
            self._choice = choice
            self.viewport().update()

    @property
    def choice(self) -> Choice:
        return self._choice

    @property
    def cell_px(self) -> float:
        """The side of a cell."""
        return self._zoom if self._zoom is not None else self._fitted_px()

    @property
    def has_names(self) -> bool:
        """Whether the classes' names stand beside the rows and columns."""
        return self.cell_px >= NAMED_FROM_PX

    def words(self, true: int, predicted: int) -> str:
        """What a cell says, e.g. “2 of 8 fruit were taken for grain.”"""
        values = {
            "count": formats.count(int(self._counts[true, predicted])),
            "total": formats.count(int(self._counts[true].sum())),
            "true": self._classes[true],
            "said": self._classes[predicted],
        }
        if true == predicted:
            text = self.tr("{count} of {total} {true} were recognised.")
        else:
            text = self.tr("{count} of {total} {true} were taken for {said}.")
        return text.format(**values)

    # -- geometry --------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Wide and high enough for cells that can be read, up to a dozen classes."""
        count = min(len(self._order), 12)
        names, sums = self._names_px(), self._sums_px()
        side = max(CELL_PX, min(44, 200 // max(1, count))) * count
        if len(self._order) > WHOLE_UP_TO:
            return QSize(320, 320)
        return QSize(names + side + sums + 2, self._head_px() + side + 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 120)

    def cell_rect(self, row: int, column: int) -> QRectF:
        """The cell at a place of the order, in the viewport."""
        size, left, top = self.cell_px, *self._corner()
        return QRectF(left + column * size, top + row * size, size, size)

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        """Make cells larger, what lies at `at` (in the viewport, or its middle) staying there."""
        if not self._order:
            return
        at = at or QPointF(self.viewport().rect().center())
        left, top = self._corner()
        old = self.cell_px
        place = ((at.x() - left) / old, (at.y() - top) / old)
        fitted = self._fitted_px()
        least = min(fitted, self._whole_px())
        new = min(max(old * factor, least), float(CELL_AT_MOST_PX))
        self._zoom = None if abs(new - fitted) < 0.01 else new
        self._arrange()
        self._rest = QPointF()
        wanted = (
            self._left_px() + place[0] * new - at.x(),
            self._head_px() + place[1] * new - at.y(),
        )
        rests = []
        for bar, value in zip(
            (self.horizontalScrollBar(), self.verticalScrollBar()), wanted, strict=True
        ):
            bar.setValue(round(value))
            rest = value - bar.value()
            rests.append(rest if abs(rest) <= 0.5 else 0.0)  # more: it is at its end
        self._rest = QPointF(*rests)
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self._rest = QPointF()
        self.viewport().update()

    def _whole_px(self) -> float:
        """The cell of a matrix that is wholly in sight, without names."""
        size = self.maximumViewportSize()
        return max(0.25, min(size.width(), size.height()) / max(1, len(self._order)))

    def _fitted_px(self) -> float:
        count = max(1, len(self._order))
        if count > WHOLE_UP_TO:
            return self._whole_px()
        room = self.maximumViewportSize()
        wide = (room.width() - self._names_px() - self._sums_px()) / count
        high = (room.height() - self._head_px(wide)) / count
        return float(max(CELL_PX, min(CELL_AT_MOST_PX, int(min(wide, high)))))

    def _names_px(self) -> int:
        metrics = QFontMetrics(self._small())
        widest = max((metrics.horizontalAdvance(name) for name in self._classes[:200]), default=0)
        return min(NAMES_PX, widest + 1) + TEXT_GAP_PX

    def _sums_px(self) -> int:
        metrics = QFontMetrics(self._small())
        most = int(self._counts.sum(axis=1).max()) if self._counts.size else 0
        return metrics.horizontalAdvance(f"{most}/{most}") + 2 * TEXT_GAP_PX

    def _left_px(self) -> int:
        return self._names_px() if self.has_names else 0

    def _right_px(self) -> int:
        return self._sums_px() if self.cell_px >= NUMBERED_FROM_PX else 0

    def _head_px(self, cell_px: float | None = None) -> int:
        """Room for the columns' names, which stand upright where they are longer than a cell."""
        cell_px = self.cell_px if cell_px is None else cell_px
        if cell_px < NAMED_FROM_PX:
            return 0
        metrics = QFontMetrics(self._small())
        widest = max((metrics.horizontalAdvance(name) for name in self._classes[:200]), default=0)
        lying = metrics.height() + TEXT_GAP_PX
        return lying if widest + 4 <= cell_px else min(NAMES_PX, widest + 1) + TEXT_GAP_PX

    def _corner(self) -> tuple[float, float]:
        """The upper left corner of the first cell in the viewport."""
        x, y = self.horizontalScrollBar().value(), self.verticalScrollBar().value()
        return self._left_px() - x - self._rest.x(), self._head_px() - y - self._rest.y()

    def _arrange(self) -> None:
        side = round(self.cell_px * len(self._order))
        view = self.viewport().size()
        wide, high = view.width() - self._left_px() - self._right_px(), view.height()
        for bar, room in (
            (self.horizontalScrollBar(), wide),
            (self.verticalScrollBar(), high - self._head_px()),
        ):
            bar.setRange(0, max(0, side - room))
            bar.setPageStep(max(1, room))
        self.viewport().update()

    def _place_at(self, point: QPointF) -> tuple[int, int]:
        """Row and column at a point; -1 where the names are, (-1, -1) for neither."""
        left, top = self._corner()
        row, column = ((point.y() - top) // self.cell_px, (point.x() - left) // self.cell_px)
        if point.x() < self._left_px():
            column = -1
        if point.y() < self._head_px():
            row = -1
        count = len(self._order)
        return (int(row), int(column)) if -1 <= row < count and -1 <= column < count else (-1, -1)

    def _shown(self) -> tuple[range, range]:
        """The rows and columns that are seen, whole or in part."""
        size, count = self.cell_px, len(self._order)
        left, top = self._corner()
        view = self.viewport().rect()

        def seen(first: float, begin: float, end: float) -> range:
            low = max(0, int((begin - first) // size))
            return range(min(low, count), min(count, max(0, int((end - first) // size) + 1)))

        return (
            seen(top, self._head_px(), view.height()),
            seen(left, self._left_px(), view.width() - self._right_px()),
        )

    # -- painting --------------------------------------------------------------------------------

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self._image = None
        if event.type() == QEvent.Type.FontChange:
            self._arrange()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._order:
            return
        painter = QPainter(self.viewport())
        painter.setFont(self._small())
        rows, columns = self._shown()
        view = self.viewport().rect()
        right = view.width() - self._right_px()
        inside = QRect(self._left_px(), self._head_px(), right - self._left_px(), view.height())
        painter.save()
        painter.setClipRect(inside)
        if self.cell_px >= PAINTED_ONE_BY_ONE_FROM_PX:
            for row in rows:
                for column in columns:
                    self._paint_cell(painter, row, column)
        else:
            self._paint_image(painter)
        self._paint_marks(painter)
        painter.restore()
        if self.has_names:
            self._paint_row_names(painter, rows)
            self._paint_column_names(painter, columns)

    def _small(self) -> Any:
        font = self.font()
        font.setPixelSize(theme.TEXT_SMALL_PX)
        return font

    def _shares(self) -> Array:
        """The share of each cell in its row, or in its column; rows without images have 0."""
        axis = 0 if self._cells is Cells.BY_PREDICTED else 1
        totals = self._counts.sum(axis=axis, keepdims=True)
        shares: Array = self._counts / np.maximum(totals, 1)
        return shares

    def _share(self, true: int, predicted: int) -> float:
        line = (
            self._counts[:, predicted] if self._cells is Cells.BY_PREDICTED else self._counts[true]
        )
        return float(self._counts[true, predicted] / max(1, line.sum()))

    def _paint_image(self, painter: QPainter) -> None:
        block = max(1, int(1 / (self.cell_px * self.devicePixelRatioF())))
        if self._image is None or block != self._block:
            if self._ordered is None:
                order = np.array(self._order)
                self._ordered = self._shares()[np.ix_(order, order)]
            self._image, self._block = matrix_image(self._ordered, block), block
        side = self.cell_px * block * self._image.width()
        left, top = self._corner()
        painter.drawImage(QRectF(left, top, side, side), self._image)
        side = self.cell_px * len(self._order)
        painter.setPen(QColor(theme.current().line))
        painter.drawRect(QRectF(left, top, side, side))

    def _paint_cell(self, painter: QPainter, row: int, column: int) -> None:
        true, predicted = self._order[row], self._order[column]
        rect = self.cell_rect(row, column)
        count = int(self._counts[true, predicted])
        share = self._share(true, predicted)
        back = cell_colour(share, is_right=true == predicted)
        gap = 1.0 if self.cell_px >= NUMBERED_FROM_PX else 0.0
        tokens = theme.current()
        painter.fillRect(
            rect.adjusted(0, 0, -gap, -gap),
            back if count else QColor(tokens.window),
        )
        if self.cell_px < NUMBERED_FROM_PX:
            return
        text = self._cell_text(count, share)
        painter.setPen(text_colour(back) if count else QColor(tokens.text_faint))
        if QFontMetrics(painter.font()).horizontalAdvance(text) > self.cell_px:
            return  # the words of its tooltip say it
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)

    def _cell_text(self, count: int, share: float) -> str:
        if not count:
            return "·"
        match self._cells:
            case Cells.COUNTS:
                return f"{count}"
            case Cells.BY_TRUE | Cells.BY_PREDICTED:
                return f"{100 * share:.0f}"
            case _:
                assert_never(self._cells)

    def _paint_marks(self, painter: QPainter) -> None:
        """The choice, what is under the pointer, and where the keys are."""
        tokens = theme.current()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        places = {c: place for place, c in enumerate(self._order)}
        if self._choice != Choice():
            painter.setPen(QPen(QColor(tokens.accent), 2))
            painter.drawRect(self._outline(places).adjusted(0, 0, -1, -1))
        for (row, column), token, style in (
            (self._hovered, "line_strong", Qt.PenStyle.SolidLine),
            (self._at if self.hasFocus() else (-1, -1), "accent", Qt.PenStyle.DotLine),
        ):
            if row >= 0 and column >= 0:
                painter.setPen(QPen(QColor(getattr(tokens, token)), 2, style))
                painter.drawRect(self.cell_rect(row, column).adjusted(0, 0, -1, -1))

    def _outline(self, places: dict[int, int]) -> QRectF:
        last = len(self._order) - 1
        true, predicted = self._choice.true, self._choice.predicted
        rows = (0, last) if true is None else (places[true],) * 2
        columns = (0, last) if predicted is None else (places[predicted],) * 2
        return self.cell_rect(rows[0], columns[0]).united(self.cell_rect(rows[1], columns[1]))

    def _paint_row_names(self, painter: QPainter, rows: range) -> None:
        """The names at the left, and at the right how many of each were recognised."""
        tokens, metrics = theme.current(), QFontMetrics(painter.font())
        head, size = self._head_px(), self.cell_px
        names, sums = self._left_px() - TEXT_GAP_PX, self._right_px()
        view = self.viewport().rect()
        align = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
        painter.save()
        painter.setClipRect(QRect(0, head, view.width(), view.height() - head))
        for row in rows:
            index = self._order[row]
            top = self.cell_rect(row, 0).top()
            is_chosen = index == self._choice.true
            painter.setPen(QColor(tokens.text if is_chosen else tokens.text_soft))
            name = metrics.elidedText(self._classes[index], Qt.TextElideMode.ElideMiddle, names)
            painter.drawText(QRectF(0, top, names, size), align, name)
            if sums:
                right, total = self._counts[index, index], self._counts[index].sum()
                end = self.cell_rect(row, len(self._order)).left()
                left = min(end, view.width() - sums)
                area = QRectF(left, top, sums - TEXT_GAP_PX, size)
                painter.drawText(area, align, f"{right}/{total}")
        painter.restore()

    def _paint_column_names(self, painter: QPainter, columns: range) -> None:
        """The names above; they stand upright where they are longer than a cell."""
        tokens, metrics = theme.current(), QFontMetrics(painter.font())
        names, head, size = self._left_px(), self._head_px(), self.cell_px
        is_upright = head > metrics.height() + TEXT_GAP_PX
        room = head - TEXT_GAP_PX if is_upright else int(size)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.save()
        wide = self.viewport().width() - names - self._right_px()
        painter.setClipRect(QRect(names, 0, wide, head))
        for column in columns:
            index = self._order[column]
            left = self.cell_rect(0, column).left()
            is_chosen = index == self._choice.predicted
            painter.setPen(QColor(tokens.text if is_chosen else tokens.text_soft))
            name = metrics.elidedText(self._classes[index], Qt.TextElideMode.ElideMiddle, room)
            if is_upright:
                painter.save()
                painter.translate(left, head - TEXT_GAP_PX)
                painter.rotate(-90)
                painter.drawText(QRectF(0, 0, room, size), int(middle), name)
                painter.restore()
            else:
                area = QRectF(left, 0, size, head - TEXT_GAP_PX)
                painter.drawText(area, int(middle | Qt.AlignmentFlag.AlignHCenter), name)
        painter.restore()

    # -- mouse -----------------------------------------------------------------------------------

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            self._show_tip(event)
            return True
        if event.type() == QEvent.Type.Leave:
            self._hover((-1, -1))
        if (
            isinstance(event, QNativeGestureEvent)
            and event.gestureType() is Qt.NativeGestureType.ZoomNativeGesture
        ):
            self.zoom(1 + event.value(), event.position())
            return True
        return super().viewportEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if control or len(self._order) > WHOLE_UP_TO:
            self.zoom(ZOOM_STEP ** (event.angleDelta().y() / 120), event.position())
            event.accept()
        else:
            super().wheelEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position().toPoint()
            bars = self.horizontalScrollBar(), self.verticalScrollBar()
            self._dragged_from = QPoint(bars[0].value(), bars[1].value())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point = event.position()
        if self._pressed is not None:
            moved = point.toPoint() - self._pressed
            if moved.manhattanLength() >= QApplication.startDragDistance():
                self._is_dragging = True
            if self._is_dragging:
                self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
                self.horizontalScrollBar().setValue(self._dragged_from.x() - moved.x())
                self.verticalScrollBar().setValue(self._dragged_from.y() - moved.y())
            return
        place = self._place_at(point)
        self._hover(place)
        over = place != (-1, -1)
        shape = Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor
        self.viewport().setCursor(shape)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        was_dragging, self._is_dragging = self._is_dragging, False
        self.viewport().unsetCursor()
        if pressed is None or was_dragging or event.button() != Qt.MouseButton.LeftButton:
            return
        row, column = self._place_at(event.position())
        if (row, column) != (-1, -1):
            if row >= 0 and column >= 0:
                self._at = (row, column)
            self._choose(row, column)

    def _hover(self, place: tuple[int, int]) -> None:
        if place != self._hovered:
            self._hovered = place
            self.viewport().update()

    def _show_tip(self, event: QHelpEvent) -> None:
        row, column = self._place_at(QPointF(event.pos()))
        if row >= 0 and column >= 0:
            text = self.words(self._order[row], self._order[column])
        elif row >= 0 or column >= 0:
            text = self._classes[self._order[max(row, column)]]
        else:
            QToolTip.hideText()
            return
        QToolTip.showText(event.globalPos(), plain_tip(text), self.viewport())

    # -- keys and words --------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
            Qt.Key.Key_Up: (-1, 0),
            Qt.Key.Key_Down: (1, 0),
        }
        key = Qt.Key(event.key())
        if key in steps and self._order:
            down, aside = steps[key]
            last = len(self._order) - 1
            row, column = self._at if self._at[0] >= 0 else (-down, -aside)
            self._at = min(max(row + down, 0), last), min(max(column + aside, 0), last)
            self._bring_into_view()
            self._describe()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._at[0] >= 0:
            self._choose(*self._at)
        elif key == Qt.Key.Key_Escape and self._choice != Choice():
            self.set_choice(Choice())
            self.chosen.emit(Choice())
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(ZOOM_STEP)
        elif key == Qt.Key.Key_Minus:
            self.zoom(1 / ZOOM_STEP)
        elif key == Qt.Key.Key_0:
            self._zoom = None
            self._arrange()
        else:
            super().keyPressEvent(event)

    def _bring_into_view(self) -> None:
        rect, view = self.cell_rect(*self._at), self.viewport().rect()
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        right, bottom = view.width() - self._right_px(), view.height()
        across.setValue(round(across.value() + max(0.0, rect.right() - right)))
        across.setValue(round(across.value() - max(0.0, self._left_px() - rect.left())))
        down.setValue(round(down.value() + max(0.0, rect.bottom() - bottom)))
        down.setValue(round(down.value() - max(0.0, self._head_px() - rect.top())))
        self.viewport().update()

    def _choose(self, row: int, column: int) -> None:
        choice = Choice(
            self._order[row] if row >= 0 else None, self._order[column] if column >= 0 else None
        )
        choice = Choice() if choice == self._choice else choice
        self.set_choice(choice)
        self._describe()
        self.chosen.emit(choice)

    def spoken_count(self) -> int:
        return len(self._order) ** 2

    def spoken_text(self, index: int) -> str:
        row, column = divmod(index, len(self._order))
        return self.words(self._order[row], self._order[column])

    def spoken_rect(self, index: int) -> QRect:
        cell = self.cell_rect(*divmod(index, len(self._order))).toRect()
        return cell.translated(self.viewport().pos())

    def spoken_current(self) -> int:
        row, column = self._at
        return row * len(self._order) + column if row >= 0 else -1

    def _describe(self) -> None:
        """Tell screen readers the cell under the keys, or what each class was taken for."""
        if self._at[0] >= 0 and max(self._at) < len(self._order):
            row, column = (self._order[place] for place in self._at)
            place = self.tr("Row {true}, column {said}").format(
                true=self._classes[row], said=self._classes[column]
            )
            self.setAccessibleDescription(f"{place}: {self.words(row, column)}")
            accessible.tell_current(self)
            return
        told = [
            self.words(true, int(said))
            for true in self._order[:WHOLE_UP_TO]
            for said in np.flatnonzero(self._counts[true])
        ]
        self.setAccessibleDescription(" ".join(told[:WHOLE_UP_TO]))
