"""Two things of which the second stands below the first, or beside it where there is room."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QScrollArea, QSizePolicy, QWidget

from tlstudio.gui import theme
from tlstudio.gui.widgets.basics import line

BESIDE_FROM_PX = 1080
BESIDE_PX = 400
SHARE_BELOW = 0.5  # of the height, at most


class Aside(QWidget):
    """`main` has all the room that `side` leaves; `side` scrolls when it needs more than its share.

    Args:
        main: the main thing.
        side: facts about what is chosen there.
    """

    def __init__(self, main: QWidget, side: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._side = side
        self._lines = (line(), line(vertical=True))
        self.area = QScrollArea()
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(side)
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
            self.area.setMinimumSize(BESIDE_PX, 0)
            self.area.setMaximumSize(BESIDE_PX, 16777215)
        else:
            self.area.setSizePolicy(free, fixed)
            share = round(SHARE_BELOW * self.height())
            wanted = self._side.heightForWidth(self.area.width())
            if wanted < 0:
                wanted = self._side.sizeHint().height()
            height = max(0, min(wanted, share))
            self.area.setMinimumSize(0, height)
            self.area.setMaximumSize(16777215, height)
