"""Which maps a layer sees: the table that the paper prints for C3 of LeNet-5."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from tlstudio.gui.kit import accessible, formats, theme

CELL_PX = 18
TITLE_PX = 24
PAD_PX = 12


class ConnectionTable(QWidget):
    """A column for each map of the layer, a row for each map before it, a mark where it is seen."""

    spoken_as = accessible.Role.Table

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.seen: tuple[tuple[int, ...], ...] = ()
        self._rows = 0
        self.setAccessibleName(self.tr("Table of connections"))

    def show_connections(self, seen: tuple[tuple[int, ...], ...]) -> None:
        """Show which maps each map of the layer sees; hides itself where all see all."""
        self.seen = seen
        self._rows = 1 + max((number for maps in seen for number in maps), default=-1)
        self.setToolTip(
            self.tr(
                "A column for each map of this layer, a row for each map before it: a mark says "
                "that the one sees the other."
            )
        )
        self.setFixedSize(self.sizeHint())
        self.setVisible(bool(seen))
        self.update()

    @property
    def title(self) -> str:
        """How many of all pairs are connected."""
        return self.tr("{count} of {all} pairs of maps are connected").format(
            count=formats.count(sum(map(len, self.seen))),
            all=formats.count(self._rows * len(self.seen)),
        )

    def sizeHint(self) -> QSize:
        width = max(
            (len(self.seen) + 1) * CELL_PX, self.fontMetrics().horizontalAdvance(self.title)
        )
        return QSize(
            width + 2 * PAD_PX, (self._rows + 1) * CELL_PX + TITLE_PX + 2 * PAD_PX - theme.GRID
        )

    def spoken_count(self) -> int:
        return self._rows * len(self.seen)

    def spoken_text(self, index: int) -> str:
        row, column = divmod(index, len(self.seen))
        is_seen = row in self.seen[column]
        text = self.tr("{map} sees {other}") if is_seen else self.tr("{map} does not see {other}")
        return text.format(map=column, other=row)

    def spoken_rect(self, index: int) -> QRect:
        row, column = divmod(index, len(self.seen))
        return self._cell(row, column).toRect()

    def spoken_current(self) -> int:
        return -1

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = theme.current()
        painter.setPen(QPen(QColor(colours.line), 1))
        painter.setBrush(QColor(colours.raised))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        painter.setPen(QColor(colours.text))
        centre = Qt.AlignmentFlag.AlignCenter
        start = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        head = QRectF(PAD_PX, theme.GRID, self.width() - 2 * PAD_PX, TITLE_PX)
        painter.drawText(head, start, self.title)
        small = QFont(self.font())
        small.setPixelSize(11)
        painter.setFont(small)
        painter.setPen(QColor(colours.text_soft))
        for column in range(len(self.seen)):
            painter.drawText(self._cell(-1, column), centre, str(column))
        for row in range(self._rows):
            painter.drawText(self._cell(row, -1), centre, str(row))
        for column, maps in enumerate(self.seen):
            for row in range(self._rows):
                cell = self._cell(row, column).adjusted(1, 1, -1, -1)
                is_seen = row in maps
                colour = QColor(colours.train if is_seen else colours.line)
                colour.setAlpha(255 if is_seen else 90)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(colour)
                painter.drawRoundedRect(cell, 3, 3)

    def _cell(self, row: int, column: int) -> QRectF:
        """The place of a pair; -1 for the numbers at the edges."""
        top = theme.GRID + TITLE_PX + (row + 1) * CELL_PX
        return QRectF(PAD_PX + (column + 1) * CELL_PX, top, CELL_PX, CELL_PX)
