"""The legend of the colours and signs in the picture of a network."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from tlstudio.core.networks.blocks.graph import BLOCKS, BlockKind, BlockNode
from tlstudio.core.networks.blocks.training import Training
from tlstudio.gui.features.picture import style as style
from tlstudio.gui.features.picture.glyphs import draw_glyph, draw_snowflake
from tlstudio.gui.kit import block_texts, theme
from tlstudio.gui.kit.help_mark import explain

ROW_PX = 22.0
SWATCH_PX = 18.0
BETWEEN_PX = 18.0
_K = BlockKind
_LAYERS = (_K.CONV, _K.DEPTHWISE_CONV, _K.LINEAR, _K.ATTENTION, _K.POOL)
_SAME = {_K.GLOBAL_POOL: _K.POOL}


@dataclass(frozen=True, slots=True)
class _Entry:
    """A kind, or one of the marks that are no kinds."""

    text: str
    kind: BlockKind | None = None
    is_skip: bool = False
    is_difference: bool = False


class ArchitectureLegend(QWidget):
    """Rows of swatches for what is in sight, as many as the width needs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries: list[_Entry] = []
        explain(self, self._explained_at)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_nodes(
        self,
        nodes: list[BlockNode],
        states: set[Training],
        *,
        has_skips: bool,
        has_differences: bool = False,
    ) -> None:
        """Explain the kinds of `nodes`, and the marks of `states`."""
        kinds = [_SAME.get(kind, kind) for kind in map(style.look, nodes)]
        found = [k for k in dict.fromkeys(kinds) if k in BLOCKS or k is _K.AUXILIARY]
        found += [k for k in _LAYERS if k in kinds]
        self._entries = [_Entry(block_texts.kind_title(kind), kind) for kind in found]
        if has_skips:
            self._entries.append(_Entry(self.tr("skip connection"), is_skip=True))
        if Training.FROZEN in states:
            self._entries.append(_Entry(self.tr("frozen")))
        if has_differences:
            text = self.tr("differs from the network on its left")
            self._entries.append(_Entry(text, is_difference=True))
        self.setAccessibleName(", ".join(entry.text for entry in self._entries))
        self.updateGeometry()
        self.update()

    def _explained_at(self, spot: QPoint | None) -> str:
        """The kind that the words or the swatch at `spot` stand for."""
        if spot is None:
            return ""
        places = self._places(self.width())
        at = [e for e, x, y in places if x <= spot.x() and y <= spot.y() < y + ROW_PX]
        if not at:
            return ""
        kind = at[-1].kind
        if at[-1].is_difference:
            return "side-by-side"
        return f"block.{kind.value}" if kind else "residual" if at[-1].is_skip else "layer.frozen"

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return round(ROW_PX * self._rows(width))

    def sizeHint(self) -> QSize:
        return QSize(400, self.heightForWidth(max(self.width(), 200)))

    def minimumSizeHint(self) -> QSize:
        return QSize(200, round(ROW_PX))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(style.font(is_small=True))
        for entry, x, y in self._places(self.width()):
            spot = QRectF(x, y + (ROW_PX - SWATCH_PX) / 2, SWATCH_PX, SWATCH_PX)
            self._paint_mark(painter, entry, spot)
            painter.setPen(QColor(theme.current().text_soft))
            room = QRectF(x + SWATCH_PX + 6, y, self.width(), ROW_PX)
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, entry.text)
        painter.end()

    def _paint_mark(self, painter: QPainter, entry: _Entry, spot: QRectF) -> None:
        tokens = theme.current()
        if entry.is_skip:
            painter.setPen(QPen(QColor(tokens.accent), 1.8))
            painter.drawLine(spot.center() - QPointF(8, 0), spot.center() + QPointF(8, 0))
            return
        if entry.is_difference:
            painter.fillRect(
                QRectF(spot.center().x() - style.DIFFERENCE_PX / 2, spot.y(), 5, spot.height()),
                QColor(tokens.warning),
            )
            return
        if entry.kind is None:
            draw_snowflake(painter, QPointF(spot.center()), 6.0, QColor(tokens.frozen))
            return
        node = BlockNode("", "", entry.kind)
        colors = style.box_colors(node, Training.TRAINABLE, is_open=False)
        dash = Qt.PenStyle.DashLine if style.is_dashed(entry.kind) else Qt.PenStyle.SolidLine
        painter.setPen(QPen(colors.border, 1.0, dash))
        painter.setBrush(colors.fill)
        painter.drawRoundedRect(spot.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        if style.has_glyph(entry.kind):
            draw_glyph(painter, entry.kind, spot.adjusted(3.5, 3.5, -3.5, -3.5), colors.mark)

    def _places(self, width: int) -> list[tuple[_Entry, float, float]]:
        metrics = QFontMetricsF(style.font(is_small=True))
        x, y, places = 0.0, 0.0, []
        for entry in self._entries:
            wide = SWATCH_PX + 6 + metrics.horizontalAdvance(entry.text)
            if x and x + wide > width:
                x, y = 0.0, y + ROW_PX
            places.append((entry, x, y))
            x += wide + BETWEEN_PX
        return places

    def _rows(self, width: int) -> int:
        places = self._places(width)
        return round(places[-1][2] / ROW_PX) + 1 if places else 1
