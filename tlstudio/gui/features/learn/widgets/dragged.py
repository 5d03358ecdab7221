"""Painted widgets in which a person drags something: by the mouse, or by keys."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from tlstudio.gui.kit import accessible

# Steps to the right and down.
ARROWS: dict[int, tuple[int, int]] = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
# Steps along a row, as on a slider.
STEPS: dict[int, int] = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Down: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Up: 1,
    Qt.Key.Key_PageDown: -8,
    Qt.Key.Key_PageUp: 8,
}


class Dragged(QWidget):
    """Takes all the room there is; those that follow say what dragging and keys do.

    Args:
        name: for screen readers.
        can_drag: whether a person drags in it, or only looks at it.
        cursor: over it, where it can be dragged in.
    """

    spoken_as = accessible.Role.Graphic

    def __init__(
        self,
        name: str,
        parent: QWidget | None = None,
        *,
        can_drag: bool = True,
        cursor: Qt.CursorShape = Qt.CursorShape.PointingHandCursor,
    ) -> None:
        super().__init__(parent)
        self.can_drag = can_drag
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        if can_drag:
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.setCursor(cursor)

    def drag_to(self, at: QPointF) -> None:
        """The mouse was pressed here, or drawn to here."""
        raise NotImplementedError

    def press(self, key: int, *, is_far: bool) -> bool:
        """Do what a key asks for, with Shift further; False where it asks for nothing."""
        raise NotImplementedError

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.can_drag:
            self.drag_to(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.can_drag:
            self.drag_to(event.position())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_far = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if not self.can_drag or not self.press(event.key(), is_far=is_far):
            super().keyPressEvent(event)


class DraggedRow(Dragged):
    """Places in a row, one of which is chosen: the one below the mouse, or the next by a key.

    Signals:
        moved(int): a person chose another place.
    """

    moved = Signal(int)

    position = 0

    def count(self) -> int:
        """How many places there are."""
        raise NotImplementedError

    def place_at(self, x: float) -> int:
        """The number of the place below the mouse; it may lie outside of the row."""
        raise NotImplementedError

    def set_position(self, position: int) -> None:
        """Choose the nearest place to this number; nothing is emitted."""
        if self.count():  # else it is kept until they are known
            position = max(0, min(position, self.count() - 1))
        self.position = position
        self.update()

    def drag_to(self, at: QPointF) -> None:
        self._move(self.place_at(at.x()))

    def press(self, key: int, *, is_far: bool) -> bool:
        ends: dict[int, int] = {Qt.Key.Key_Home: -self.count(), Qt.Key.Key_End: self.count()}
        step = (STEPS | ends).get(key)
        if step is not None:
            self._move(self.position + step)
        return step is not None

    def _move(self, position: int) -> None:
        before = self.position
        if self.count():
            self.set_position(position)
        if self.position != before:
            self.moved.emit(self.position)
