"""Inception modules: what the 1x1 reductions before 3x3 and 5x5 save, branch by branch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from tlstudio.core.lessons.lesson import Lesson
from tlstudio.gui.features.learn.jobs import inception as jobs
from tlstudio.gui.features.learn.screen import LessonScreen
from tlstudio.gui.features.learn.widgets.fonts import set_font
from tlstudio.gui.features.learn.widgets.formula_line import result, soft
from tlstudio.gui.features.learn.widgets.value_slider import ValueSlider
from tlstudio.gui.kit import accessible, formats, theme
from tlstudio.gui.kit.layout import Stretch, vstack
from tlstudio.gui.state.session import Session

if TYPE_CHECKING:
    from tlstudio.gui.features.learn.jobs.inception import InceptionCosts

PLACES = ("3a", "3b", "4a", "4b", "4c", "4d", "4e", "5a", "5b")
REDUCTIONS = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0)
SLIDERS_PX = 176
NAIVE, REDUCED = "entry_2", "entry_1"
BOX_PX = (104, 32)
STEP_PX = 128  # from one box of a branch to the next
NUMBER_PX = 72
BAR_PX = 10
BRANCHES_PX = 2 * STEP_PX + theme.GRID


class InceptionLesson(LessonScreen):
    """The branches of a module of GoogLeNet, and bars of what they cost in either kind."""

    def __init__(self, session: Session, lesson: Lesson, parent: QWidget | None = None) -> None:
        super().__init__(session, lesson, parent)
        self.place = ValueSlider(self.tr("Module"), range(len(PLACES)), lambda at: PLACES[int(at)])
        self.reduction = ValueSlider(self.tr("Width of reductions"), REDUCTIONS, "×{:g}".format)
        self.place.set_value(self.kept("place", 0))
        self.reduction.set_value(self.kept("reduction", 1.0))
        self.picture = BranchesPicture()
        side = QWidget()
        side.setFixedWidth(SLIDERS_PX)
        vstack(self.reduction, self.place, Stretch(1), spacing=2 * theme.GRID, parent=side)
        self.stage.addWidget(side)
        self.stage.addWidget(self.picture, 1)
        self.setFocusProxy(self.reduction.slider)
        for slider in (self.place, self.reduction):
            slider.changed.connect(self._on_dragged)
        self._ask()

    def show_answer(self, answer: InceptionCosts) -> None:
        self.picture.show_costs(answer)
        naive, reduced = answer.naive.whole.multiply_adds, answer.reduced.whole.multiply_adds
        fewer = naive >= reduced
        words = self.tr("{times}× fewer") if fewer else self.tr("{times}× more")
        times = naive / reduced if fewer else reduced / naive
        conv, reduce = answer.widths.conv5x5, answer.widths.reduce5x5
        whole = 25 * answer.maps_in * conv
        parts = answer.maps_in * reduce + 25 * reduce * conv
        self.facts.show_parts(
            (
                soft(self.tr("5×5 at each place:") + " "),
                f"25·{answer.maps_in}·{conv} = {formats.count(whole)}",
                soft("  →  "),
                f"{answer.maps_in}·{reduce} + 25·{reduce}·{conv} = {formats.count(parts)}",
                soft("     " + self.tr("together:") + " "),
                result(words.format(times=f"{times:.1f}")),
            )
        )

    def _on_dragged(self) -> None:
        self.keep(place=self.place.value, reduction=self.reduction.value)
        self._ask()

    def _ask(self) -> None:
        self.ask(jobs.inception_costs, PLACES[int(self.place.value)], self.reduction.value)


class BranchesPicture(QWidget):
    """A row for each branch: its convolutions, and a bar without and one with the reduction."""

    spoken_as = accessible.Role.Graphic

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._costs: InceptionCosts | None = None
        self.setAccessibleName(self.tr("Branches of the module"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_costs(self, costs: InceptionCosts) -> None:
        """Draw a module with these costs."""
        self._costs = costs
        self.setAccessibleDescription(
            self.tr("naive {naive} multiply-adds, with reductions {reduced}").format(
                naive=formats.count(costs.naive.whole.multiply_adds),
                reduced=formats.count(costs.reduced.whole.multiply_adds),
            )
        )
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(600, 368)

    def minimumSizeHint(self) -> QSize:
        return QSize(424, 280)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._costs is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        costs = self._costs
        head, row = 32, (self.height() - 32) / 5
        self._paint_head(painter, head)
        most = max(costs.naive.whole.multiply_adds, costs.reduced.whole.multiply_adds)
        for number, boxes in enumerate(self._boxes(costs)):
            area = QRectF(0, head + number * row, self.width(), row)
            self._paint_boxes(painter, area, boxes)
            pair = (
                costs.naive.branches[number].multiply_adds,
                costs.reduced.branches[number].multiply_adds,
            )
            self._paint_bars(painter, area, pair, most)
        area = QRectF(0, head + 4 * row, self.width(), row)
        painter.setPen(QPen(QColor(theme.current().line), 1))
        painter.drawLine(area.topLeft(), area.topRight())
        self._paint_whole(painter, area, costs)
        whole = costs.naive.whole.multiply_adds, costs.reduced.whole.multiply_adds
        self._paint_bars(painter, area, whole, most, is_whole=True)

    def _boxes(self, costs: InceptionCosts) -> tuple[tuple[tuple[str, bool], ...], ...]:
        """What each branch computes, and whether it is a reduction, which the naive one lacks."""
        reduction, widths = self.tr("1×1 to {count}"), costs.widths
        return (
            ((self._conv("1×1", widths.conv1x1), False),),
            (
                (reduction.format(count=widths.reduce3x3), True),
                (self._conv("3×3", widths.conv3x3), False),
            ),
            (
                (reduction.format(count=widths.reduce5x5), True),
                (self._conv("5×5", widths.conv5x5), False),
            ),
            (
                (self.tr("max pool"), False),
                (reduction.format(count=widths.pool_proj), True),
            ),
        )

    def _conv(self, kernel: str, maps: int) -> str:
        return self.tr("{kernel} to {count}").format(kernel=kernel, count=maps)

    def _paint_head(self, painter: QPainter, height: int) -> None:
        assert self._costs is not None
        tokens, costs = theme.current(), self._costs
        set_font(painter, 15)
        painter.setPen(QColor(tokens.text_soft))
        middle = Qt.AlignmentFlag.AlignVCenter
        entering = self.tr("{count} maps of {side}×{side} come in").format(
            count=costs.maps_in, side=costs.side
        )
        painter.drawText(QRectF(0, 0, BRANCHES_PX, height - 8), middle, entering)
        x = float(BRANCHES_PX)
        for colour, words in ((NAIVE, self.tr("naive")), (REDUCED, self.tr("with reductions"))):
            painter.fillRect(QRectF(x, height / 2 - 9, 10, 10), _colour(colour))
            painter.setPen(QColor(tokens.text))
            width = painter.fontMetrics().horizontalAdvance(words)
            painter.drawText(QRectF(x + 18, 0, width + 4, height - 8), middle, words)
            x += width + 18 + 3 * theme.GRID
        painter.setPen(QColor(tokens.text_soft))
        right = Qt.AlignmentFlag.AlignRight | middle
        painter.drawText(
            QRectF(x, 0, self.width() - x, height - 8), right, self.tr("multiply-adds")
        )

    def _paint_boxes(
        self, painter: QPainter, area: QRectF, boxes: tuple[tuple[str, bool], ...]
    ) -> None:
        tokens = theme.current()
        set_font(painter, theme.TEXT_PX)
        y = area.center().y()
        end = BRANCHES_PX - 3 * theme.GRID
        painter.setPen(QPen(QColor(tokens.line_strong), 1.5))
        painter.drawLine(QPointF(0, y), QPointF(end, y))
        at = 0 if len(boxes) > 1 else 1
        for text, is_reduction in boxes:
            place = QRectF(theme.GRID + at * STEP_PX, y - BOX_PX[1] / 2, *BOX_PX)
            fill = _colour(REDUCED if is_reduction else "raised")
            if is_reduction:
                fill.setAlpha(60)
            painter.setBrush(QColor(tokens.surface))
            edge = _colour(REDUCED) if is_reduction else QColor(tokens.line_strong)
            style = Qt.PenStyle.DashLine if is_reduction else Qt.PenStyle.SolidLine
            painter.setPen(QPen(edge, 1.5, style))
            painter.drawRoundedRect(place, 4, 4)
            painter.setBrush(fill)
            painter.drawRoundedRect(place, 4, 4)
            painter.setPen(QColor(tokens.text))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)
            at += 1

    def _paint_bars(
        self,
        painter: QPainter,
        area: QRectF,
        pair: tuple[int, int],
        most: int,
        *,
        is_whole: bool = False,
    ) -> None:
        tokens = theme.current()
        set_font(painter, 18 if is_whole else 15, strong=is_whole)
        number = NUMBER_PX + (32 if is_whole else 0)
        room = self.width() - BRANCHES_PX - NUMBER_PX - 32
        for turn, (value, colour) in enumerate(zip(pair, (NAIVE, REDUCED), strict=True)):
            y = area.center().y() + (turn - 0.5) * 22
            bar = QRectF(BRANCHES_PX, y - BAR_PX / 2, room, BAR_PX)
            painter.fillRect(bar, QColor(tokens.raised))
            bar.setWidth(room * value / most)
            painter.fillRect(bar, _colour(colour))
            painter.setPen(QColor(tokens.text))
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            place = QRectF(self.width() - number, y - 12, number, 24)
            painter.drawText(place, right, self.tr("{count} M").format(count=f"{value / 1e6:.1f}"))

    def _paint_whole(self, painter: QPainter, area: QRectF, costs: InceptionCosts) -> None:
        """How many maps leave either module: the input of the next one."""
        tokens = theme.current()
        set_font(painter, 15)
        painter.setPen(QColor(tokens.text))
        middle = Qt.AlignmentFlag.AlignVCenter
        rows = (
            self.tr("{count} maps go on, naive").format(count=costs.naive.maps_out),
            self.tr("{count} maps go on, reduced").format(count=costs.reduced.maps_out),
        )
        for turn, text in enumerate(rows):
            y = area.center().y() + (turn - 0.5) * 22
            painter.drawText(QRectF(theme.GRID, y - 12, BRANCHES_PX, 24), middle, text)


def _colour(name: str) -> QColor:
    return QColor(getattr(theme.current(), name))
