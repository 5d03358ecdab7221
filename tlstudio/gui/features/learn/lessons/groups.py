"""Groups and shuffle: what an output sees of the inputs, and what it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from tlstudio.core.lessons.lesson import Lesson
from tlstudio.gui.features.learn.jobs import groups as jobs
from tlstudio.gui.features.learn.screen import LessonScreen
from tlstudio.gui.features.learn.widgets.dragged import DraggedRow
from tlstudio.gui.features.learn.widgets.fonts import set_font
from tlstudio.gui.features.learn.widgets.formula_line import result, soft
from tlstudio.gui.features.learn.widgets.value_slider import ValueSlider
from tlstudio.gui.kit import accessible, formats, theme
from tlstudio.gui.kit.layout import Stretch, vstack
from tlstudio.gui.kit.segmented import Segmented
from tlstudio.gui.state.session import Session

if TYPE_CHECKING:
    from tlstudio.gui.features.learn.jobs.groups import GroupMixing

MAPS, SIDE = 12, 28
GROUPS = (1, 2, 3, 4, 6, 12)
SIDE_PX = 176
WORDS_PX = 152
LEAST_PX, MOST_PX = 18, 48  # of a map
COLOURS = ("entry_1", "entry_2", "entry_3", "entry_4", "entry_5", "entry_6")


class GroupsLesson(LessonScreen):
    """Two 1x1 convolutions in groups; below the chosen output everything that it sees is lit."""

    def __init__(self, session: Session, lesson: Lesson, parent: QWidget | None = None) -> None:
        super().__init__(session, lesson, parent)
        self._answer: GroupMixing | None = None
        self.groups = ValueSlider(self.tr("Groups G"), GROUPS)
        self.groups.set_value(self.kept("groups", 3))
        self.shuffle = Segmented(self.tr("Between both convolutions"))
        self.shuffle.set_options(((False, self.tr("no shuffle")), (True, self.tr("shuffled"))))
        self.shuffle.set_value(self.kept("shuffled", False))
        self.picture = MixingPicture()
        self.picture.set_position(self.kept("output", 0))
        side = QWidget()
        side.setFixedWidth(SIDE_PX)
        left = Qt.AlignmentFlag.AlignLeft
        vstack(self.groups, (self.shuffle, left), Stretch(1), spacing=2 * theme.GRID, parent=side)
        self.stage.addWidget(side)
        self.stage.addWidget(self.picture, 1)
        self.setFocusProxy(self.groups.slider)
        self.groups.changed.connect(self._on_changed)
        self.shuffle.chosen.connect(self._on_changed)
        self.picture.moved.connect(self._on_output)
        self._ask()

    def show_answer(self, answer: GroupMixing) -> None:
        self._answer = answer
        self.picture.show_mixing(answer, int(self.groups.value), bool(self.shuffle.value))
        self._show_facts()

    def _ask(self) -> None:
        self.ask(jobs.group_mixing, MAPS, int(self.groups.value), bool(self.shuffle.value), SIDE)

    def _on_changed(self) -> None:
        self.keep(groups=self.groups.value, shuffled=self.shuffle.value)
        self._ask()

    def _on_output(self, output: int) -> None:
        self.keep(output=output)
        self._show_facts()

    def _show_facts(self) -> None:
        answer, groups = self._answer, int(self.groups.value)
        if answer is None:
            return
        sees = self.tr("output {number} sees")
        seen = int(answer.sees[self.picture.position].sum())
        self.facts.show_parts(
            (
                soft("M·N·Df²/G = "),
                f"{MAPS}·{MAPS}·{SIDE}²/{groups} = {formats.count(answer.cost.multiply_adds)}",
                soft(" " + self.tr("multiply-adds each")),
                soft("       " + sees.format(number=self.picture.position + 1) + " "),
                result(self.tr("{seen} of {count} maps").format(seen=seen, count=MAPS)),
            )
        )


class MixingPicture(DraggedRow):
    """Rows of maps from the input above to the output below, with lines for what goes where."""

    spoken_as = accessible.Role.List

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._mixing: GroupMixing | None = None
        self._groups, self._shuffled = 1, False
        self.setAccessibleName(self.tr("Outputs of the second convolution"))

    def count(self) -> int:
        return MAPS

    def place_at(self, x: float) -> int:
        return int((x - WORDS_PX) // self._step)

    def set_position(self, position: int) -> None:
        super().set_position(position)
        accessible.tell_current(self)

    def show_mixing(self, mixing: GroupMixing, groups: int, shuffled: bool) -> None:
        """Draw these convolutions."""
        self._mixing, self._groups, self._shuffled = mixing, groups, shuffled
        self.update()

    def output_rect(self, output: int) -> QRectF:
        """Where an output is."""
        return self._map(3, output)

    def spoken_count(self) -> int:
        return MAPS

    def spoken_text(self, index: int) -> str:
        seen = int(self._mixing.sees[index].sum()) if self._mixing is not None else 0
        return self.tr("output {number} sees {seen} of {count} maps").format(
            number=index + 1, seen=seen, count=MAPS
        )

    def spoken_rect(self, index: int) -> QRect:
        return self.output_rect(index).toRect()

    def spoken_current(self) -> int:
        return self.position

    def sizeHint(self) -> QSize:
        return QSize(600, 368)

    def minimumSizeHint(self) -> QSize:
        return QSize(420, 240)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._mixing is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lit = self._lit()
        for strong in (False, True):
            self._paint_convolution(painter, 0, lit[0], lit[1], strong=strong)
            self._paint_between(painter, lit[1], strong=strong)
            self._paint_convolution(painter, 2, lit[2], lit[3], strong=strong)
        order = self._mixing.order
        groups = (range(MAPS), range(MAPS), order, range(MAPS))
        words = (
            self.tr("maps that come in"),
            self.tr("after convolution 1"),
            self.tr("after the shuffle") if self._shuffled else self.tr("as they were"),
            self.tr("after convolution 2"),
        )
        for row in range(4):
            self._paint_words(painter, row, words[row])
            for place in range(MAPS):
                self._paint_map(painter, row, place, self._colour(groups[row][place]), lit[row])
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(theme.current().accent), 2 if self.hasFocus() else 1.5))
        painter.drawRoundedRect(self._map(3, self.position).adjusted(-4, -4, 4, 4), 7, 7)

    def _lit(self) -> tuple[set[int], ...]:
        """Of each row the places that the chosen output depends on."""
        assert self._mixing is not None
        size = MAPS // self._groups
        first = self.position // size * size
        third = set(range(first, first + size))
        second = {self._mixing.order[place] for place in third}
        inputs = {place for place in range(MAPS) if self._mixing.sees[self.position, place]}
        return inputs, second, third, {self.position}

    def _paint_convolution(
        self, painter: QPainter, row: int, above: set[int], below: set[int], *, strong: bool
    ) -> None:
        size = MAPS // self._groups
        for start in range(MAPS):
            for end in range(start // size * size, start // size * size + size):
                if (start in above and end in below) == strong:
                    self._paint_line(painter, row, start, end, strong=strong)

    def _paint_between(self, painter: QPainter, lit: set[int], *, strong: bool) -> None:
        assert self._mixing is not None
        for end, start in enumerate(self._mixing.order):
            if (start in lit) == strong:
                self._paint_line(painter, 1, start, end, strong=strong)

    def _paint_line(
        self, painter: QPainter, row: int, start: int, end: int, *, strong: bool
    ) -> None:
        above, below = self._map(row, start), self._map(row + 1, end)
        tokens = theme.current()
        colour = QColor(self._colour(start) if strong else tokens.line_strong)
        if not strong:
            colour.setAlpha(110)
        painter.setPen(QPen(colour, 2 if strong else 1))
        painter.drawLine(
            QPointF(above.center().x(), above.bottom()), QPointF(below.center().x(), below.top())
        )

    def _paint_map(
        self, painter: QPainter, row: int, place: int, colour: QColor, lit: set[int]
    ) -> None:
        fill = QColor(colour)
        if place not in lit:
            fill.setAlpha(50)
        area = self._map(row, place)
        painter.setPen(QPen(colour, 1.5))
        painter.setBrush(QColor(theme.current().surface))
        painter.drawRoundedRect(area, 4, 4)
        painter.setBrush(fill)
        painter.drawRoundedRect(area, 4, 4)

    def _paint_words(self, painter: QPainter, row: int, text: str) -> None:
        set_font(painter, theme.TEXT_PX)
        painter.setPen(QColor(theme.current().text_soft))
        area = self._map(row, 0)
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(QRectF(0, area.top(), WORDS_PX, area.height()), middle, text)

    def _colour(self, place: int) -> QColor:
        """The colour of the group that the map at this place is made by."""
        group = place // (MAPS // self._groups)
        return QColor(getattr(theme.current(), COLOURS[group % len(COLOURS)]))

    def _map(self, row: int, place: int) -> QRectF:
        step, side = self._step, max(LEAST_PX, min(MOST_PX, 0.7 * self._step))
        rows = (self.height() - side - 16) / 3
        return QRectF(WORDS_PX + place * step + (step - side) / 2, 8 + row * rows, side, side)

    @property
    def _step(self) -> float:
        """From one map to the next."""
        return (self.width() - WORDS_PX) / MAPS
