"""The quiz in the Learn window: answered by mouse and keyboard, kept, and a teacher's own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tlstudio.core.lessons.target import Target
from tlstudio.gui.features.learn.quiz import QuizPage
from tlstudio.gui.features.learn.window import LearnWindow, open_learn
from tlstudio.gui.kit import language
from tlstudio.gui.state import quiz
from tlstudio.gui.state.quiz import QuizState, _answers, _kept
from tlstudio.gui.state.session import Session

OWN = "Q: One.\nA: true\nWhy: So.\nSee: lesson/convolution\nQ: Two.\nA: false\n"


@pytest.fixture
def page(session: Session, qtbot: QtBot) -> Iterator[QuizPage]:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()
    window = open_learn(session, widget, "quiz")
    assert isinstance(window.page, QuizPage)
    window.activateWindow()
    state = session.feature(QuizState)
    qtbot.waitUntil(lambda: bool(state.questions))
    yield window.page


def open_own(page: QuizPage, path: Path, qtbot: QtBot) -> QuizState:
    path.write_text(OWN, encoding="utf-8")
    state = page._session.feature(QuizState)
    with qtbot.waitSignal(state.changed):
        state.open(path)
    return state


def test_answers_are_judged_and_kept(
    page: QuizPage, session: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    state = open_own(page, tmp_path / "week 3.txt", qtbot)
    assert page.statement.text() == "One."
    assert page.outcome.isHidden()
    followed: list[Target] = []
    session.learn_requested.connect(followed.append)
    qtbot.mouseClick(page.false_button, Qt.MouseButton.LeftButton)
    assert page.verdict.text() == "Wrong. It is true."
    assert page.why.text() == "So."
    qtbot.mouseClick(page.true_button, Qt.MouseButton.LeftButton)  # too late
    assert page.false_button.isChecked() and not page.true_button.isChecked()
    assert page.see_button.text() == "Lesson: Convolution"
    page.see_button.click()
    assert followed == ["lesson/convolution"]
    qtbot.keyClick(page.next_button, Qt.Key.Key_Return)
    qtbot.keyClick(page.true_button, Qt.Key.Key_F)
    assert page.verdict.text() == "Right. It is false."
    assert page.see_button.isHidden() and page.next_button.isHidden()
    assert page.score.text() == "1 right of 2"
    qtbot.waitUntil(lambda: sorted(_answers(_kept()).values()) == [False, False])
    page.again_button.click()
    assert (state.at, state.score) == (0, (1, 1))
    qtbot.keyClick(page, Qt.Key.Key_T)
    assert page.score.text() == "2 right of 2"
    page.over_button.click()
    assert state.score == (0, 0)
    qtbot.waitUntil(lambda: _answers(_kept()) == {})


def test_both_sources_keep_their_answers(page: QuizPage, tmp_path: Path, qtbot: QtBot) -> None:
    assert page.source.isHidden()
    state = open_own(page, tmp_path / "week 3.txt", qtbot)
    qtbot.keyClick(page, Qt.Key.Key_T)
    assert [button.text() for button in page.source.buttons()] == ["TLStudio", "week 3"]
    with qtbot.waitSignal(state.changed):
        page.source.buttons()[0].click()
    assert len(state.questions) > 25 and state.score == (0, 0)
    with qtbot.waitSignal(state.changed):
        page.source.buttons()[1].click()
    assert state.score == (1, 1)


def test_the_questions_of_a_class_are_there_the_next_day(
    page: QuizPage, session: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "quiz.txt").write_text(OWN, encoding="utf-8")
    state = session.feature(QuizState)
    with qtbot.waitSignal(state.changed):
        state.open(tmp_path / "quiz.txt", "Week 3")
    assert [button.text() for button in page.source.buttons()] == ["TLStudio", "Week 3"]
    qtbot.waitUntil(lambda: bool(_kept()))
    again = QuizState(session)
    qtbot.waitUntil(lambda: bool(again.questions))
    assert (again.is_own, again.own, again.own_title) == (False, tmp_path / "quiz.txt", "Week 3")


def test_keys_answer_after_a_click_in_the_contents(page: QuizPage, qtbot: QtBot) -> None:
    window = page.window()
    assert isinstance(window, LearnWindow)
    window.contents.setFocus()
    place = window.contents.visualItemRect(window.contents.currentItem()).center()
    qtbot.mouseClick(window.contents.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(page.true_button.hasFocus)


def test_a_file_with_faults_is_told_of_and_not_taken(
    page: QuizPage, session: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "x.txt").write_text("Q: One.\nA: perhaps\n", encoding="utf-8")
    state = session.feature(QuizState)
    with qtbot.waitSignal(session.notifications.posted) as posted:
        state.open(tmp_path / "x.txt")
    assert "line 2" in posted.args[0].text
    assert state.own is None and len(state.questions) > 25
    assert "line 2" in page.faults.text() and page.faults.isVisible()
    with qtbot.waitSignal(state.changed):
        (tmp_path / "x.txt").write_text(OWN, encoding="utf-8")
        page.reread_button.click()
    assert state.own == tmp_path / "x.txt" and page.statement.text() == "One."
    assert page.faults.isHidden() and page.reread_button.isHidden()


def test_the_same_card_is_asked_in_the_language_of_the_window(
    page: QuizPage, session: Session, qtbot: QtBot
) -> None:
    state = session.feature(QuizState)
    state.show(3)
    before = state.questions
    language.install("ko")
    try:
        again = QuizPage(session)
        qtbot.addWidget(again)
        qtbot.waitUntil(lambda: state.questions != before)
        assert state.at == 3
        assert again.statement.text() == state.questions[3].statement != before[3].statement
    finally:
        language.install("en")


def test_a_teachers_quiz_stays_where_the_studios_is_read_later(
    session: Session, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own.txt").write_text(OWN, encoding="utf-8")
    may_be_read, is_read = threading.Event(), threading.Event()

    def slowly(spoken: str) -> object:
        assert may_be_read.wait(60)
        try:
            return studio(spoken)
        finally:
            is_read.set()

    studio = quiz._studio
    monkeypatch.setattr(quiz, "_studio", slowly)
    state = session.feature(QuizState)
    with qtbot.waitSignal(state.changed):
        state.open(tmp_path / "own.txt")
    may_be_read.set()
    qtbot.waitUntil(lambda: is_read.is_set() and not session.disk_pool.busy)
    assert state.is_own and len(state.questions) == 2
