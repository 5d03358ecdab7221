"""A bar that explains the colours of a map, with its two ends."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from tlstudio.gui.features.feature_maps.map_colours import colour_table
from tlstudio.gui.kit import accessible, theme
from tlstudio.gui.kit.picture_painting import draw_picture

BAR_PX = 10
TEXT_PX = 18


class ScaleBar(QWidget):
    """Darkest on the left, brightest on the right."""

    spoken_as = accessible.Role.Graphic

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._low, self._high = "", ""
        self._is_signed = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("What the colours stand for"))

    def set_ends(self, low: str, high: str, *, is_signed: bool = False) -> None:
        """Words below the two ends."""
        self._low, self._high, self._is_signed = low, high, is_signed
        self.setAccessibleDescription(f"{low} – {high}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(160, BAR_PX + TEXT_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        image = QImage(256, 1, QImage.Format.Format_RGB32)
        for x, color in enumerate(colour_table(is_signed=self._is_signed)):
            image.setPixel(x, 0, color)
        bar = QRectF(0, 0, self.width(), BAR_PX)
        draw_picture(painter, QPixmap.fromImage(image), bar, self.devicePixelRatioF(), 3)
        font = QFont(self.font())
        font.setPixelSize(theme.TEXT_SMALL_PX)
        painter.setFont(font)
        painter.setPen(QColor(theme.current().text_soft))
        words = QRectF(0, BAR_PX + 2, self.width(), TEXT_PX - 2)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(words, middle | Qt.AlignmentFlag.AlignLeft, self._low)
        painter.drawText(words, middle | Qt.AlignmentFlag.AlignRight, self._high)
