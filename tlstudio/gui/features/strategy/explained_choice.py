"""A drop-down whose list, open over the page, says in whole sentences what each choice means."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QIcon, QPainter, QStandardItemModel
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from tlstudio.gui.kit import theme
from tlstudio.gui.kit.choice_field import ChoiceField
from tlstudio.gui.kit.layout import moved_within

Index = QModelIndex | QPersistentModelIndex

LIST_PX = 460
SIDE_PX = 10
FRAME_PX = 5  # of the list, on each side
CHOICE_ROLE = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, slots=True)
class ExplainedItem:
    """A row of the list.

    Attributes:
        value: what is chosen with it.
        title: in the list.
        sentence: below the title, as long as it needs to be.
        short: in the closed field; the title if empty.
        icon: a picture, left of the title.
        figures: lines at the right.
        tip: what else there is to say.
        is_possible: others are grey.
    """

    value: str
    title: str
    sentence: str = ""
    short: str = ""
    icon: QIcon | None = None
    figures: tuple[str, ...] = ()
    tip: str = ""
    is_possible: bool = True


class ExplainedChoice(ChoiceField):
    """A `ChoiceField` of `ExplainedItem`s.

    Args:
        icon_px: size of their pictures; None if they have none.
    """

    def __init__(self, icon_px: QSize | None = None, parent: QWidget | None = None) -> None:
        super().__init__((), parent)
        self._items: tuple[ExplainedItem, ...] = ()
        if icon_px is not None:
            self.setIconSize(icon_px)
        self._rows = _RowDelegate(icon_px or QSize(0, 0), self)
        self.view().setItemDelegate(self._rows)

    @property
    def items(self) -> tuple[ExplainedItem, ...]:
        return self._items

    def item(self, value: str) -> ExplainedItem:
        """The row of `value`."""
        return next(item for item in self._items if item.value == value)

    def set_items(self, items: Iterable[ExplainedItem], value: str) -> None:
        """Offer these, and show that `value` is chosen; nothing is emitted."""
        items = tuple(items)
        if items != self._items:
            self._items = items
            model = self.model()
            assert isinstance(model, QStandardItemModel)
            for row, item in enumerate(items):
                if row == self.count():
                    self.addItem("")
                self.setItemText(row, item.short or item.title)
                self.setItemData(row, item.value)
                self.setItemData(row, item, CHOICE_ROLE)
                self.setItemData(row, item.tip, Qt.ItemDataRole.ToolTipRole)
                spoken = ", ".join(filter(None, (item.title, item.sentence, *item.figures)))
                self.setItemData(row, spoken, Qt.ItemDataRole.AccessibleTextRole)
                if item.icon is not None:
                    self.setItemIcon(row, item.icon)
                model.item(row).setEnabled(item.is_possible)
        self.set_value(value)

    def showPopup(self) -> None:
        """The list is as wide as its sentences want, its right edge under that of the field."""
        super().showPopup()
        view = self.view()
        screen = self.screen().availableGeometry()
        width = min(max(self.width(), LIST_PX), screen.width())
        self._rows.width_px = width - 2 * FRAME_PX
        view.scheduleDelayedItemsLayout()
        rows = range(self.count())
        height = sum(view.sizeHintForIndex(view.model().index(row, 0)).height() for row in rows)
        frame = QRect(0, 0, width, min(height + 2 * FRAME_PX, screen.height()))
        frame.moveTopRight(self.mapToGlobal(QPoint(self.width() - 1, self.height() + 2)))
        view.window().setGeometry(moved_within(frame, screen))


class _RowDelegate(QStyledItemDelegate):
    """Paints the rows: a picture, a title with its sentence below, figures at the right."""

    def __init__(self, icon_px: QSize, parent: QWidget) -> None:
        super().__init__(parent)
        self._icon_px = icon_px
        self.width_px = LIST_PX - 2 * FRAME_PX

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        item = index.data(CHOICE_ROLE)
        if not isinstance(item, ExplainedItem):
            return super().sizeHint(option, index)
        area = self._words(QRect(0, 0, self.width_px, 0), item)
        flags = int(Qt.TextFlag.TextWordWrap)
        words = _small().boundingRect(0, 0, area.width(), 0, flags, item.sentence)
        height = QFontMetrics(_title_font()).height() + words.height() + theme.GRID
        return QSize(self.width_px, height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        item = index.data(CHOICE_ROLE)
        if not isinstance(item, ExplainedItem):
            super().paint(painter, option, index)
            return
        tokens = theme.current()
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, QColor(tokens.accent_soft))
        if item.icon is not None:
            place = QRect(option.rect.topLeft() + QPoint(SIDE_PX, 0), self._icon_px)
            place.moveTop(option.rect.top() + theme.GRID // 2 + 1)
            mode = QIcon.Mode.Normal if item.is_possible else QIcon.Mode.Disabled
            item.icon.paint(painter, place, mode=mode)
        words = self._words(option.rect, item)
        title = QFontMetrics(_title_font()).height()
        painter.setFont(_title_font())
        painter.setPen(QColor(tokens.text if item.is_possible else tokens.text_faint))
        painter.drawText(words, 0, item.title)
        painter.setFont(_small_font())
        for number, figure in enumerate(item.figures):
            place = option.rect.adjusted(0, 0, -SIDE_PX, 0)
            place.setTop(words.top() + number * title)
            painter.drawText(place, int(Qt.AlignmentFlag.AlignRight), figure)
        painter.setPen(QColor(tokens.text_soft if item.is_possible else tokens.text_faint))
        below = words.adjusted(0, title, 0, 0)
        painter.drawText(below, int(Qt.TextFlag.TextWordWrap), item.sentence)
        painter.restore()

    def _words(self, row: QRect, item: ExplainedItem) -> QRect:
        """Where title and sentence stand, between the picture and the figures."""
        left = SIDE_PX + (self._icon_px.width() + SIDE_PX if self._icon_px.width() else 0)
        widest = max((_small().horizontalAdvance(text) for text in item.figures), default=-SIDE_PX)
        top = theme.GRID // 2
        return row.adjusted(left, top, -(widest + 2 * SIDE_PX), -top)


def _title_font() -> QFont:
    font = QFont()
    font.setWeight(QFont.Weight.DemiBold)
    return font


def _small_font() -> QFont:
    font = QFont()
    font.setPixelSize(theme.TEXT_SMALL_PX)
    return font


def _small() -> QFontMetrics:
    return QFontMetrics(_small_font())
