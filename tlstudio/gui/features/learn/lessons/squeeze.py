"""Squeeze-and-excitation: a factor for each map, from the means of all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from tlstudio.core.lessons.lesson import Lesson
from tlstudio.gui.features.learn.jobs import photo as photos
from tlstudio.gui.features.learn.jobs import squeeze as jobs
from tlstudio.gui.features.learn.screen import LessonScreen
from tlstudio.gui.features.learn.widgets.fonts import set_font
from tlstudio.gui.features.learn.widgets.formula_line import result, soft
from tlstudio.gui.features.learn.widgets.pixel_picture import PixelPicture
from tlstudio.gui.features.learn.widgets.shades import shades
from tlstudio.gui.features.learn.widgets.value_slider import ValueSlider
from tlstudio.gui.kit import accessible, formats, theme
from tlstudio.gui.kit.basics import label
from tlstudio.gui.kit.layout import Stretch, vstack
from tlstudio.gui.kit.thumbnails import image_from_array
from tlstudio.gui.state.session import Session

if TYPE_CHECKING:
    import numpy as np

    from tlstudio.gui.features.learn.jobs.squeeze import Excitation

REDUCTIONS = (2, 4, 8, 16, 28, 56)
USUAL = 16
SIDE_PX = 160
WORDS_PX = 176  # of what stands before the bars
MAPS_SHOWN = 6
SQUEEZED, INNER, FACTORS = "entry_2", "text_soft", "entry_1"


class SqueezeLesson(LessonScreen):
    """From above: the means, the few numbers between, the factors, and maps before and after."""

    has_photo = True

    def __init__(self, session: Session, lesson: Lesson, parent: QWidget | None = None) -> None:
        super().__init__(session, lesson, parent)
        self._resnet: tuple[int, int] = (0, 0)
        self._answer: Excitation | None = None
        self.reduction = ValueSlider(self.tr("Reduction r"), REDUCTIONS)
        self.reduction.set_value(self.kept("reduction", USUAL))
        self.image = PixelPicture(self.tr("Photo"))
        self.image.setFixedSize(SIDE_PX, SIDE_PX)
        self.trained = label(
            self.tr(
                "The block was trained here, on a few photos of the sample, behind block 4.2 of "
                "EfficientNet-Lite0, which has none of its own."
            ),
            "hint",
            wrap=True,
        )
        self.picture = ExcitationPicture()
        side = QWidget()
        side.setFixedWidth(SIDE_PX)
        vstack(
            self.reduction, self.image, Stretch(1), self.trained, spacing=theme.GRID, parent=side
        )
        self.stage.addWidget(side)
        self.stage.addWidget(self.picture, 1)
        self.setFocusProxy(self.reduction.slider)
        self.reduction.changed.connect(self._on_dragged)
        self.photo_changed()

    def photo_changed(self) -> None:
        if self.photo is not None:
            self.ask(photos.photo_pixels, self.photo, SIDE_PX, done=self.image.set_pixels)
            self._ask()

    def show_answer(self, answer: Excitation) -> None:
        self._answer = answer
        self.picture.show_excitation(answer)
        self._show_facts()

    def _on_dragged(self, reduction: float) -> None:
        self.keep(reduction=reduction)
        self._ask()

    def _ask(self) -> None:
        reduction = int(self.reduction.value)
        self.ask(jobs.resnet50_parameters, reduction, done=self._on_resnet)
        if self.photo is not None:
            self.ask(jobs.excitation, self.photo, reduction)

    def _on_resnet(self, parameters: tuple[int, int]) -> None:
        self._resnet = parameters
        self._show_facts()

    def _show_facts(self) -> None:
        if self._answer is None:
            return
        maps, (plain, added) = len(self._answer.factors), self._resnet
        reduction = 2 * maps**2 // self._answer.parameters
        self.facts.show_parts(
            (
                soft("2·C²/r = "),
                f"2·{maps}²/{reduction} = ",
                result(formats.count(self._answer.parameters), FACTORS),
                soft(" " + self.tr("parameters")),
                soft("       " + self.tr("in all of a ResNet-50:") + " "),
                f"+{added / 1e6:.2f} M",
                soft(f" ({formats.percent(added / plain)})" if plain else ""),
            )
        )


class ExcitationPicture(QWidget):
    """The numbers as bars, and below maps from the largest to the smallest factor."""

    spoken_as = accessible.Role.Graphic

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._seen: Excitation | None = None
        self._maps: list[tuple[int, QImage, QImage]] = []
        self.setAccessibleName(self.tr("Means, factors and maps"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_excitation(self, seen: Excitation) -> None:
        """Draw what the block makes of a photo."""
        self._seen = seen
        order = seen.factors.argsort()[::-1]
        last = len(order) - 1
        chosen = [int(order[last * at // (MAPS_SHOWN - 1)]) for at in range(MAPS_SHOWN)]
        self._maps = [(number, *_pictures(seen, number)) for number in chosen]
        self.setAccessibleDescription(
            self.tr("factors from {least} to {most}").format(
                least=f"{seen.factors.min():.2f}", most=f"{seen.factors.max():.2f}"
            )
        )
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(600, 368)

    def minimumSizeHint(self) -> QSize:
        return QSize(424, 300)

    def paintEvent(self, event: QPaintEvent) -> None:
        seen = self._seen
        if seen is None:
            return
        painter = QPainter(self)
        row = min(72.0, self.height() / 6)
        maps, inner = len(seen.factors), len(seen.inner)
        largest = float(abs(seen.squeezed).max())
        for number, (values, colour, most, head, words) in enumerate(
            (
                (
                    seen.squeezed,
                    SQUEEZED,
                    largest,
                    "z = mean(u)",
                    self.tr("squeeze: {count} means").format(count=maps),
                ),
                (
                    seen.inner,
                    INNER,
                    float(seen.inner.max()),
                    "ReLU(W₁·z)",
                    self.tr("C/r = {count} numbers").format(count=inner),
                ),
                (
                    seen.factors,
                    FACTORS,
                    1.0,
                    "s = σ(W₂·ReLU(W₁·z))",
                    self.tr("excite: {count} factors").format(count=maps),
                ),
            )
        ):
            area = QRectF(0, number * (row + 4), self.width(), row)
            self._paint_words(painter, area, head, words, colour)
            room = area.adjusted(WORDS_PX, 4, 0, -4)
            _paint_bars(
                painter, room, values, most or 1.0, QColor(getattr(theme.current(), colour))
            )
        top = 3 * (row + 4) + theme.GRID
        self._paint_maps(painter, QRectF(0, top, self.width(), self.height() - top))

    def _paint_words(
        self, painter: QPainter, area: QRectF, head: str, words: str, colour: str
    ) -> None:
        tokens = theme.current()
        set_font(painter, 15)
        painter.setPen(QColor(getattr(tokens, colour)))
        middle = area.center().y()
        painter.drawText(QRectF(0, middle - 22, WORDS_PX, 22), Qt.AlignmentFlag.AlignLeft, head)
        set_font(painter, theme.TEXT_PX)
        painter.setPen(QColor(tokens.text_soft))
        painter.drawText(QRectF(0, middle, WORDS_PX, 20), Qt.AlignmentFlag.AlignLeft, words)

    def _paint_maps(self, painter: QPainter, area: QRectF) -> None:
        assert self._seen is not None
        tokens = theme.current()
        set_font(painter, 15)
        side = min((area.height() - 28) / 2, (area.width() - WORDS_PX) / MAPS_SHOWN - 12)
        step = (area.width() - WORDS_PX) / MAPS_SHOWN
        painter.setPen(QColor(tokens.text_soft))
        rows = (area.top() + side / 2, area.top() + 28 + side * 1.5)
        for y, words in zip(rows, (self.tr("map u"), self.tr("s · u goes on")), strict=True):
            left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(0, y - 12, WORDS_PX, 24), left, words)
        for number, (channel, before, after) in enumerate(self._maps):
            x = WORDS_PX + number * step + (step - side) / 2
            painter.drawImage(QRectF(x, area.top(), side, side), before)
            painter.drawImage(QRectF(x, area.top() + 28 + side, side, side), after)
            painter.setPen(QColor(getattr(tokens, FACTORS)))
            factor = f"× {float(self._seen.factors[channel]):.2f}"
            place = QRectF(x - 20, area.top() + side, side + 40, 28)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, factor)


def _pictures(seen: Excitation, number: int) -> tuple[QImage, QImage]:
    """A map and the same times its factor, in the same greys; 0 is the middle one."""
    values: np.ndarray[Any, Any] = seen.maps[number]
    limit = float(abs(values).max()) or 1.0
    before, after = (
        image_from_array(shades(part, -limit, limit)[:, :, None].repeat(3, axis=2))
        for part in (values, values * seen.factors[number])
    )
    return before, after


def _paint_bars(
    painter: QPainter, room: QRectF, values: np.ndarray[Any, Any], most: float, colour: QColor
) -> None:
    """Bars upwards and, for negative values, downwards; `most` reaches the edge."""
    has_negative = bool((values < 0).any())
    zero = room.center().y() if has_negative else room.bottom()
    high = room.height() / (2 if has_negative else 1)
    step = room.width() / len(values)
    painter.fillRect(
        QRectF(room.left(), zero, room.width(), 1), QColor(theme.current().line_strong)
    )
    for number, value in enumerate(values):
        size = high * float(value) / most
        gap = 1 if step > 3 else 0
        bar = QRectF(room.left() + number * step, zero - max(size, 0), step - gap, abs(size))
        painter.fillRect(bar, colour)
