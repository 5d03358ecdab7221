"""Accuracies with their intervals on an axis."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.showing import on_screen
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.interval_bar import AccuracyAxis, IntervalBar, interval_text


@pytest.mark.parametrize(
    ("values", "ends"),
    [
        ((), (0.0, 1.0)),
        ((0.61, 0.78), (0.6, 0.8)),
        ((0.6, 0.8), (0.6, 0.8)),
        ((0.43, 0.94), (0.4, 1.0)),
        ((0.97, 0.99), (0.8, 1.0)),
        ((0.02, 0.04), (0.0, 0.2)),
        ((0.0, 1.0), (0.0, 1.0)),
        ((1.0, 1.0), (0.8, 1.0)),
        ((float("nan"), 0.5, 0.55), (0.4, 0.6)),
    ],
)
def test_an_axis_has_room_for_all(values: tuple[float, ...], ends: tuple[float, float]) -> None:
    axis = AccuracyAxis.around(values)
    assert (axis.low, axis.high) == pytest.approx(ends)
    assert axis.ticks[0] == pytest.approx(axis.low) and axis.ticks[-1] == pytest.approx(axis.high)


def test_what_is_beyond_the_axis_is_at_its_end() -> None:
    axis = AccuracyAxis(0.5, 1.0)
    assert axis.place(0.75) == pytest.approx(0.5)
    assert axis.place(0.2) == 0.0 and axis.place(1.0) == 1.0


def test_says_value_and_interval() -> None:
    assert interval_text((0.775, 0.8243, 0.873)) == "82.4% (77.5% – 87.3%)"
    assert interval_text(None) == "–"


def test_paints_the_value_at_its_place(app: QApplication, qtbot: QtBot) -> None:
    bar = on_screen(IntervalBar(), qtbot, 320, 28)
    bar.set_interval((0.3, 0.5, 0.7))
    assert "50.0%" in bar.accessibleDescription()
    image = bar.grab().toImage()
    accent = QColor(theme.current().accent)
    columns = [x for x in range(320) if image.pixelColor(x, 17) == accent]
    assert columns, "no point was painted"
    early = sum(columns) / len(columns)
    bar.set_interval((0.7, 0.9, 0.95))
    image = bar.grab().toImage()
    columns = [x for x in range(320) if image.pixelColor(x, 17) == accent]
    assert sum(columns) / len(columns) > early
