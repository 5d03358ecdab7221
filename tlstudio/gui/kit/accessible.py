"""What painted widgets are to a screen reader: a role, cells with their words, announcements.

Qt describes its own widgets to screen readers; of what a widget paints it knows nothing. A class
that sets `spoken_as` has that role instead of a bare pane, and one that is a `SpokenCells` has a
child for each of its cells besides its child widgets. Nothing of it is made before somebody asks.
"""

from __future__ import annotations

from functools import cache, partial
from typing import Any, Protocol, runtime_checkable

import shiboken6
from PySide6.QtCore import QObject, QPoint, QRect
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QAccessibleEvent,
    QAccessibleInterface,
    QAccessibleObject,
)
from PySide6.QtWidgets import QWidget

Role = QAccessible.Role
CELL_ROLES = {Role.List: Role.ListItem, Role.Table: Role.Cell}  # of others: a static text


@runtime_checkable
class SpokenCells(Protocol):
    """A widget with cells that it paints itself."""

    def spoken_count(self) -> int:
        """How many cells there are."""

    def spoken_text(self, index: int) -> str:
        """All that a cell says."""

    def spoken_rect(self, index: int) -> QRect:
        """Where a cell is in the widget; empty where that is not known."""

    def spoken_current(self) -> int:
        """The cell that the keys are on; -1 for none."""


@cache
def install() -> None:
    """Answer screen readers that ask for a widget with a role of its own."""
    QAccessible.installFactory(_make)


def announce(widget: QWidget, text: str, *, is_urgent: bool = False) -> None:
    """Let a screen reader say `text` now; an urgent one breaks off what is being said."""
    if not text or not QAccessible.isActive():
        return
    event = QAccessibleAnnouncementEvent(widget, text)
    politeness = QAccessible.AnnouncementPoliteness
    event.setPoliteness(politeness.Assertive if is_urgent else politeness.Polite)
    QAccessible.updateAccessibility(event)


def tell_current(widget: QWidget) -> None:
    """The keys are on another cell: a screen reader goes there."""
    assert isinstance(widget, SpokenCells)
    if QAccessible.isActive() and widget.hasFocus() and widget.spoken_current() >= 0:
        event = QAccessibleEvent(widget, QAccessible.Event.Focus)
        event.setChild(widget.spoken_current())
        QAccessible.updateAccessibility(event)


def _make(name: str, thing: QObject) -> QAccessibleInterface | None:
    if not isinstance(thing, QWidget) or getattr(thing, "spoken_as", None) is None:
        return None
    made = thing._spoken = _PaintedWidget(thing)  # type: ignore[attr-defined]  # Qt keeps none
    return made


class _PaintedWidget(QAccessibleObject):
    """A widget with its role; its cells come first among its children."""

    def __init__(self, widget: Any) -> None:
        super().__init__(widget)
        self._widget = widget
        self._cells: dict[int, _Cell] = {}
        widget.destroyed.connect(partial(_forget, self._cells))

    def role(self) -> QAccessible.Role:
        role: QAccessible.Role = self._widget.spoken_as
        return role

    def text(self, kind: QAccessible.Text) -> str:
        match kind:
            case QAccessible.Text.Name:
                return str(self._widget.accessibleName())
            case QAccessible.Text.Description:
                return str(self._widget.accessibleDescription() or self._widget.toolTip())
            case _:
                return ""

    def state(self) -> QAccessible.State:
        state, widget = QAccessible.State(), self._widget
        state.focusable = widget.focusPolicy().value != 0
        state.focused = widget.hasFocus()
        state.disabled = not widget.isEnabled()
        state.invisible = not widget.isVisible()
        return state

    def rect(self) -> QRect:
        return QRect(self._widget.mapToGlobal(QPoint()), self._widget.size())

    def parent(self) -> QAccessibleInterface:
        return QAccessible.queryAccessibleInterface(self._widget.parentWidget())

    def childCount(self) -> int:
        return self.cell_count() + len(self._widgets())

    def child(self, index: int) -> Any:
        cells = self.cell_count()
        if 0 <= index < cells:
            if index not in self._cells:
                self._cells[index] = _Cell(self, index)
            return self._cells[index]
        widgets = self._widgets()
        if 0 <= index - cells < len(widgets):
            return QAccessible.queryAccessibleInterface(widgets[index - cells])
        return None

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        if isinstance(child, _Cell):
            return child.index
        widgets, thing = self._widgets(), child.object()
        return self.cell_count() + widgets.index(thing) if thing in widgets else -1

    @property
    def widget(self) -> Any:
        return self._widget

    def cell_count(self) -> int:
        return self._widget.spoken_count() if isinstance(self._widget, SpokenCells) else 0

    def _widgets(self) -> list[QWidget]:
        children = self._widget.children()
        return [c for c in children if isinstance(c, QWidget) and not c.isHidden()]


class _Cell(QAccessibleInterface):
    """A cell, for as long as the widget has so many."""

    def __init__(self, around: _PaintedWidget, index: int) -> None:
        super().__init__()
        self._around, self.index = around, index

    def isValid(self) -> bool:
        widget = self._around.widget
        return shiboken6.isValid(widget) and self.index < self._around.cell_count()

    def object(self) -> Any:
        return None

    def role(self) -> QAccessible.Role:
        return CELL_ROLES.get(self._around.role(), Role.StaticText)

    def text(self, kind: QAccessible.Text) -> str:
        if kind is not QAccessible.Text.Name or not self.isValid():
            return ""
        return str(self._around.widget.spoken_text(self.index)).replace("\n", ", ")

    def setText(self, kind: QAccessible.Text, text: str) -> None:
        """What is painted can't be changed so."""

    def state(self) -> QAccessible.State:
        state, widget = QAccessible.State(), self._around.widget
        state.invalid = not self.isValid()
        if not state.invalid:
            is_current = widget.spoken_current() == self.index
            state.focusable = state.selectable = True
            state.selected = is_current
            state.focused = is_current and widget.hasFocus()
            state.invisible = not widget.isVisible()
            rect = widget.spoken_rect(self.index)
            state.offscreen = not (rect.isEmpty() or rect.intersects(widget.rect()))
        return state

    def rect(self) -> QRect:
        widget = self._around.widget
        if not self.isValid():
            return QRect()
        cell: QRect = widget.spoken_rect(self.index)
        return cell.translated(widget.mapToGlobal(QPoint()))

    def parent(self) -> QAccessibleInterface:
        return self._around

    def child(self, index: int) -> Any:
        return None

    def childCount(self) -> int:
        return 0

    def childAt(self, x: int, y: int) -> Any:
        return None

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        return -1


def _forget(cells: dict[int, _Cell], *_: object) -> None:
    """Qt knows the cells by numbers, and would ask them after their widget is gone."""
    for cell in cells.values():
        QAccessible.deleteAccessibleInterface(QAccessible.uniqueId(cell))
    cells.clear()
