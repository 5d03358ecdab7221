"""Brings a widget into view, wherever in folds and scroll areas it lies."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QScrollArea, QWidget

from tlstudio.gui.kit import theme


@runtime_checkable
class Openable(Protocol):
    """A fold, or a drawer."""

    def set_open(self, is_open: bool) -> None: ...


def reveal(widget: QWidget) -> None:
    """Open the folds and the drawer around `widget`, scroll to it and give it the focus."""
    for parent in _parents(widget):
        if isinstance(parent, Openable):
            parent.set_open(True)
    widget.setFocus(Qt.FocusReason.ShortcutFocusReason)  # selects what stands in a field
    _scroll_to(widget)
    QTimer.singleShot(0, widget, lambda: _scroll_to(widget))  # once what was opened is laid out


def _scroll_to(widget: QWidget) -> None:
    for parent in _parents(widget):
        if isinstance(parent, QScrollArea):
            parent.ensureWidgetVisible(widget, theme.GRID, 4 * theme.GRID)


def _parents(widget: QWidget) -> list[QWidget]:
    found: list[QWidget] = []
    parent = widget.parentWidget()
    while parent is not None:
        found.append(parent)
        parent = parent.parentWidget()
    return found
