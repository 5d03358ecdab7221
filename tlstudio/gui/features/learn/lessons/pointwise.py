"""1x1 convolution: at every place the same weighted sum of the maps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from tlstudio.core.lessons.lesson import Lesson
from tlstudio.gui.features.learn.jobs import pointwise as jobs
from tlstudio.gui.features.learn.screen import LessonScreen
from tlstudio.gui.features.learn.widgets.formula_line import Part, number, result, soft
from tlstudio.gui.features.learn.widgets.pixel_picture import PixelPicture
from tlstudio.gui.features.learn.widgets.shades import shades
from tlstudio.gui.features.learn.widgets.value_slider import ValueSlider
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import IconButton, label
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.state.session import Session

if TYPE_CHECKING:
    from tlstudio.gui.features.learn.jobs.pointwise import PointwiseSum

WEIGHTS = tuple(step / 10 for step in range(-10, 11))
FIRST = (1.0, -1.0, 0.0)
GREY = (0.3, 0.6, 0.1)
START = (20, 22)
SIGN_PX, BELOW_PX, MAP_PX = 24, 64, 144


class PointwiseLesson(LessonScreen):
    """Red, green and blue, a slider below each, and their sum; a square marks one place."""

    has_photo = True

    def __init__(self, session: Session, lesson: Lesson, parent: QWidget | None = None) -> None:
        super().__init__(session, lesson, parent)
        self._answer: PointwiseSum | None = None
        names = self.tr("red"), self.tr("green"), self.tr("blue")
        self.maps = [PixelPicture(name, can_drag=True) for name in names]
        self.sum = PixelPicture(self.tr("sum"), can_drag=True)
        self.weights = [
            ValueSlider(self.tr("weight"), WEIGHTS, lambda value: number(value, 1)) for _ in names
        ]
        self.grey = IconButton(self.tr("Brightness"), "light", "quiet", self._on_grey)
        self.range = label("", "hint")
        self._build(names)
        self.setFocusProxy(self.weights[0].slider)
        for slider, value in zip(self.weights, self.kept("weights", FIRST), strict=True):
            slider.set_value(value)
            slider.changed.connect(self._on_weight)
        for picture in (*self.maps, self.sum):
            picture.set_square(1)
            picture.set_position(*self.kept("at", START))
            picture.moved.connect(self._on_moved)
        self._ask()

    def photo_changed(self) -> None:
        self._ask()

    def show_answer(self, answer: PointwiseSum) -> None:
        self._answer = answer
        for picture, values in zip(self.maps, answer.maps, strict=True):
            picture.set_pixels(shades(values, 0, 1))
        self.sum.set_pixels(shades(answer.result))
        low, high = float(answer.result.min()), float(answer.result.max())
        self.range.setText(
            self.tr("black {low}, white {high}").format(low=number(low), high=number(high))
        )
        self._show_place()

    def _build(self, names: tuple[str, ...]) -> None:
        grid, centre = theme.GRID, Qt.AlignmentFlag.AlignHCenter
        row = hstack(spacing=grid)
        for name, picture, slider in zip(names, self.maps, self.weights, strict=True):
            if picture is not self.maps[0]:
                row.addWidget(_sign("+"))
            picture.setFixedSize(MAP_PX, MAP_PX)
            slider.setFixedWidth(MAP_PX)
            title = label(name, "section")
            row.addLayout(
                vstack(Stretch(1), (title, centre), picture, grid, slider, Stretch(1), spacing=grid)
            )
        row.addWidget(_sign("="))
        below = QWidget()
        below.setFixedHeight(BELOW_PX)
        vstack((self.range, centre), (self.grey, centre), spacing=0, parent=below)
        title = label(self.tr("the map that comes out"), "section")
        row.addLayout(vstack((title, centre), (self.sum, 1), below, spacing=grid), 1)
        self.stage.addLayout(row)

    def _ask(self) -> None:
        if self.photo is not None:
            self.ask(jobs.pointwise_sum, self.photo, [slider.value for slider in self.weights])

    def _show_place(self) -> None:
        answer = self._answer
        if answer is None:
            return
        x, y = self.sum.position
        parts: list[Part | str] = [f"y({x + 1}, {y + 1})", soft("  =  ")]
        for at, slider in enumerate(self.weights):
            parts.append(soft(" + ") if at else "")
            parts.append(f"{number(slider.value, 1)}·{number(float(answer.maps[at, y, x]))}")
        total = number(float(answer.result[y, x]))
        self.facts.show_parts((*parts, soft("  =  "), result(total, "accent")))

    def _on_weight(self) -> None:
        self.keep(weights=tuple(slider.value for slider in self.weights))
        self._ask()

    def _on_grey(self) -> None:
        for slider, value in zip(self.weights, GREY, strict=True):
            slider.set_value(value)
        self._on_weight()

    def _on_moved(self, x: int, y: int) -> None:
        for picture in (*self.maps, self.sum):
            picture.set_position(x, y)
        self.keep(at=(x, y))
        self._show_place()


def _sign(text: str) -> QWidget:
    sign = label(text, "title")
    sign.setFixedWidth(SIGN_PX)
    sign.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return sign
