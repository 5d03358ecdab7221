"""The boxes and lines of the picture of a network."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF, QTransform
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from tlstudio.core.networks.blocks.graph import SIGNS, BlockKind
from tlstudio.core.networks.blocks.layout import Box, Route
from tlstudio.core.networks.blocks.training import Training
from tlstudio.gui.features.picture import style as style
from tlstudio.gui.features.picture.glyphs import draw_glyph, draw_snowflake
from tlstudio.gui.kit import block_texts, theme

TITLES_FROM = 0.32  # scale below which texts would be specks
SUBTITLES_FROM = 0.5
SHAPES_FROM = 0.1  # below it a box is a few pixels
CORNER_PX = 7.0
ARROW_PX = 5.0
MANY_ARCS = 40
FAINT_BELOW = 0.4  # scale


class BoxItem(QGraphicsItem):
    """The box of a node, closed or as the frame around its inside."""

    def __init__(self, box: Box, *, differs: bool = False) -> None:
        super().__init__()
        self.box = box
        self.differs = differs  # from what stands in the network on the left
        self.training = Training.NONE
        self.is_chosen = False
        self.setPos(box.x, box.y)
        self.setZValue(2.0 * box.depth)

    @property
    def is_open(self) -> bool:
        return self.box.is_open

    @property
    def can_open(self) -> bool:
        return self.box.node.inside is not None

    @property
    def has_title(self) -> bool:
        """Whether an open box has a title bar; units of a few layers have none."""
        return self.box.header >= style.HEADER_PX

    def set_training(self, training: Training) -> None:
        if training is not self.training:
            self.training = training
            self.update()

    def toolTip(self) -> str:
        """The tooltip, made when it is asked for, as there may be a thousand boxes."""
        return block_texts.tip(self.box.node, self.training, differs=self.differs)

    def set_chosen(self, is_chosen: bool) -> None:
        self.is_chosen = is_chosen
        self.update()

    def outline(self) -> QRectF:
        """The box in its own coordinates."""
        return QRectF(0, 0, self.box.width, self.box.height)

    def handle(self) -> QRectF:
        """The area in which a click opens or closes the box."""
        height = self.box.header if self.is_open else self.box.height
        width = style.TOGGLE_PX + 8
        if self.is_open and not self.has_title:
            height = width = style.TOGGLE_PX
        return QRectF(self.box.width - width - 2, 0, width, height)

    def boundingRect(self) -> QRectF:
        return self.outline().adjusted(-style.DIFFERENCE_PX - 1, -7, 7, 7)

    def shape(self) -> QPainterPath:
        path = QPainterPath()
        path.addRect(self.outline())
        return path

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        scale = QStyleOptionGraphicsItem.levelOfDetailFromTransform(painter.worldTransform())
        if widget is None:  # written to a file: everything is drawn
            scale = 1.0
        colors = style.box_colors(self.box.node, self.training, is_open=self.is_open)
        if scale < SHAPES_FROM and not (self.is_open or self.is_chosen or self.differs):
            painter.fillRect(self.outline(), colors.border)  # a speck of its colour
            return
        if self.is_open:
            self._paint_frame(painter, colors, scale)
        elif self.box.node.kind in SIGNS:
            self._paint_sign(painter, colors)
        else:
            self._paint_box(painter, colors, scale)
        if self.differs:
            self._paint_difference(painter)

    def _pen(self, border: QColor, *, is_strong: bool = False) -> QPen:
        if self.is_chosen:
            return QPen(QColor(theme.current().accent), 2.2)
        pen = QPen(border, 1.2 if is_strong else 1.0)
        if style.is_dashed(self.box.node.kind):
            pen.setStyle(Qt.PenStyle.DashLine)
        return pen

    def _paint_difference(self, painter: QPainter) -> None:
        """A bar at the left edge, seen at every scale."""
        height = self.box.header if self.is_open and self.has_title else self.box.height
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.current().warning))
        painter.drawRoundedRect(QRectF(-style.DIFFERENCE_PX, 0, style.DIFFERENCE_PX, height), 2, 2)

    def _paint_frame(self, painter: QPainter, colors: style.BoxColors, scale: float) -> None:
        node, rect = self.box.node, self.outline()
        radius = style.RADIUS_PX + 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colors.fill)
        painter.drawRoundedRect(rect, radius, radius)
        bar = QPainterPath()
        bar.addRoundedRect(rect, radius, radius)
        strip = QPainterPath()
        strip.addRect(QRectF(0, 0, rect.width(), self.box.header))
        if self.has_title:
            painter.setBrush(style.header_color(node, self.training))
            painter.drawPath(bar.intersected(strip))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(self._pen(colors.border, is_strong=True))
        painter.drawRoundedRect(rect, radius, radius)
        if not self.has_title:
            self._paint_handle(painter, colors)
            return
        if scale < TITLES_FROM * 0.8:
            return
        x = style.PAD_PX
        if style.has_glyph(node.kind):
            size = 14.0
            spot = QRectF(x - 2, (self.box.header - size) / 2, size, size)
            draw_glyph(painter, style.look(node), spot, colors.mark)
            x += size + 4
        painter.setFont(style.font(is_small=True, is_bold=True))
        painter.setPen(colors.text)
        room = QRectF(x, 0, rect.width() - x - style.TOGGLE_PX - 8, self.box.header)
        name = block_texts.title(node)
        align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(room, align, name)
        short = block_texts.short_path(node)
        if short and short != name:
            used = painter.fontMetrics().horizontalAdvance(name)
            painter.setFont(style.font(is_small=True))
            painter.setPen(colors.soft)
            room.setLeft(room.left() + used)
            text = painter.fontMetrics().elidedText(
                block_texts.NEXT + short, Qt.TextElideMode.ElideLeft, int(room.width())
            )
            painter.drawText(room, align, text)
        self._paint_handle(painter, colors)

    def _paint_sign(self, painter: QPainter, colors: style.BoxColors) -> None:
        rect = self.outline()
        tokens = theme.current()
        painter.setBrush(QColor(tokens.surface))
        border = QColor(tokens.accent if self.is_chosen else tokens.text_soft)
        painter.setPen(QPen(border, 2.2 if self.is_chosen else 1.4))
        painter.drawEllipse(rect)
        middle, arm = rect.center(), rect.width() * 0.24
        pen = QPen(QColor(tokens.text), 1.6)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        if self.box.node.kind is BlockKind.ADD:
            painter.drawLine(middle - QPointF(arm, 0), middle + QPointF(arm, 0))
            painter.drawLine(middle - QPointF(0, arm), middle + QPointF(0, arm))
        elif self.box.node.kind is BlockKind.MULTIPLY:
            arm *= 0.75
            painter.drawLine(middle - QPointF(arm, arm), middle + QPointF(arm, arm))
            painter.drawLine(middle - QPointF(arm, -arm), middle + QPointF(arm, -arm))
        else:
            painter.setBrush(QColor(tokens.text))
            painter.drawEllipse(middle, 2.2, 2.2)

    def _paint_box(self, painter: QPainter, colors: style.BoxColors, scale: float) -> None:
        node, rect = self.box.node, self.outline()
        radius = rect.height() / 2 if style.is_pill(node.kind) else style.RADIUS_PX
        if self.can_open and style.has_glyph(node.kind):  # a second card: there is more inside
            painter.setPen(QPen(colors.border, 1.0))
            painter.setBrush(colors.fill)
            painter.drawRoundedRect(rect.translated(3.5, 3.5), radius, radius)
            painter.setBrush(QColor(theme.current().surface))
            painter.drawRoundedRect(rect, radius, radius)
        painter.setPen(self._pen(colors.border))
        painter.setBrush(colors.fill)
        painter.drawRoundedRect(rect, radius, radius)
        if scale < TITLES_FROM:
            return
        left, right = style.PAD_PX, style.PAD_PX
        if style.has_glyph(node.kind):
            size = style.GLYPH_PX
            spot = QRectF(left - 1, (rect.height() - size) / 2, size, size)
            draw_glyph(painter, style.look(node), spot, colors.mark)
            left += size + 8
        if self.can_open:
            right += style.TOGGLE_PX
            self._paint_handle(painter, colors)
        room = rect.adjusted(left, 0, -right, 0)
        align = Qt.AlignmentFlag.AlignCenter
        if style.has_glyph(node.kind):
            align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        below = "" if style.is_slim(node.kind) else block_texts.subtitle(node)
        painter.setPen(colors.text)
        if not below or scale < SUBTITLES_FROM:
            painter.setFont(style.font(is_small=style.is_slim(node.kind)))
            self._draw(painter, room, align, block_texts.title(node))
        else:
            painter.setFont(style.font())
            self._draw(
                painter,
                room.adjusted(0, 4, 0, -rect.height() / 2 + 2),
                align,
                block_texts.title(node),
            )
            painter.setFont(style.font(is_small=True))
            painter.setPen(colors.soft)
            self._draw(painter, room.adjusted(0, rect.height() / 2 - 1, 0, -4), align, below)
        if self.training is Training.FROZEN and node.parameters:
            self._paint_badge(painter, colors)

    def _paint_badge(self, painter: QPainter, colors: style.BoxColors) -> None:
        """A snowflake on the upper right corner, where it covers no text."""
        corner = QPointF(self.box.width - 7, 1)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.current().surface))
        painter.drawEllipse(corner, 6.5, 6.5)
        draw_snowflake(painter, corner, 4.2, QColor(theme.current().frozen))

    def _draw(self, painter: QPainter, room: QRectF, align: Qt.AlignmentFlag, text: str) -> None:
        # a little more than the room: texts were measured, and rounding must not cut them
        painter.drawText(
            room.adjusted(-6, 0, 6, 0)
            if align == Qt.AlignmentFlag.AlignCenter
            else room.adjusted(0, 0, 6, 0),
            align,
            text,
        )

    def _paint_handle(self, painter: QPainter, colors: style.BoxColors) -> None:
        """A small arrowhead: to the right what can be opened, downwards what is open."""
        middle = self.handle().center()
        pen = QPen(colors.soft, 1.5)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        corners = [QPointF(-2, -4), QPointF(2, 0), QPointF(-2, 4)]
        if self.is_open:
            corners = [QPointF(-4, -2), QPointF(0, 2), QPointF(4, -2)]
        painter.drawPolyline(QPolygonF([middle + corner for corner in corners]))


class RouteItem(QGraphicsItem):
    """A line between two boxes, with an arrowhead at its end."""

    def __init__(self, route: Route, *, is_one_of_many: bool) -> None:
        super().__init__()
        self.route = route
        self.is_near = False  # the chosen box is at one of its ends
        self._is_one_of_many = is_one_of_many
        self._path = _curve(route) if route.is_arc else _rounded(route)
        self.setZValue(1.0)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def set_near(self, is_near: bool) -> None:
        if is_near != self.is_near:
            self.is_near = is_near
            self.update()

    def boundingRect(self) -> QRectF:
        return self._path.boundingRect().adjusted(-7, -7, 7, 7)

    def shape(self) -> QPainterPath:
        return QPainterPath()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        tokens = theme.current()
        color = QColor(tokens.text_soft)
        width = 1.3
        if self.route.is_skip:
            color = style.mixed(tokens.accent, tokens.text_soft, 0.75)
            width = 1.6
        if self.route.is_arc:
            width = 1.2
            color.setAlphaF(0.28 if self._is_one_of_many else 0.8)
        if self.is_near:
            color, width = QColor(tokens.accent), 2.0
        is_faint = self._is_one_of_many and self.route.is_arc and not self.is_near
        if is_faint and widget is not None:
            scale = QStyleOptionGraphicsItem.levelOfDetailFromTransform(painter.worldTransform())
            if scale < FAINT_BELOW:  # a haze of thousands of lines: as fast as lines can be drawn
                color.setAlphaF(color.alphaF() * scale * width)  # a pixel wide, as light as before
                width = 0.0
                painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QPen(color, width))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(self._path)
        if self.route.is_exit or (self._is_one_of_many and self.route.is_arc and not self.is_near):
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawPolygon(_arrow(self.route))


def _rounded(route: Route) -> QPainterPath:
    """The line with round corners."""
    points = [QPointF(x, y) for x, y in route.points]
    path = QPainterPath(points[0])
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        way_in, way_out = corner - before, after - corner
        reach = min(CORNER_PX, way_in.manhattanLength() / 2, way_out.manhattanLength() / 2)
        path.lineTo(corner - way_in * (reach / (way_in.manhattanLength() or 1)))
        path.quadTo(corner, corner + way_out * (reach / (way_out.manhattanLength() or 1)))
    path.lineTo(points[-1])
    return path


def _curve(route: Route) -> QPainterPath:
    start, out, first, second, back, end = (QPointF(x, y) for x, y in route.points)
    path = QPainterPath(start)
    path.lineTo(out)
    path.cubicTo(first, second, back)
    path.lineTo(end)
    return path


def _arrow(route: Route) -> QPolygonF:
    end, before = QPointF(*route.points[-1]), QPointF(*route.points[-2])
    way = end - before
    length = (way.x() ** 2 + way.y() ** 2) ** 0.5 or 1.0
    turn = QTransform(
        way.x() / length, way.y() / length, -way.y() / length, way.x() / length, end.x(), end.y()
    )
    head = [
        QPointF(0, 0),
        QPointF(-1.5 * ARROW_PX, -0.7 * ARROW_PX),
        QPointF(-1.5 * ARROW_PX, 0.7 * ARROW_PX),
    ]
    return turn.map(QPolygonF(head))
