"""A panel over the right edge of the page, in a window that has no room beside it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QFrame, QWidget

from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.kit.page_stack import ScrolledPages

WIDTH_PX = 380
SHADE = 70  # of 255, over the page beside it


class Drawer(QWidget):
    """Covers a page: what it holds is at the right, and a click beside it closes it.

    Args:
        covered: the widget above which it lies.

    Signals:
        toggled(bool): it is open now, or closed.
    """

    toggled = Signal(bool)

    def __init__(self, covered: QWidget) -> None:
        super().__init__(covered.parentWidget())
        self._covered = covered
        self._focused_before: QWidget | None = None
        self._pages = ScrolledPages()
        panel = QFrame()
        panel.setProperty("role", "drawer")
        panel.setFixedWidth(WIDTH_PX)
        vstack(self._pages, margins=(1, 0, 0, 0), parent=panel)
        hstack(Stretch(1), panel, parent=self)
        covered.installEventFilter(self)
        self.hide()

    def hold(self, content: QWidget) -> None:
        """Take a widget from wherever it is; it is given back by giving it another parent."""
        self._pages.addWidget(content)
        self._pages.setCurrentWidget(content)
        content.show()  # the dock that it was in has hidden it

    def set_open(self, is_open: bool) -> None:
        """Come over the page, or go."""
        if is_open is not self.isHidden():
            return
        if is_open:
            self._focused_before = QApplication.focusWidget()
            self.setGeometry(self._covered.geometry())
            self.raise_()
            self.show()
            content = self._pages.currentWidget()
            (content or self).setFocus(Qt.FocusReason.PopupFocusReason)  # Tab goes on from there
        else:
            before, focused = self._focused_before, QApplication.focusWidget()
            if before is not None and focused is not None and self.isAncestorOf(focused):
                before.setFocus()  # Qt would take the next in the row of Tab stops
            self._focused_before = None
            self.hide()
        self.toggled.emit(is_open)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.set_open(False)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.set_open(False)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), QColor(0, 0, 0, SHADE))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            self.setGeometry(self._covered.geometry())
        return False
