"""The map itself: points, pictures where there is room, and what is done with the pointer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import (
    QBuffer,
    QEvent,
    QIODevice,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QMenu, QWidget

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.gui.features.map.colouring import Coloured
from tlstudio.gui.features.map.hover_card import HoverCard
from tlstudio.gui.features.map.pictures import POINT_ROOM_PX, pictures_at
from tlstudio.gui.features.map.point_layer import DIMMED, PointLayer, sprite
from tlstudio.gui.kit import accessible, theme
from tlstudio.gui.kit.chart import export
from tlstudio.gui.kit.thumbnails import ThumbnailCache

if TYPE_CHECKING:
    from numpy.typing import NDArray

EDGE_PX = 36  # around all points
NEAR_PX = 12  # so near counts as on the point
DRAG_PX = 4  # less is a click
STEP = 1.25  # of zooming
MOST_ZOOM = 400.0  # as against all points in sight
LASSO_STEP_PX = 3.0
POINTS_LARGE, POINTS_SMALL = 5.5, 2.4  # radius in px, of few points and of many
CORNER_PX = 5.0  # of pictures
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class MapCanvas(QWidget):
    """Wheel zooms at the pointer, dragging pans or draws a lasso, a click chooses a point.

    Shift draws a lasso in any case, and adds to what is chosen; so does a click with Shift or Ctrl.
    Arrows go to the next point, Space adds it, Ctrl+A chooses all in sight, Escape nothing, + - 0
    zoom.

    Signals:
        selection_changed(): others are chosen.
        current_changed(int): another point is looked at; -1 for none.
        activated(int): a double click or Enter on a point.
        menu_wanted(QPoint): a context menu for what is chosen, at this point of the screen.
    """

    selection_changed = Signal()
    current_changed = Signal(int)
    activated = Signal(int)
    menu_wanted = Signal(QPoint)

    spoken_as = accessible.Role.Chart

    def __init__(self, thumbnails: ThumbnailCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._images: Sequence[ImageRef] = ()
        self._names: Sequence[str] = ()
        self._positions: NDArray[np.float32] = np.zeros((0, 2), dtype=np.float32)
        self._coloured = Coloured((), np.zeros(0, dtype=np.int64))
        self._hidden: frozenset[int] = frozenset()  # groups
        self._is_chosen: NDArray[np.bool_] = np.zeros(0, dtype=bool)
        self._current = -1
        self._hovered = -1
        self.has_pictures = True
        self.draws_lasso = False
        self.is_moving = False
        self._centre = np.zeros(2)
        self._scale, self._fitted_scale = 1.0, 1.0
        self._is_fitted = True
        self._layer = PointLayer()
        self._shown: dict[ImageRef, QRectF] = {}  # pictures
        self._pressed: QPointF | None = None
        self._last = QPointF()
        self._lasso: list[QPointF] | None = None
        self._is_panning = False
        self.card = HoverCard(thumbnails, self)
        self.export: export.ChartExport | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(QSize(240, 180))
        self.setAccessibleName(self.tr("Map of the images"))
        thumbnails.ready.connect(self._on_ready)

    # -- what is shown ---------------------------------------------------------------------------

    def set_images(self, images: Sequence[ImageRef], positions: NDArray[np.float32]) -> None:
        """Show other points; nothing is chosen."""
        self._images, self._names = images, ()
        self._is_chosen = np.zeros(len(images), dtype=bool)
        self._coloured = Coloured((), np.zeros(len(images), dtype=np.int64))
        self._current = self._hovered = -1
        self._is_fitted = True
        self.set_positions(positions)

    def set_positions(self, positions: NDArray[np.float32]) -> None:
        """Let the points be elsewhere."""
        self._positions = positions.astype(np.float64)
        if self._is_fitted:
            self._fit()
        self._changed()

    def set_coloured(self, coloured: Coloured, names: Sequence[str]) -> None:
        """Show other colours, and what each point is called."""
        if coloured.groups != self._coloured.groups:
            self._hidden = frozenset()
        self._coloured, self._names = coloured, names
        self._changed()

    def set_hidden(self, groups: Iterable[int]) -> None:
        """Show the points of these groups faintly; they cannot be chosen."""
        self._hidden = frozenset(groups)
        self._changed()

    @property
    def positions(self) -> NDArray[np.float32]:
        return self._positions

    @property
    def selection(self) -> list[int]:
        """The chosen points."""
        return [int(number) for number in np.flatnonzero(self._is_chosen)]

    @property
    def current(self) -> int:
        """The point that is looked at; -1 for none."""
        return self._current

    def select(self, numbers: Iterable[int], current: int | None = None) -> None:
        """Choose points; the first one is looked at if `current` is None."""
        chosen = np.zeros(len(self._images), dtype=bool)
        chosen[list(numbers)] = True
        if current is None:
            current = int(np.argmax(chosen)) if chosen.sum() == 1 else -1
        is_same = np.array_equal(chosen, self._is_chosen)
        self._is_chosen = chosen
        if not is_same:
            self.selection_changed.emit()
        self._set_current(current)
        self._changed()

    def _set_current(self, number: int) -> None:
        if number != self._current:
            self._current = number
            self.current_changed.emit(number)
            accessible.tell_current(self)
        self.update()

    def _changed(self) -> None:
        self._layer.forget()
        self._tell_card()
        self.update()

    # -- the view --------------------------------------------------------------------------------

    def fit(self) -> None:
        """Bring all points in sight."""
        self._is_fitted = True
        self._fit()
        self._changed()

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom by `factor`; the place `at` (the middle if None) stays where it is."""
        spot = at if at is not None else QPointF(self.width() / 2, self.height() / 2)
        offset = np.array([spot.x() - self.width() / 2, spot.y() - self.height() / 2])
        before = self._centre + offset / self._scale
        least, most = self._fitted_scale / 2, self._fitted_scale * MOST_ZOOM
        self._scale = float(np.clip(self._scale * factor, least, most))
        self._centre = before - offset / self._scale
        self._is_fitted = False
        self._changed()

    def pan(self, by: QPointF) -> None:
        """Move what is seen."""
        self._centre = self._centre - np.array([by.x(), by.y()]) / self._scale
        self._is_fitted = False
        self._layer.move(by)
        self._tell_card()
        self.update()

    def places(self) -> NDArray[np.float64]:
        """Where the points are in the widget, ``[N, 2]``."""
        middle = np.array([self.width() / 2, self.height() / 2])
        places: NDArray[np.float64] = (self._positions - self._centre) * self._scale + middle
        return places

    def _fit(self) -> None:
        if not len(self._positions):
            return
        low, high = self._positions.min(axis=0), self._positions.max(axis=0)
        room = np.array([self.width(), self.height()]) - 2 * EDGE_PX
        span = np.maximum(high - low, 1e-9)
        self._centre = (low + high) / 2
        self._scale = self._fitted_scale = float(np.maximum(room, 40).__truediv__(span).min())

    @property
    def _radius_px(self) -> float:
        """Of a point: smaller the more there are, a little larger the nearer."""
        count = max(1, len(self._positions))
        few = np.clip((np.log10(20_000) - np.log10(count)) / 2, 0, 1)
        radius = POINTS_SMALL + (POINTS_LARGE - POINTS_SMALL) * few
        nearness = max(1.0, self._scale / self._fitted_scale)
        return float(min(POINTS_LARGE + 1.5, radius * nearness**0.3))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._is_fitted:
            self._fit()
        self._changed()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._changed()

    # -- painting --------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(theme.current().surface))
        self._paint(painter, self.devicePixelRatioF())
        if self._lasso is not None and len(self._lasso) > 1:
            self._paint_lasso(painter, self._lasso)
        if self.hasFocus() and self._current < 0:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.current().accent), 1))
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))

    def _paint(self, painter: QPainter, ratio: float) -> None:
        if not len(self._images):
            return
        places = self.places()
        if not self._layer.covers(self.size(), ratio):
            self._render(places, ratio)
        self._layer.paint(painter)
        self._paint_pictures(painter, places)
        for number in (self._hovered, self._current):
            if number >= 0:
                self._paint_ring(painter, places[number], number)

    def _render(self, places: NDArray[np.float64], ratio: float) -> None:
        groups, radius = self._coloured.groups, self._radius_px
        opacity = 1.8 * DIMMED if self._is_chosen.any() else 1.0
        faint = QColor(theme.current().text_faint)
        sprites = [sprite(g.colour, radius, ratio, opacity=opacity) for g in groups]
        sprites += [sprite(g.colour, radius * 1.25, ratio) for g in groups]
        sprites.append(sprite(faint, radius * 0.8, ratio, opacity=DIMMED))
        codes = self._coloured.codes + np.where(self._is_chosen, len(groups), 0)
        codes = np.where(self._is_dimmed, len(sprites) - 1, codes)
        self._layer.render(self.size(), ratio, places, sprites, codes, self._is_chosen)

    @property
    def _is_dimmed(self) -> NDArray[np.bool_]:
        """Which points are of a hidden group, ``[N]``."""
        return np.isin(self._coloured.codes, list(self._hidden))

    def _paint_pictures(self, painter: QPainter, places: NDArray[np.float64]) -> None:
        self._shown = {}
        if not self.has_pictures or self.is_moving:
            return
        inside = (places > -20).all(axis=1)
        inside &= (places[:, 0] < self.width() + 20) & (places[:, 1] < self.height() + 20)
        inside &= ~self._is_dimmed
        if self._is_chosen.any():
            inside &= self._is_chosen
        if not 0 < inside.sum() * POINT_ROOM_PX <= self.width() * self.height():
            return
        ratio = self.devicePixelRatioF()
        for number, box in pictures_at(places, np.flatnonzero(inside), self.size()):
            image = self._images[number]
            self._shown[image] = box
            pixmap = self._thumbnails.get(image, round(box.width() * ratio))
            if pixmap is None:
                continue
            shape = QSize(pixmap.size()).scaled(
                QSize(round(box.width()), round(box.height())), Qt.AspectRatioMode.KeepAspectRatio
            )
            fitted = QRectF(0, 0, shape.width(), shape.height())
            fitted.moveCenter(box.center())
            path = QPainterPath()
            path.addRoundedRect(fitted, CORNER_PX, CORNER_PX)
            painter.save()
            painter.setClipPath(path)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawPixmap(fitted, pixmap, QRectF(pixmap.rect()))
            painter.restore()
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._colour_of(number), 2.5))
            painter.drawRoundedRect(fitted, CORNER_PX, CORNER_PX)

    def _colour_of(self, number: int) -> QColor:
        groups = self._coloured.groups
        return groups[self._coloured.codes[number]].colour if groups else QColor()

    def _paint_ring(self, painter: QPainter, place: NDArray[np.float64], number: int) -> None:
        tokens = theme.current()
        painter.setBrush(self._colour_of(number))
        is_current = number == self._current
        painter.setPen(QPen(QColor(tokens.text if is_current else tokens.surface), 2))
        radius = self._radius_px + 2.5
        painter.drawEllipse(QPointF(*place), radius, radius)

    def _paint_lasso(self, painter: QPainter, points: list[QPointF]) -> None:
        accent = QColor(theme.current().accent)
        painter.setPen(QPen(accent, 1.5))
        accent.setAlphaF(0.12)
        painter.setBrush(accent)
        painter.drawPolygon(QPolygonF(points))

    # -- files -----------------------------------------------------------------------------------

    def image(self) -> QImage:
        """What is in sight as a picture."""
        return export.picture(self)

    def svg(self) -> str:
        """What is in sight as a drawing: the points, without pictures."""
        from PySide6.QtSvg import QSvgGenerator

        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        generator = QSvgGenerator()
        generator.setOutputDevice(buffer)
        generator.setSize(self.size())
        generator.setViewBox(self.rect())
        generator.setTitle(self.accessibleName())
        painter = QPainter(generator)
        painter.fillRect(self.rect(), QColor(theme.current().surface))
        painter.setPen(Qt.PenStyle.NoPen)
        radius, is_dimmed = self._radius_px, self._is_dimmed
        for number, place in enumerate(self.places()):
            if not is_dimmed[number] and self.rect().contains(QPoint(*place.astype(int))):
                painter.setBrush(self._colour_of(number))
                painter.drawEllipse(QPointF(*place), radius, radius)
        painter.end()
        return bytes(buffer.data().data()).decode()

    def csv(self) -> str:
        """Every point with its image and group, as a table."""
        groups = self._coloured.groups
        rows = zip(self._images, self._positions, self._coloured.codes, strict=True)
        return export.csv_text(
            ("image", "x", "y", "group"),
            ((str(i), float(p[0]), float(p[1]), groups[c].title) for i, p, c in rows),
        )

    def fill_menu(self, menu: QMenu) -> None:
        """Add what can be saved."""
        if self.export is not None:
            self.export.fill(menu)

    # -- pointer ---------------------------------------------------------------------------------

    def point_at(self, at: QPointF) -> int:
        """The point there, or whose picture is there; -1 for none."""
        for image, box in reversed(self._shown.items()):
            if box.contains(at):
                return self._images.index(image)
        if not len(self._images):
            return -1
        apart = np.hypot(*(self.places() - (at.x(), at.y())).T)
        apart[self._is_dimmed] = np.inf
        number = int(apart.argmin())
        return number if apart[number] <= max(NEAR_PX, self._radius_px + 3) else -1

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton or (
            event.button() is Qt.MouseButton.MiddleButton
        ):
            self._pressed = self._last = event.position()
            self._is_panning = False
            self._lasso = None
        super().mousePressEvent(event)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        if self._pressed is None:
            self._hover(self.point_at(at), at)
            return
        has_begun = self._is_panning or self._lasso is not None
        if not has_begun and (at - self._pressed).manhattanLength() < DRAG_PX:
            return
        if not has_begun:
            self._hover(-1, at)
            is_left = bool(event.buttons() & Qt.MouseButton.LeftButton)
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._is_panning = not (is_left and (self.draws_lasso or shift))
            self._lasso = None if self._is_panning else [self._pressed]
        if self._lasso is None:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.pan(at - self._last)
        elif (at - self._lasso[-1]).manhattanLength() >= LASSO_STEP_PX:
            self._lasso.append(at)
            self.update()
        self._last = at

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            return
        adds = bool(
            event.modifiers()
            & (Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier)
        )
        if self._lasso is not None:
            self._take_lasso(self._lasso, adds)
        elif not self._is_panning:
            self._click(self.point_at(event.position()), adds)
        self._pressed = self._lasso = None
        self._is_panning = False
        self.show_tool()
        self.update()

    def show_tool(self) -> None:
        """Let the pointer say what dragging does."""
        cross, hand = Qt.CursorShape.CrossCursor, Qt.CursorShape.ArrowCursor
        self.setCursor(cross if self.draws_lasso else hand)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        number = self.point_at(event.position())
        if number >= 0:
            self.activated.emit(number)
        else:
            self.fit()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() is QContextMenuEvent.Reason.Mouse:
            number = self.point_at(QPointF(event.pos()))
            if number >= 0 and not self._is_chosen[number]:
                self.select([number])
        self.menu_wanted.emit(event.globalPos())

    def wheelEvent(self, event: QWheelEvent) -> None:
        steps = event.angleDelta().y() / 120
        if steps:
            self.zoom(STEP**steps, event.position())
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1, QPointF())

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def _click(self, number: int, adds: bool) -> None:
        if number < 0:
            if not adds:
                self.select(())
        elif adds:
            self._toggle(number)
        else:
            self.select([number])

    def _toggle(self, number: int) -> None:
        chosen = set(self.selection) ^ {number}
        self.select(chosen, number if number in chosen else None)

    def _take_lasso(self, points: list[QPointF], adds: bool) -> None:
        outline = np.array([(point.x(), point.y()) for point in points])
        found = _inside(self.places(), outline) & ~self._is_dimmed
        if adds:
            found |= self._is_chosen
        self.select(np.flatnonzero(found).tolist())

    def _hover(self, number: int, at: QPointF) -> None:
        if number != self._hovered:
            self._hovered = number
            self.update()
            self._tell_card()

    def _tell_card(self) -> None:
        number = self._hovered
        if not 0 <= number < len(self._images):
            self.card.hide()
            return
        group = (
            self._coloured.groups[self._coloured.codes[number]] if self._coloured.groups else None
        )
        name = self._names[number] if self._names else ""
        self.card.tell(self._images[number], name, group)
        x, y = self.places()[number]
        self.card.place(QPoint(round(x), round(y)))

    # -- keys ------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _ARROWS and len(self._images):
            self._go(
                *_ARROWS[key], adds=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            )
        elif event.text() in ("+", "="):
            self.zoom(STEP)
        elif event.text() == "-":
            self.zoom(1 / STEP)
        elif event.text() == "0":
            self.fit()
        elif key == Qt.Key.Key_Escape and (self._is_chosen.any() or self._current >= 0):
            self.select(())
        elif key == Qt.Key.Key_A and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            places = self.places()
            inside = ((places >= 0) & (places <= (self.width(), self.height()))).all(axis=1)
            self.select(np.flatnonzero(inside & ~self._is_dimmed).tolist())
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._current >= 0:
            self.activated.emit(self._current)
        elif key == Qt.Key.Key_Space and self._current >= 0:
            self._toggle(self._current)
        else:
            super().keyPressEvent(event)

    def _go(self, right: int, down: int, *, adds: bool) -> None:
        """Look at the next point in a direction; from nowhere, at the one in the middle."""
        places = self.places()
        is_there = ~self._is_dimmed
        if self._current < 0:
            apart = np.hypot(*(places - (self.width() / 2, self.height() / 2)).T)
            apart[~is_there] = np.inf
            self.select([int(apart.argmin())])
            return
        step = places - places[self._current]
        along = step @ np.array([right, down], dtype=float)
        across = np.abs(step @ np.array([down, right], dtype=float))
        cost = np.where((along > 0) & is_there, along + 2.5 * across, np.inf)
        number = int(cost.argmin())
        if np.isfinite(cost[number]):
            chosen = {number, *self.selection} if adds else {number}
            self.select(chosen, number)
            self._bring_into_view(number)

    def _bring_into_view(self, number: int) -> None:
        x, y = self.places()[number]
        by_x = min(self.width() - EDGE_PX - x, 0) + max(EDGE_PX - x, 0)
        by_y = min(self.height() - EDGE_PX - y, 0) + max(EDGE_PX - y, 0)
        if by_x or by_y:
            self.pan(QPointF(by_x, by_y))

    # -- for screen readers ----------------------------------------------------------------------

    def spoken_count(self) -> int:
        return len(self._images)

    def spoken_text(self, index: int) -> str:
        group = (
            self._coloured.groups[self._coloured.codes[index]] if self._coloured.groups else None
        )
        parts = [self._images[index].name, self._names[index] if self._names else ""]
        if group is not None and group.title not in parts[1]:
            parts.append(group.title)
        return ", ".join(part for part in parts if part)

    def spoken_rect(self, index: int) -> QRect:
        x, y = self.places()[index]
        return QRect(round(x) - 6, round(y) - 6, 12, 12) & self.rect()

    def spoken_current(self) -> int:
        return self._current

    def _on_ready(self, image: ImageRef) -> None:
        if image in self._shown:
            self.update()


def _inside(places: NDArray[np.float64], outline: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which of ``[N, 2]`` lie inside a closed outline ``[M, 2]``: a ray crosses it an odd time."""
    found = np.zeros(len(places), dtype=bool)
    x, y = places.T
    for (x1, y1), (x2, y2) in zip(outline, np.roll(outline, -1, axis=0), strict=True):
        if y1 != y2:
            crosses = (y1 > y) != (y2 > y)
            found ^= crosses & (x < (x2 - x1) * (y - y1) / (y2 - y1) + x1)
    return found
