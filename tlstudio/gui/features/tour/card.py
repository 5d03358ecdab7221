"""The card of the tour: what a step says, its buttons, and an arrow to what it speaks of."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QWidget

from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import IconButton, label
from tlstudio.gui.kit.layout import Stretch, hstack, moved_within, vstack

WIDTH_PX = 336
ARROW_PX = 11  # on every side, so that the arrow may come out anywhere
HALF_PX = 9  # of the foot of the arrow
RADIUS_PX = 10
EDGE_PX = 8  # from the edge of the window


class TourCard(QFrame):
    """Lies over the window, which stays usable.

    Signals:
        next_wanted(), back_wanted(), skip_wanted()
        left(): by Escape, for now.
    """

    next_wanted = Signal()
    back_wanted = Signal()
    skip_wanted = Signal()
    left = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("tour_card")
        self._tip: QPoint | None = None
        self.count = label("", "hint")
        self.title = label("", "section", wrap=True)
        self.text = label("", wrap=True)
        self.skip = IconButton(self.tr("Skip the tour"), "", "quiet", self.skip_wanted.emit)
        self.skip.setToolTip(self.tr("For good; Help, Take the tour brings it back"))
        self.back = IconButton(self.tr("Back"), "", "", self.back_wanted.emit)
        self.next = IconButton(self.tr("Next"), "", "primary", self.next_wanted.emit)
        inner = ARROW_PX + 2 * theme.GRID
        self._content = vstack(
            self.count,
            self.title,
            self.text,
            theme.GRID // 2,
            hstack(self.skip, Stretch(), self.back, self.next, spacing=theme.GRID),
            spacing=theme.GRID // 2,
            margins=(inner, inner - 2, inner, inner - 4),
            parent=self,
        )

    def show_step(self, place: int, of: int, title: str, text: str) -> None:
        """Say what a step says, to eyes and ears."""
        self.count.setText(self.tr("Tour: {n} of {count}").format(n=place + 1, count=of))
        self.title.setText(title)
        self.text.setText(text)
        self.back.setEnabled(place > 0)
        self.next.setText(self.tr("Done") if place + 1 == of else self.tr("Next"))
        self.setAccessibleName(f"{self.count.text()}: {title}")
        self.setAccessibleDescription(text)
        self.next.setAccessibleDescription(f"{title}. {text}")  # is what the keyboard comes to

    def place_beside(self, targets: list[QRect], room: QRect, kept_free: list[QRect]) -> None:
        """Stand where it hides least of `targets` within `room`, pointing at the first.

        Args:
            targets: of the coordinates of the window; without any it stands at the lower left.
            kept_free: what shall not be hidden either.
        """
        width = min(WIDTH_PX + 2 * ARROW_PX, room.width() - 2 * EDGE_PX)
        size = QSize(width, self._content.totalHeightForWidth(width))
        inside = room.adjusted(EDGE_PX, EDGE_PX, -EDGE_PX, -EDGE_PX)
        places = [moved_within(QRect(QPoint(x, y), size), inside) for x, y in _ways(targets, size)]
        corner = QRect(QPoint(inside.left(), inside.bottom() - size.height()), size)
        best = min(
            [*places, moved_within(corner, inside)], key=lambda p: _hidden(p, targets + kept_free)
        )
        self._tip = _nearest(targets[0], best.center()) if targets else None
        if self.geometry() != best:
            self.setGeometry(best)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.next.hasFocus():
            self.next_wanted.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens = QPainter(self), theme.current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = ARROW_PX + 0.5
        body = QRectF(self.rect()).adjusted(edge, edge, -edge, -edge)
        outline = QPainterPath()
        outline.addRoundedRect(body, RADIUS_PX, RADIUS_PX)
        if (arrow := self._arrow(body)) is not None:
            outline = outline.united(arrow)
        painter.setPen(QPen(QColor(tokens.accent), 1.5))
        painter.setBrush(QColor(tokens.surface))
        painter.drawPath(outline)

    def _arrow(self, body: QRectF) -> QPainterPath | None:
        """A triangle on the side that looks at the tip; None where the card covers that."""
        if self._tip is None:
            return None
        tip = QPointF(self._tip - self.pos())
        beyond = {
            "left": body.left() - tip.x(),
            "right": tip.x() - body.right(),
            "top": body.top() - tip.y(),
            "bottom": tip.y() - body.bottom(),
        }
        side = max(beyond, key=lambda name: beyond[name])
        if beyond[side] <= 0:
            return None
        foot = RADIUS_PX + HALF_PX
        x = min(max(tip.x(), body.left() + foot), body.right() - foot)
        y = min(max(tip.y(), body.top() + foot), body.bottom() - foot)
        along = QPointF(0, HALF_PX) if side in ("left", "right") else QPointF(HALF_PX, 0)
        out, base = {
            "left": (QPointF(-ARROW_PX, 0), QPointF(body.left(), y)),
            "right": (QPointF(ARROW_PX, 0), QPointF(body.right(), y)),
            "top": (QPointF(0, -ARROW_PX), QPointF(x, body.top())),
            "bottom": (QPointF(0, ARROW_PX), QPointF(x, body.bottom())),
        }[side]
        inward = out * -0.2  # so that the two outlines become one
        path = QPainterPath(base + along + inward)
        path.lineTo(base + out)
        path.lineTo(base - along + inward)
        path.closeSubpath()
        return path


def _ways(targets: list[QRect], size: QSize) -> list[tuple[int, int]]:
    """Upper left corners beside the first target, and beside all of them."""
    found: list[tuple[int, int]] = []
    union = QRect()
    for target in targets:
        union |= target
    for rect in [*targets[:1], union] if targets else []:
        x, y = rect.center().x() - size.width() // 2, rect.center().y() - size.height() // 2
        found += [
            (rect.right() + EDGE_PX, y),
            (rect.left() - EDGE_PX - size.width(), y),
            (x, rect.bottom() + EDGE_PX),
            (x, rect.top() - EDGE_PX - size.height()),
        ]
    return found


def _hidden(place: QRect, targets: list[QRect]) -> int:
    """How much of the targets lies below it; small ones must be seen, of large ones a part may."""
    hidden = 0
    for target in targets:
        below = place & target
        area = below.width() * below.height()
        hidden += 1_000_000 * area // max(1, target.width() * target.height())
    return hidden


def _nearest(rect: QRect, point: QPoint) -> QPoint:
    """The point of `rect` that is nearest to `point`."""
    x = min(max(point.x(), rect.left()), rect.right())
    y = min(max(point.y(), rect.top()), rect.bottom())
    return QPoint(x, y)
