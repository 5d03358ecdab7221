"""Paints the cells of the layer tree: names, measures with their bars, states."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QHelpEvent, QIcon, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
)

from tlstudio.gui.features.layers.measures import MeasureCell
from tlstudio.gui.features.layers.tree_model import MEASURE_ROLE, STATISTICS_ROLE, LayerColumn
from tlstudio.gui.kit import icons, theme
from tlstudio.gui.kit.basics import plain_tip

Index = QModelIndex | QPersistentModelIndex

KIND_GAP_PX = 12
KIND_AT_LEAST_PX = 32
BUTTON_PX = 22
SIDE_PX = 3
BAR_PX = 3
BAR_BOTTOM_PX = 4  # below the bar
SLIVER_PX = 2  # of a bar that stands for next to nothing
ICON_PX = 16


class NameDelegate(QStyledItemDelegate):
    """Paints the type behind the name, in quiet text, while there is no column for it."""

    shows_kind = False

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        if not self.shows_kind:
            return
        full = QStyleOptionViewItem(option)
        self.initStyleOption(full, index)
        element = QStyle.SubElement.SE_ItemViewItemText
        area = full.widget.style().subElementRect(element, full, full.widget)
        area.setLeft(area.left() + full.fontMetrics.horizontalAdvance(full.text) + KIND_GAP_PX)
        area.setRight(full.rect.right())
        if area.width() < KIND_AT_LEAST_PX:
            return
        painter.save()
        font = QFont(full.font)
        font.setPixelSize(theme.TEXT_SMALL_PX)
        painter.setFont(font)
        painter.setPen(QColor(theme.current().text_soft))
        kind = str(index.sibling(index.row(), LayerColumn.KIND).data() or "")
        kind = painter.fontMetrics().elidedText(kind, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, kind)
        painter.restore()


class TrainFromDelegate(QStyledItemDelegate):
    """Paints names, and in the row under the mouse and the current one a button.

    Signals:
        button_clicked(QModelIndex): on the button of this row.
    """

    button_clicked = Signal(QModelIndex)

    def __init__(self, tip: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tip = tip
        self.has_buttons = True

    def button_rect(self, cell: QRect) -> QRect:
        """Return where the button of a cell is, at its right end."""
        place = QRect(0, 0, BUTTON_PX, BUTTON_PX)
        place.moveCenter(cell.center())
        place.moveRight(cell.right() - SIDE_PX)
        return place

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        states = QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_Selected
        if not (self.has_buttons and option.state & states):
            super().paint(painter, option, index)
            return
        _paint_back(painter, option, index, self)
        full = QStyleOptionViewItem(option)
        place = self.button_rect(full.rect)
        painter.save()
        painter.setClipRect(full.rect.adjusted(0, 0, -BUTTON_PX - 2 * SIDE_PX, 0))
        super().paint(painter, option, index)
        painter.restore()
        icons.icon("from_here", "text").paint(painter, place.adjusted(3, 3, -3, -3))

    def editorEvent(
        self,
        event: QEvent,
        model: QAbstractItemModel,
        option: QStyleOptionViewItem,
        index: Index,
    ) -> bool:
        if isinstance(event, QMouseEvent) and self._is_on_button(
            event.position().toPoint(), option
        ):
            is_click = event.type() is QEvent.Type.MouseButtonRelease
            if is_click and event.button() is Qt.MouseButton.LeftButton:
                self.button_clicked.emit(index)
            return True
        return super().editorEvent(event, model, option, index)

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: Index,
    ) -> bool:
        if self._is_on_button(event.pos(), option):
            QToolTip.showText(event.globalPos(), plain_tip(self._tip), view)
            return True
        return super().helpEvent(event, view, option, index)

    def _is_on_button(self, position: QPoint, option: QStyleOptionViewItem) -> bool:
        return self.has_buttons and self.button_rect(option.rect).contains(position)


class MeasureDelegate(QStyledItemDelegate):
    """Paints a `MeasureCell`: the number at the right edge, and a thin bar under it.

    The bars of a column share their track, so that their lengths compare.
    """

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        _paint_back(painter, option, index, self)
        cell = index.data(MEASURE_ROLE)
        if not isinstance(cell, MeasureCell) or not cell.text:
            return
        tokens = theme.current()
        area = option.rect.adjusted(SIDE_PX, 0, -SIDE_PX, 0)
        words = QRect(area)
        if cell.share is not None:
            words.setBottom(words.bottom() - BAR_PX)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = QFont(option.font)
        font.setPixelSize(theme.TEXT_SMALL_PX)
        painter.setFont(font)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(tokens.text_soft if cell.is_quiet else tokens.text))
        painter.drawText(words, middle | Qt.AlignmentFlag.AlignRight, cell.text)
        if cell.note:
            used = painter.fontMetrics().horizontalAdvance(cell.text) + 2 * SIDE_PX
            rest = words.adjusted(0, 0, -used, 0)
            painter.setPen(QColor(tokens.text_soft))
            fits = painter.fontMetrics().horizontalAdvance(cell.note) <= rest.width()
            note = cell.note if fits else cell.short_note
            painter.drawText(rest, middle | Qt.AlignmentFlag.AlignLeft, note)
        if cell.share is not None:
            track = QRectF(area)
            track.setTop(track.bottom() - BAR_PX - BAR_BOTTOM_PX + 1)
            track.setHeight(BAR_PX)
            paint_bar(painter, track, cell.share, cell.band)
        painter.restore()


class StateDelegate(QStyledItemDelegate):
    """Paints beside the state of a normalisation layer what its statistics do."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        icon = index.data(STATISTICS_ROLE)
        if isinstance(icon, QIcon):
            place = QRect(0, 0, ICON_PX, ICON_PX)
            place.moveCenter(option.rect.center())
            place.moveRight(option.rect.right() - SIDE_PX)
            icon.paint(painter, place)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return super().sizeHint(option, index) + QSize(ICON_PX, 0)


def paint_bar(
    painter: QPainter, track: QRectF, share: float, band: tuple[float, float] | None = None
) -> None:
    """A bar of `share` of its track; a lighter one from and to the ends of `band`."""
    tokens = theme.current()
    radius = track.height() / 2
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(tokens.line))
    painter.drawRoundedRect(track, radius, radius)
    full = QColor(tokens.accent)
    if band is not None:
        light = QColor(full)
        light.setAlphaF(0.4)
        painter.setBrush(light)
        low, high = band
        left, right = track.left() + low * track.width(), track.left() + high * track.width()
        painter.drawRoundedRect(
            QRectF(left, track.top(), max(right - left, SLIVER_PX), track.height()), radius, radius
        )
    end = band[0] if band is not None else share
    painter.setBrush(full)
    length = max(SLIVER_PX, min(1.0, end) * track.width())
    painter.drawRoundedRect(
        QRectF(track.left(), track.top(), length, track.height()), radius, radius
    )
    if band is not None:  # the value itself lies within its band
        x = track.left() + share * track.width()
        painter.drawRect(QRectF(x - 1, track.top() - 1, 2, track.height() + 2))


def _paint_back(
    painter: QPainter, option: QStyleOptionViewItem, index: Index, delegate: QStyledItemDelegate
) -> None:
    """Paint the background of a cell: plain, hovered or selected."""
    full = QStyleOptionViewItem(option)
    delegate.initStyleOption(full, index)
    full.text = ""
    style = full.widget.style() if full.widget is not None else QApplication.style()
    style.drawControl(QStyle.ControlElement.CE_ItemViewItem, full, painter, full.widget)
