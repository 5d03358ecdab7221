"""Dense blocks: each layer gets all maps before it and adds a few of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from tlstudio.core.lessons.lesson import Lesson
from tlstudio.gui.features.learn.jobs import dense as jobs
from tlstudio.gui.features.learn.screen import LessonScreen
from tlstudio.gui.features.learn.widgets.fonts import set_font
from tlstudio.gui.features.learn.widgets.formula_line import result, soft
from tlstudio.gui.features.learn.widgets.value_slider import ValueSlider
from tlstudio.gui.kit import accessible, formats, theme
from tlstudio.gui.kit.layout import Stretch, vstack
from tlstudio.gui.state.session import Session

if TYPE_CHECKING:
    from tlstudio.gui.features.learn.jobs.dense import DenseCosts

ENTERING, SIDE = 64, 56  # what enters the first block of DenseNet-121
GROWTHS = (4, 8, 12, 16, 24, 32, 48)
LAYERS = tuple(range(1, 13))
SIDE_PX = 176
WORDS_PX, NUMBER_PX = 72, 96
HEAD_PX = 24
MOST_ROW_PX = 72
COLOURS = ("entry_1", "entry_2", "entry_3", "entry_4", "entry_5", "entry_6")


class DenseLesson(LessonScreen):
    """A staircase of maps: what each layer gets, in the colours of the layers that made them."""

    def __init__(self, session: Session, lesson: Lesson, parent: QWidget | None = None) -> None:
        super().__init__(session, lesson, parent)
        self.growth = ValueSlider(self.tr("Growth rate k"), GROWTHS)
        self.layers = ValueSlider(self.tr("Layers L"), LAYERS)
        self.growth.set_value(self.kept("growth", 32))
        self.layers.set_value(self.kept("layers", 6))
        self.picture = StaircasePicture()
        side = QWidget()
        side.setFixedWidth(SIDE_PX)
        vstack(self.growth, self.layers, Stretch(1), spacing=2 * theme.GRID, parent=side)
        self.stage.addWidget(side)
        self.stage.addWidget(self.picture, 1)
        self.setFocusProxy(self.growth.slider)
        for slider in (self.growth, self.layers):
            slider.changed.connect(self._on_dragged)
        self._ask()

    def show_answer(self, answer: DenseCosts) -> None:
        self.picture.show_costs(answer)
        layers, growth = len(answer.layers), answer.maps[1] - answer.maps[0]
        self.facts.show_parts(
            (
                soft(self.tr("maps out:") + " k₀ + L·k = "),
                f"{answer.maps[0]} + {layers}·{growth} = ",
                result(formats.count(answer.maps[-1]), "accent"),
                soft("      " + self.tr("connections:") + " L(L+1)/2 = "),
                f"{answer.connections}",
                soft("      " + self.tr("parameters:") + " "),
                formats.count(answer.whole.parameters),
            )
        )

    def _on_dragged(self) -> None:
        self.keep(growth=self.growth.value, layers=self.layers.value)
        self._ask()

    def _ask(self) -> None:
        growth, layers = int(self.growth.value), int(self.layers.value)
        self.ask(jobs.dense_costs, ENTERING, growth, layers, SIDE)


class StaircasePicture(QWidget):
    """A row for each layer with the maps that it gets, and last the maps that leave the block."""

    spoken_as = accessible.Role.Graphic

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._costs: DenseCosts | None = None
        self.setAccessibleName(self.tr("What each layer gets"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_costs(self, costs: DenseCosts) -> None:
        """Draw a block with these maps."""
        self._costs = costs
        self.setAccessibleDescription(" → ".join(map(str, costs.maps)))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(600, 368)

    def minimumSizeHint(self) -> QSize:
        return QSize(440, 300)

    def paintEvent(self, event: QPaintEvent) -> None:
        costs = self._costs
        if costs is None:
            return
        painter = QPainter(self)
        row = min(MOST_ROW_PX, (self.height() - HEAD_PX) / len(costs.maps))
        self._paint_numbers(painter, QRectF(0, 0, self.width(), HEAD_PX), self._titles())
        set_font(painter, min(15, max(9, int(row * 0.5))))
        room = self.width() - WORDS_PX - 2 * NUMBER_PX - theme.GRID
        for number, maps in enumerate(costs.maps):
            area = QRectF(0, HEAD_PX + number * row, self.width(), row)
            is_last = number == len(costs.layers)
            parameters = "" if is_last else formats.count(costs.layers[number].parameters)
            head = self.tr("output") if is_last else self.tr("layer {n}").format(n=number + 1)
            self._paint_numbers(painter, area, (head, formats.count(maps), parameters))
            self._paint_maps(painter, area, number, room / costs.maps[-1])

    def _titles(self) -> tuple[str, str, str]:
        return "", self.tr("maps"), self.tr("parameters")

    def _paint_numbers(self, painter: QPainter, area: QRectF, words: tuple[str, str, str]) -> None:
        """The name at the left, and two columns of numbers at the right."""
        tokens = theme.current()
        head, maps, parameters = words
        middle = Qt.AlignmentFlag.AlignVCenter
        right = Qt.AlignmentFlag.AlignRight | middle
        painter.setPen(QColor(tokens.text_soft))
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft | middle, head)
        painter.drawText(area, right, parameters)
        painter.setPen(QColor(tokens.text if head else tokens.text_soft))
        painter.drawText(area.adjusted(0, 0, -NUMBER_PX, 0), right, maps)

    def _paint_maps(self, painter: QPainter, area: QRectF, number: int, map_px: float) -> None:
        """What came in is grey; what each layer before this one added has the layer's colour."""
        assert self._costs is not None
        tokens, maps = theme.current(), self._costs.maps
        gap = max(2.0, area.height() * 0.16)
        x = float(WORDS_PX)
        for made in range(number + 1):
            count = maps[0] if made == 0 else maps[made] - maps[made - 1]
            name = COLOURS[(made - 1) % len(COLOURS)] if made else "text_faint"
            colour = QColor(getattr(tokens, name))
            width = count * map_px
            painter.fillRect(
                QRectF(x, area.top() + gap, width - 1, area.height() - 2 * gap), colour
            )
            x += width
