"""Two things of which the second stands below the first, or beside it where there is room."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QScrollArea, QSizePolicy, QWidget

from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import line

BESIDE_FROM_PX = 1080
BESIDE_PX = 400
AT_LEAST_PX = 120
SHARE_BELOW = 0.62  # of the height, at most


class SideArea(QScrollArea):
    """Takes the room it wants, or scrolls."""

    def __init__(self, side: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.wanted = QSize(BESIDE_PX, 0)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(side)

    def set_wanted(self, wanted: QSize) -> None:
        if wanted != self.wanted:
            self.wanted = wanted
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        return self.wanted

    def minimumSizeHint(self) -> QSize:
        return QSize(0, min(self.wanted.height(), AT_LEAST_PX))


class Aside(QWidget):
    """`main` has all the room that `side` leaves; `side` scrolls when it needs more than its share.

    Args:
        main: the main thing.
        side: facts about what is chosen there.
    """

    def __init__(self, main: QWidget, side: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._side = side
        self._revealed: list[QWidget] = []
        self._lines = (line(), line(vertical=True))
        self.area = SideArea(side)
        self._layout = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._layout.addWidget(main, 1)
        for hairline in self._lines:
            self._layout.addWidget(hairline)
        self._layout.addWidget(self.area)
        side.installEventFilter(self)
        self.is_beside = False
        self._place()

    def set_side_visible(self, is_visible: bool) -> None:
        """Without it the first has all the room."""
        self._side.setVisible(is_visible)
        self._place()

    def reveal(self, *widgets: QWidget) -> None:
        """Scroll to parts of the side, once they have their places; the last one matters most."""
        self._revealed = [widget for widget in widgets if not widget.isHidden()]
        QTimer.singleShot(0, self, self._scroll)

    def _scroll(self) -> None:
        self._place()
        for widget in self._revealed:
            self.area.ensureWidgetVisible(widget, 0, theme.GRID)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._side and event.type() == QEvent.Type.LayoutRequest:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        self.is_beside = beside = self.width() >= BESIDE_FROM_PX
        direction = QBoxLayout.Direction
        self._layout.setDirection(direction.LeftToRight if beside else direction.TopToBottom)
        is_visible = not self._side.isHidden()
        self.area.setVisible(is_visible)
        self._lines[0].setVisible(is_visible and not beside)
        self._lines[1].setVisible(is_visible and beside)
        gap = 3 * theme.GRID
        self._side.setContentsMargins(gap if beside else 0, 0, theme.GRID, 0)
        fixed, free = QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred
        if beside:
            self.area.setSizePolicy(fixed, free)
            self.area.set_wanted(QSize(BESIDE_PX, AT_LEAST_PX))
        else:
            self.area.setSizePolicy(free, QSizePolicy.Policy.Maximum)
            height = self._side.heightForWidth(self.area.width())
            if height < 0:
                height = self._side.sizeHint().height()
            self.area.set_wanted(QSize(0, min(height, round(SHARE_BELOW * self.height()))))
