"""Convolution: a kernel walks over the photo, and the feature map grows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from tlstudio.core.lessons.lesson import Lesson
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.gui.features.learn.jobs import convolution as jobs
from tlstudio.gui.features.learn.screen import LessonScreen
from tlstudio.gui.features.learn.widgets.formula_line import number, result, soft
from tlstudio.gui.features.learn.widgets.number_grid import NumberGrid
from tlstudio.gui.features.learn.widgets.pixel_picture import PixelPicture
from tlstudio.gui.features.learn.widgets.shades import shades
from tlstudio.gui.features.learn.widgets.value_slider import ValueSlider
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import IconButton, label
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.kit.segmented import Segmented
from tlstudio.gui.state.session import Session

if TYPE_CHECKING:
    from tlstudio.gui.features.learn.jobs.convolution import Convolution

LEARNT = "learnt"
KERNELS = (
    ("blur", QT_TRANSLATE_NOOP("ConvolutionLesson", "Blur")),
    ("vertical_edges", QT_TRANSLATE_NOOP("ConvolutionLesson", "Vertical edges")),
    ("horizontal_edges", QT_TRANSLATE_NOOP("ConvolutionLesson", "Horizontal edges")),
    ("sharpen", QT_TRANSLATE_NOOP("ConvolutionLesson", "Sharpen")),
    (LEARNT, QT_TRANSLATE_NOOP("ConvolutionLesson", "Learnt")),
)
LEARNT_COUNT = 28  # that are not empty; a test says so
START = (52, 38)  # on an edge of the first photo
WALK_MS = 33
FASTER_EVERY = 90  # ticks of a walk, each time by one pixel a tick
MIDDLE_PX, NARROW_MIDDLE_PX = 280, 216
WIDE_PX = 800


class ConvolutionLesson(LessonScreen):
    """Photo, products and map from left to right; the map is seen as far as the kernel walked."""

    has_photo = True

    def __init__(self, session: Session, lesson: Lesson, parent: QWidget | None = None) -> None:
        super().__init__(session, lesson, parent)
        self._answer: Convolution | None = None
        self._ticks = 0
        self.kernels = Segmented(self.tr("Kernel"))
        self.kernels.set_options([(name, self.tr(title)) for name, title in KERNELS])
        self.kernels.set_value(self.kept("kernel", KERNELS[1][0]))
        self.number = ValueSlider(
            self.tr("Which of {count}").format(count=LEARNT_COUNT),
            [float(number) for number in range(1, LEARNT_COUNT + 1)],
        )
        self.number.set_value(self.kept("number", 1))
        self.image = PixelPicture(self.tr("Photo with the kernel on it"), can_drag=True)
        self.image.set_position(*self.kept("at", START))
        self.inputs = NumberGrid(self.tr("Pixels below the kernel"), as_pixels=True)
        self.weights = NumberGrid(self.tr("Weights of the kernel"))
        self.products = NumberGrid(self.tr("Products"))
        self.map = PixelPicture(self.tr("Feature map"))
        self.range = label("", "section")
        self.range.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        # its words give way, so that photo and map are equally large
        self.range.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.walk = IconButton(self.tr("Walk"), "play", clicked=self._on_walk)
        self._timer = QTimer(self, interval=WALK_MS)
        self._timer.timeout.connect(self._on_tick)
        self._build()
        self.setFocusProxy(self.image)
        self.kernels.chosen.connect(self._on_kernel)
        self.number.changed.connect(self._on_number)
        self.image.moved.connect(self._on_moved)
        self._ask()

    def photo_changed(self) -> None:
        self._ask()

    def show_answer(self, answer: Convolution) -> None:
        self._answer = answer
        side = answer.weights.shape[-1]
        self.image.set_pixels(answer.picture)
        self.image.set_square(side)
        self.map.set_pixels(shades(answer.outputs))
        self.map.set_square(1)
        for numbers in (self.inputs, self.weights, self.products):
            numbers.set_names("RGB" if answer.kernel == LEARNT else "")
        self.inputs.set_pixels(answer.kernel != LEARNT)
        self.weights.set_values(answer.weights)
        low, high = float(answer.outputs.min()), float(answer.outputs.max())
        text = self.tr("Feature map: black {low}, white {high}")
        self.range.setText(text.format(low=number(low), high=number(high)))
        self._show_place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._middle.setFixedWidth(MIDDLE_PX if self.width() >= WIDE_PX else NARROW_MIDDLE_PX)

    def _build(self) -> None:
        grid, centre = theme.GRID, Qt.AlignmentFlag.AlignHCenter
        heading = hstack(self.kernels, self.number, Stretch(), self.walk, spacing=3 * grid)
        title = label(self.tr("Photo"), "section")
        title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        photo = _column(title, self.image)
        self._middle = middle = QWidget()
        vstack(
            (label(self.tr("Pixels below the kernel"), "section"), centre),
            (self.inputs, 1),
            (label(self.tr("× weights of the kernel"), "section"), centre),
            (self.weights, 1),
            (label(self.tr("= products"), "section"), centre),
            (self.products, 1),
            spacing=grid // 2,
            parent=middle,
        )
        mapped = _column(self.range, self.map)
        row = hstack((photo, 1), middle, (mapped, 1), spacing=3 * grid)
        self.stage.addLayout(vstack(heading, (row, 1), spacing=2 * grid))
        self.number.setFixedWidth(200)
        policy = self.number.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # nothing moves when it comes and goes
        self.number.setSizePolicy(policy)

    def _ask(self) -> None:
        kernel = str(self.kernels.value)
        self.number.setVisible(kernel == LEARNT)
        if self.photo is not None:
            self.ask(jobs.convolve, self.photo, kernel, round(self.number.value) - 1)

    def _show_place(self) -> None:
        answer = self._answer
        if answer is None:
            return
        x, y = self.image.position
        products = answer.at(x, y)
        self.inputs.set_values(products.inputs)
        self.products.set_values(products.products)
        self.map.set_position(x, y)
        columns = answer.outputs.shape[1]
        self.map.set_seen(y * columns + x + 1)
        channels, rows, side = answer.weights.shape
        times = f"{channels} × {rows} × {side}" if channels > 1 else f"{rows} × {side}"
        count = self.tr("sum of {times} products").format(times=times)
        self.facts.show_parts(
            (
                f"y({x + 1}, {y + 1})",
                soft(f"  =  Σ w·x  =  {count}  =  "),
                result(number(products.total), "accent"),
            )
        )

    def _on_kernel(self, kernel: object) -> None:
        self.keep(kernel=kernel)
        self._ask()

    def _on_number(self, number: float) -> None:
        self.keep(number=number)
        self._ask()

    def _on_moved(self, x: int, y: int) -> None:
        self._stop()
        self.keep(at=(x, y))
        self._show_place()

    def _on_walk(self) -> None:
        if self._timer.isActive():
            self._stop()
        elif self._answer is not None:
            rows, columns = self._answer.outputs.shape
            if self.image.position == (columns - 1, rows - 1):
                self.image.set_position(0, 0)
            self._ticks = 0
            self._timer.start()
            self.walk.setText(self.tr("Stop"))
            self.walk.set_icon("pause")

    def _stop(self) -> None:
        self._timer.stop()
        self.walk.setText(self.tr("Walk"))
        self.walk.set_icon("play")

    def _on_tick(self) -> None:
        """One pixel further at first, so that each sum is seen; then faster and faster."""
        if self._answer is None:
            return
        self._ticks += 1
        rows, columns = self._answer.outputs.shape
        x, y = self.image.position
        at = min(y * columns + x + 1 + self._ticks // FASTER_EVERY, rows * columns - 1)
        self.image.set_position(at % columns, at // columns)
        self.keep(at=self.image.position)
        self._show_place()
        if at == rows * columns - 1:
            self._stop()


def _column(title: QWidget, picture: QWidget) -> QVBoxLayout:
    return vstack(title, (picture, 1), spacing=theme.GRID // 2)
