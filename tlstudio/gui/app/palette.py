"""The command palette: one line to find a command, a page, a model, a layer, a class, a setting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QAction,
    QColor,
    QCursor,
    QFont,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)
from shiboken6 import isValid

from tlstudio.core.finding import Finder
from tlstudio.gui.app.palette_sources import (
    SOURCES,
    Entry,
    PaletteContext,
    SourceSpec,
    translate,
)
from tlstudio.gui.kit import icons, theme
from tlstudio.gui.kit.basics import label, line
from tlstudio.gui.kit.layout import vstack
from tlstudio.gui.kit.search_line import SearchLine
from tlstudio.gui.state.session import Session, Step

WIDTH_PX, LEAST_SIDE_PX = 640, 16
TOP_SHARE, TOP_PX = 0.1, 72  # of the window's height, at most
ROW_PX, ROWS, SEARCH_PX = 34, 11, 44
FOUND = 60  # nobody reads on; a longer query finds the rest
SIDE_PX = 2 * theme.GRID
TITLE_SHARE = 0.68  # of a row, where title and detail are both long
BACKDROP = {"light": QColor(20, 20, 30, 46), "dark": QColor(0, 0, 0, 110)}

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Found:
    """An entry with the source that it is of."""

    source: SourceSpec
    entry: Entry

    @property
    def key(self) -> str:
        """By which it is remembered."""
        return f"{self.source.kind}:{self.entry.name}"

    @property
    def kind(self) -> str:
        """The name of its kind in the language of the window."""
        return translate("palette", self.source.title)


class FoundModel(QAbstractListModel):
    """The entries that are shown; the accessible text says all of a row."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.found: Sequence[Found] = ()

    def set_found(self, found: Sequence[Found]) -> None:
        self.beginResetModel()
        self.found = found
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.found)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        found = self.found[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return found.entry.title
            case Qt.ItemDataRole.AccessibleTextRole:
                parts = (found.entry.title, found.kind, found.entry.detail)
                return ", ".join(part for part in parts if part)
        return None


class FoundDelegate(QStyledItemDelegate):
    """Paints a row: its title, quiet words behind it, and what it is on the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        assert isinstance(model, FoundModel)
        found, tokens = model.found[index.row()], theme.current()
        style: Any = option  # its fields are not typed
        box = QRect(style.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if style.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.accent_soft))
            painter.drawRoundedRect(box.adjusted(theme.GRID - 2, 1, 2 - theme.GRID, -1), 6, 6)
        area = box.adjusted(SIDE_PX, 0, -SIDE_PX, 0)
        font = QFont(style.widget.font())
        small = QFont(font)
        small.setPixelSize(theme.TEXT_SMALL_PX)
        enabled = found.entry.is_enabled

        painter.setFont(small)
        kind_px = _words(painter, area, found.kind, tokens.text_soft, is_right=True)
        area.setRight(area.right() - kind_px - 2 * theme.GRID)
        room = area.width() if not found.entry.detail else round(TITLE_SHARE * area.width())
        detail_px = painter.fontMetrics().horizontalAdvance(found.entry.detail)
        room = max(room, area.width() - detail_px - 2 * theme.GRID)
        painter.setFont(font)
        title = QRect(area.left(), area.top(), room, area.height())
        title_px = _words(
            painter, title, found.entry.title, tokens.text if enabled else tokens.text_soft
        )
        area.setLeft(area.left() + title_px + theme.GRID + 4)
        painter.setFont(small)
        _words(painter, area, found.entry.detail, tokens.text_soft)
        painter.restore()


def _words(painter: QPainter, area: QRect, text: str, color: str, *, is_right: bool = False) -> int:
    """Write a text in one line, shortened to the room there is; returns its width."""
    text = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, area.width())
    side = Qt.AlignmentFlag.AlignRight if is_right else Qt.AlignmentFlag.AlignLeft
    flags = (side | Qt.AlignmentFlag.AlignVCenter).value | Qt.TextFlag.TextSingleLine.value
    painter.setPen(QColor(color))
    painter.drawText(area, flags, text)
    return painter.fontMetrics().horizontalAdvance(text)


class FoundList(QListView):
    """A row becomes the current one below a mouse that moves, not where it scrolls below it."""

    def __init__(self) -> None:
        super().__init__()
        self._mouse = QCursor.pos()
        self.setMouseTracking(True)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        place, before = event.globalPosition().toPoint(), self._mouse
        self._mouse = place
        index = self.indexAt(event.position().toPoint())
        if place != before and index.isValid():
            self.setCurrentIndex(index)


class Palette(QWidget):
    """Lies over a window and takes what is typed; a click beside it closes it.

    Signals:
        closed(): it is gone.
    """

    closed = Signal()

    def __init__(self, context: PaletteContext, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.setObjectName("palette")
        self._preferences = context.session.preferences
        self._before = QApplication.focusWidget()
        self._all = [
            Found(source, entry) for source in SOURCES for entry in source.entries(context)
        ]
        self._finder = Finder(
            [(found, (found.entry.title, *found.entry.aliases)) for found in self._all]
        )
        self.search = SearchLine()
        self.search.setPlaceholderText(
            self.tr("Find a command, page, model, layer, class or setting")
        )
        self.search.setAccessibleName(self.tr("Find anything"))
        self.search.setProperty("role", "palette")
        self.search.addAction(icons.icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self.search.setFixedHeight(SEARCH_PX)
        self.model = FoundModel(self)
        self.list = FoundList()
        self.list.setModel(self.model)
        self.list.setItemDelegate(FoundDelegate(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName(self.tr("What was found"))
        self.nothing = label(self.tr("Nothing found"), "hint")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.nothing.setFixedHeight(2 * ROW_PX)
        self.frame = QFrame(self)
        self.frame.setProperty("role", "toast")
        vstack(
            self.search, line(), self.list, self.nothing, spacing=0, margins=1, parent=self.frame
        )
        self.search.typed.connect(self._on_typed)
        self.search.left.connect(self.close_quietly)
        self.search.installEventFilter(self)
        self.list.clicked.connect(self._on_chosen)
        window.installEventFilter(self)
        self._show(self._recent())

    def open(self) -> None:
        """Show it, with the keyboard in it."""
        self.setGeometry(self._window.rect())
        self._fit()
        self.show()
        self.raise_()
        self.search.setFocus(Qt.FocusReason.PopupFocusReason)

    def close_quietly(self) -> None:
        """Go away; the keyboard goes back to where it was unless it went elsewhere."""
        if self.isHidden():
            return
        had_focus = self.search.hasFocus()
        self.hide()
        before = self._before
        if had_focus and before is not None and isValid(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.PopupFocusReason)
        self.closed.emit()
        self.deleteLater()

    # Following the window and the keyboard

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window and event.type() == QEvent.Type.Resize:
            self.setGeometry(self._window.rect())
            self._fit()
        if watched is not self.search or not isinstance(event, QKeyEvent):
            return False
        if event.type() == QEvent.Type.ShortcutOverride and event.key() == Qt.Key.Key_Escape:
            event.accept()  # else a view behind it would take it
            return True
        return event.type() == QEvent.Type.KeyPress and self._on_key(event)

    def _on_key(self, event: QKeyEvent) -> bool:
        """Move in the list, choose or close; all else is typed."""
        page = max(1, self.list.height() // ROW_PX - 1)
        rows = {
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_Backtab: -1,
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Tab: 1,
            Qt.Key.Key_PageUp: -page,
            Qt.Key.Key_PageDown: page,
        }
        key = Qt.Key(event.key())
        if key in rows:
            self._move(rows[key], wraps=abs(rows[key]) == 1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers().value & (
            Qt.KeyboardModifier.ControlModifier.value
        ):
            self._on_chosen(self.list.currentIndex())
        elif key == Qt.Key.Key_Escape:
            self.close_quietly()
        else:
            return False
        return True

    def _move(self, rows: int, *, wraps: bool) -> None:
        count = self.model.rowCount()
        if count:
            row = self.list.currentIndex().row() + rows
            row = row % count if wraps else min(max(row, 0), count - 1)
            self.list.setCurrentIndex(self.model.index(row))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.close_quietly()

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), BACKDROP[theme.current().name])

    # Finding and choosing

    def _on_typed(self, query: str) -> None:
        self._show(self._finder.find(query, FOUND) if query.strip() else self._recent())

    def _recent(self) -> list[Found]:
        """What was used last, then everything else in its order."""
        by_key = {found.key: found for found in self._all}
        recent = [by_key[key] for key in self._preferences.recent_finds if key in by_key]
        used = {found.key for found in recent}
        others = (found for found in self._all[: FOUND + len(used)] if found.key not in used)
        return [*recent, *others][:FOUND]

    def _show(self, found: Sequence[Found]) -> None:
        self.model.set_found(found)
        self.list.setVisible(bool(found))
        self.nothing.setVisible(not found)
        if found:
            self.list.setCurrentIndex(self.model.index(0))
        self._fit()

    def _fit(self) -> None:
        """Centred at the top, as high as what it shows, and never beyond the window."""
        width = min(WIDTH_PX, self.width() - 2 * LEAST_SIDE_PX)
        top = min(TOP_PX, round(TOP_SHARE * self.height()))
        room = (self.height() - 2 * top - SEARCH_PX) // ROW_PX
        rows = max(0, min(ROWS, room, self.model.rowCount()))
        self.list.setFixedHeight(rows * ROW_PX + theme.GRID)
        height = SEARCH_PX + 3 + (self.list.height() if rows else self.nothing.height())
        self.frame.setGeometry((self.width() - width) // 2, top, width, height)

    def _on_chosen(self, index: QModelIndex) -> None:
        if not index.isValid():
            return
        found = self.model.found[index.row()]
        if not found.entry.is_enabled:  # it says why
            return
        self._preferences.add_recent_find(found.key)
        self.close_quietly()
        found.entry.choose()


def open_palette(
    session: Session, actions: Mapping[str, QAction], pages: Mapping[Step, QWidget], window: QWidget
) -> Palette:
    """Open it over `window`, or close the one that is open."""
    there = [child for child in window.findChildren(Palette) if child.isVisible()]
    if there:
        there[0].close_quietly()
        return there[0]
    palette = Palette(PaletteContext(session, actions, pages), window)
    palette.open()
    return palette
