"""Normalisation: the numbers that a picture becomes, and what the network makes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from tlstudio.core.lessons.lesson import Lesson
from tlstudio.core.networks.preprocessing import IMAGENET_MEAN, IMAGENET_STD
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.gui.features.learn.jobs import normalisation as jobs
from tlstudio.gui.features.learn.screen import LessonScreen
from tlstudio.gui.features.learn.widgets.answer_bars import AnswerBars
from tlstudio.gui.features.learn.widgets.distribution import Distribution, Spread
from tlstudio.gui.features.learn.widgets.formula_line import number, result, soft
from tlstudio.gui.features.learn.widgets.pixel_picture import PixelPicture
from tlstudio.gui.features.learn.widgets.value_slider import ValueSlider
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import label
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.kit.segmented import Segmented
from tlstudio.gui.state.session import Session

if TYPE_CHECKING:
    from tlstudio.gui.features.learn.jobs.normalisation import NormalisedAnswers, NormalisedPicture

Colours = tuple[float, float, float]

OWN = "own"
# What is subtracted and divided by, where pixels go from 0 to 1; None as the weights were trained.
WAYS: dict[str, tuple[str, Colours | None, Colours | None]] = {
    "trained": (QT_TRANSLATE_NOOP("NormalisationLesson", "As trained"), None, None),
    "imagenet": (
        QT_TRANSLATE_NOOP("NormalisationLesson", "ImageNet"),
        IMAGENET_MEAN,
        IMAGENET_STD,
    ),
    "zero_one": (QT_TRANSLATE_NOOP("NormalisationLesson", "0 to 1"), (0.0,) * 3, (1.0,) * 3),
    "bytes": (QT_TRANSLATE_NOOP("NormalisationLesson", "0 to 255"), (0.0,) * 3, (1 / 255,) * 3),
}
MEANS = [step / 50 for step in range(51)]
STEPS = 60
DEVIATIONS = [(1 / 255) ** (1 - step / STEPS) for step in range(STEPS + 1)]
FOLLOWED_PX = 7
START = (108, 108)
SIDE_PX = 224  # of the input of the on-board network
ANSWERS_PX = 264
DISTRIBUTION_PX = 104


class NormalisationLesson(LessonScreen):
    """The photo, the same as numbers, the answer; below, how the numbers are spread."""

    has_photo = True

    def __init__(self, session: Session, lesson: Lesson, parent: QWidget | None = None) -> None:
        super().__init__(session, lesson, parent)
        self.ways = Segmented(self.tr("Normalisation"))
        ways = [(way, self.tr(title)) for way, (title, *_) in WAYS.items()]
        self.ways.set_options([*ways, (OWN, self.tr("By hand"))])
        self.mean = ValueSlider(self.tr("Mean"), MEANS, "{:.2f}".format)
        self.std = ValueSlider(self.tr("Standard deviation"), DEVIATIONS, "{:.3f}".format)
        self.ways.set_value(self.kept("way", next(iter(WAYS))))
        self.mean.set_value(self.kept("mean", 0.0))
        self.std.set_value(self.kept("std", 1.0))
        self.image = PixelPicture(self.tr("Photo with the pixel that is followed"), can_drag=True)
        self.image.set_square(FOLLOWED_PX)
        self.image.set_position(*self.kept("at", START))
        self.numbers = PixelPicture(self.tr("The numbers that the network gets"))
        self.answers = AnswerBars(self.tr("What the network says"))
        self.own = label("", "hint", wrap=True)
        self.spread = Distribution(self.tr("All numbers of the input"), "x\u2032", "train")
        self._build()
        self.setFocusProxy(self.std.slider)
        self.ways.chosen.connect(self._ask)
        self.mean.changed.connect(self._on_dragged)
        self.std.changed.connect(self._on_dragged)
        self.image.moved.connect(self._ask)
        self._ask()

    def photo_changed(self) -> None:
        self._ask()

    def show_answer(self, answer: NormalisedPicture) -> None:
        for slider, values, used in (
            (self.mean, MEANS, answer.used_mean),
            (self.std, DEVIATIONS, answer.used_std),
        ):
            if self.ways.value != OWN:
                value = sum(used) / len(used)
                slider.set_values(sorted({*values, value}))
                slider.set_value(value)
        self.image.set_pixels(answer.photo)
        self.numbers.set_pixels(answer.numbers)
        shares = answer.shares.mean(axis=0).tolist()
        self.spread.show_spreads(
            Spread(shares, *answer.axis, answer.mean, answer.deviation, answer.value[0])
        )
        self.facts.show_parts(
            (
                soft(self.tr("red of the pixel") + ":  x\u2032 = (x \u2212 mean) / std  =  "),
                f"({number(answer.pixel[0], 3)} \u2212 {number(answer.used_mean[0], 3)}) / "
                f"{number(answer.used_std[0], 3)}",
                soft("  =  "),
                result(number(answer.value[0]), "accent"),
            )
        )

    def _show_answers(self, answer: NormalisedAnswers) -> None:
        self.answers.show_rows([(said.name, said.probability) for said in answer.answers[:3]])
        own = answer.own[0]
        text = self.tr("As trained, it says: {name}, {percent} %.")
        self.own.setText(text.format(name=own.name, percent=number(100 * own.probability, 0)))

    def _build(self) -> None:
        grid = theme.GRID
        heading = hstack(self.ways, (self.mean, 1), (self.std, 1), spacing=3 * grid)
        says = QWidget()
        says.setFixedWidth(ANSWERS_PX)
        vstack(
            label(self.tr("What the network says"), "section"),
            self.answers,
            grid,
            self.own,
            Stretch(),
            spacing=grid,
            parent=says,
        )
        centre = Qt.AlignmentFlag.AlignHCenter
        pictures = (
            (self.tr("Photo"), self.image),
            (self.tr("As numbers, \u22122.5 black to 2.5 white"), self.numbers),
        )
        columns = (
            vstack((label(title, "section"), centre), (picture, 1), spacing=grid // 2)
            for title, picture in pictures
        )
        row = hstack(*((column, 1) for column in columns), says, spacing=3 * grid)
        self.spread.setMinimumHeight(DISTRIBUTION_PX)
        self.stage.addLayout(vstack(heading, (row, 4), (self.spread, 1), spacing=grid))

    def _on_dragged(self) -> None:
        self.ways.set_value(OWN)
        self._ask()

    def _ask(self) -> None:
        way = str(self.ways.value)
        at = self.image.position
        self.keep(way=way, mean=self.mean.value, std=self.std.value, at=at)
        if self.photo is None:
            return
        own = ("", (self.mean.value,) * 3, (self.std.value,) * 3)
        _, mean, std = WAYS.get(way, own)
        middle = FOLLOWED_PX / 2
        place = ((at[1] + middle) / SIDE_PX, (at[0] + middle) / SIDE_PX)
        self.ask(jobs.normalised_picture, self.photo, mean, std, place)
        self.ask(jobs.normalised_answers, self.photo, mean, std, done=self._show_answers)
