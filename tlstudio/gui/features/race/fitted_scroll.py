"""A list that is as high as its rows, and scrolls where there is no room for them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QScrollArea, QWidget


class FittedScroll(QScrollArea):
    """No higher than its content, so that what is below follows it; else it scrolls.

    Args:
        least_px: it keeps so much where there is little room; 0 for nothing.
    """

    def __init__(self, content: QWidget, title: str, least_px: int = 0) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(content)
        self.setAccessibleName(title)
        self._content, self._least_px = content, least_px
        content.installEventFilter(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.LayoutRequest:
            self._fit()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        content, width = self._content, self.viewport().width()
        wrapped = content.heightForWidth(width) if content.hasHeightForWidth() else 0
        height = (wrapped or content.sizeHint().height()) + 2 * self.frameWidth()
        self.setMaximumHeight(height)
        if self._least_px:
            self.setMinimumHeight(min(height, self._least_px))
