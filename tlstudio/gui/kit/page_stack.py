"""Pages one above another, of which only the visible one claims room."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QApplication, QScrollArea, QStackedWidget, QWidget

from tlstudio.gui.kit import theme

LEAST_HEIGHT_PX = 160  # of pages that scroll; less shows nothing of them


class PageStack(QStackedWidget):
    """A `QStackedWidget` that is as narrow as its current page allows.

    Qt's own asks for the room of its widest page, and panels beside it would have to give way to
    pages that nobody sees.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.currentChanged.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        page = self.currentWidget()
        return page.sizeHint() if page else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        page = self.currentWidget()
        if page is None:
            return super().minimumSizeHint()
        return page.minimumSizeHint().expandedTo(page.minimumSize())

    def heightForWidth(self, width: int) -> int:
        """What `ScrolledPages` asks for: no more than the page needs."""
        return self.minimumSizeHint().height()


class ScrolledPages(QScrollArea):
    """A `PageStack` whose page scrolls as a whole where the window is too low for it.

    Where there is room enough, nothing tells it from a `PageStack`.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stack = PageStack()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setWidget(self._stack)
        self._stack.currentChanged.connect(self._on_page_changed)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._on_focus_changed)

    @property
    def holder(self) -> QWidget:
        """The parent of its pages: what is made with it is not dressed once more when added."""
        return self._stack

    def addWidget(self, page: QWidget) -> None:
        self._stack.addWidget(page)

    def count(self) -> int:
        return self._stack.count()

    def currentWidget(self) -> QWidget | None:
        return self._stack.currentWidget()

    def setCurrentWidget(self, page: QWidget) -> None:
        self._stack.setCurrentWidget(page)

    def sizeHint(self) -> QSize:
        return self._stack.sizeHint()

    def minimumSizeHint(self) -> QSize:
        """As wide as the page, and as high as can be scrolled in."""
        least = self._stack.minimumSizeHint()
        return QSize(least.width(), min(least.height(), LEAST_HEIGHT_PX))

    def _on_focus_changed(self, _: QWidget | None, focused: QWidget | None) -> None:
        """What takes the keyboard is brought into view; what fills the page stays where it is."""
        if focused is None or not self._stack.isAncestorOf(focused):
            return
        if focused.height() < self.viewport().height():
            self.ensureWidgetVisible(focused, 0, theme.GRID)

    def _on_page_changed(self) -> None:
        self.updateGeometry()
        self.verticalScrollBar().setValue(0)
