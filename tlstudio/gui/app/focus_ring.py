"""A ring around what the keyboard speaks to, where a widget shows nothing of the kind itself."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

from tlstudio.gui.kit import theme
from tlstudio.gui.kit.cell_area import CellArea
from tlstudio.gui.kit.drop_zone import DropZone

WIDTH_PX, RADIUS_PX = 2, 6
# the style sheet rings these, or they paint their own
RINGED = (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    CellArea,
    DropZone,
)


class FocusRings(QObject):
    """Rings tables, charts, sliders and tabs that the keyboard came to, none that was clicked."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._on_focus_changed)

    def _on_focus_changed(self, before: QWidget | None, focused: QWidget | None) -> None:
        for ring in before.findChildren(FocusRing) if before is not None else ():
            ring.hide()
            ring.deleteLater()
        if focused is None or isinstance(focused, RINGED):
            return
        is_stop = focused.focusPolicy() & Qt.FocusPolicy.TabFocus
        if is_stop and QApplication.mouseButtons() is Qt.MouseButton.NoButton:
            FocusRing(focused)


class FocusRing(QWidget):
    """Lies over the edge of a widget, and goes with it wherever it is scrolled.

    A widget with a `ring_rect` has the ring there: it paints in a part of itself alone.
    """

    def __init__(self, around: QWidget) -> None:
        super().__init__(around)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._around = around
        around.installEventFilter(self)
        self.resize(around.size())
        self.raise_()
        self.show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self._around:
            self.resize(self._around.size())
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.current().accent), WIDTH_PX))
        half = WIDTH_PX / 2
        ring_rect = getattr(self._around, "ring_rect", None)
        place = QRectF(self.rect()) if ring_rect is None else ring_rect()
        painter.drawRoundedRect(place.adjusted(half, half, -half, -half), RADIUS_PX, RADIUS_PX)
