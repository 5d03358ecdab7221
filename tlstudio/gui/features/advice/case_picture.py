"""The four cases of transfer learning as a small picture, with the dataset's place in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from tlstudio.gui.kit import accessible, theme
from tlstudio.gui.kit.basics import plain_tip

AXIS_PX = 18
GAP_PX = 4
RADIUS_PX = 8
DOT_PX = 12
PAD_PX = 8


@dataclass(frozen=True, slots=True)
class CaseLabels:
    """Words at the ends of the axes."""

    few: str
    many: str
    different: str
    similar: str


class CasePicture(QWidget):
    """Two by two fields: similar to the right, many images above; the field of the dataset shines.

    Each field says what to train there.
    """

    spoken_as = accessible.Role.Graphic

    def __init__(self, labels: CaseLabels, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._labels = labels
        self._texts: Mapping[tuple[int, int], str] = {}
        self._place: tuple[float, float] | None = None
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setSizePolicy(policy)
        self.setAccessibleName(self.tr("The four cases of transfer learning"))

    @property
    def place(self) -> tuple[float, float] | None:
        """The position ``(similarity, number of images)``, each 0..1; None without one."""
        return self._place

    def set_cases(self, texts: Mapping[tuple[int, int], str]) -> None:
        """Set what to do in each field, by (0 different, 1 similar) and (0 few, 1 many)."""
        self._texts = texts
        self.update()

    def set_place(self, place: tuple[float, float] | None, text: str) -> None:
        """Mark where the dataset lies; `text` says it in words."""
        self._place = place
        self.setToolTip(plain_tip(text))
        self.setAccessibleDescription(text)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(252, 168)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 140)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(AXIS_PX, 0, self.width() - AXIS_PX, self.height() - AXIS_PX)
        for column in (0, 1):
            for row in (0, 1):
                self._paint_field(painter, self._field(area, column, row), column, row)
        self._paint_axes(painter, area)
        if self._place is not None:
            self._paint_place(painter, area, self._place)

    def _field(self, area: QRectF, column: int, row: int) -> QRectF:
        width, height = (area.width() - GAP_PX) / 2, (area.height() - GAP_PX) / 2
        left = area.left() + column * (width + GAP_PX)
        return QRectF(left, area.top() + (1 - row) * (height + GAP_PX), width, height)

    def _paint_field(self, painter: QPainter, field: QRectF, column: int, row: int) -> None:
        tokens = theme.current()
        is_here = self._here() == (column, row)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.accent_soft if is_here else tokens.window))
        painter.drawRoundedRect(field, RADIUS_PX, RADIUS_PX)
        font = QFont(self.font())
        font.setPixelSize(theme.TEXT_SMALL_PX)
        if is_here:
            font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(QColor(tokens.text if is_here else tokens.text_soft))
        words = field.adjusted(PAD_PX, PAD_PX - 2, -PAD_PX, -PAD_PX)
        flags = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft
        wrap = Qt.TextFlag.TextWordWrap
        painter.drawText(words, int(flags) | int(wrap), self._texts.get((column, row), ""))

    def _paint_axes(self, painter: QPainter, area: QRectF) -> None:
        font = QFont(self.font())
        font.setPixelSize(theme.TEXT_SMALL_PX - 1)
        painter.setFont(font)
        painter.setPen(QColor(theme.current().text_soft))
        bottom = QRectF(area.left(), area.bottom() + 2, area.width(), AXIS_PX - 2)
        middle = Qt.AlignmentFlag.AlignVCenter
        metrics = QFontMetrics(font)
        half = int(area.width() / 2) - 4
        mode = Qt.TextElideMode.ElideRight
        for text, side in (
            (self._labels.different, Qt.AlignmentFlag.AlignLeft),
            (self._labels.similar, Qt.AlignmentFlag.AlignRight),
        ):
            painter.drawText(bottom, int(middle | side), metrics.elidedText(text, mode, half))
        painter.save()
        painter.translate(0, area.bottom())
        painter.rotate(-90)
        beside = QRectF(0, 0, area.height(), AXIS_PX - 4)
        for text, side in (
            (self._labels.few, Qt.AlignmentFlag.AlignLeft),
            (self._labels.many, Qt.AlignmentFlag.AlignRight),
        ):
            painter.drawText(beside, int(middle | side), text)
        painter.restore()

    def _paint_place(self, painter: QPainter, area: QRectF, place: tuple[float, float]) -> None:
        """Paint the mark below the words of its field, so that it hides none of them."""
        tokens = theme.current()
        column, row = self._here() or (0, 0)
        field = self._field(area, column, row)
        inner = field.adjusted(DOT_PX, field.height() * 0.55, -DOT_PX, -DOT_PX)
        x = inner.left() + (place[0] * 2 - column) * inner.width()
        y = inner.bottom() - (place[1] * 2 - row) * inner.height()
        painter.setPen(QPen(QColor(tokens.surface), 2))
        painter.setBrush(QColor(tokens.accent))
        painter.drawEllipse(QPointF(x, y), DOT_PX / 2, DOT_PX / 2)

    def _here(self) -> tuple[int, int] | None:
        if self._place is None:
            return None
        return int(self._place[0] >= 0.5), int(self._place[1] >= 0.5)
