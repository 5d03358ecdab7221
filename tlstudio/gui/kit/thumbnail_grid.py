"""A grid of thumbnails for any number of images: only what is visible is painted and decoded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QHideEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QApplication, QWidget

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.gui.kit import accessible, theme
from tlstudio.gui.kit.cell_area import CellArea
from tlstudio.gui.kit.grid_geometry import CellGeometry, GridGeometry
from tlstudio.gui.kit.thumbnail_painter import (
    CellState,
    Findable,
    GridItem,
    Mark,
    ThumbnailPainter,
    mark_title,
)
from tlstudio.gui.kit.thumbnails import ThumbnailCache

__all__ = ["GridItem", "Mark", "ThumbnailGrid"]

THUMB_PX = 136
THUMB_MIN_PX, THUMB_MAX_PX = 96, 256


class ThumbnailGrid(CellArea):
    """Images in rows, one of which may be chosen, by mouse and by keyboard.

    Where `selects_several`, Ctrl and Shift with a click or a key add to the choice, and dragging
    over images chooses all of them. The last one is the current one. Where `drags_out`, what is
    chosen can be dragged elsewhere, and only a drag that begins beside the images chooses.

    Signals:
        current_changed(int): another image is chosen; -1 for none.
        activated(int): double click, Enter or Space on an image.
        selection_changed(): other images are chosen than before.
        menu_wanted(QPoint): a context menu for what is chosen, at this point of the screen.
        drag_wanted(): what is chosen is being dragged away.
    """

    current_changed = Signal(int)
    activated = Signal(int)
    selection_changed = Signal()
    menu_wanted = Signal(QPoint)
    drag_wanted = Signal()

    def __init__(self, cache: ThumbnailCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cache = cache
        self._items: Sequence[GridItem] = ()
        self._current = -1
        self.selects_several = False
        self.drags_out = False
        self._dragged_from: QPoint | None = None  # while what is chosen may be dragged away
        self._selected: set[int] = set()  # several of them; else the current one
        self._anchor = -1  # where Shift goes from
        self._pressed: QPoint | None = None  # in the content, while a drag may begin
        self._band: QRect | None = None  # what is dragged over, in the content
        self._thumb_px = THUMB_PX
        self._lines = 0
        self._empty_text = ""
        self._wanted: set[ImageRef] = set()
        self._wanted_px = 0
        self._painter: ThumbnailPainter | None = None
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.viewport().setMouseTracking(True)
        self.setAccessibleName(self.tr("Images"))
        cache.ready.connect(self._on_ready)

    @property
    def items(self) -> Sequence[GridItem]:
        return self._items

    @property
    def current_index(self) -> int:
        """The chosen image; -1 for none."""
        return self._current

    @property
    def current_item(self) -> GridItem | None:
        return self._items[self._current] if self._current >= 0 else None

    @property
    def selection(self) -> tuple[int, ...]:
        """All chosen images, in their order."""
        if self._selected:
            return tuple(sorted(self._selected))
        return (self._current,) if self._current >= 0 else ()

    @property
    def selected_images(self) -> list[ImageRef]:
        """Those of the selection; no cells are made for them."""
        return self._images(self.selection)

    def select(self, indices: Iterable[int], current: int | None = None) -> None:
        """Choose several images.

        Args:
            indices: of them.
            current: the one that a viewer shows; the first one if None.
        """
        chosen = set(indices)
        if current is None:
            current = min(chosen, default=-1)
        several = chosen if len(chosen) > 1 else set()
        changed = several != self._selected
        self._selected = several
        if current != self._current:
            self._current = current
            self.current_changed.emit(current)
            changed = True
        if changed:
            self.viewport().update()
            self._describe()
            self.selection_changed.emit()

    def set_items(self, items: Sequence[GridItem]) -> None:
        """Show these. The scroll position stays, and the choice where its image is still there."""
        chosen = self.current_item
        several = self._images(self._selected)
        self._items = items
        if isinstance(items, Findable):
            self._lines = items.lines if len(items) else 0
        else:
            self._lines = int(any(i.caption for i in items)) + int(any(i.detail for i in items))
        self._hovered = -1
        self._arrange()
        index = -1 if chosen is None else self._index_of(chosen.image)
        if index != self._current:
            self._current = index
            self.current_changed.emit(index)
        self._selected = self._places(several)
        self._describe()
        self.selection_changed.emit()

    def set_current_index(self, index: int) -> None:
        """Choose an image and bring it into view; -1 for none."""
        index = index if 0 <= index < len(self._items) else -1
        self._anchor = index
        if index >= 0:
            self._bring_into_view(index)
        self.select([index] if index >= 0 else [], index)

    def set_thumb_size(self, size_px: int) -> None:
        """The least side of a thumbnail, 96 to 256; the image at the top stays at the top."""
        size_px = min(max(size_px, THUMB_MIN_PX), THUMB_MAX_PX)
        if size_px != self._thumb_px:
            self._thumb_px = size_px
            self._arrange(keep_first=True)

    def set_empty_text(self, text: str) -> None:
        """Set the text that is shown without items."""
        self._empty_text = text
        self.viewport().update()

    def scroll_to_top(self) -> None:
        self.verticalScrollBar().setValue(0)

    # Geometry

    def sizeHint(self) -> QSize:
        return QSize(640, 480)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        was_visible = self._current in self._visible()
        self._arrange(keep_first=True)
        if was_visible:
            self._bring_into_view(self._current)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self._hovered = -1
        self.viewport().update()

    def _arrange(self, *, keep_first: bool = False) -> None:
        bar = self.verticalScrollBar()
        old = self._geometry
        first = old.columns * (bar.value() // old.pitch_px) if keep_first else 0
        width = self.viewport().width()
        self._set_geometry(
            self._laid_out(
                GridGeometry.fitted(len(self._items), width, self._thumb_px, self._lines)
            ),
            4,
        )
        if first and self._geometry.columns != old.columns:
            bar.setValue(self._geometry.cell(min(first, self._geometry.count - 1)).top())

    def _laid_out(self, geometry: GridGeometry) -> CellGeometry:
        """Where the cells go; a grid with gaps between them says so."""
        return geometry

    def _paint_behind(self, painter: QPainter, visible: range) -> None:
        """What lies behind the cells."""

    def _index_of(self, image: ImageRef) -> int:
        """Return the index of `image`, which is mostly where it was."""
        if self._current < len(self._items) and self._items[self._current].image == image:
            return self._current
        return self._place_of(image)

    def _place_of(self, image: ImageRef) -> int:
        return min(self._places([image]), default=-1)

    def _images(self, places: Iterable[int]) -> list[ImageRef]:
        if isinstance(self._items, Findable):
            return [self._items.image_at(place) for place in places]
        return [self._items[place].image for place in places]

    def _places(self, images: list[ImageRef]) -> set[int]:
        """Where these images are; those that are not here any more are left out."""
        items = self._items
        if not images or not items:
            return set()
        if isinstance(items, Findable):
            return items.places_of(images)
        wanted = set(images)
        return {place for place, item in enumerate(items) if item.image in wanted}

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self._items:
            self._paint_words(painter, self._empty_text)
            return
        visible = self._visible()
        self._ask_for(visible)
        if self._painter is None:
            self._painter = ThumbnailPainter(self.font())
        self._paint_behind(painter, visible)
        focused = self.hasFocus()
        for index in visible:
            rect = self.cell_rect(index)
            if not event.rect().intersects(rect.adjusted(-4, -4, 4, 4)):
                continue
            item = self._items[index]
            state = CellState(
                hovered=index == self._hovered,
                selected=index == self._current or index in self._selected,
                focused=focused,
                failed=self._cache.failed(item.image),
            )
            pixmap = self._cache.get(item.image, self._wanted_px)
            self._painter.paint(painter, rect, item, pixmap, state)
        if self._keyboard_focus and self._current < 0:
            self._paint_focus(painter)
        if self._band is not None:
            accent = QColor(theme.current().accent)
            painter.setPen(QPen(accent, 1))
            accent.setAlphaF(0.12)
            painter.setBrush(accent)
            painter.drawRect(self._band.translated(0, -self.verticalScrollBar().value()))

    def _ask_for(self, visible: range) -> None:
        """Drop what went out of sight; ask for what is visible, the topmost last and thus first."""
        wanted_px = round(self._geometry.side_px * self.devicePixelRatioF())
        wanted = {self._items[index].image for index in visible}
        for image in self._wanted if wanted_px != self._wanted_px else self._wanted - wanted:
            self._cache.drop(image, self._wanted_px)
        self._wanted, self._wanted_px = wanted, wanted_px
        for index in reversed(visible):
            self._cache.get(self._items[index].image, wanted_px)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._painter = None
            self.viewport().update()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        for image in self._wanted:
            self._cache.drop(image, self._wanted_px)
        self._wanted = set()

    # Mouse and keyboard

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._painter = None
        return super().viewportEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        index = self._index_at(point)
        if event.button() == Qt.MouseButton.LeftButton:
            is_drag = self.drags_out and index >= 0 and not event.modifiers()
            self._dragged_from = point if is_drag else None
            begins = self.selects_several and not is_drag
            self._pressed = self._in_content(point) if begins else None
            if index >= 0 and event.modifiers() and self.selects_several:
                self._add(index, event.modifiers())
            elif not (is_drag and index in self.selection):
                self.set_current_index(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if self._dragged_from is not None:
            way = event.position().toPoint() - self._dragged_from
            if way.manhattanLength() >= QApplication.startDragDistance():
                self._dragged_from = None
                self.drag_wanted.emit()
            return
        if self._pressed is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        point = self._in_content(event.position().toPoint())
        far = (point - self._pressed).manhattanLength() >= 2 * QApplication.startDragDistance()
        if self._band is not None or far:
            self._band = QRect(self._pressed, point).normalized()
            self.select(self._touched(self._band))
            self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._dragged_from is not None:  # it was a click after all
            self.set_current_index(self._index_at(self._dragged_from))
        self._pressed = self._band = self._dragged_from = None
        self.viewport().update()
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() is QContextMenuEvent.Reason.Mouse:
            index = self._index_at(event.pos())
            if index >= 0 and index not in self.selection:
                self.set_current_index(index)
            at = event.globalPos()
        else:
            at = self.viewport().mapToGlobal(self.cell_rect(max(0, self._current)).center())
        if self.selection:
            self.menu_wanted.emit(at)

    def _in_content(self, point: QPoint) -> QPoint:
        return point + QPoint(0, self.verticalScrollBar().value())

    def _touched(self, band: QRect) -> list[int]:
        """The cells that a rectangle of the content touches."""
        seen = self._geometry.visible(band.top(), band.height())
        return [index for index in seen if self._geometry.cell(index).intersects(band)]

    def _add(self, index: int, modifiers: Qt.KeyboardModifier) -> None:
        """Ctrl adds an image or lets it go; Shift takes all from the anchor on."""
        if modifiers & Qt.KeyboardModifier.ShiftModifier:
            start = self._anchor if self._anchor >= 0 else index
            low, high = sorted((start, index))
            self._bring_into_view(index)
            self.select(range(low, high + 1), index)
        elif modifiers & Qt.KeyboardModifier.ControlModifier:
            self._anchor = index
            chosen = set(self.selection) ^ {index}
            self.select(chosen, index if index in chosen else min(chosen, default=-1))
        else:
            self.set_current_index(index)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        # the first click chose it, and what shows it may have moved the cells since
        if self._current >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self.activated.emit(self._current)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        height = self.viewport().height()
        index = self._geometry.after_key(Qt.Key(event.key()), self._current, height)
        if self.selects_several and event.matches(QKeySequence.StandardKey.SelectAll):
            self.select(range(len(self._items)), max(0, self._current) if self._items else -1)
        elif index is not None and self._items:
            shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            if shift and self.selects_several:
                self._add(index, event.modifiers())
            else:
                self.set_current_index(index)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            if self._current >= 0:
                self.activated.emit(self._current)
        elif event.key() == Qt.Key.Key_Escape and self.selection:
            self.set_current_index(-1)
        else:
            super().keyPressEvent(event)

    # Words

    def _text_of(self, index: int) -> str:
        item = self._items[index]
        parts = (item.image.name, item.caption, item.detail, mark_title(item.mark), item.note)
        return "\n".join(dict.fromkeys(part for part in parts if part))

    def spoken_current(self) -> int:
        return self._current

    def _describe(self) -> None:
        """Tell screen readers which image is chosen."""
        if self._current < 0:
            text = self.tr("%n image(s)", "", len(self._items))
        else:
            place = self.tr("{index} of {count}").format(
                index=self._current + 1, count=len(self._items)
            )
            text = f"{place}: {self._text_of(self._current)}".replace("\n", ", ")
        if self._selected:
            text = f"{self.tr('%n selected', '', len(self._selected))}. {text}"
        self.setAccessibleDescription(text)
        accessible.tell_current(self)

    def _on_ready(self, image: ImageRef) -> None:
        if image in self._wanted:
            for index in self._visible():
                if self._items[index].image == image:
                    self.viewport().update(self.cell_rect(index).adjusted(-4, -4, 4, 4))
