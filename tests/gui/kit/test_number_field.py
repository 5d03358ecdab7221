"""Numbers as people type them, and sensible steps."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractSpinBox, QApplication
from pytestqt.qtbot import QtBot

from tests.gui.fields import type_number
from tlstudio.core.numbers import NumberRange
from tlstudio.gui.kit.number_field import NumberField, number_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (25, "25"),
        (0.0, "0"),
        (0.9, "0.9"),
        (0.001, "0.001"),
        (0.0001, "1e-4"),
        (0.00012345, "1.2345e-4"),
        (10.0, "10"),
    ],
)
def test_shortest_text(value: float, text: str) -> None:
    assert number_text(value) == text
    assert float(text) == value


@pytest.mark.parametrize(
    ("value", "up", "down"),
    [(0.001, 0.002, 5e-4), (0.0007, 0.001, 5e-4), (5e-4, 0.001, 2e-4), (1.0, 2.0, 0.5)],
)
def test_steps_of_a_learning_rate(app: QApplication, value: float, up: float, down: float) -> None:
    field = NumberField(NumberRange(1e-6, 10), is_log=True)
    for steps, expected in ((1, up), (-1, down)):
        field.set_number(value)
        field.stepBy(steps)
        assert float(field.typed) == expected


def test_steps_end_at_the_bounds(app: QApplication) -> None:
    field = NumberField(NumberRange(1, 1000, is_integer=True))
    field.set_number(1)
    assert field.stepEnabled() == QAbstractSpinBox.StepEnabledFlag.StepUpEnabled
    field.set_number(995)
    field.stepBy(10)
    assert field.typed == "1000"
    decay = NumberField(NumberRange(0, 1), is_log=True)
    decay.set_number(1e-6)
    decay.stepBy(-1)
    assert decay.typed == "0"
    decay.stepBy(1)
    assert decay.typed == "1e-6"


def test_whatever_was_typed_stays(app: QApplication, qtbot: QtBot) -> None:
    field = NumberField(NumberRange(1, 10, is_integer=True))
    qtbot.addWidget(field)
    field.show()
    field.lineEdit().selectAll()
    with qtbot.waitSignal(field.finished):
        qtbot.keyClicks(field, "1x")
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.typed == "1x"
    assert field.stepEnabled() == QAbstractSpinBox.StepEnabledFlag.StepNone


@pytest.fixture
def epochs(app: QApplication, qtbot: QtBot) -> NumberField:
    """A field of 1 to 1000 epochs, in which 25 stands."""
    field = NumberField(NumberRange(1, 1000, is_integer=True), unit="에포크")
    qtbot.addWidget(field)
    field.show()
    field.show_number(25)
    return field


def test_a_number_holds_while_it_is_typed(epochs: NumberField, qtbot: QtBot) -> None:
    told: list[float] = []
    epochs.number_changed.connect(told.append)
    type_number(qtbot, epochs, "300")
    assert told == [3, 30, 300] and epochs.number == 300 and epochs.problem is None
    type_number(qtbot, epochs, "40 에포크", leaves=True)  # its unit as the field shows it
    assert epochs.number == 40 and epochs.typed == "40"


def test_nothing_of_a_fault_is_left_behind(epochs: NumberField, qtbot: QtBot) -> None:
    told: list[object] = []
    epochs.number_changed.connect(told.append)
    epochs.problem_changed.connect(lambda: told.append(epochs.problem is not None))
    type_number(qtbot, epochs, "3000")
    assert told == [3, 30, 300, 25, True] and epochs.number == 25
    assert not epochs.property("problem")  # shown once the field is left
    qtbot.keyClick(epochs.lineEdit(), Qt.Key.Key_Return)
    assert epochs.property("problem") is True and epochs.typed == "3000"
    epochs.set_number(25)  # holds already: what is typed stays
    assert epochs.typed == "3000" and epochs.problem is not None
    epochs.set_number(30)
    assert epochs.typed == "30" and epochs.problem is None and not epochs.property("problem")


def test_assistive_tools_type_as_well(epochs: NumberField) -> None:
    epochs.lineEdit().setText("12")
    assert epochs.number == 12
