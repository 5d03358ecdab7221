"""The ball chart: where balls lie, how large they are, and how one is chosen."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tlstudio.gui.features.compare.ball_chart.chart import BallChart
from tlstudio.gui.features.compare.ball_chart.layout import (
    Wish,
    hit,
    neighbour,
    place_labels,
    range_of,
)
from tlstudio.gui.features.compare.ball_chart.values import (
    Ball,
    BallKey,
    fill_color,
)
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.chart import ticks

SMALL = Ball(("small", "w"), 0.1, 0.60, 2e6, "mobile", "Small", "w", (("Top-1", "60%"),), 1)
MIDDLE = Ball(("middle", "w"), 1.0, 0.70, 8e6, "residual", "Middle", "w", (("Top-1", "70%"),), 1)
LARGE = Ball(("large", "w"), 10.0, 0.90, 128e6, "plain", "Large", "w", (("Top-1", "90%"),), 1)


@pytest.fixture
def chart(app: QApplication, qtbot: QtBot) -> BallChart:
    chart = BallChart("Top-1", "Parameters")
    qtbot.addWidget(chart)
    chart.resize(800, 500)
    chart.show()
    chart.set_balls([SMALL, LARGE, MIDDLE], "GFLOPs")
    return chart


def at(chart: BallChart, key: BallKey) -> QPoint:
    index = [ball.key for ball in chart.balls].index(key)
    x, y = chart.plot.centres[index]
    return QPoint(round(x), round(y))


def test_areas_are_as_the_numbers(chart: BallChart) -> None:
    radius = dict(zip((ball.key for ball in chart.balls), chart.plot.radii, strict=True))
    ratio = radius[LARGE.key] ** 2 / radius[SMALL.key] ** 2
    assert math.isclose(ratio, LARGE.size / SMALL.size)
    drawn = chart.plot._scatter.data["size"]
    assert np.allclose(drawn, 2 * chart.plot.radii)


def test_costs_lie_on_a_logarithmic_axis_and_worths_on_an_even_one(chart: BallChart) -> None:
    small, middle, large = (at(chart, ball.key) for ball in (SMALL, MIDDLE, LARGE))
    assert abs((middle.x() - small.x()) - (large.x() - middle.x())) <= 2
    assert abs(2 * (small.y() - middle.y()) - (middle.y() - large.y())) <= 3


def test_every_ball_is_whole_in_sight(chart: BallChart) -> None:
    left, top, width, height = chart.plot.area
    for (x, y), radius in zip(chart.plot.centres, chart.plot.radii, strict=True):
        assert left <= x - radius and x + radius <= left + width
        assert top <= y - radius and y + radius <= top + height


def test_small_balls_lie_over_large_ones(chart: BallChart) -> None:
    assert [ball.key[0] for ball in chart.balls] == ["large", "middle", "small"]


def test_a_click_chooses(chart: BallChart, qtbot: QtBot) -> None:
    with qtbot.waitSignal(chart.chosen) as asked:
        qtbot.mouseClick(chart.plot.viewport(), Qt.MouseButton.LeftButton, pos=at(chart, LARGE.key))
    assert asked.args == [LARGE.key]


def test_the_pointer_shows_the_facts(chart: BallChart, qtbot: QtBot) -> None:
    with qtbot.waitSignal(chart.pointed) as pointed:
        qtbot.mouseMove(chart.plot.viewport(), at(chart, MIDDLE.key))
    assert pointed.args == [MIDDLE.key]
    assert chart.info.isVisible()
    assert chart.info.title.text() == "Middle" and chart.info.texts == {"Top-1": "70%"}
    qtbot.mouseMove(chart.plot.viewport(), at(chart, LARGE.key) + QPoint(-200, 200))
    assert not chart.info.isVisible()


def test_arrow_keys_go_from_ball_to_ball_and_enter_chooses(chart: BallChart, qtbot: QtBot) -> None:
    chart.set_chosen(MIDDLE.key)
    qtbot.keyClick(chart, Qt.Key.Key_Right)
    assert chart.pointed_key == MIDDLE.key
    qtbot.keyClick(chart, Qt.Key.Key_Right)
    assert chart.pointed_key == LARGE.key
    qtbot.keyClick(chart, Qt.Key.Key_Right)
    assert chart.pointed_key == LARGE.key
    qtbot.keyClick(chart, Qt.Key.Key_Down)
    with qtbot.waitSignal(chart.chosen) as asked:
        qtbot.keyClick(chart, Qt.Key.Key_Return)
    assert asked.args == [MIDDLE.key]
    qtbot.keyClick(chart, Qt.Key.Key_Escape)
    assert chart.pointed_key is None


def test_zoom_and_back(chart: BallChart, qtbot: QtBot) -> None:
    before = at(chart, SMALL.key)
    with qtbot.waitSignal(chart.zoomed) as zoomed:
        qtbot.keyClick(chart, Qt.Key.Key_Plus)
    assert zoomed.args == [True]
    assert at(chart, SMALL.key) != before
    with qtbot.waitSignal(chart.zoomed) as zoomed:
        qtbot.keyClick(chart, Qt.Key.Key_0)
    assert zoomed.args == [False]
    assert at(chart, SMALL.key) == before


def test_shadows_stay_where_they_are_and_cannot_be_chosen(chart: BallChart) -> None:
    before = at(chart, LARGE.key)
    chart.set_balls([SMALL, MIDDLE, replace(LARGE, is_shown=False)], "GFLOPs")
    assert at(chart, LARGE.key) == before
    assert chart._hit(before.x(), before.y()) == -1
    assert chart.balls[0].key == LARGE.key  # below all
    assert LARGE.key not in {chart.balls[index].key for index in chart.overlay.labels}


def test_what_is_chosen_has_a_label_and_stays_chosen(chart: BallChart) -> None:
    chart.set_chosen(SMALL.key)
    chart.set_balls([replace(SMALL, rank=0), replace(MIDDLE, rank=0)], "Parameters")
    marks = chart.overlay.marks
    assert chart.balls[marks.chosen].key == SMALL.key
    assert list(chart.overlay.labels) == [marks.chosen]


def test_no_balls_no_harm(chart: BallChart, qtbot: QtBot) -> None:
    chart.set_balls([], "GFLOPs")
    qtbot.keyClick(chart, Qt.Key.Key_Right)
    chart.reset()
    assert chart.pointed_key is None


def test_colours_follow_the_theme(chart: BallChart, app: QApplication) -> None:
    light = fill_color(MIDDLE)
    theme.apply(app, theme.Scheme.DARK)
    assert fill_color(MIDDLE) != light
    chart.grab()


def test_labels_never_cover_each_other() -> None:
    rng = np.random.default_rng(0)
    centres = rng.uniform((50, 50), (750, 450), (80, 2))
    radii = rng.uniform(2, 30, 80)
    wishes = [Wish(index, 70, 14) for index in range(80)]
    placed = place_labels(wishes, centres, radii, (0, 0, 800, 500), taken=[(600, 400, 200, 100)])
    assert len(placed) > 10
    rects = [*placed.values(), (600, 400, 200, 100)]
    for number, a in enumerate(rects):
        for b in rects[number + 1 :]:
            apart_x = a[0] + a[2] <= b[0] or b[0] + b[2] <= a[0]
            assert apart_x or a[1] + a[3] <= b[1] or b[1] + b[3] <= a[1]


def test_no_label_covers_a_foreign_ball(chart: BallChart) -> None:
    """In a crowd most labels find no place; the chosen ball keeps its own."""
    rng = np.random.default_rng(3)
    places = rng.uniform((0.1, 0.6, 1e6), (2, 0.9, 9e7), (90, 3))
    balls = [
        Ball((f"{n}", "w"), x, y, size, "mobile", f"Network {n}", "w", (), rank=n + 1)
        for n, (x, y, size) in enumerate(places)
    ]
    chart.set_balls(balls, "GFLOPs")
    chart.set_chosen(("40", "w"))
    QApplication.processEvents()
    marks, labels = chart.overlay.marks, chart.overlay.labels
    chosen = marks.chosen
    assert chosen in labels and 2 < len(labels) < len(balls)
    for index, (left, top, width, height) in labels.items():
        x, y = np.delete(marks.centres, index, axis=0).T
        away_x = x - np.clip(x, left, left + width)
        away_y = y - np.clip(y, top, top + height)
        free = np.hypot(away_x, away_y) >= np.delete(marks.radii, index)
        assert index == chosen or free.all()


def test_a_label_keeps_off_the_line_of_the_best_where_it_can() -> None:
    centres, radii = np.array([[50.0, 50.0]]), np.array([5.0])
    line = np.array([[50.0, 50.0], [150.0, 50.0]])
    [(left, *_)] = place_labels([Wish(0, 30, 14)], centres, radii, (0, 0, 200, 100)).values()
    assert left > 50
    placed = place_labels([Wish(0, 30, 14)], centres, radii, (0, 0, 200, 100), line=line)
    assert placed[0][0] + placed[0][2] < 50
    narrow = (46, 40, 154, 20)  # only the right has room
    placed = place_labels([Wish(0, 30, 14)], centres, radii, narrow, line=line)
    assert placed[0][0] > 50


def test_the_smallest_ball_under_the_pointer_is_meant() -> None:
    centres = np.array([[100.0, 100.0], [110.0, 100.0]])
    radii = np.array([50.0, 5.0])
    assert hit(110, 100, centres, radii) == 1
    assert hit(80, 100, centres, radii) == 0
    assert hit(300, 100, centres, radii) == -1


def test_neighbours_lie_in_the_direction() -> None:
    centres = np.array([[0.0, 0.0], [50.0, 5.0], [20.0, 90.0], [-10.0, 0.0]])
    assert neighbour(0, 1, 0, centres) == 1
    assert neighbour(0, -1, 0, centres) == 3
    assert neighbour(0, 0, 1, centres) == 2
    assert neighbour(0, 0, -1, centres) == 0


def test_ticks_are_round_numbers_within_the_range() -> None:
    assert [text for _, text in ticks.powers()(-1, 3, 300)] == ["0.1", "1", "10", "100", "1,000"]
    close = ticks.powers()(math.log10(4.05), math.log10(4.35), 400)
    assert len(close) >= 2 and all(4.05 <= 10**place <= 4.35 for place, _ in close)
    assert "60%" in [text for _, text in ticks.percent(0.55, 0.9, 300)]
    assert len(ticks.percent(0.801, 0.802, 300)) >= 2


def test_a_range_holds_a_single_ball() -> None:
    low, high = range_of(np.array([1.0]), np.array([10.0]), 500)
    assert low < 1 < high


def test_the_balls_can_be_saved(chart: BallChart) -> None:
    chart.set_balls([SMALL, replace(MIDDLE, is_shown=False), LARGE], "GFLOPs")
    lines = chart.csv().splitlines()
    assert lines[0] == "network,weights,cost,worth,size"
    assert sorted(lines[1:]) == ["Large,w,10.0,0.9,128000000.0", "Small,w,0.1,0.6,2000000.0"]
    assert "GFLOPs" in chart.svg()
    assert chart.image().width() == 2 * chart.width()
