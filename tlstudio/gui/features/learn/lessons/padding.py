"""Padding and stride: the window on the padded photo, and the size of what comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from tlstudio.core.lessons.lesson import Lesson
from tlstudio.core.lessons.window_size import WindowSize
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.gui.features.learn.jobs import padding as jobs
from tlstudio.gui.features.learn.screen import LessonScreen
from tlstudio.gui.features.learn.widgets.formula_line import result, soft
from tlstudio.gui.features.learn.widgets.pixel_picture import PixelPicture
from tlstudio.gui.features.learn.widgets.value_slider import ValueSlider
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import label
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.kit.segmented import Segmented
from tlstudio.gui.state.session import Session

if TYPE_CHECKING:
    from tlstudio.gui.features.learn.jobs.padding import Padded

PRESETS = (  # windows of well-known layers
    (QT_TRANSLATE_NOOP("PaddingLesson", "Same size"), WindowSize(32, 5, 1, 2)),
    (QT_TRANSLATE_NOOP("PaddingLesson", "LeNet-5"), WindowSize(32, 5, 1, 0)),
    (QT_TRANSLATE_NOOP("PaddingLesson", "VGG"), WindowSize(224, 3, 1, 1)),
    (QT_TRANSLATE_NOOP("PaddingLesson", "ResNet"), WindowSize(224, 7, 2, 3)),
    (QT_TRANSLATE_NOOP("PaddingLesson", "AlexNet"), WindowSize(224, 11, 4, 2)),
    (QT_TRANSLATE_NOOP("PaddingLesson", "AlexNet, in its paper"), WindowSize(227, 11, 4, 0)),
)
PIXELS = (8, 14, 16, 28, 32, 56, 64, 112, 224, 227)
KERNELS, STRIDES, PADDINGS = range(1, 12), range(1, 5), range(6)
MIDDLE_PX = 160


class PaddingLesson(LessonScreen):
    """The window is dragged over the photo; sliders change what the formula is filled with."""

    has_photo = True

    def __init__(self, session: Session, lesson: Lesson, parent: QWidget | None = None) -> None:
        super().__init__(session, lesson, parent)
        self.presets = Segmented(self.tr("Layer"))
        self.presets.set_options([(size, self.tr(title)) for title, size in PRESETS])
        self.image = PixelPicture(self.tr("Photo with padding and window"), can_drag=True)
        self.map = PixelPicture(self.tr("Feature map"))
        self.before, self.after = label("", "section"), label("", "section")
        self.pixels = ValueSlider(self.tr("Picture n"), PIXELS)
        self.kernel = ValueSlider(self.tr("Kernel k"), KERNELS)
        self.padding = ValueSlider(self.tr("Padding p"), PADDINGS)
        self.stride = ValueSlider(self.tr("Stride s"), STRIDES)
        self.sliders = (self.pixels, self.kernel, self.padding, self.stride)
        self.unseen = label("", "hint", wrap=True)
        self._build()
        self.setFocusProxy(self.image)
        self.image.set_position(*self.kept("at", (0, 0)))
        self._set_size(self.kept("size", PRESETS[0][1]))
        self.presets.chosen.connect(self._on_preset)
        self.image.moved.connect(self._on_moved)
        for slider in self.sliders:
            slider.changed.connect(self._on_slid)
        self._ask()

    @property
    def window_size(self) -> WindowSize:
        """What the sliders say."""
        pixels, kernel = round(self.pixels.value), round(self.kernel.value)
        return WindowSize(pixels, kernel, round(self.stride.value), round(self.padding.value))

    def photo_changed(self) -> None:
        self._ask()

    def show_answer(self, answer: Padded) -> None:
        size = answer.size
        self.image.set_room(size.padded)
        self.map.set_room(size.padded)  # pixels of both are equally large
        self.image.set_pixels(answer.picture)
        self.image.set_border(size.padding)
        self.image.set_unseen(size.unseen)
        self.image.set_square(size.kernel if size.outputs else 0, size.stride)
        self.map.setVisible(answer.outputs is not None)
        if answer.outputs is not None:
            self.map.set_pixels(answer.outputs)
            self.map.set_square(1)
        self._show_place()
        self._show_size(size)

    def _build(self) -> None:
        grid, centre = theme.GRID, Qt.AlignmentFlag.AlignHCenter
        middle = QWidget()
        middle.setFixedWidth(MIDDLE_PX)
        vstack(Stretch(), *self.sliders, Stretch(), spacing=grid, parent=middle)
        photo = vstack((self.before, centre), (self.image, 1), spacing=grid)
        mapped = vstack((self.after, centre), (self.map, 1), spacing=grid)
        row = hstack((photo, 1), middle, (mapped, 1), spacing=3 * grid)
        self.unseen.setFixedHeight(2 * grid)
        choice = hstack(self.presets, Stretch())
        self.stage.addLayout(vstack(choice, (row, 1), self.unseen, spacing=grid))

    def _ask(self) -> None:
        if self.photo is not None:
            self.ask(jobs.padded_photo, self.photo, self.window_size)

    def _set_size(self, size: WindowSize) -> None:
        values = (size.pixels, size.kernel, size.padding, size.stride)
        for slider, value in zip(self.sliders, values, strict=True):
            slider.set_value(value)
        self.presets.set_value(size)

    def _show_size(self, size: WindowSize) -> None:
        n, k, p, s = size.pixels, size.kernel, size.padding, size.stride
        around = self.tr("{n} × {n}, with zeros {m} × {m}").format(n=n, m=size.padded)
        self.before.setText(around if p else f"{n} × {n}")
        if not size.outputs:
            self.after.setText(self.tr("nothing"))
            self.facts.show_parts((soft(self.tr("The kernel is larger than the picture.")),))
            self.unseen.setText("")
            return
        out = size.outputs
        self.after.setText(f"{out} × {out}")
        self.facts.show_parts(
            (
                soft("⌊(n + 2p − k) / s⌋ + 1  =  ⌊("),
                f"{n} + 2·{p} − {k}",
                soft(") / "),
                f"{s}",
                soft("⌋ + 1  =  "),
                result(f"{out}", "accent"),
            )
        )
        unseen = self.tr("The stride skips the last %n row(s) and column(s).", "", size.unseen)
        self.unseen.setText(unseen if size.unseen else "")

    def _show_place(self) -> None:
        x, y = self.image.position
        stride = round(self.stride.value)
        self.map.set_position(x // stride, y // stride)

    def _on_preset(self, size: object) -> None:
        assert isinstance(size, WindowSize)
        self._set_size(size)
        self._on_slid()

    def _on_slid(self) -> None:
        size = self.window_size
        self.presets.set_value(size)
        self.keep(size=size)
        self._ask()

    def _on_moved(self, x: int, y: int) -> None:
        self.keep(at=(x, y))
        self._show_place()
