"""The frame of every lesson: what it shows, the stage, the numbers, and where to go from there."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.errors import TLStudioError
from tlstudio.core.help import help_entry
from tlstudio.core.lessons.lesson import Lesson
from tlstudio.gui.features.learn.live import Job, LiveWorker
from tlstudio.gui.features.learn.state import LearnState
from tlstudio.gui.features.learn.widgets.fonts import sized
from tlstudio.gui.features.learn.widgets.formula_line import FormulaLine, soft
from tlstudio.gui.kit import icons, language, theme
from tlstudio.gui.kit.basics import IconButton, IconLabel, label, line, plain_tip, set_property
from tlstudio.gui.kit.elided_label import ElidedLabel
from tlstudio.gui.kit.language import core_text, error_with_hint
from tlstudio.gui.kit.layout import hstack, vstack
from tlstudio.gui.state.session import Session

IDEA_PX = 15  # of its letters: a class reads it from afar
SIDE_PX = 3 * theme.GRID
PHOTO_NAME_PX = 120
PATIENCE_MS = 500  # without a word, until the first answer


class LessonScreen(QWidget):
    """One lesson. Authors put widgets into `stage`, `ask`, and show what `show_answer` is told.

    `setFocusProxy` names what is dragged: it has the keyboard when the window opens.

    What a person drags is kept with `keep`, and found again with `kept` when the screen is made
    anew: after another lesson, another language, another opening of the window.

    Attributes:
        has_photo: of the class: whether the photo is shown, with the arrows to another one.
        stage: the middle, from left to right.
        facts: the formula with the live numbers.
        live: the worker that answers.
    """

    has_photo = False

    def __init__(self, session: Session, lesson: Lesson, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.lesson = lesson
        self._state = session.feature(LearnState)
        self.live = LiveWorker(self._state.pool, session.network, self)
        self.stage = QHBoxLayout()
        self.stage.setContentsMargins(0, 0, 0, 0)
        self.stage.setSpacing(3 * theme.GRID)
        self.facts = FormulaLine()
        self.problem = label("", wrap=True)
        set_property(self.problem, "tone", "wrong")
        self.problem.hide()
        self._is_first, self._waits = True, False  # the answer, and whether it is said
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self._say_wait)
        self._lay_out()
        self._state.photo_changed.connect(self._on_photo_changed)
        self._show_photo_name()

    # For authors

    @property
    def photo(self) -> ImageRef | None:
        """The photo to show; None until the sample is found, or where there is none."""
        return self._state.photo

    def kept(self, name: str, default: Any) -> Any:
        """What was kept under this name of this lesson."""
        return self._state.kept(self.lesson.id).get(name, default)

    def keep(self, **values: Any) -> None:
        """Remember what a person dragged or chose, for as long as the studio runs."""
        self._state.kept(self.lesson.id).update(values)

    def ask(self, job: Job, *args: Any, done: Callable[[Any], object] | None = None) -> None:
        """Run a function of the lesson's jobs module on the live worker; the newest call wins.

        Args:
            done: takes its answer; `show_answer` if left out.
        """
        if self._is_first and not self._patience.isActive():
            self._patience.start()  # the photo may have come late
        self.live.ask(job, *args, done=partial(self._on_answer, done), failed=self.show_problem)

    def show_answer(self, answer: Any) -> None:
        """Show what the engine says; for authors to define."""

    def photo_changed(self) -> None:
        """Another photo is to be shown; for authors to define, who ask anew."""

    def show_problem(self, error: TLStudioError) -> None:
        """Say why there is no answer."""
        self._end_wait()
        self.problem.setText(error_with_hint(error))
        self.problem.show()

    # The frame

    def _on_answer(self, done: Callable[[Any], object] | None, answer: Any) -> None:
        if done is not None:
            done(answer)  # beside what the lesson shows, which may take longer
            return
        self._end_wait()
        self.problem.hide()
        self.show_answer(answer)

    def _say_wait(self) -> None:
        """The engine loads, or another lesson's question is not through: the stage is empty."""
        if self.live.busy:
            self._waits = True
            self.facts.show_parts((soft(self.tr("Computing…")),))

    def _end_wait(self) -> None:
        self._patience.stop()
        if self._waits and self.facts.text == self.tr("Computing…"):
            self.facts.show_parts(())
        self._is_first = self._waits = False

    def _on_photo_changed(self) -> None:
        self._show_photo_name()
        if self.has_photo:
            self.photo_changed()

    def _show_photo_name(self) -> None:
        photo = self.photo
        self.photo_name.set_text(photo.name if photo is not None else "")
        if photo is None and self._state.failure is not None and self.has_photo:
            self.show_problem(self._state.failure)

    def _lay_out(self) -> None:
        lesson, grid = self.lesson, theme.GRID
        self.title = label(core_text(lesson.title), "title")
        self.idea = larger(label(core_text(lesson.idea), wrap=True))
        self.drag = larger(label(core_text(lesson.drag), wrap=True))
        hand = IconLabel("pan", 20, "accent")
        top = Qt.AlignmentFlag.AlignTop
        vstack(
            hstack((self.title, 1), self._photo_choice(), spacing=grid),
            self.idea,
            hstack((hand, top), (self.drag, 1), spacing=grid),
            grid,
            (self.stage, 1),
            self.problem,
            self.facts,
            line(),
            self._footer(),
            spacing=grid,
            margins=(SIDE_PX, 2 * grid, SIDE_PX, 2 * grid),
            parent=self,
        )

    def _photo_choice(self) -> QWidget:
        choice = QWidget()
        self.previous_photo = _arrow("previous", self.tr("Previous photo"))
        self.next_photo = _arrow("next", self.tr("Next photo"))
        self.photo_name = ElidedLabel(where=Qt.TextElideMode.ElideMiddle)
        self.photo_name.setProperty("role", "hint")
        self.photo_name.setFixedWidth(PHOTO_NAME_PX)
        self.previous_photo.clicked.connect(lambda: self._state.show_photo(-1))
        self.next_photo.clicked.connect(lambda: self._state.show_photo(1))
        hstack(
            self.photo_name, self.previous_photo, self.next_photo, spacing=theme.GRID, parent=choice
        )
        if not self.has_photo:
            choice.hide()
        return choice

    def _footer(self) -> QWidget:
        """Where courses differ, what the glossary says, and the studio set up to try it."""
        footer, lesson, grid = QWidget(), self.lesson, theme.GRID
        self.slide = label(core_text(lesson.slide) if lesson.slide else "", "hint", wrap=True)
        top = Qt.AlignmentFlag.AlignTop
        said = hstack((IconLabel("advice", 16, "text_soft"), top), (self.slide, 1), spacing=grid)
        words = vstack(*((said,) if lesson.slide else ()), self._terms(), spacing=grid // 2)
        self.try_it = IconButton(
            core_text(lesson.target_title)
            if lesson.target_title
            else self.tr("Try it in the studio"),
            "next",
            "primary",
            self._on_try_it,
        )
        self.try_it.setAutoDefault(False)  # Enter is for what has the keyboard
        if lesson.target is None:
            self.try_it.hide()
        bottom = Qt.AlignmentFlag.AlignVCenter
        hstack((words, 1), (self.try_it, bottom), spacing=3 * grid, parent=footer)
        footer.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        return footer

    def _terms(self) -> QHBoxLayout:
        found = [help_entry(term, language.current()) for term in self.lesson.terms]
        row = hstack(spacing=2 * theme.GRID)
        for entry in filter(None, found):
            read = partial(self.session.help_requested.emit, f"term/{entry.id}")
            button = IconButton(entry.title, "help", "weblink", read)
            button.setAutoDefault(False)
            row.addWidget(button)
        row.addStretch()
        return row

    def _on_try_it(self) -> None:
        if self.lesson.target is not None:
            self.session.follow(self.lesson.target)


def larger(words: QLabel) -> QLabel:
    """Give a label letters that a class reads from afar."""
    return sized(words, IDEA_PX)


def _arrow(icon: str, title: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(icons.icon(icon))
    button.setAccessibleName(title)
    button.setToolTip(plain_tip(title))
    button.setCursor(Qt.CursorShape.PointingHandCursor)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return button
