"""Painted widgets have roles and cells for screen readers, and what happens is announced."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QRect, Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleEvent
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.gui.fakes import make_images, make_index, play
from tests.gui.networks import make_ready
from tests.gui.showing import on_screen
from tests.gui.spoken import Role, Text, spoken
from tests.gui.windows import show_window
from tlstudio.core.runs.events import RunEndReason
from tlstudio.gui.app.toasts import Toasts
from tlstudio.gui.kit import accessible
from tlstudio.gui.kit.layout import vstack
from tlstudio.gui.state.notifications import Level, Notification
from tlstudio.gui.state.session import Session

WORDS = ["cat", "dog\nwrong", "owl"]


class Cells(QWidget):
    """Three painted cells beside a button."""

    spoken_as = Role.List

    def __init__(self) -> None:
        super().__init__()
        self.at = -1
        self.setAccessibleName("Animals")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.words = [*WORDS]
        self.button = QPushButton("Leave out")
        vstack(self.button, parent=self)

    def spoken_count(self) -> int:
        return len(self.words)

    def spoken_text(self, index: int) -> str:
        return self.words[index]

    def spoken_rect(self, index: int) -> QRect:
        return QRect(10 * index, 0, 10, 10)

    def spoken_current(self) -> int:
        return self.at


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[QAccessibleEvent]]:
    """What a screen reader hears while one is there."""
    accessible.install()
    heard: list[QAccessibleEvent] = []
    monkeypatch.setattr(QAccessible, "updateAccessibility", heard.append)
    QAccessible.setActive(True)
    yield heard
    QAccessible.setActive(False)


def announced(told: list[QAccessibleEvent]) -> list[str]:
    return [e.message() for e in told if isinstance(e, QAccessibleAnnouncementEvent)]


def test_cells_are_children_with_words_places_and_state(
    qtbot: QtBot, told: list[QAccessibleEvent]
) -> None:
    widget = on_screen(Cells(), qtbot, 200, 100)
    list_ = spoken(widget)
    assert (list_.role(), list_.text(Text.Name)) == (Role.List, "Animals")
    names = [list_.child(k).text(Text.Name) for k in range(list_.childCount())]
    assert names == ["cat", "dog, wrong", "owl", "Leave out"]
    dog = list_.child(1)
    assert dog.role() is Role.ListItem and list_.indexOfChild(dog) == 1
    assert list_.indexOfChild(spoken(widget.button)) == len(WORDS)
    corner = widget.mapToGlobal(widget.rect().topLeft())
    assert dog.rect() == QRect(10, 0, 10, 10).translated(corner)
    widget.at = 1
    assert dog.state().selected and not list_.child(0).state().selected
    widget.words.pop()
    widget.words.pop()
    assert not dog.isValid() and list_.child(0).isValid()


def test_where_the_keys_are_is_told(qtbot: QtBot, told: list[QAccessibleEvent]) -> None:
    widget = on_screen(Cells(), qtbot, 200, 100)
    widget.activateWindow()
    widget.setFocus()
    qtbot.waitUntil(widget.hasFocus)
    accessible.tell_current(widget)
    assert not told
    widget.at = 2
    accessible.tell_current(widget)
    [event] = told
    assert event.type() is QAccessible.Event.Focus and event.child() == 2


def test_no_cell_outlives_its_widget(qtbot: QtBot, told: list[QAccessibleEvent]) -> None:
    for keeps in (True, False):
        widget = Cells()
        cells = [spoken(widget).child(k) for k in range(3)]
        ids = [QAccessible.uniqueId(cell) for cell in cells]
        if not keeps:
            cells.clear()
        widget.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # type: ignore[call-overload]
        gc.collect()
        assert [QAccessible.accessibleInterface(number) for number in ids] == [None] * 3


def test_messages_are_announced_and_errors_break_in(
    qtbot: QtBot, told: list[QAccessibleEvent]
) -> None:
    toasts = Toasts(on_screen(QWidget(), qtbot, 600, 400))
    toasts.show_notification(Notification(Level.SUCCESS, "Saved.", "In photos."))
    toasts.show_notification(Notification(Level.ERROR, "The disk is full."))
    assert announced(told) == ["Saved. In photos.", "The disk is full."]
    spoken_ = [e for e in told if isinstance(e, QAccessibleAnnouncementEvent)]
    politeness = QAccessible.AnnouncementPoliteness
    assert [e.politeness() for e in spoken_] == [politeness.Polite, politeness.Assertive]


def test_a_run_says_how_far_it_is_and_how_it_ended(
    ready_session: Session, qtbot: QtBot, tmp_path: Path, told: list[QAccessibleEvent]
) -> None:
    show_window(ready_session, qtbot)
    make_ready(ready_session, qtbot)
    index = make_index(tmp_path, make_images(tmp_path, 4))
    told.clear()
    play(ready_session, index, epochs=8, planned=8, reason=RunEndReason.FINISHED)
    said = announced(told)
    assert said[-1].startswith("Finished. ") and "right, best at epoch" in said[-1]
    assert 1 <= sum(text.startswith("Epoch ") for text in said) <= 3, said
