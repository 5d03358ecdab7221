"""The chart by depth: stages can be chosen with the pointer and the keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.labels import lies_on, rect_of
from tests.gui.showing import on_screen
from tlstudio.gui.features.advice.case_picture import CaseLabels, CasePicture
from tlstudio.gui.features.advice.depth_chart import DepthChart
from tlstudio.gui.features.advice.depth_points import DepthLabels, DepthPoint
from tlstudio.gui.kit import theme

LABELS = DepthLabels(
    "Accuracy",
    "probe",
    "neighbours",
    "Gradient",
    "Parameters",
    "trains",
    "guessing",
    "head",
    "none",
)
POINTS = (
    DepthPoint("", "image", "the image", (0.2, 0.3, 0.4), 0.3),
    DepthPoint("stem", "stem", "the stem", (0.5, 0.6, 0.7), 0.5, 0.01, 100),
    DepthPoint("body", "body", "the body", None, None, None, 50_000, trains=True),
    DepthPoint("head", "head", "the head", (0.7, 0.8, 0.9), 0.7, 0.1, 12, trains=True),
)


@pytest.fixture
def chart(app: QApplication, qtbot: QtBot) -> DepthChart:
    chart = on_screen(DepthChart(LABELS), qtbot, 600, 320)
    chart.set_points(POINTS, chance=0.25)
    return chart


def click(chart: DepthChart, index: int, qtbot: QtBot) -> None:
    """On the first plot, in the column of a depth."""
    plot = chart.accuracy
    place = QPoint(round(plot.x_px(index)), plot.height() // 2)
    qtbot.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_a_click_chooses_a_stage(chart: DepthChart, qtbot: QtBot) -> None:
    with qtbot.waitSignal(chart.chosen) as chosen:
        click(chart, 2, qtbot)
    assert chosen.args == ["body"] and chart.current == "body"
    assert chart.accessibleDescription() == "the body"
    with qtbot.assertNotEmitted(chart.chosen):  # the image is no layer
        click(chart, 0, qtbot)


def test_arrows_go_from_stage_to_stage(chart: DepthChart, qtbot: QtBot) -> None:
    for key, path in (("Right", "stem"), ("Right", "body"), ("Left", "stem"), ("Left", "stem")):
        qtbot.keyClick(chart, getattr(Qt.Key, f"Key_{key}"))
        assert chart.current == path


def test_a_depth_is_told_and_all_can_be_saved(chart: DepthChart) -> None:
    chart.point_at(1)
    assert chart.readout.title.text() == "the stem"
    assert chart.gradient.hovered_column.getRegion() == pytest.approx((0.54, 1.46))
    first, *lines = chart.csv().splitlines()
    assert first.split(",")[3] == "probe" and len(lines) == 4
    assert lines[1] == "stem,stem,0.5,0.6,0.7,0.5,0.01,100,False"
    assert lines[2] == "body,body,,,,,,50000,True"


def test_another_dataset_forgets_stages_that_it_has_not(chart: DepthChart) -> None:
    chart.set_current("body")
    chart.set_points(POINTS[:2], 0.5)
    assert chart.current == ""
    chart.set_points((), 0.0)
    assert not chart.grab().isNull()


def test_depths_without_probes_are_shown_all_the_same(chart: DepthChart) -> None:
    chart.set_points([DepthPoint("stem", "stem"), DepthPoint("head", "head", gradient=0.1)], 0.5)
    assert not chart.grab().isNull()


@pytest.mark.parametrize("scheme", [theme.Scheme.LIGHT, theme.Scheme.DARK])
def test_what_trains_and_what_is_chosen_is_seen(
    chart: DepthChart, app: QApplication, scheme: theme.Scheme
) -> None:
    theme.apply(app, scheme)
    before = chart.grab().toImage()
    chart.set_current("stem")
    assert chart.grab().toImage() != before
    inside = chart.column(3).topRight().toPoint() + QPoint(-20, 60)
    assert before.pixelColor(inside).name() == theme.current().accent_soft


@pytest.mark.parametrize("width", [420, 600, 1100])
@pytest.mark.parametrize("level", [0.22, 0.45, 0.6, 0.9])
def test_labels_lie_on_no_curve_and_no_bar(chart: DepthChart, width: int, level: float) -> None:
    accuracies = [level + 0.06 * (-1) ** n for n in range(11)] + [level]
    points = [
        DepthPoint(f"{n}", f"{n}", "", (a - 0.03, a, a + 0.03), a - 0.05, 0.1, 70_000 * 2**n)
        for n, a in enumerate(accuracies)
    ]
    chart.resize(width, 330)
    chart.set_points(points, chance=0.25)
    QApplication.processEvents()
    texts = chart.accuracy.texts
    for text in texts:
        others = [other for other in texts if other is not text]
        assert not text.isVisible() or lies_on(chart.accuracy, text, *others) == []
    plot, counts = chart.parameters, [t for t in chart.parameters.texts if t.isVisible()]
    assert counts and counts[0].toPlainText() == "143 M"  # the largest one first
    for text in counts:
        assert lies_on(plot, text, *(other for other in counts if other is not text)) == []
        rect = rect_of(text)
        for x, point in enumerate(points):
            top = plot.box.mapViewToScene(QPointF(x, point.parameters))
            foot = plot.box.mapViewToScene(QPointF(x, 0))
            assert not rect.intersects(QRectF(top, foot).adjusted(-1, 0, 1, 0))


def test_the_dataset_lies_in_its_quarter(app: QApplication, qtbot: QtBot) -> None:
    picture = on_screen(
        CasePicture(CaseLabels("few", "many", "different", "similar")), qtbot, 252, 168
    )
    picture.set_cases({(1, 0): "Train the head"})
    nowhere = picture.grab().toImage()
    picture.set_place((0.8, 0.2), "Few images, similar")
    shown = picture.grab().toImage()
    soft = theme.current().accent_soft
    assert shown.pixelColor(picture.width() - 8, picture.height() - 30).name() == soft
    assert shown.pixelColor(30, 30) == nowhere.pixelColor(30, 30)
    assert picture.accessibleDescription() == "Few images, similar"
