"""How the charts of a network's depths are painted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QPolygonF

from tlstudio.gui.features.layers.measures import LogScale, ratio_text
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.interval_bar import AccuracyAxis

if TYPE_CHECKING:
    from tlstudio.gui.features.advice.depth_chart import DepthLabels, DepthPoint

TITLE_PX = 20
DOT_PX = 7
BAR_PX = 26
KEY_PX = 22
RADIUS_PX = 6
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CENTER = Qt.AlignmentFlag.AlignCenter


class DepthPainter:
    """Paints one lane after another with one painter; knows no widget."""

    def __init__(
        self,
        painter: QPainter,
        font: QFont,
        points: Sequence[DepthPoint],
        columns: Sequence[QRectF],
        labels: DepthLabels,
    ) -> None:
        self._painter = painter
        self._points = points
        self._columns = columns
        self._labels = labels
        self._tokens = theme.current()
        self._small = QFont(font)
        self._small.setPixelSize(theme.TEXT_SMALL_PX - 1)
        self._title = QFont(font)
        self._title.setPixelSize(theme.TEXT_SMALL_PX)
        self._title.setWeight(QFont.Weight.DemiBold)

    def paint_header(self, area: QRectF) -> None:
        """The title of the first chart, and which curve is which."""
        self._words(area, area.height(), self._labels.accuracy, "text_soft")
        painter, metrics = self._painter, QFontMetrics(self._small)
        right = area.right()
        for text, token, is_main in (
            (self._labels.knn, "val", False),
            (self._labels.probe, "train", True),
        ):
            width = metrics.horizontalAdvance(text)
            words = QRectF(right - width, area.top(), width + 1, area.height())
            painter.setFont(self._small)
            painter.setPen(QColor(self._tokens.text_soft))
            painter.drawText(words, LEFT, text)
            end, y = words.left() - 5, area.center().y()
            key = [QPointF(end - KEY_PX, y), QPointF(end, y)]
            self._line(key, token, is_main=is_main)
            self._symbols([QPointF(end - KEY_PX / 2, y)], token, is_main=is_main)
            right = end - KEY_PX - 14

    def paint_columns(self, body: QRectF, hovered: int, current: int, *, has_focus: bool) -> None:
        """Behind everything: which depths would train, is pointed at, and is chosen."""
        painter, tokens = self._painter, self._tokens
        painter.setPen(Qt.PenStyle.NoPen)
        for first, last in _stretches([point.trains for point in self._points]):
            area = self._columns[first].united(self._columns[last])
            area.setTop(body.top())
            area.setBottom(body.bottom())
            painter.setBrush(QColor(tokens.accent_soft))
            painter.drawRoundedRect(area.adjusted(1, 0, -1, 0), RADIUS_PX, RADIUS_PX)
            self._words(area.adjusted(8, 0, -4, 0), TITLE_PX, self._labels.trains, "accent")
        for index, token in ((hovered, "line_strong"), (current, "accent")):
            if index >= 0:
                width = 2.0 if token == "accent" and has_focus else 1.2
                painter.setPen(QPen(QColor(getattr(tokens, token)), width))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                area = self._columns[index].adjusted(2, 0, -2, -1)
                area.setTop(body.top() + 1)
                painter.drawRoundedRect(area, RADIUS_PX, RADIUS_PX)

    def paint_names(self, area: QRectF, current: int) -> None:
        """Below everything: what the depths are called."""
        metrics = QFontMetrics(self._small)
        self._painter.setFont(self._small)
        for index, (point, column) in enumerate(zip(self._points, self._columns, strict=True)):
            token = "accent" if index == current else "text" if point.path else "text_soft"
            self._painter.setPen(QColor(getattr(self._tokens, token)))
            place = QRectF(column.left() + 3, area.top(), column.width() - 6, area.height())
            name = _shortened(point.title, metrics, int(place.width()))
            self._painter.drawText(place, CENTER, name)

    def paint_accuracies(self, area: QRectF, chance: float) -> None:
        """Probe accuracy with its interval, nearest neighbours, and two levels to compare with."""
        intervals = [point.interval for point in self._points]
        known = [interval for interval in intervals if interval is not None]
        neighbours = [point.knn for point in self._points if point.knn is not None]
        axis = AccuracyAxis.around(
            [value for low, _, high in known for value in (low, high)] + neighbours
        )
        if not known:
            self._painter.setFont(self._small)
            self._painter.setPen(QColor(self._tokens.text_soft))
            self._painter.drawText(area, CENTER, self._labels.nothing)
            return

        def y_of(accuracy: float) -> float:
            return area.bottom() - axis.place(accuracy) * area.height()

        for tick in axis.ticks:
            self._tick(area, y_of(tick), formats.percent(tick, 0))
        low = [QPointF(x, y_of(i[0])) for x, i in self._placed(intervals)]
        high = [QPointF(x, y_of(i[2])) for x, i in self._placed(intervals)]
        middle = [QPointF(x, y_of(i[1])) for x, i in self._placed(intervals)]
        band = QColor(self._tokens.train)
        band.setAlphaF(0.16)
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(band)
        self._painter.drawPolygon(QPolygonF([*low, *reversed(high)]))
        knn = [
            QPointF(column.center().x(), y_of(point.knn))
            for point, column in zip(self._points, self._columns, strict=True)
            if point.knn is not None
        ]
        self._curve(knn, "val", is_main=False)
        self._curve(middle, "train", is_main=True)
        guess = f"{self._labels.chance} {formats.percent(chance)}"
        if chance >= axis.low:
            self._level(area, y_of(chance), guess, is_right=True)
        else:  # far below: the curves have the room
            self._level_words(area, area.bottom(), f"↓ {guess}", is_right=True)
        final = self._points[-1].interval
        if final is not None:
            words = f"{self._labels.final} {formats.percent(final[1])}"
            self._level(area, y_of(final[1]), words)

    def paint_gradients(self, area: QRectF) -> None:
        """A stem with a dot each, on a logarithmic scale."""
        self._title_of(area, self._labels.gradient)
        found = [point.gradient for point in self._points if point.gradient]
        scale = LogScale.of(found)
        self._tick(area, area.bottom(), ratio_text(10**scale.low))
        self._tick(area, area.top(), ratio_text(10**scale.high))
        if not found:
            return
        color = QColor(self._tokens.text_soft)
        for point, column in zip(self._points, self._columns, strict=True):
            if point.gradient:
                x = column.center().x()
                y = area.bottom() - scale.share(point.gradient) * area.height()
                self._painter.setPen(QPen(QColor(self._tokens.line_strong), 2))
                self._painter.drawLine(QPointF(x, area.bottom()), QPointF(x, y))
                self._painter.setPen(Qt.PenStyle.NoPen)
                self._painter.setBrush(color)
                self._painter.drawEllipse(QPointF(x, y), DOT_PX / 2, DOT_PX / 2)

    def paint_parameters(self, area: QRectF) -> None:
        """A bar each, its number above it."""
        self._title_of(area, self._labels.parameters)
        most = max((point.parameters for point in self._points), default=0)
        self._painter.setFont(self._small)
        for point, column in zip(self._points, self._columns, strict=True):
            if not point.parameters:
                continue
            height = max(2.0, (area.height() - 14) * point.parameters / most)
            width = min(BAR_PX, column.width() * 0.5)
            bar = QRectF(column.center().x() - width / 2, area.bottom() - height, width, height)
            self._painter.setPen(Qt.PenStyle.NoPen)
            self._painter.setBrush(QColor(self._tokens.line_strong))
            self._painter.drawRoundedRect(bar, 2, 2)
            words = QRectF(column.left(), bar.top() - 14, column.width(), 13)
            self._painter.setPen(QColor(self._tokens.text_soft))
            self._painter.drawText(words, CENTER, formats.compact(point.parameters))

    # -- pieces ----------------------------------------------------------------------------------

    def _placed(
        self, intervals: Sequence[tuple[float, float, float] | None]
    ) -> list[tuple[float, tuple[float, float, float]]]:
        return [
            (column.center().x(), interval)
            for column, interval in zip(self._columns, intervals, strict=True)
            if interval is not None
        ]

    def _curve(self, points: Sequence[QPointF], token: str, *, is_main: bool) -> None:
        """As in the charts of a run: curves differ by symbol and dash as well as by colour."""
        self._line(points, token, is_main=is_main)
        self._symbols(points, token, is_main=is_main)

    def _line(self, points: Sequence[QPointF], token: str, *, is_main: bool) -> None:
        pen = QPen(QColor(getattr(self._tokens, token)), 2.0 if is_main else 1.3)
        if not is_main:
            pen.setStyle(Qt.PenStyle.DashLine)
        self._painter.setPen(pen)
        self._painter.drawPolyline(QPolygonF(list(points)))

    def _symbols(self, points: Sequence[QPointF], token: str, *, is_main: bool) -> None:
        painter = self._painter
        painter.setBrush(QColor(getattr(self._tokens, token)))
        edge = QPen(QColor(self._tokens.surface), 1.5)
        painter.setPen(edge if is_main else Qt.PenStyle.NoPen)
        for point in points:
            if is_main:
                painter.drawEllipse(point, DOT_PX / 2 + 0.5, DOT_PX / 2 + 0.5)
            else:
                painter.drawRect(QRectF(point.x() - 2, point.y() - 2, 4, 4))

    def _tick(self, area: QRectF, y: float, text: str) -> None:
        painter = self._painter
        painter.setPen(QPen(QColor(self._tokens.line), 1))
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
        painter.setFont(self._small)
        painter.setPen(QColor(self._tokens.text_soft))
        painter.drawText(QRectF(0, y - 8, area.left() - 6, 16), RIGHT, text)

    def _level(self, area: QRectF, y: float, text: str, *, is_right: bool = False) -> None:
        """A dotted line across, its words above it at one end: curves rise as a rule."""
        color = QColor(self._tokens.text_soft)
        self._painter.setPen(QPen(color, 1, Qt.PenStyle.DotLine))
        self._painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
        self._level_words(area, y, text, is_right=is_right)

    def _level_words(self, area: QRectF, y: float, text: str, *, is_right: bool) -> None:
        self._painter.setFont(self._small)
        width = QFontMetrics(self._small).horizontalAdvance(text)
        end = self._columns[-1].left() - 4  # the head's column has a colour of its own
        words = QRectF(end - width - 6 if is_right else area.left() + 4, y - 16, width + 6, 14)
        back = QColor(self._tokens.surface)
        back.setAlphaF(0.75)
        self._painter.fillRect(words, back)
        self._painter.setPen(QColor(self._tokens.text_soft))
        self._painter.drawText(words, CENTER, text)

    def _title_of(self, area: QRectF, text: str) -> None:
        self._words(
            QRectF(0, area.top() - TITLE_PX - 7, area.right(), 0), TITLE_PX, text, "text_soft"
        )

    def _words(self, area: QRectF, height: float, text: str, token: str) -> None:
        self._painter.setFont(self._title)
        self._painter.setPen(QColor(getattr(self._tokens, token)))
        place = QRectF(area.left(), area.top(), area.width(), height)
        shown = QFontMetrics(self._title).elidedText(
            text, Qt.TextElideMode.ElideRight, int(place.width())
        )
        self._painter.drawText(place, LEFT, shown)


def _stretches(flags: Sequence[bool]) -> list[tuple[int, int]]:
    """First and last place of each row of True."""
    found: list[tuple[int, int]] = []
    for place, flag in enumerate(flags):
        if not flag:
            continue
        if found and found[-1][1] == place - 1:
            found[-1] = (found[-1][0], place)
        else:
            found.append((place, place))
    return found


def _shortened(path: str, metrics: QFontMetrics, width_px: int) -> str:
    """A module path without its front parts, as far as there is no room for them."""
    for mark in (".", "_"):
        while metrics.horizontalAdvance(path) > width_px and mark in path:
            path = path.partition(mark)[2]
    return metrics.elidedText(path, Qt.TextElideMode.ElideLeft, width_px)
