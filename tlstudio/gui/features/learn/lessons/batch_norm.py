"""BatchNorm: one value of a channel, normalised by its batch and by running averages."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.lessons.lesson import Lesson
from tlstudio.gui.features.learn.jobs import batch_norm as jobs
from tlstudio.gui.features.learn.screen import LessonScreen
from tlstudio.gui.features.learn.widgets.distribution import Distribution, Spread
from tlstudio.gui.features.learn.widgets.formula_line import FormulaLine, number, result, soft
from tlstudio.gui.features.learn.widgets.picture_strip import PictureStrip
from tlstudio.gui.features.learn.widgets.pixel_picture import PixelPicture
from tlstudio.gui.features.learn.widgets.value_slider import ValueSlider
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import label
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.state.session import Session

if TYPE_CHECKING:
    from tlstudio.gui.features.learn.jobs.batch_norm import (
        BothAnswers,
        Histogram,
        NormalisedBatch,
        Statistics,
    )

SIDE_PX = 224  # of the input of the on-board network
MOST = 16  # images in a batch
COLUMNS = 8
LIGHT_MOST, LIGHT_STEP = 48, 4
FOLLOWED_PX = 9  # of the square on the photo; the value sees 3 x 3 in its middle
START = (36, 44)
LEFT_PX = 232


class BatchNormLesson(LessonScreen):
    """Photo and batch at the left; the channel before and after, in both modes, beside it."""

    has_photo = True

    def __init__(self, session: Session, lesson: Lesson, parent: QWidget | None = None) -> None:
        super().__init__(session, lesson, parent)
        self._sample: tuple[ImageRef, ...] = ()
        self.count = ValueSlider(
            self.tr("Images in the batch"), range(1, MOST + 1), "{:.0f}".format
        )
        self.count.set_value(self.kept("count", 4))
        self.light = ValueSlider(
            self.tr("Light: cooler or warmer"),
            range(-LIGHT_MOST, LIGHT_MOST + 1, LIGHT_STEP),
            lambda value: number(value, 0) if value <= 0 else f"+{value:.0f}",
        )
        self.light.set_value(self.kept("light", 0))
        self.image = PixelPicture(self.tr("Photo with the value that is followed"), can_drag=True)
        self.image.set_square(FOLLOWED_PX)
        self.image.set_position(*self.kept("at", START))
        self.batch = PictureStrip(self.tr("The batch"), MOST, COLUMNS)
        self.says_in_training, self.says_in_evaluation = label("…"), label("…")
        self.before = Distribution(self.tr("Before: what the convolution makes"), "x", "text_soft")
        self.after = Distribution(
            self.tr("After: y = γ·(x − μ) / √(σ² + ε) + β"), "y", "train", "val"
        )
        self.training_formula, self.evaluation_formula = FormulaLine(), FormulaLine()
        self._build()
        self.setFocusProxy(self.count.slider)
        self.count.changed.connect(self._on_changed)
        self.light.changed.connect(self._on_changed)
        self.image.moved.connect(self._on_changed)
        self.ask(jobs.sample_batch, MOST, done=self._on_sample)

    def photo_changed(self) -> None:
        self._ask()

    def show_answer(self, answer: NormalisedBatch) -> None:
        self.image.set_pixels(answer.photo)
        self.batch.set_pictures(answer.batch)
        mean, deviation = answer.batch_statistics.mean, sqrt(answer.batch_statistics.variance)
        self.before.show_spreads(_spread(answer.before, mean, deviation, answer.value))
        after = []
        for name, statistics, histogram, formula, value, colour in (
            (
                self.tr("in training"),
                answer.batch_statistics,
                answer.in_training,
                self.training_formula,
                answer.value_in_training,
                "train",
            ),
            (
                self.tr("in evaluation"),
                answer.running,
                answer.in_evaluation,
                self.evaluation_formula,
                answer.value_in_evaluation,
                "val",
            ),
        ):
            scale = answer.gamma / sqrt(statistics.variance + answer.epsilon)
            behind = scale * (mean - statistics.mean) + answer.beta
            after.append(_spread(histogram, behind, abs(scale) * deviation, value, name))
            numbers = _numbers(answer, statistics)
            parts = soft(f"y {name}  =  "), numbers, soft("  =  "), result(number(value), colour)
            formula.show_parts(parts)
        self.after.show_spreads(*after)
        kept, taken = 1 - answer.momentum, answer.momentum
        self.facts.show_parts(
            (
                soft(self.tr("Running mean after this batch") + "  =  "),
                f"{kept:g} · {number(answer.running.mean)} + {taken:g} · {number(mean)}",
                soft("  =  "),
                result(number(answer.running_after.mean)),
            )
        )

    def _show_answers(self, answers: BothAnswers) -> None:
        for shown, text, said in (
            (
                self.says_in_training,
                self.tr("In training: {name}, {percent} %"),
                answers.in_training,
            ),
            (
                self.says_in_evaluation,
                self.tr("In evaluation: {name}, {percent} %"),
                answers.in_evaluation,
            ),
        ):
            percent = number(100 * said.probability, 0)
            shown.setText(text.format(name=said.name, percent=percent))

    def _build(self) -> None:
        grid = theme.GRID
        left = QWidget()
        left.setFixedWidth(LEFT_PX)
        self.image.setFixedHeight(LEFT_PX)
        self.batch.setFixedHeight(self.batch.heightForWidth(LEFT_PX))
        vstack(
            self.image,
            label(self.tr("The batch"), "section"),
            self.batch,
            grid,
            label(self.tr("What the whole network says"), "section"),
            self.says_in_training,
            self.says_in_evaluation,
            Stretch(),
            spacing=grid,
            parent=left,
        )
        sliders = hstack((self.count, 1), (self.light, 1), spacing=4 * grid)
        right = vstack(
            sliders,
            grid,
            (self.before, 1),
            grid,
            (self.after, 1),
            self.training_formula,
            self.evaluation_formula,
            spacing=grid // 2,
        )
        self.stage.addWidget(left)
        self.stage.addLayout(right, 1)

    def _on_sample(self, images: tuple[ImageRef, ...]) -> None:
        self._sample = images
        self._ask()

    def _on_changed(self) -> None:
        self.keep(count=self.count.value, light=self.light.value, at=self.image.position)
        self._ask()

    def _ask(self) -> None:
        if self.photo is None or not self._sample:
            return
        images = (self.photo, *self._companions())[: round(self.count.value)]
        x, y = self.image.position
        middle = FOLLOWED_PX / 2
        place = ((y + middle) / SIDE_PX, (x + middle) / SIDE_PX)
        light = round(self.light.value)
        self.ask(jobs.normalised_batch, images, place, light)
        self.ask(jobs.both_answers, images, light, done=self._show_answers)

    def _companions(self) -> list[ImageRef]:
        """Others of the open dataset, from all over it; else those of the sample."""
        index = self.session.datasets.index
        found = [sample.image for sample in index.samples] if index is not None else []
        step = max(1, len(found) // MOST)
        others = found[::step] if len(found) >= MOST else self._sample
        return [image for image in others if image != self.photo]


def _spread(
    histogram: Histogram, mean: float, deviation: float, value: float, name: str = ""
) -> Spread:
    shares = histogram.shares.tolist()
    return Spread(shares, histogram.low, histogram.high, mean, deviation, value, name)


def _numbers(answer: NormalisedBatch, statistics: Statistics) -> str:
    """The formula of the value behind the layer with its numbers filled in."""
    mean = number(abs(statistics.mean))
    sign = "\u2212" if statistics.mean >= 0 else "+"
    return (
        f"{number(answer.gamma)} · ({number(answer.value)} {sign} {mean}) / "
        f"√({number(statistics.variance)} + {answer.epsilon:g}) + {number(answer.beta)}"
    )
