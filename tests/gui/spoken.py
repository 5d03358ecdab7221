"""Finds what a screen reader could not make sense of, in a window as it is."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QWidget,
)

from tests.gui.clipping import chain
from tlstudio.gui.kit import icons
from tlstudio.gui.kit.accessible import SpokenCells

Role, Text = QAccessible.Role, QAccessible.Text
BARE = {Role.Client, Role.NoRole, Role.Pane, Role.Border, Role.Whitespace, Role.Window}
ITEMS_LOOKED_AT = 4  # of a table, a tree, a list or a painted widget


def spoken(widget: QWidget) -> QAccessibleInterface:
    """What a screen reader is told of it."""
    return QAccessible.queryAccessibleInterface(widget)


def unspoken(window: QWidget) -> list[str]:
    """A line for each fault in what is visible of `window`; none is as it should be."""
    found = []
    for widget in window.findChildren(QWidget):
        if widget.window() is window and widget.isVisible():
            found += [f"{chain(widget)}: {fault}" for fault in _faults(widget)]
    return list(dict.fromkeys(found))


def is_stop(widget: QWidget) -> bool:
    """Whether Tab comes to it."""
    return (
        widget.isEnabled()
        and widget.focusProxy() is None
        and bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
    )


def _faults(widget: QWidget) -> Iterator[str]:
    of_a_field = isinstance(widget.parentWidget(), QComboBox | QLineEdit)  # which speaks for it
    is_reached = is_stop(widget) and not of_a_field
    is_pressed = isinstance(widget, QAbstractButton | QComboBox) and not of_a_field
    if is_reached or (is_pressed and not widget.objectName().startswith("qt_")):
        yield from _wrong_words(widget)
    if isinstance(widget, SpokenCells):
        told = spoken(widget)
        for number in range(min(ITEMS_LOOKED_AT, widget.spoken_count())):
            if not told.child(number).text(Text.Name).strip():
                yield f"cell {number} says nothing"
    if isinstance(widget, QAbstractItemView) and not isinstance(widget, QHeaderView):
        yield from _silent_rows(widget)


def _wrong_words(widget: QWidget) -> Iterator[str]:
    told = spoken(widget)
    # on Linux Qt calls a drop-down by its value, and leaves its name to the label beside it
    name = widget.accessibleName() if isinstance(widget, QComboBox) else told.text(Text.Name)
    if not name.strip():
        yield "no name"
    elif name in icons.NAMES or name in icons.NAMES.values() or "/" in name:
        yield f"is called after a picture: {name}"
    role, state = told.role(), told.state()
    if role in BARE and not isinstance(widget, QAbstractScrollArea):
        yield f"has no role but {role.name}"
    if bool(state.disabled) == widget.isEnabled():
        yield "is disabled in sight or in words alone"
    if isinstance(widget, QAbstractButton) and bool(state.checked) != widget.isChecked():
        yield "is checked in sight or in words alone"
    if is_stop(widget) and not state.focusable:
        yield "is reached by Tab, and says that it can't be"


def _silent_rows(view: QAbstractItemView) -> Iterator[str]:
    if spoken(view).role() not in (Role.Table, Role.Tree, Role.List):
        yield f"is a {spoken(view).role().name} in place of a table, a tree or a list"
    model = view.model()
    if model is None:
        return
    for row in range(min(ITEMS_LOOKED_AT, model.rowCount(QModelIndex()))):
        if not spoken(view).childCount():
            yield "has rows, and says that it has none"
        index = model.index(row, 0)
        said = index.data(Qt.ItemDataRole.AccessibleTextRole) or index.data()
        if not said and not any(index.siblingAtColumn(column).data() for column in range(20)):
            yield f"row {row} says nothing"
