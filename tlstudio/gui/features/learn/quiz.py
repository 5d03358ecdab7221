"""The quiz: one card at a time, the answer with its reason, and the view that shows it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from tlstudio.core.lessons.quiz import Question
from tlstudio.core.lessons.table import find_lesson
from tlstudio.gui.features.learn.widgets.answer_strip import AnswerStrip
from tlstudio.gui.features.learn.widgets.fonts import sized
from tlstudio.gui.kit import file_dialogs, theme
from tlstudio.gui.kit.basics import IconButton, IconLabel, label, line, set_property
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.language import core_text, error_hint, error_text, shown
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.kit.segmented import Segmented
from tlstudio.gui.state.quiz import QuizState
from tlstudio.gui.state.session import Session

STATEMENT_PX, WHY_PX = 28, 17
FAULTS = 5  # told at once of a file of questions
SIDE_PX = 4 * theme.GRID
ANSWER_PX = 160
TRUE_KEYS = (Qt.Key.Key_T, Qt.Key.Key_O, Qt.Key.Key_1)
FALSE_KEYS = (Qt.Key.Key_F, Qt.Key.Key_X, Qt.Key.Key_2)


def quiz_entries() -> list[tuple[str, str]]:
    """The page in the contents of the Learn window."""
    return [("", QCoreApplication.translate("QuizPage", "True or false?"))]


class QuizPage(QWidget):
    """Shows `QuizState`. T and F answer, the arrows turn the cards, Enter goes on."""

    def __init__(self, session: Session, _name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._state = session.feature(QuizState)
        self._state.follow_language()
        explain(self, "quiz")
        self.title = label(self.tr("True or false?"), "title")
        self.score = label("", "number")
        self.source = Segmented(self.tr("Whose questions"))
        self.open_button = IconButton(
            self.tr("Questions of your own…"), "open", "quiet", self._on_open
        )
        self.faults = label("", wrap=True)
        self.how_to_mend = label("", "hint", wrap=True)
        for words in (self.faults, self.how_to_mend):
            words.setTextFormat(Qt.TextFormat.PlainText)
        set_property(self.faults, "tone", "wrong")
        self.reread_button = IconButton(self.tr("Read it again"), "reload", "", self._on_reread)
        self.number = label("", "hint")
        self.statement = sized(label("", wrap=True), STATEMENT_PX)
        self.statement.setTextFormat(Qt.TextFormat.PlainText)
        self.true_button = IconButton(self.tr("True"), "done", "", lambda: self._answer(True))
        self.false_button = IconButton(self.tr("False"), "close", "", lambda: self._answer(False))
        self.mark = IconLabel("right", 24, "right")
        self.verdict = sized(label(""), WHY_PX)
        self.why = sized(label("", wrap=True), WHY_PX)
        self.why.setTextFormat(Qt.TextFormat.PlainText)
        self.see_button = IconButton(self.tr("See it"), "web", "", self._on_see)
        self.next_button = IconButton(self.tr("Next"), "next", "primary", self._on_next)
        self.strip = AnswerStrip()
        self.again_button = IconButton(
            self.tr("Ask the wrong ones again"), "redo", "quiet", self._on_again
        )
        self.over_button = IconButton(self.tr("Start over"), "reload", "quiet", self._on_over)
        self._lay_out()
        self.setFocusProxy(self.true_button)
        for keys, further in (("Right", 1), ("Left", -1)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(partial(self._turn, further))
        self.source.chosen.connect(self._on_source)
        self.strip.chosen.connect(self._state.show)
        self._state.changed.connect(self._refresh)
        self._refresh()

    def _lay_out(self) -> None:
        grid = theme.GRID
        for button in (self.true_button, self.false_button):
            button.setMinimumSize(ANSWER_PX, 5 * grid)
            button.setCheckable(True)
        for button in self.findChildren(IconButton):
            button.setAutoDefault(False)
        self.outcome = QWidget()
        for widget in (self.outcome, self.again_button, self.over_button):
            kept = widget.sizePolicy()
            kept.setRetainSizeWhenHidden(True)  # nothing moves when an answer is given
            widget.setSizePolicy(kept)
        vstack(
            hstack(self.mark, (self.verdict, 1), spacing=grid),
            self.why,
            grid,
            hstack(self.see_button, self.next_button, Stretch(), spacing=grid),
            spacing=grid,
            parent=self.outcome,
        )
        vstack(
            hstack(
                self.title,
                self.source,
                Stretch(),
                self.score,
                self.open_button,
                spacing=2 * grid,
            ),
            line(),
            hstack((self.faults, 1), self.reread_button, spacing=2 * grid),
            self.how_to_mend,
            Stretch(1),
            self.number,
            self.statement,
            2 * grid,
            hstack(self.true_button, self.false_button, Stretch(), spacing=grid),
            3 * grid,
            self.outcome,
            Stretch(2),
            line(),
            self.strip,
            hstack(self.again_button, self.over_button, Stretch(), spacing=grid),
            spacing=grid,
            margins=(SIDE_PX, 2 * grid, SIDE_PX, 2 * grid),
            parent=self,
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in TRUE_KEYS or key in FALSE_KEYS:
            self._answer(key in TRUE_KEYS)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._on_next()
        else:
            super().keyPressEvent(event)

    def _refresh(self) -> None:
        state, question = self._state, self._state.question
        right, answered = state.score
        count = len(state.questions)
        self.score.setText(
            self.tr("{right} right of {answered}").format(right=right, answered=answered)
            if answered
            else ""
        )
        own = [(True, shown(state.own_title))] if state.own is not None else []
        self.source.set_options([(False, "TLStudio"), *own])
        self.source.set_value(state.is_own)
        self.source.setVisible(state.own is not None)
        self.strip.show_marks([state.is_right(number) for number in range(count)], state.at)
        place = self.tr("Question {number} of {count}").format(number=state.at + 1, count=count)
        self.number.setText(place if count else "")
        self.strip.setAccessibleName(f"{place}. {self.score.text()}".strip())
        self.statement.setText(question.statement if question is not None else "")
        answer = state.answer_to(state.at) if question is not None else None
        for button, is_true in ((self.true_button, True), (self.false_button, False)):
            button.setEnabled(question is not None)
            button.setChecked(answer is is_true)
        self._show_outcome(question, answer)
        self._show_faults()
        self.again_button.setVisible(answered > right)
        self.over_button.setVisible(answered > 0)

    def _show_faults(self) -> None:
        """Here and not in the window below alone, which this one may cover."""
        faults = self._state.faults
        told = [error_text(fault) for fault in faults[:FAULTS]]
        if len(faults) > FAULTS:
            told.append(self.tr("%n more", "", len(faults) - FAULTS))
        self.faults.setText("\n".join(told))
        hints = dict.fromkeys(filter(None, map(error_hint, faults)))
        self.how_to_mend.setText("\n".join(hints))
        for widget in (self.faults, self.how_to_mend, self.reread_button):
            widget.setVisible(bool(faults))

    def _show_outcome(self, question: Question | None, answer: bool | None) -> None:
        self.outcome.setVisible(question is not None and answer is not None)
        if question is None:
            return
        is_right = answer == question.answer
        self.mark.set_icon("right" if is_right else "wrong", "right" if is_right else "wrong")
        truth = self.tr("It is true.") if question.answer else self.tr("It is false.")
        said = self.tr("Right.") if is_right else self.tr("Wrong.")
        self.verdict.setText(f"{said} {truth}")
        set_property(self.verdict, "tone", "" if is_right else "wrong")
        self.why.setText(question.why)
        self.see_button.setVisible(question.target is not None)
        if question.target is not None:
            lesson = find_lesson(question.target.lesson)
            title = core_text(lesson.title) if lesson is not None else ""
            self.see_button.setText(
                self.tr("Lesson: {title}").format(title=title)
                if title
                else self.tr("See it in the studio")
            )
        self.next_button.setVisible(self._state.next_open is not None)

    # -- what a person does ----------------------------------------------------------------------

    def _answer(self, is_true: bool) -> None:
        self._state.answer(is_true)
        self._refresh()  # an answer that was given stays, whatever is clicked
        if self.next_button.isVisible():
            self.next_button.setFocus()  # Enter goes on

    def _turn(self, further: int) -> None:
        self._state.show(self._state.at + further)
        self.setFocus()

    def _on_next(self) -> None:
        number, state = self._state.next_open, self._state
        if number is not None and state.answer_to(state.at) is not None:
            state.show(number)
            self.setFocus()

    def _on_see(self) -> None:
        question = self._state.question
        if question is not None and question.target is not None:
            self._session.follow(question.target)

    def _on_again(self) -> None:
        self._state.ask_again(only_wrong=True)

    def _on_over(self) -> None:
        self._state.ask_again(only_wrong=False)

    def _on_source(self, is_own: object) -> None:
        if is_own and self._state.own is not None:
            self._state.open(self._state.own, self._state.own_title)
        else:
            self._state.show_studio()

    def _on_open(self) -> None:
        file_dialogs.ask_files(
            self,
            self._session,
            self.tr("Questions of your own"),
            (file_dialogs.QUIZ,),
            self._on_file_chosen,
            several=False,
        )

    def _on_file_chosen(self, paths: list[Path]) -> None:
        self._state.open(paths[0])

    def _on_reread(self) -> None:
        if self._state.refused is not None:
            self._state.open(self._state.refused)
