"""Augmentation: views of one photo by the strength of the variation, and what is said of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from tlstudio.core.lessons.lesson import Lesson
from tlstudio.gui.features.learn.jobs import augmentation as jobs
from tlstudio.gui.features.learn.screen import LessonScreen
from tlstudio.gui.features.learn.widgets.formula_line import number, result, soft
from tlstudio.gui.features.learn.widgets.value_slider import ValueSlider
from tlstudio.gui.features.learn.widgets.view_grid import Cell, ViewGrid
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import IconButton
from tlstudio.gui.kit.language import core_text
from tlstudio.gui.kit.layout import hstack, vstack
from tlstudio.gui.kit.thumbnails import image_from_array
from tlstudio.gui.state.session import Session

if TYPE_CHECKING:
    from tlstudio.gui.features.learn.jobs.augmentation import View, ViewAnswers

COLUMNS, ROWS = 5, 2
STRENGTHS = [step / 20 for step in range(21)]
START = 0.4


class AugmentationLesson(LessonScreen):
    """The photo as it is, and nine views of it with what the network says of each."""

    has_photo = True

    def __init__(self, session: Session, lesson: Lesson, parent: QWidget | None = None) -> None:
        super().__init__(session, lesson, parent)
        self._seed: int = self.kept("seed", 0)
        self._views: tuple[View, ...] = ()
        self._images: tuple[QImage, ...] = ()
        self._answers: ViewAnswers | None = None
        self.strength = ValueSlider(
            self.tr("Strength of the variation"), STRENGTHS, lambda value: f"{100 * value:.0f} %"
        )
        self.strength.set_value(self.kept("strength", START))
        self.again = IconButton(self.tr("Draw again"), "shuffle", clicked=self._on_again)
        self.grid = ViewGrid(self.tr("Views of the photo"), COLUMNS, ROWS)
        heading = hstack((self.strength, 1), self.again, spacing=3 * theme.GRID)
        self.stage.addLayout(vstack(heading, (self.grid, 1), spacing=2 * theme.GRID))
        self.setFocusProxy(self.strength.slider)
        self.strength.changed.connect(self._on_strength)
        self._ask()

    def photo_changed(self) -> None:
        self._ask()

    def show_answer(self, answer: tuple[View, ...]) -> None:
        self._views, self._answers = answer, None
        self._images = tuple(image_from_array(view.pixels) for view in answer)
        self._show_cells()

    def _show_answers(self, answers: ViewAnswers) -> None:
        self._answers = answers
        self._show_cells()
        self.facts.show_parts(
            (
                soft(self.tr("still “{name}”").format(name=answers.plain.name) + "  =  "),
                result(f"{answers.same}", "accent"),
                soft("  "),
                self.tr("of {count} views").format(count=len(answers.views)),
            )
        )

    def _show_cells(self) -> None:
        answers = self._answers
        said = (answers.plain, *answers.views) if answers is not None else None
        cells = []
        for index, (view, image) in enumerate(zip(self._views, self._images, strict=True)):
            title, colour = "", "text"
            if said is not None and answers is not None:
                one = said[index]
                is_same = one.name == answers.plain.name
                mark, colour = ("✓", "right") if is_same else ("✗", "wrong")
                title = f"{mark} {one.name} {number(100 * one.probability, 0)} %"
            words = (core_text(note.sentence, **note.values) for note in view.notes)
            done = ", ".join(words) or self.tr("as it is")
            cells.append(Cell(image, title, done, colour))
        self.grid.show_cells(cells)

    def _ask(self) -> None:
        if self.photo is not None:
            asked = (self.photo, self.strength.value, self._seed)
            self.ask(jobs.varied_views, *asked)
            self.ask(jobs.view_answers, *asked, done=self._show_answers)

    def _on_strength(self, strength: float) -> None:
        self.keep(strength=strength)
        self._ask()

    def _on_again(self) -> None:
        self._seed += 1
        self.keep(seed=self._seed)
        self._ask()
