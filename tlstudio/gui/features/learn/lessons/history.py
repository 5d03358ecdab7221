"""The ImageNet challenge: error and depth of each entry as bars, and the story of one of them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from tlstudio.core.lessons.history import ENTRIES, HUMAN_ERROR, Entry
from tlstudio.core.lessons.lesson import Lesson
from tlstudio.gui.features.learn.screen import LessonScreen, larger
from tlstudio.gui.features.learn.widgets.dragged import DraggedRow
from tlstudio.gui.features.learn.widgets.fonts import set_font
from tlstudio.gui.features.learn.widgets.formula_line import result, soft
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import label
from tlstudio.gui.kit.language import core_text
from tlstudio.gui.kit.layout import Stretch, vstack
from tlstudio.gui.state.session import Session

START = 2  # AlexNet
STORY_PX = 264
YEAR_PX, NAME_PX, VALUE_PX, HEAD_PX = 18, 32, 20, 20
ERROR_SHARE = 0.66  # of the height, for the errors; the rest is for the depths
BAR_SHARE = 0.62  # of a column
LONG_NAME = 10  # letters; longer ones are parted at their hyphen


class HistoryLesson(LessonScreen):
    """Errors above, depths below, for the same years; dragging chooses an entry."""

    def __init__(self, session: Session, lesson: Lesson, parent: QWidget | None = None) -> None:
        super().__init__(session, lesson, parent)
        self.chart = HistoryChart(ENTRIES)
        self.name = label("", "title", wrap=True)
        self.place = label("", "hint", wrap=True)
        self.story = larger(label("", wrap=True))
        self.differs = label("", "hint", wrap=True)
        side = QWidget()
        side.setFixedWidth(STORY_PX)
        grid = theme.GRID
        vstack(
            self.name,
            self.place,
            grid,
            self.story,
            grid,
            self.differs,
            Stretch(),
            spacing=grid // 2,
            parent=side,
        )
        self.stage.addWidget(self.chart, 1)
        self.stage.addWidget(side)
        self.setFocusProxy(self.chart)
        self.chart.set_position(self.kept("entry", START))
        self.chart.moved.connect(self._on_chosen)
        self.chart.opened.connect(self._on_try_it)
        self._show()

    @property
    def entry(self) -> Entry:
        return ENTRIES[self.chart.position]

    def _on_chosen(self, at: int) -> None:
        self.keep(entry=at)
        self._show()

    def _show(self) -> None:
        entry = self.entry
        self.name.setText(f"{entry.year} · {entry.name}")
        places = {1: self.tr("First place"), 2: self.tr("Second place")}
        depth = self.tr("{count} layers").format(count=entry.depth) if entry.depth else ""
        self.place.setText(" · ".join(filter(None, (places[entry.place], depth))))
        self.story.setText(core_text(entry.idea))
        self.differs.setText(core_text(entry.slide) if entry.slide else "")
        self.try_it.setText(self.tr("See {network}").format(network=entry.name))
        self.try_it.setVisible(entry.target is not None)
        of_all, share = round(100 / entry.error), round(100 * entry.error / ENTRIES[0].error)
        left = self.tr("{share}% of the mistakes of 2010 are left").format(share=share)
        self.facts.show_parts(
            (
                soft(self.tr("top-5 error") + "  "),
                result(f"{entry.error:g}%", "accent"),
                soft("   " + self.tr("one photo in {count} is missed").format(count=of_all)),
                soft(f"   ·   {left}"),
            )
        )

    def _on_try_it(self) -> None:
        if self.entry.target is not None:
            self.session.follow(self.entry.target)


class HistoryChart(DraggedRow):
    """Two rows of bars over the same years; the chosen column is in the accent colour.

    Signals:
        opened(): a person double-clicked on it, or pressed Enter.
    """

    opened = Signal()

    def __init__(self, entries: Sequence[Entry], parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._entries = tuple(entries)
        self.setAccessibleName(self.tr("Errors and depths by year"))

    def count(self) -> int:
        return len(self._entries)

    def place_at(self, x: float) -> int:
        return int(x / max(1.0, self.column_rect(0).width()))

    def set_position(self, position: int) -> None:
        super().set_position(position)
        entry = self._entries[self.position]
        depth = self.tr("{count} layers").format(count=entry.depth) if entry.depth else ""
        words = (str(entry.year), entry.name, f"{entry.error:g}%", depth)
        self.setAccessibleDescription(", ".join(filter(None, words)))

    def column_rect(self, at: int) -> QRectF:
        """Where a column is in the widget."""
        width = self.width() / len(self._entries)
        return QRectF(at * width, 0, width, self.height())

    def sizeHint(self) -> QSize:
        return QSize(560, 360)

    def minimumSizeHint(self) -> QSize:
        return QSize(400, 240)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.opened.emit()

    def press(self, key: int, *, is_far: bool) -> bool:
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
            return True
        return super().press(key, is_far=is_far)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top = ERROR_SHARE * self.height()
        names = QRectF(0, top - NAME_PX - YEAR_PX, self.width(), NAME_PX + YEAR_PX)
        errors = QRectF(0, HEAD_PX, self.width(), names.top() - HEAD_PX)
        below = self.height() - top - HEAD_PX - theme.GRID
        depths = QRectF(0, top + HEAD_PX, self.width(), below)
        self._paint_column(painter)
        self._paint_head(painter, 0, self.tr("Top-5 error on the test images, %"))
        self._paint_head(painter, top, self.tr("Depth, layers with weights"))
        most = max(entry.error for entry in self._entries)
        self._paint_human(painter, errors, most)
        self._paint_bars(painter, errors, [(e.error, f"{e.error:g}") for e in self._entries], most)
        deepest = max(entry.depth or 0 for entry in self._entries)
        bars = [(float(e.depth or 0), str(e.depth or "–")) for e in self._entries]
        self._paint_bars(painter, depths, bars, deepest)
        self._paint_names(painter, names)

    def _paint_column(self, painter: QPainter) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.current().accent_soft))
        painter.drawRoundedRect(self.column_rect(self.position), theme.GRID, theme.GRID)

    def _paint_head(self, painter: QPainter, top: float, text: str) -> None:
        set_font(painter, theme.TEXT_SMALL_PX)
        painter.setPen(QColor(theme.current().text_soft))
        head = QRectF(0, top + theme.GRID // 2, self.width() - theme.GRID, HEAD_PX)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(head, int(Qt.AlignmentFlag.AlignRight | middle), text)

    def _paint_bars(
        self, painter: QPainter, area: QRectF, bars: Sequence[tuple[float, str]], most: float
    ) -> None:
        tokens = theme.current()
        painter.setPen(QPen(QColor(tokens.line_strong), 1))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        for at, (value, text) in enumerate(bars):
            column = self.column_rect(at)
            high = (area.height() - VALUE_PX) * value / most
            wide = BAR_SHARE * column.width()
            left = column.center().x() - wide / 2
            bar = QRectF(left, area.bottom() - high, wide, high)
            is_chosen = at == self.position
            colour = QColor(tokens.accent if is_chosen else tokens.train)
            painter.fillRect(bar, colour)
            set_font(painter, theme.TEXT_PX + 1, strong=is_chosen)
            painter.setPen(QColor(tokens.text if is_chosen else tokens.text_soft))
            above = QRectF(column.left(), bar.top() - VALUE_PX, column.width(), VALUE_PX)
            room = painter.fontMetrics().boundingRect(text).size()
            behind = QRectF(0, 0, room.width() + 4, VALUE_PX)  # a line may pass there
            behind.moveCenter(above.center())
            painter.fillRect(behind, QColor(tokens.accent_soft if is_chosen else tokens.surface))
            painter.drawText(above, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_names(self, painter: QPainter, area: QRectF) -> None:
        tokens = theme.current()
        for at, entry in enumerate(self._entries):
            column, is_chosen = self.column_rect(at), at == self.position
            set_font(painter, theme.TEXT_SMALL_PX, strong=is_chosen)
            painter.setPen(QColor(tokens.text))
            name = entry.name.replace("-", "-\n") if len(entry.name) > LONG_NAME else entry.name
            upper = QRectF(column.left() - 4, area.top() + 2, column.width() + 8, NAME_PX)
            centre = Qt.AlignmentFlag.AlignHCenter
            painter.drawText(upper, int(centre | Qt.AlignmentFlag.AlignTop), name)
            painter.setPen(QColor(tokens.text_soft))
            year = QRectF(column.left(), upper.bottom(), column.width(), YEAR_PX)
            painter.drawText(year, Qt.AlignmentFlag.AlignCenter, str(entry.year))

    def _paint_human(self, painter: QPainter, area: QRectF, most: float) -> None:
        tokens = theme.current()
        y = area.bottom() - (area.height() - VALUE_PX) * HUMAN_ERROR / most
        painter.setPen(QPen(QColor(tokens.val), 2, Qt.PenStyle.DashLine))
        painter.drawLine(int(area.left()), int(y), int(area.right()), int(y))
        set_font(painter, theme.TEXT_SMALL_PX, strong=True)
        painter.setPen(QColor(tokens.val))
        words = QRectF(area.left(), y - 6 * theme.GRID, area.width() - theme.GRID, HEAD_PX)
        text = self.tr("one trained person: {error}%").format(error=HUMAN_ERROR)
        painter.drawText(words, Qt.AlignmentFlag.AlignRight, text)
