"""What the network sees, in real widgets: choosing, pointing, enlarging, comparing."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.features_session import (
    CHANNELS,
    classifier,
    make_image,
    set_up,
    take,
    wait,
)
from tests.gui.networks import wait_for_plan
from tests.gui.showing import on_screen
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.feature_maps.maps import MapOrder
from tlstudio.gui.features.feature_maps.lens_worker import WeightsChoice
from tlstudio.gui.features.feature_maps.state import FeatureMapsState
from tlstudio.gui.features.feature_maps.view import FeaturesView
from tlstudio.gui.kit import theme
from tlstudio.gui.state import jobs
from tlstudio.gui.state.session import Session


@pytest.fixture
def empty(session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> FeaturesView:
    set_up(session, qtbot, monkeypatch)
    return on_screen(FeaturesView(session), qtbot, 764, 590)


@pytest.fixture
def view(empty: FeaturesView, session: Session, qtbot: QtBot, tmp_path: Path) -> FeaturesView:
    session.feature(FeatureMapsState).set_order(MapOrder.NUMBER)
    session.network.select_layer("2")
    session.feature(FeatureMapsState).set_image(ImageRef.of_file(make_image(tmp_path)))
    wait(session, qtbot)
    return empty


def click(view: FeaturesView, qtbot: QtBot, index: int) -> None:
    grid = view.area.grid
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=grid.cell_rect(index).center())


def test_without_an_image_it_says_what_to_do(
    empty: FeaturesView, session: Session, qtbot: QtBot
) -> None:
    assert empty.choose_button.isVisible() and not empty.area.isVisible()
    qtbot.mouseClick(empty.sample_button, Qt.MouseButton.LeftButton)
    wait(session, qtbot)
    assert empty.area.grid.isVisible() and empty.area.grid.cells
    assert empty.side.name.text == session.feature(FeatureMapsState).image.name


def test_before_the_network_is_there(session: Session, qtbot: QtBot) -> None:
    view = FeaturesView(session)
    qtbot.addWidget(view)
    view.show()
    assert view.loading.isVisible()


def test_a_dropped_image_is_looked_at(
    empty: FeaturesView, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(make_image(tmp_path)))])
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(5, 5), copy, data, left, none)
    QApplication.sendEvent(empty, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(empty, QDropEvent(QPointF(5, 5), copy, data, left, none))
    wait(session, qtbot)
    assert len(empty.area.grid.cells) == 6


def test_layers_are_chosen_in_the_strip_in_the_list_and_elsewhere(
    view: FeaturesView, session: Session, qtbot: QtBot
) -> None:
    tiles = [tile.key for tile in view.strip.tiles]
    assert tiles == [stage.path for stage in session.feature(FeatureMapsState).stages]
    assert all(tile.pixmap is not None for tile in view.strip.tiles)
    place = view.strip.tile_rect(0).center()
    qtbot.mouseClick(view.strip, Qt.MouseButton.LeftButton, pos=place)
    assert session.network.selected_layer == tiles[0]
    assert view.layers.value == tiles[0]
    view.layers.activated.emit(view.layers.findData("3"))
    assert session.network.selected_layer == "3"
    wait(session, qtbot)
    assert len(view.area.grid.cells) == 4
    session.network.select_layer("0")
    wait(session, qtbot)
    assert len(view.area.grid.cells) == 6 and view.layers.value == "0"


def test_pages(view: FeaturesView, session: Session, qtbot: QtBot) -> None:
    area = view.area
    assert area.places.text() == f"1–64 of {CHANNELS}"
    assert not area.before.isEnabled()
    qtbot.mouseClick(area.after, Qt.MouseButton.LeftButton)
    wait(session, qtbot)
    assert area.places.text() == f"65–{CHANNELS} of {CHANNELS}"
    assert [cell.number for cell in area.grid.cells] == [str(n) for n in range(64, CHANNELS)]
    assert not area.after.isEnabled()
    session.network.select_layer("0")
    wait(session, qtbot)
    assert not area.after.isVisible() and area.places.text() == "1–6 of 6"


def test_pointing_says_what_a_map_is(view: FeaturesView, qtbot: QtBot) -> None:
    grid = view.area.grid
    photo = view.side.photo.grab().toImage()
    qtbot.mouseMove(grid.viewport(), grid.cell_rect(3).center())
    assert view.side.words.text().startswith("Channel 3 · ")
    assert view.side.words.text() == grid.cells[3].text
    assert view.side.photo.grab().toImage() != photo  # the map lies over it
    qtbot.mouseMove(grid.viewport(), QPoint(1, 1))
    assert view.side.words.text() == ""
    assert view.side.photo.grab().toImage() == photo


def test_a_click_enlarges_and_escape_goes_back(view: FeaturesView, qtbot: QtBot) -> None:
    click(view, qtbot, 2)
    viewer = view.area.viewer
    assert viewer.isVisible() and not view.area.grid.isVisible()
    assert viewer.words.text().startswith("Channel 2 · ")
    assert len(viewer.panels._panels) == 2  # the photo and the map
    qtbot.keyClick(viewer, Qt.Key.Key_Right)
    assert viewer.words.text().startswith("Channel 3 · ")
    viewer.mode.buttons()[1].click()
    assert viewer.opacity.isVisible() and len(viewer.panels._panels) == 1
    strong = viewer.panels.grab().toImage()
    viewer.opacity.setValue(20)
    assert viewer.panels.grab().toImage() != strong
    qtbot.keyClick(viewer, Qt.Key.Key_Escape)
    assert view.area.grid.isVisible() and view.area.grid.current_index == 3


def test_a_double_click_is_one_click(view: FeaturesView, qtbot: QtBot) -> None:
    panels, left = view.area.viewer.panels, Qt.MouseButton.LeftButton
    click(view, qtbot, 2)
    double = QMouseEvent(
        QEvent.Type.MouseButtonDblClick,
        QPointF(panels.rect().center()),
        QPointF(panels.mapToGlobal(panels.rect().center())),
        left,
        left,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(panels, double)
    assert view.area.viewer.isVisible()
    qtbot.mouseClick(panels, left)
    assert view.area.grid.isVisible()


def test_an_enlarged_channel_stays_large_with_another_image(
    view: FeaturesView, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    click(view, qtbot, 5)
    words = view.area.viewer.words.text()
    session.feature(FeatureMapsState).set_image(ImageRef.of_file(make_image(tmp_path, 2)))
    wait(session, qtbot)
    assert view.area.viewer.isVisible()
    assert view.area.viewer.words.text().startswith("Channel 5 · ")
    assert view.area.viewer.words.text() != words


def test_filters(view: FeaturesView, session: Session, qtbot: QtBot) -> None:
    view.what.buttons()[1].click()
    wait(session, qtbot)
    assert [cell.number for cell in view.area.grid.cells] == list("012345")
    assert view.area.grid.cells[0].text.startswith("Filter 0 · −")
    assert not view.layers.isEnabled() and not view.side.same_scale.isVisible()
    click(view, qtbot, 0)
    assert not view.area.viewer.mode.isVisible()
    assert len(view.area.viewer.panels._panels) == 1
    session.network.select_layer("3")
    wait(session, qtbot)
    assert view.layers.isEnabled() and len(view.area.grid.cells) == 4


def test_one_scale_for_all_shows_which_maps_are_weak(view: FeaturesView) -> None:
    def faces() -> list[object]:
        return [cell.pixmaps[0].toImage() for cell in view.area.grid.cells]

    own, words = faces(), [cell.text for cell in view.area.grid.cells]
    view.side.same_scale.setChecked(True)
    assert faces() != own
    assert [cell.text for cell in view.area.grid.cells] == words  # its own range all the same
    view.side.same_scale.setChecked(False)
    assert faces() == own


def test_the_order_is_chosen(view: FeaturesView, session: Session, qtbot: QtBot) -> None:
    view.order.activated.emit(view.order.findData(MapOrder.STRENGTH.value))
    wait(session, qtbot)
    numbers = [int(cell.number) for cell in view.area.grid.cells]
    assert numbers != sorted(numbers)


def test_before_and_after_training(view: FeaturesView, session: Session, qtbot: QtBot) -> None:
    assert view.side.weights.isVisible()

    def choose(weights: WeightsChoice) -> None:
        view.side.weights.activated.emit(view.side.weights.findData(weights.value))
        wait(session, qtbot)

    choose(WeightsChoice.DIFFERENCE)
    assert view.area.facts.text() == "Training left this as it was."
    take(session, classifier(seed=1))
    wait(session, qtbot)
    assert view.area.facts.text() == f"{CHANNELS} × 7 × 7"
    choose(WeightsChoice.SIDE_BY_SIDE)
    assert all(len(cell.pixmaps) == 2 for cell in view.area.grid.cells)
    click(view, qtbot, 0)
    assert [words for _, words in view.area.viewer.panels._panels][1:] == ["pretrained", "trained"]
    view.area.show_all()
    choose(WeightsChoice.PRETRAINED)
    assert all(len(cell.pixmaps) == 1 for cell in view.area.grid.cells)
    take(session, classifier(model="resnet18"))
    wait(session, qtbot)
    assert not view.side.weights.isVisible()
    assert session.feature(FeatureMapsState).weights is WeightsChoice.OWN


def test_random_weights_are_said_with_what_helps(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    set_up(session, qtbot, monkeypatch, has_weights=False)
    session.network.set_model("resnet18")
    wait_for_plan(session, qtbot)
    view = FeaturesView(session)
    qtbot.addWidget(view)
    view.show()
    session.feature(FeatureMapsState).set_image(ImageRef.of_file(make_image(tmp_path)))
    wait(session, qtbot)
    assert view.area.grid.cells
    assert view.side.note.text().startswith("Random values")
    assert view.side.download_button.text() == "Download 44.7 MB"
    asked: list[str] = []
    monkeypatch.setattr(jobs, "download_weights", lambda model, *_, **__: asked.append(model))
    qtbot.mouseClick(view.side.download_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: asked == ["resnet18"])


def test_a_layer_without_maps(view: FeaturesView, session: Session, qtbot: QtBot) -> None:
    session.network.select_layer("5")
    assert view.area.no_maps.isVisible() and not view.area.places.text()
    qtbot.mouseClick(view.area.nearest_button, Qt.MouseButton.LeftButton)
    wait(session, qtbot)
    assert session.network.selected_layer == "3"
    assert view.area.grid.isVisible() and view.area.places.text() == "1–4 of 4"


def test_an_unreadable_image(
    view: FeaturesView, session: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    broken = tmp_path / "broken.png"
    broken.write_text("no image")
    with qtbot.waitSignal(session.feature(FeatureMapsState).failed):
        session.feature(FeatureMapsState).set_image(ImageRef.of_file(broken))
    assert not view.area.grid.cells and "not an image" in view.area.grid.accessibleDescription()
    assert all(tile.pixmap is None for tile in view.strip.tiles)


def test_hidden_it_rests(view: FeaturesView, session: Session) -> None:
    view.hide()
    session.network.select_layer("0")
    assert not session.feature(FeatureMapsState).busy
    view.show()
    assert session.feature(FeatureMapsState).busy


def test_it_follows_the_theme(view: FeaturesView, app: QApplication) -> None:
    theme.apply(app, theme.Scheme.DARK)
    view.grab()
    theme.apply(app, theme.Scheme.LIGHT)
