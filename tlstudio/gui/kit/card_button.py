"""A button that holds widgets: a whole card or row that can be clicked."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from tlstudio.gui.kit.basics import PushButton, set_property


class CardButton(PushButton):
    """A button as high as its content needs for its width.

    Args:
        name: what it opens, for those who cannot see it.
        kind: ``card``, or ``row`` for one line of a list.
    """

    def __init__(self, name: str, kind: str = "card", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        set_property(self, "kind", kind)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.content: QBoxLayout = QVBoxLayout(self) if kind == "card" else QHBoxLayout(self)

    def add(self, widget: QWidget, stretch: int = 0) -> None:
        """Add a widget; clicks on it are clicks on the card."""
        widget.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.content.addWidget(widget, stretch)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self.content.totalHeightForWidth(width)

    def sizeHint(self) -> QSize:
        return self.content.totalSizeHint()

    def minimumSizeHint(self) -> QSize:
        return self.content.totalMinimumSize()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().event(event)
