"""Numbers as people type them, and sensible steps."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractSpinBox, QApplication
from pytestqt.qtbot import QtBot

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
    field = NumberField(is_integer=False, is_log=True, minimum=1e-6, maximum=10)
    for steps, expected in ((1, up), (-1, down)):
        field.set_number(value)
        field.stepBy(steps)
        assert float(field.typed) == expected


def test_steps_end_at_the_bounds(app: QApplication) -> None:
    field = NumberField(is_integer=True, minimum=1, maximum=1000)
    field.set_number(1)
    assert field.stepEnabled() == QAbstractSpinBox.StepEnabledFlag.StepUpEnabled
    field.set_number(995)
    field.stepBy(10)
    assert field.typed == "1000"
    decay = NumberField(is_integer=False, is_log=True, minimum=0, maximum=1)
    decay.set_number(1e-6)
    decay.stepBy(-1)
    assert decay.typed == "0"
    decay.stepBy(1)
    assert decay.typed == "1e-6"


def test_whatever_was_typed_stays(app: QApplication, qtbot: QtBot) -> None:
    field = NumberField(is_integer=True, minimum=1, maximum=10)
    qtbot.addWidget(field)
    field.show()
    field.lineEdit().selectAll()
    with qtbot.waitSignal(field.finished):
        qtbot.keyClicks(field, "1x")
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.typed == "1x"
    assert field.stepEnabled() == QAbstractSpinBox.StepEnabledFlag.StepNone
