"""What explains a widget: it names an entry of the help, which is read where somebody asks.

Nothing listens until then. F1 explains what has the focus, and in Qt's What's This mode (Shift+F1,
or a `WhatButton`) a click explains what it hits; both are carried out in `features.help.in_place`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QAbstractItemModel, QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QToolButton, QWhatsThis, QWidget

from tlstudio.gui.kit import icons
from tlstudio.gui.kit.basics import plain_tip

HELP_ROLE = Qt.ItemDataRole.UserRole + 1010  # of a cell or the head of a column: what explains it
_PROPERTY = "explained_by"


@dataclass(frozen=True, slots=True)
class Explained:
    """Something in the window that the help has an entry for.

    Attributes:
        name: of the entry: its id, or one of the names that it lists.
        widget: in which it is.
        place: where it is on the screen.
    """

    name: str
    widget: QWidget
    place: QRect


def explain(widget: QWidget, name: str | Callable[[QPoint | None], str]) -> None:
    """Let the help entry `name` explain `widget` and all in it that names none of its own.

    Args:
        name: of the entry; or a function that returns it for a place in the widget, None for
            what the keyboard is at, and may return nothing: for what paints several things.
    """
    widget.setProperty(_PROPERTY, name)


def explained(widget: QWidget | None, at: QPoint | None = None) -> Explained | None:
    """The innermost thing with an entry: `widget`, a cell or column of it, or what it lies in.

    Args:
        widget: where to begin.
        at: a place on the screen; None for what the keyboard is at.
    """
    while widget is not None:
        found = _part(widget, at)
        if found is None:
            found = _whole(widget, at)
        if found is not None:
            return found
        widget = None if widget.isWindow() else widget.parentWidget()
    return None


def _whole(widget: QWidget, at: QPoint | None) -> Explained | None:
    name, place = widget.property(_PROPERTY), widget.rect()
    if callable(name):
        inside = None if at is None else widget.mapFromGlobal(at)
        name = name(inside)
        place = place if inside is None else QRect(inside, QSize(1, 1))
    return _named(name, widget, place)


def _part(widget: QWidget, at: QPoint | None) -> Explained | None:
    """The cell or column head of an item view."""
    if isinstance(widget, QHeaderView) and at is not None:
        section = widget.logicalIndexAt(widget.viewport().mapFromGlobal(at))
        if section >= 0:
            left = widget.sectionViewportPosition(section)
            area = QRect(left, 0, widget.sectionSize(section), widget.height())
            return _named(_of_head(widget.model(), section), widget, area)
    elif isinstance(widget, QAbstractItemView) and not isinstance(widget, QHeaderView):
        viewport = widget.viewport()
        index = widget.currentIndex() if at is None else widget.indexAt(viewport.mapFromGlobal(at))
        if index.isValid():
            name = index.data(HELP_ROLE) or _of_head(widget.model(), index.column())
            return _named(name, viewport, widget.visualRect(index))
    return None


def _of_head(model: QAbstractItemModel, section: int) -> object:
    return model.headerData(section, Qt.Orientation.Horizontal, HELP_ROLE)


def _named(name: object, widget: QWidget, area: QRect) -> Explained | None:
    if isinstance(name, str) and name:
        return Explained(name, widget, _on_screen(widget, area & widget.rect()))
    return None


def _on_screen(widget: QWidget, area: QRect) -> QRect:
    return QRect(widget.mapToGlobal(area.topLeft()), area.size())


class WhatButton(QToolButton):
    """A small question mark: after a click on it, a click on anything explains that."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setIcon(icons.icon("help"))
        self.setIconSize(QSize(18, 18))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        title = self.tr("What is this?")
        self.setAccessibleName(title)
        how = self.tr("Click here and then on anything, or press F1 where you are.")
        self.setToolTip(plain_tip(f"{title}\n{how}"))
        self.clicked.connect(QWhatsThis.enterWhatsThisMode)
