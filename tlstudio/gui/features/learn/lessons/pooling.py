"""Pooling: how much of a map stays where the photo is shifted by a few pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from tlstudio.core.lessons.lesson import Lesson
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.gui.features.learn.jobs import pooling as jobs
from tlstudio.gui.features.learn.screen import LessonScreen
from tlstudio.gui.features.learn.widgets.curves import Curve, Curves
from tlstudio.gui.features.learn.widgets.formula_line import result, soft
from tlstudio.gui.features.learn.widgets.pixel_picture import PixelPicture
from tlstudio.gui.features.learn.widgets.shades import marked, shades
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.basics import label
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.kit.segmented import Segmented
from tlstudio.gui.state.session import Session

if TYPE_CHECKING:
    from tlstudio.gui.features.learn.jobs.pooling import Pooled

SIZES = (1, 2, 4, 8, 64)
KINDS = (
    ("max", QT_TRANSLATE_NOOP("PoolingLesson", "Maximum")),
    ("average", QT_TRANSLATE_NOOP("PoolingLesson", "Average")),
)
FAINT = 0.6  # a power below 1 lets faint edges be seen as well
FRAME_PX, FAR_PX = 66, 8  # as the engine cuts it; a test says so


class PoolingLesson(LessonScreen):
    """The frame is what the network sees; dragging it shifts the photo below."""

    has_photo = True

    def __init__(self, session: Session, lesson: Lesson, parent: QWidget | None = None) -> None:
        super().__init__(session, lesson, parent)
        self.kinds = Segmented(self.tr("Pooling"))
        self.kinds.set_options([(name, self.tr(title)) for name, title in KINDS])
        self.kinds.set_value(self.kept("kind", "max"))
        self.sizes = Segmented(self.tr("Pooling window"))
        titles = {1: self.tr("No pooling"), SIZES[-1]: self.tr("Global")}
        self.sizes.set_options([(size, titles.get(size, f"{size} × {size}")) for size in SIZES])
        self.sizes.set_value(self.kept("size", 2))
        self.image = PixelPicture(self.tr("Photo with the frame that is seen"), can_drag=True)
        self.image.set_square(FRAME_PX)
        self.image.set_position(*self.kept("at", (FAR_PX + 1, FAR_PX)))
        self.before = PixelPicture(self.tr("Map before the shift"))
        self.after = PixelPicture(self.tr("Map after the shift"))
        self.shift = label("", "section")
        self.curves = Curves(
            self.tr("What stays after a shift"), self.tr("shift to the right, in pixels")
        )
        self._build()
        self.setFocusProxy(self.image)
        self.kinds.chosen.connect(self._on_changed)
        self.sizes.chosen.connect(self._on_changed)
        self.image.moved.connect(self._on_changed)
        self._ask()

    def photo_changed(self) -> None:
        self._ask()

    def show_answer(self, answer: Pooled) -> None:
        self.image.set_pixels(answer.photo)
        high = max(float(answer.before.max()), float(answer.after.max()))
        before, after = (
            shades(values**FAINT, 0.0, high**FAINT) for values in (answer.before, answer.after)
        )
        self.before.set_pixels(before)
        changed = abs(answer.after - answer.before) / (high or 1.0)
        self.after.set_pixels(marked(after, changed, theme.current().val))
        x, y = answer.shift
        self.curves.set_curves(
            range(-FAR_PX, FAR_PX + 1),
            (
                Curve(self.tr("pooled"), "train", answer.curve),
                Curve(self.tr("without pooling"), "text_soft", answer.curve_unpooled),
            ),
            x if not y else None,
        )
        self.shift.setText(self.tr("Shift: {shift} px").format(shift=_shift(x, y)))
        self.facts.show_parts(
            (
                soft(self.tr("stays") + "  =  Σ min / Σ max  =  "),
                result(formats.percent(answer.stays), "accent"),
                soft("     " + self.tr("without pooling") + "  "),
                formats.percent(answer.stays_unpooled),
            )
        )

    def _build(self) -> None:
        grid, centre = theme.GRID, Qt.AlignmentFlag.AlignHCenter
        columns = (
            (self.shift, self.image),
            (label(self.tr("Pooled edges before the shift"), "section"), self.before),
            (label(self.tr("After it; what changed is coloured"), "section"), self.after),
        )
        row = hstack(
            *((vstack((title, centre), (one, 1), spacing=grid), 1) for title, one in columns),
            spacing=3 * grid,
        )
        choice = hstack(self.kinds, self.sizes, Stretch(), spacing=4 * grid)
        self.stage.addLayout(vstack(choice, (row, 4), (self.curves, 1), spacing=grid))

    def _ask(self) -> None:
        if self.photo is not None:
            size = self.sizes.value
            self.ask(jobs.pool_shifted, self.photo, self.kinds.value, size, *self.image.position)

    def _on_changed(self) -> None:
        self.keep(kind=self.kinds.value, size=self.sizes.value, at=self.image.position)
        self._ask()


def _shift(x: int, y: int) -> str:
    """One number along one axis, else both."""
    if not y or not x:
        return str(abs(x or y))
    return f"({x}, {y})".replace("-", "\u2212")
