"""Softmax, sigmoid and identity: what is made of the logits of the last layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from tlstudio.core.lessons.lesson import Lesson
from tlstudio.gui.features.learn.jobs import activations as jobs
from tlstudio.gui.features.learn.screen import LessonScreen
from tlstudio.gui.features.learn.widgets.formula_line import FormulaLine, number, result, soft
from tlstudio.gui.features.learn.widgets.logit_table import LogitTable
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import IconButton
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.state.session import Session

if TYPE_CHECKING:
    from tlstudio.gui.features.learn.jobs.activations import Outputs, Said


class ActivationsLesson(LessonScreen):
    """A row for each of the likeliest classes of the photo; its logit is dragged."""

    has_photo = True

    def __init__(self, session: Session, lesson: Lesson, parent: QWidget | None = None) -> None:
        super().__init__(session, lesson, parent)
        self._names: list[str] = []
        self._logits: list[float] = []
        self.table = LogitTable(
            self.tr("Logits, softmax and sigmoid by class"),
            (
                self.tr("Class"),
                self.tr("identity: logit z"),
                self.tr("softmax of these"),
                self.tr("sigmoid"),
            ),
            self.tr("sum"),
        )
        self.sigmoid = FormulaLine()
        self.again = IconButton(self.tr("As the network says"), "undo", clicked=self._on_again)
        grid = theme.GRID
        top = hstack(Stretch(), self.again, spacing=grid)
        self.stage.addLayout(
            vstack((self.table, 1), top, Stretch(), self.sigmoid, spacing=2 * grid)
        )
        self.setFocusProxy(self.table)
        self.table.moved.connect(self._on_moved)
        self.table.row_chosen.connect(self._on_row)
        self.table.set_row(self.kept("row", 0))
        self._start()

    def photo_changed(self) -> None:
        self._on_again()

    def show_answer(self, answer: Outputs) -> None:
        row = self.table.row
        self.table.show_values(self._names, answer.logits, answer.softmax, answer.sigmoid)
        power, every = answer.powers[row], sum(answer.powers)
        self.facts.show_parts(
            (
                soft("softmax  =  exp(z) / Σ exp  =  "),
                f"{_large(power)} / {_large(every)}",
                soft("  =  "),
                result(number(answer.softmax[row], 3), "train"),
            )
        )
        self.sigmoid.show_parts(
            (
                soft("sigmoid  =  1 / (1 + exp(\u2212z))  =  "),
                f"1 / (1 + {number(1 / power, 5)})",
                soft("  =  "),
                result(number(answer.sigmoid[row], 3), "val"),
            )
        )

    def _start(self) -> None:
        self._names, self._logits = self.kept("names", []), self.kept("logits", [])
        if self._logits:
            self.ask(jobs.outputs_of, tuple(self._logits))
        elif self.photo is not None:
            self.ask(jobs.logits_of, self.photo, done=self._on_logits)

    def _on_logits(self, said: tuple[Said, ...]) -> None:
        self.problem.hide()
        self._names = [one.name for one in said]
        self._logits = [one.score for one in said]
        self.ask(jobs.outputs_of, tuple(self._logits))

    def _on_moved(self, row: int, logit: float) -> None:
        self._logits[row] = logit
        self.keep(names=self._names, logits=self._logits)
        self.ask(jobs.outputs_of, tuple(self._logits))

    def _on_row(self, row: int) -> None:
        self.keep(row=row)
        self.ask(jobs.outputs_of, tuple(self._logits))

    def _on_again(self) -> None:
        self.keep(names=[], logits=[])
        self._start()


def _large(value: float) -> str:
    """With decimals where they matter."""
    return f"{value:,.0f}" if value >= 1000 else number(value)
