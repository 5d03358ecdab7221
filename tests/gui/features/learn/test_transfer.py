"""The lessons on transfer learning: dragging decides what trains, and the studio takes it over."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tlstudio.core.lessons.cases import Place
from tlstudio.gui.features.learn.lessons.cases import CasesLesson
from tlstudio.gui.features.learn.lessons.forms import FormsLesson
from tlstudio.gui.features.learn.window import open_learn
from tlstudio.gui.state.session import Session


@pytest.fixture
def owner(ready_session: Session, qtbot: QtBot) -> Iterator[QWidget]:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()
    qtbot.waitUntil(lambda: ready_session.network.tree is not None, timeout=30_000)
    yield widget


def test_the_point_decides_the_case(ready_session: Session, owner: QWidget, qtbot: QtBot) -> None:
    screen = open_learn(ready_session, owner, "lesson/cases").page
    assert isinstance(screen, CasesLesson)
    plane, left = screen.plane, Qt.MouseButton.LeftButton
    qtbot.mousePress(plane, left, pos=plane.point_of(Place(0.9, 0.9)).toPoint())
    assert screen.case.text().startswith("2 · ")
    assert "differ" in screen.others.text()
    assert {part.rate for part in screen.strip.parts} == {0.1, 1}
    qtbot.mousePress(plane, left, pos=plane.point_of(Place(0.9, 0.1)).toPoint())
    assert screen.case.text().startswith("1 · ")
    frozen = [part for part in screen.strip.parts if not part.rate]
    assert len(frozen) == len(screen.strip.parts) - 1
    for _ in range(5):
        qtbot.keyClick(plane, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert screen.case.text().startswith("3 · ")
    screen.window().close()


def test_the_border_decides_the_form_and_the_studio_takes_it_over(
    ready_session: Session, owner: QWidget, qtbot: QtBot
) -> None:
    screen = open_learn(ready_session, owner, "lesson/forms").page
    assert isinstance(screen, FormsLesson)
    strip = screen.strip
    assert screen.name.text() == "Feature extraction"
    tree = ready_session.network.tree
    assert tree is not None and tree.num_classes == 1000  # as it is published, without a dataset
    assert screen.facts.text.endswith("with 10 classes")  # as a new head may have
    qtbot.keyClick(strip, Qt.Key.Key_Left)
    assert screen.name.text() == "Partial fine-tuning"
    name = strip.parts[strip.position].name
    with qtbot.waitSignal(ready_session.target_requested) as followed:
        screen.try_it.click()
    assert followed.args is not None
    assert followed.args[0].settings["train_from"] == name
    again = open_learn(ready_session, owner, "lesson/forms").page
    assert isinstance(again, FormsLesson)
    qtbot.mousePress(again.strip, Qt.MouseButton.LeftButton, pos=QPoint(2, 20))
    assert again.name.text() == "Fine-tuning"
    again.rates.buttons()[1].click()
    assert again.name.text() == "Discriminative learning rates"
    again.start.buttons()[1].click()
    assert again.name.text() == "From scratch"
    assert not again.rates.isEnabled()
    again.window().close()
