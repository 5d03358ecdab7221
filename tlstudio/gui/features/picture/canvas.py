"""The view of the picture of a network: zoom, pan and the keyboard."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QGraphicsView, QWidget

from tlstudio.core.networks.blocks.graph import BlockNode
from tlstudio.gui.features.picture.items import BoxItem
from tlstudio.gui.features.picture.scene import ArchitectureScene
from tlstudio.gui.features.picture.style import look
from tlstudio.gui.kit import accessible
from tlstudio.gui.kit.block_texts import title
from tlstudio.gui.kit.help_mark import explain

LEAST_SCALE = 0.03
MOST_SCALE = 4.0
MOST_FITTED = 2.0
READABLE_SCALE = 0.62  # a picture that fits only below this is shown from its beginning instead
READABLE_ABREAST = 0.46  # where all of several networks are wanted in sight
STEP = 1.25
EDGE_PX = 24
_ARROWS = {
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
}


class ArchitectureCanvas(QGraphicsView):
    """Wheel and pinch zoom at the pointer, dragging pans, arrows move the choice, Enter opens.

    Signals:
        moved(): another part of the scene is shown, or at another scale.
    """

    moved = Signal()

    spoken_as = accessible.Role.Graphic

    def __init__(self, scene: ArchitectureScene, parent: QWidget | None = None) -> None:
        super().__init__(scene, parent)
        explain(self, self._explained_at)
        self._scene = scene
        self._pressed: QPoint | None = None
        self._is_panning = False
        self._is_fitted = True  # follows the size of the view until a person zooms or pans
        self._anchor: tuple[str, QPointF] | None = None
        self.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        self.setFrameShape(QGraphicsView.Shape.NoFrame)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.SmartViewportUpdate)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Picture of the architecture"))
        scene.opened.connect(self._on_opened)

    @property
    def scale_now(self) -> float:
        return self.transform().m11()

    def columns(self) -> list[tuple[str, float, float]]:
        """Name, left and right edge in the view of each network that stands side by side."""
        spans = zip(self._scene.titles, self._scene.layout.columns, strict=False)
        return [
            (name, self.mapFromScene(left, 0).x(), self.mapFromScene(right, 0).x())
            for name, (left, right) in spans
        ]

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        super().scrollContentsBy(dx, dy)
        self.moved.emit()

    # -- zoom --------------------------------------------------------------------------------------

    def zoom(self, factor: float, at: QPoint | None = None) -> None:
        """Zoom by `factor`; the point `at` of the view (its middle if None) stays where it is."""
        self._is_fitted = False
        spot = at if at is not None else self.viewport().rect().center()
        before = self.mapToScene(spot)
        scale = min(MOST_SCALE, max(LEAST_SCALE, self.scale_now * factor))
        self._show_at(scale, before, spot)

    def zoom_in(self) -> None:
        self.zoom(STEP)

    def zoom_out(self) -> None:
        self.zoom(1 / STEP)

    def fit(self) -> None:
        """The whole picture, on a large screen up to twice as large as it was drawn."""
        self._is_fitted = True
        area, room = self._scene.sceneRect(), self.viewport().rect()
        if area.isEmpty() or room.isEmpty():
            return
        scale = min(MOST_FITTED, room.width() / area.width(), room.height() / area.height())
        self._show_at(max(scale, LEAST_SCALE), area.center(), room.center())

    def show_start(self) -> None:
        """The whole picture where it is then readable, else its beginning in a readable size."""
        area, room = self._scene.sceneRect(), self.viewport().rect()
        if area.isEmpty():
            return
        readable = READABLE_ABREAST if self._scene.titles else READABLE_SCALE
        if min(room.width() / area.width(), room.height() / area.height()) >= readable:
            self.fit()
            return
        width = min(1.0, room.width() / area.width())
        scale = width if width >= readable else 0.8
        self._is_fitted = False
        spot = QPoint(room.center().x(), 0) if width == scale else QPoint(0, 0)
        start = QPointF(area.center().x(), 0) if width == scale else QPointF(0, 0)
        self._show_at(scale, start, spot)

    def bring_into_view(self, key: str) -> None:
        """Scroll as little as makes a box visible."""
        item = self._scene.item(key)
        if item is None:
            return
        rect = item.sceneBoundingRect()
        if item.is_open:
            rect.setHeight(min(rect.height(), 3 * item.box.header))
        shown = self.mapToScene(self.viewport().rect()).boundingRect()
        margin = EDGE_PX / self.scale_now
        rect.adjust(-margin, -margin, margin, margin)
        dx = _shift(rect.left(), rect.right(), shown.left(), shown.right())
        dy = _shift(rect.top(), rect.bottom(), shown.top(), shown.bottom())
        if dx or dy:
            self._is_fitted = False
            self._show_at(self.scale_now, shown.center() + QPointF(dx, dy), None)

    def _show_at(self, scale: float, point: QPointF, spot: QPoint | None) -> None:
        """Show the scene at `scale` with its `point` at `spot` of the view, or in its middle."""
        room = QRectF(self.viewport().rect())
        place = QPointF(spot) if spot is not None else room.center()
        # room to all sides, so that any point can come to any spot
        free = self._scene.sceneRect().adjusted(
            -room.width() / scale,
            -room.height() / scale,
            room.width() / scale,
            room.height() / scale,
        )
        self.setSceneRect(free)
        self.resetTransform()
        self.scale(scale, scale)
        now = self.mapToScene(place.toPoint())
        way = (point - now) * scale
        bars = self.horizontalScrollBar(), self.verticalScrollBar()
        bars[0].setValue(bars[0].value() + round(way.x()))
        bars[1].setValue(bars[1].value() + round(way.y()))
        self.moved.emit()

    # -- opening keeps the place -------------------------------------------------------------------

    def toggle(self, key: str) -> None:
        """Open or close a box; it stays where it is in the view."""
        self.hold(key)
        self._scene.toggle(key)

    def hold(self, key: str) -> None:
        """Keep the upper left corner of a box in place over the next change of the layout."""
        item = self._scene.item(key)
        if item is not None:
            self._anchor = (key, QPointF(self.mapFromScene(item.scenePos())))

    def _on_opened(self, key: str) -> None:
        anchor, self._anchor = self._anchor, None
        item = self._scene.item(anchor[0]) if anchor is not None else None
        if not key:
            self.show_start()
        elif anchor is not None and item is not None:
            self._is_fitted = False
            self._show_at(self.scale_now, item.scenePos(), anchor[1].toPoint())
        if key:
            self.bring_into_view(key)

    # -- pointer -----------------------------------------------------------------------------------

    def wheelEvent(self, event: QWheelEvent) -> None:
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if not event.pixelDelta().isNull() and not control:  # two fingers on a touch pad
            self._pan(event.pixelDelta())
        else:
            self.zoom(2 ** (event.angleDelta().y() / 480), event.position().toPoint())
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:
        pinch = Qt.NativeGestureType.ZoomNativeGesture
        if isinstance(event, QNativeGestureEvent) and event.gestureType() is pinch:
            self.zoom(1 + event.value(), event.position().toPoint())
            return True
        return super().viewportEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._pressed, self._is_panning = event.position().toPoint(), False
            event.accept()
            return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            super().mouseMoveEvent(event)
            return
        way = event.position().toPoint() - self._pressed
        if self._is_panning or way.manhattanLength() > 4:
            self._is_panning = True
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
            self._pan(way)
            self._pressed = event.position().toPoint()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            super().mouseReleaseEvent(event)
            return
        self._pressed = None
        self.viewport().unsetCursor()
        if not self._is_panning and event.button() is Qt.MouseButton.LeftButton:
            self._click(event.position().toPoint())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        item = self._item_at(event.position().toPoint())
        if item is not None:
            self.toggle(item.box.node.key)

    def _click(self, spot: QPoint) -> None:
        item = self._item_at(spot)
        if item is None:
            self._scene.choose_by_hand("")
        elif item.can_open and item.handle().contains(item.mapFromScene(self.mapToScene(spot))):
            self.toggle(item.box.node.key)
        else:
            self._choose(item)

    def _item_at(self, spot: QPoint) -> BoxItem | None:
        return next((item for item in self.items(spot) if isinstance(item, BoxItem)), None)

    def _explained_at(self, spot: QPoint | None) -> str:
        chosen = self._scene.item(self._scene.chosen_key)
        item = chosen if spot is None else self._item_at(spot)
        return f"block.{look(item.box.node).value}" if item is not None else "layer"

    def _pan(self, way: QPoint) -> None:
        self._is_fitted = False
        for bar, step in (
            (self.horizontalScrollBar(), way.x()),
            (self.verticalScrollBar(), way.y()),
        ):
            bar.setValue(bar.value() - step)

    # -- for screen readers ------------------------------------------------------------------------

    def spoken_count(self) -> int:
        return len(self._scene.box_items())

    def spoken_text(self, index: int) -> str:
        item = self._scene.box_items()[index]
        return title(item.box.node) + "\n" + item.toolTip()

    def spoken_rect(self, index: int) -> QRect:
        rect = self._scene.box_items()[index].sceneBoundingRect()
        return self.mapFromScene(rect).boundingRect().translated(self.viewport().pos())

    def spoken_current(self) -> int:
        item = self._scene.item(self._scene.chosen_key)
        return self._scene.box_items().index(item) if item is not None else -1

    # -- keyboard ----------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _ARROWS:
            self._move(*_ARROWS[key])
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_in()
        elif key is Qt.Key.Key_Minus:
            self.zoom_out()
        elif key is Qt.Key.Key_0:
            self.fit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._open_chosen()
        elif key is Qt.Key.Key_Escape and self._scene.chosen_key:
            self._go_back()
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    def _open_chosen(self) -> None:
        item = self._scene.item(self._scene.chosen_key)
        if item is not None:
            self.toggle(item.box.node.key)

    def _go_back(self) -> None:
        """Close the current box if it is open, otherwise go to the box around it."""
        item = self._scene.item(self._scene.chosen_key)
        network = self._scene.network
        if item is None or network is None:
            return
        chain = network.chains[item.box.node.key]
        if item.is_open:
            self.toggle(item.box.node.key)
        elif len(chain) > 1:
            outer = self._scene.item(chain[-2].key)
            if outer is not None:
                self._choose(outer)
        else:
            self._scene.choose_by_hand("")

    def _move(self, dx: int, dy: int) -> None:
        items = self._scene.box_items()
        now = self._scene.item(self._scene.chosen_key)
        if now is None:
            if items:
                self._choose(min(items, key=lambda item: (item.box.y, item.box.x)))
            return
        spot = _middle(now)
        best: tuple[float, BoxItem] | None = None
        for item in items:
            way = _middle(item) - spot
            along = way.x() * dx + way.y() * dy
            across = abs(way.x() * dy) + abs(way.y() * dx)
            if item is now or along <= 1 or across > 3 * along + 40:
                continue
            distance = along + 2.5 * across
            if best is None or distance < best[0]:
                best = (distance, item)
        if best is not None:
            self._choose(best[1])

    def _choose(self, item: BoxItem) -> None:
        node: BlockNode = item.box.node
        self._scene.choose_by_hand(node.key)
        self.setAccessibleDescription(title(node) + "\n" + item.toolTip())
        accessible.tell_current(self)
        self.bring_into_view(node.key)

    # -- size --------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        size = self.viewport().size()
        self._scene.set_room(float(size.width()), float(size.height()))
        if self._is_fitted:
            self.fit()


def _middle(item: BoxItem) -> QPointF:
    """Return the middle of a closed box, or of the title bar of an open one."""
    box = item.box
    return QPointF(box.x + box.axis, box.y + (box.header if box.is_open else box.height) / 2)


def _shift(low: float, high: float, shown_low: float, shown_high: float) -> float:
    """Return how far to scroll so that the wanted range is shown, or at least its beginning."""
    if low < shown_low or high - low > shown_high - shown_low:
        return low - shown_low
    return high - shown_high if high > shown_high else 0.0
