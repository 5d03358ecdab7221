"""What a network says of one image: a bar for each of the most probable classes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.gui.kit import formats, icons, theme

SHOWN = 10
BAR_PX = 6
MARK_PX = 14
GAP_PX = 12
MIN_PROBABILITY = 0.0005  # below, a bar would be no longer than its rounding


class ProbabilityBars(QWidget):
    """The most probable classes, most probable first; the true class is marked by an icon."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[tuple[int, float], ...] = ()
        self._classes: tuple[str, ...] = ()
        self._record: PredictionRecord | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Probabilities"))

    @property
    def rows(self) -> tuple[tuple[int, float], ...]:
        """(class index, probability) as shown."""
        return self._rows

    def set_record(self, record: PredictionRecord | None, classes: Sequence[str]) -> None:
        """Show the answer for one image. The true class is shown even if it is a distant one."""
        self._record, self._classes = record, tuple(classes)
        rows = record.top(SHOWN) if record else ()
        target = record.target if record else None
        if record and target is not None and target not in [index for index, _ in rows]:
            rows = (*rows[:-1], (target, record.probabilities[target]))
        self._rows = rows
        self.setAccessibleDescription(
            ", ".join(f"{self._classes[i]} {formats.percent(p)}" for i, p in rows)
        )
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, max(1, len(self._rows)) * theme.ROW_PX)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._record is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics = QFontMetrics(self.font())
        widest = max(metrics.horizontalAdvance(self._classes[i]) for i, _ in self._rows)
        names_px = min(widest + 2 + MARK_PX + 6, int(self.width() * 0.45))
        numbers_px = metrics.horizontalAdvance("100.0%")
        for number, (index, probability) in enumerate(self._rows):
            row = QRect(0, number * theme.ROW_PX, self.width(), theme.ROW_PX)
            name = QRect(row.left(), row.top(), names_px, row.height())
            value = QRect(row.right() - numbers_px, row.top(), numbers_px + 1, row.height())
            bar = QRectF(
                name.right() + GAP_PX,
                row.center().y() - BAR_PX / 2 + 1,
                value.left() - name.right() - 2 * GAP_PX,
                BAR_PX,
            )
            self._paint_name(painter, name, index)
            self._paint_bar(painter, bar, index, probability)
            painter.setPen(QColor(theme.current().text))
            painter.setFont(self.font())
            painter.drawText(
                value,
                int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter),
                formats.percent(probability),
            )

    def _paint_name(self, painter: QPainter, place: QRect, index: int) -> None:
        assert self._record is not None
        tokens = theme.current()
        is_true, is_said = index == self._record.target, index == self._record.predicted
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold if is_said else QFont.Weight.Normal)
        painter.setFont(font)
        metrics = QFontMetrics(font)
        room = place.width() - (MARK_PX + 6 if is_true else 0)
        text = metrics.elidedText(self._classes[index], Qt.TextElideMode.ElideMiddle, room)
        painter.setPen(QColor(tokens.text if is_said or is_true else tokens.text_soft))
        painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter), text)
        if is_true:
            left = place.left() + metrics.horizontalAdvance(text) + 6
            top = place.center().y() - MARK_PX // 2 + 1
            icons.icon("right", "right").paint(painter, left, top, MARK_PX, MARK_PX)

    def _paint_bar(self, painter: QPainter, place: QRectF, index: int, probability: float) -> None:
        assert self._record is not None
        tokens = theme.current()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.raised))
        painter.drawRoundedRect(place, BAR_PX / 2, BAR_PX / 2)
        if probability < MIN_PROBABILITY:
            return
        color = tokens.text_faint
        if index == self._record.target:
            color = tokens.right
        elif index == self._record.predicted:
            color = tokens.accent if self._record.target is None else tokens.wrong
        place.setWidth(max(BAR_PX, place.width() * probability))
        painter.setBrush(QColor(color))
        painter.drawRoundedRect(place, BAR_PX / 2, BAR_PX / 2)
