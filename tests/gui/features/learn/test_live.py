"""The live worker: the newest question wins, and the window never waits."""

from __future__ import annotations

import threading

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from tlstudio.core.errors import ModelError
from tlstudio.gui.features.learn.live import LiveWorker
from tlstudio.gui.features.learn.state import LearnState
from tlstudio.gui.state.session import Session


class Asker(QObject):
    """Keeps what it is told."""

    def __init__(self, worker_of: Session) -> None:
        super().__init__()
        self.answers: list[object] = []
        self.live = LiveWorker(worker_of.feature(LearnState).pool, worker_of.network, self)

    def ask(self, job: object, *args: object) -> None:
        self.live.ask(job, *args, done=self.answers.append, failed=self.answers.append)  # type: ignore[arg-type]


def test_of_the_questions_that_wait_only_the_newest_is_asked(
    ready_session: Session, qtbot: QtBot
) -> None:
    began, go, asked = threading.Event(), threading.Event(), []

    def square(number: int) -> int:
        began.set()
        assert go.wait(30)
        asked.append(number)
        return number * number

    asker = Asker(ready_session)
    asker.ask(square, 0)
    assert began.wait(30)
    for number in range(1, 50):
        asker.ask(square, number)
    asker.ask(len, "another job waits beside it")
    go.set()
    qtbot.waitUntil(lambda: not asker.live.busy)
    assert asked == [0, 49]
    assert asker.answers == [0, 49 * 49, 27]


def test_an_error_is_told_and_the_next_question_answered(
    ready_session: Session, qtbot: QtBot
) -> None:
    def fail() -> None:
        raise ModelError("Nothing comes out.")

    asker = Asker(ready_session)
    asker.ask(fail)
    asker.ask(len, "ab")
    qtbot.waitUntil(lambda: not asker.live.busy)
    assert str(asker.answers[0]) == "Nothing comes out."
    assert asker.answers[1] == 2


def test_nothing_is_asked_before_torch_is_there(session: Session, qtbot: QtBot) -> None:
    asker = Asker(session)
    asker.ask(len, "abc")
    assert asker.live.busy and not asker.answers
    session.network.is_ready = True
    session.network.engine_ready.emit()
    qtbot.waitUntil(lambda: asker.answers == [3])


def test_a_screen_that_is_gone_is_told_nothing(ready_session: Session, qtbot: QtBot) -> None:
    go = threading.Event()
    asker = Asker(ready_session)
    asker.ask(go.wait, 30)
    with qtbot.waitSignal(asker.destroyed):
        asker.deleteLater()
    go.set()
    other = Asker(ready_session)
    other.ask(len, "a")
    qtbot.waitUntil(lambda: other.answers == [1])


def test_without_torch_the_reason_is_told(session: Session) -> None:
    session.network.failure = ModelError("torch cannot be loaded.")
    asker = Asker(session)
    asker.ask(len, "abc")
    assert [str(answer) for answer in asker.answers] == ["torch cannot be loaded."]
