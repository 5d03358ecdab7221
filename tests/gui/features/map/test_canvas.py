"""The map's canvas: pan, zoom, click, lasso and keys find the right points."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.gui.features.map.canvas import MapCanvas
from tlstudio.gui.features.map.colouring import Coloured, ColourGroup
from tlstudio.gui.features.map.pictures import GAP_PX, pictures_at
from tlstudio.gui.state.session import Session

GROUPS = (ColourGroup("left", QColor("#ff0000")), ColourGroup("right", QColor("#0000ff")))
PLACES = np.array([(-10, 0), (-9, 1), (-9, -1), (10, 0), (9, 1), (9, -1)], dtype=np.float32)


@pytest.fixture
def canvas(session: Session, qtbot: QtBot) -> MapCanvas:
    canvas = MapCanvas(session.thumbnails)
    qtbot.addWidget(canvas)
    canvas.resize(600, 400)
    images = [ImageRef.of_file(Path("/nowhere") / f"{number}.png") for number in range(6)]
    canvas.has_pictures = False
    canvas.set_images(images, PLACES)
    codes = np.array([0, 0, 0, 1, 1, 1])
    canvas.set_coloured(Coloured(GROUPS, codes), ["left"] * 3 + ["right"] * 3)
    with qtbot.waitExposed(canvas):
        canvas.show()
    return canvas


def spot(canvas: MapCanvas, number: int) -> QPoint:
    return QPointF(*canvas.places()[number]).toPoint()


def drag(canvas: MapCanvas, way: list[QPoint], modifier: Qt.KeyboardModifier) -> None:
    left = Qt.MouseButton.LeftButton
    QTest.mousePress(canvas, left, modifier, way[0])
    for at in way[1:]:
        canvas.mouseMoveEvent(_moved(canvas, at, modifier))
    QTest.mouseRelease(canvas, left, modifier, way[-1])


def _moved(canvas: MapCanvas, at: QPoint, modifier: Qt.KeyboardModifier) -> object:
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QMouseEvent

    left, place = Qt.MouseButton.LeftButton, QPointF(at)
    return QMouseEvent(
        QEvent.Type.MouseMove, place, canvas.mapToGlobal(place), left, left, modifier
    )


def around(canvas: MapCanvas, numbers: list[int]) -> list[QPoint]:
    places = canvas.places()[numbers]
    (x1, y1), (x2, y2) = places.min(axis=0) - 9, places.max(axis=0) + 9
    corners = [(x1, y1), (x2, y1), (x2, y2), (x1, y2)]
    return [QPoint(round(x), round(y)) for x, y in corners]


def test_all_points_are_in_sight_and_a_click_chooses_one(canvas: MapCanvas) -> None:
    places = canvas.places()
    assert (places > 0).all() and (places < (600, 400)).all()
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=spot(canvas, 4))
    assert canvas.selection == [4] and canvas.current == 4
    shift = Qt.KeyboardModifier.ShiftModifier
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, shift, spot(canvas, 0))
    assert canvas.selection == [0, 4]
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(300, 20))
    assert canvas.selection == []


def test_the_lasso_chooses_what_it_goes_around_and_shift_adds(canvas: MapCanvas) -> None:
    canvas.draws_lasso = True
    drag(canvas, around(canvas, [0, 1, 2]), Qt.KeyboardModifier.NoModifier)
    assert canvas.selection == [0, 1, 2]
    drag(canvas, around(canvas, [3]), Qt.KeyboardModifier.ShiftModifier)
    assert canvas.selection == [0, 1, 2, 3]
    canvas.draws_lasso = False
    before = canvas.places()
    drag(canvas, [QPoint(300, 200), QPoint(340, 230)], Qt.KeyboardModifier.NoModifier)
    np.testing.assert_allclose(canvas.places() - before, np.full((6, 2), (40, 30)), atol=1e-6)
    assert canvas.selection == [0, 1, 2, 3]


def test_zooming_leaves_what_is_under_the_pointer_where_it_is(canvas: MapCanvas) -> None:
    at = canvas.places()[3]
    canvas.zoom(4.0, QPointF(*at))
    np.testing.assert_allclose(canvas.places()[3], at, atol=1e-6)
    assert abs(canvas.places()[0][0]) > 600
    QTest.keyClicks(canvas, "0")
    assert (canvas.places() > 0).all()


def test_points_of_hidden_groups_are_faint_and_cannot_be_chosen(canvas: MapCanvas) -> None:
    def colour_at(number: int) -> QColor:
        return canvas.grab().toImage().pixelColor(spot(canvas, number))

    assert colour_at(0) == QColor("#ff0000") and colour_at(3) == QColor("#0000ff")
    canvas.set_hidden([0])
    assert colour_at(0) != QColor("#ff0000") and colour_at(3) == QColor("#0000ff")
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=spot(canvas, 0))
    assert canvas.selection == []
    canvas.draws_lasso = True
    drag(canvas, around(canvas, [0, 1, 2, 3, 4, 5]), Qt.KeyboardModifier.NoModifier)
    assert canvas.selection == [3, 4, 5]


def test_it_is_all_there_by_keyboard(canvas: MapCanvas, qtbot: QtBot) -> None:
    QTest.keyClick(canvas, Qt.Key.Key_Right)  # from nowhere: the one nearest to the middle
    assert abs(PLACES[canvas.current][0]) == 9
    canvas.select([1])
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.selection == [4]
    QTest.keyClick(canvas, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert canvas.selection == [4, 5] and canvas.current == 5
    with qtbot.waitSignal(canvas.activated):
        QTest.keyClick(canvas, Qt.Key.Key_Return)
    QTest.keyClick(canvas, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert canvas.selection == list(range(6))
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert canvas.selection == []
    assert canvas.spoken_count() == 6 and canvas.spoken_text(3) == "3.png, right"


def test_what_is_saved_has_every_point(canvas: MapCanvas) -> None:
    lines = canvas.csv().splitlines()
    assert lines[0] == "image,x,y,group" and len(lines) == 7
    assert lines[1].endswith("0.png,-10.0,0.0,left")
    assert canvas.svg().count("<circle") + canvas.svg().count("<ellipse") == 6
    assert not canvas.image().isNull()


def test_pictures_lie_apart_and_stay_when_the_map_is_panned() -> None:
    random = np.random.default_rng(0)
    places = random.uniform(0, 600, (400, 2))
    numbers = np.arange(400)
    found = dict(pictures_at(places, numbers, QSize(600, 600)))
    assert 10 < len(found) <= 90
    boxes = list(found.values())
    for place, box in enumerate(boxes):
        grown = box.adjusted(0, 0, GAP_PX - 1, GAP_PX - 1)
        assert not any(grown.intersects(other) for other in boxes[place + 1 :])
    assert set(dict(pictures_at(places + 3.0, numbers, QSize(600, 600)))) == set(found)
