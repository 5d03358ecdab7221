"""The chart of a learning-rate range test, on which a rate can be chosen.

Importing this module imports pyqtgraph.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from tlstudio.core.rate_finder import RatePoint, RateRange, rate_text
from tlstudio.gui.features.rate_finder.plot import RatePlot
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.basics import label
from tlstudio.gui.kit.history_plot import AXIS_WIDTH_PX, LegendKey, SeriesSpec

EXPORT_SCALE = 2
KEY_STEP = 10 ** (1 / 20)  # a twentieth of an order of magnitude


class DotsKey(QWidget):
    """Three dots, for points without a line."""

    def __init__(self, token: str) -> None:
        super().__init__()
        self._token = token
        self.setFixedSize(24, 12)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(getattr(theme.current(), self._token)))
        for x, y in ((5, 4), (12, 8), (19, 5)):
            painter.drawEllipse(QPointF(x, y), 1.5, 1.5)


class RateChart(QWidget):
    """Losses over learning rates, with a marker that can be dragged, clicked or moved by keys.

    Signals:
        chosen(float): a person took another learning rate.
    """

    chosen = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._points: Sequence[RatePoint] = ()
        self._result: RateRange | None = None
        self._rate: float | None = None
        smoothed = SeriesSpec(self.tr("smoothed"), "train", "")
        raw = SeriesSpec(self.tr("each step"), "text_faint", "o")
        self.plot = RatePlot(
            smoothed, raw, too_small=self.tr("too small"), too_large=self.tr("too large")
        )
        self.plot.picked.connect(self._on_picked)
        self.plot.hovered.connect(self._on_hovered)
        self.reading = label("", "hint")
        header = QHBoxLayout()
        header.setContentsMargins(AXIS_WIDTH_PX, 0, 0, 0)
        header.setSpacing(theme.GRID)
        header.addWidget(label(self.tr("Training loss over the learning rate"), "section"))
        header.addStretch()
        header.addWidget(self.reading)
        header.addSpacing(2 * theme.GRID)
        for key, spec in ((LegendKey(smoothed), smoothed), (DotsKey(raw.token), raw)):
            header.addWidget(key)
            header.addWidget(label(spec.title, "hint"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.GRID // 2)
        layout.addLayout(header)
        layout.addWidget(self.plot, 1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumHeight(180)

    def set_points(self, points: Sequence[RatePoint], result: RateRange | None) -> None:
        """Show these; without a result yet there is nothing to choose."""
        self._points, self._result = points, result
        self.plot.set_points(points)
        self.plot.set_result(result)
        self.plot.set_pickable(is_pickable=result is not None and bool(points))
        self._describe()

    def set_rate(self, rate: float | None) -> None:
        """The chosen learning rate; None for none."""
        self._rate = rate
        self.plot.set_rate(rate, rate_text(rate) if rate is not None else "")
        self._describe()

    def set_present(self, rate: float) -> None:
        """The learning rate of the settings."""
        self.plot.set_present(rate, self.tr("set now"))

    def image(self) -> QImage:
        """The chart as a picture, twice as fine as on the screen."""
        self.reading.setText("")
        image = QImage(self.size() * EXPORT_SCALE, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(EXPORT_SCALE)
        image.fill(QColor(theme.current().surface))
        self.render(image, QPoint(), QRegion(), QWidget.RenderFlag.DrawChildren)
        return image

    def keyPressEvent(self, event: QKeyEvent) -> None:
        start = self._rate or (
            self._points[len(self._points) // 2].learning_rate if self._points else 0
        )
        if self._result is None or not start:
            super().keyPressEvent(event)
            return
        match event.key():
            case Qt.Key.Key_Left:
                self._on_picked(start / KEY_STEP)
            case Qt.Key.Key_Right:
                self._on_picked(start * KEY_STEP)
            case Qt.Key.Key_Home if self._result.suggestion is not None:
                self._on_picked(self._result.suggestion)
            case _:
                super().keyPressEvent(event)

    def _on_picked(self, rate: float) -> None:
        first, last = self._points[0].learning_rate, self._points[-1].learning_rate
        two_digits = float(f"{min(max(rate, first), last):.1e}")
        if two_digits == self._rate and rate != two_digits:  # a key's step must lead somewhere
            digit = 10.0 ** (math.floor(math.log10(two_digits)) - 1)
            two_digits = float(f"{two_digits + math.copysign(digit, rate - two_digits):.1e}")
        self.chosen.emit(two_digits)

    def _on_hovered(self, rate: float) -> None:
        point = (
            min(self._points, key=lambda p: abs(math.log(p.learning_rate / rate)), default=None)
            if rate > 0
            else None
        )
        if point is None:
            self.reading.setText("")
            return
        text = self.tr("{rate}: loss {loss}")
        loss = formats.loss(point.smoothed)
        self.reading.setText(text.format(rate=rate_text(point.learning_rate), loss=loss))

    def _describe(self) -> None:
        """For screen readers."""
        if self._result is None:
            text = self.tr("Loss over the learning rate; %n step(s) so far", "", len(self._points))
        elif self._result.suggestion is None:
            text = self.tr("Loss over the learning rate; nothing is suggested")
        else:
            text = self.tr("Loss over the learning rate; suggested is {rate}, chosen {chosen}")
            chosen = formats.NONE if self._rate is None else rate_text(self._rate)
            text = text.format(rate=rate_text(self._result.suggestion), chosen=chosen)
        self.setAccessibleName(text)
