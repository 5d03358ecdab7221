"""The picture of the network bound to a session."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.beside import PAIR, small_beside
from tests.gui.graphs import small_graph
from tests.gui.networks import failing_at_first, make_ready, no_engine, waiting_for
from tests.gui.showing import on_screen
from tlstudio.core.networks.blocks.graph import NetworkGraph, PictureLevel
from tlstudio.core.networks.blocks.training import Training
from tlstudio.core.networks.build_config import BuildConfig
from tlstudio.gui.features.picture.view import PictureView
from tlstudio.gui.kit import file_dialogs, theme
from tlstudio.gui.state import jobs
from tlstudio.gui.state.session import Session

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def view(ready_session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> PictureView:
    monkeypatch.setattr(jobs, "block_graph", small_graph)
    return show(ready_session, qtbot)


def show(session: Session, qtbot: QtBot) -> PictureView:
    view = on_screen(PictureView(session), qtbot, 760, 600)
    qtbot.waitUntil(lambda: view.scene.network is not None)
    return view


def place(view: PictureView, key: str) -> QPoint:
    """Where the middle of a box (or of its title bar) is in the view."""
    item = view.scene.item(key)
    assert item is not None
    box = item.box
    middle = QPointF(box.x + box.width / 2, box.y + (box.header or box.height) / 2)
    return view.canvas.mapFromScene(middle)


def press(view: PictureView, qtbot: QtBot, key: Qt.Key) -> None:
    qtbot.keyClick(view.canvas, key)


def keys(view: PictureView) -> set[str]:
    return {item.box.node.key for item in view.scene.box_items()}


STAGES = {"<image>", "stem", "body", "head", "<scores>"}
BLOCKS = STAGES | {"body.0", "body.1"}


def test_waits_for_the_library_then_draws(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_engine(monkeypatch)
    may_go = threading.Event()
    monkeypatch.setattr(jobs, "block_graph", waiting_for(may_go, small_graph))
    view = PictureView(session)
    qtbot.addWidget(view)
    view.show()
    assert view.waiting.busy.isVisible() and "library" in view.waiting.text.text()
    make_ready(session, qtbot)
    assert "Drawing" in view.waiting.text.text()
    assert not view.save.isEnabled()
    may_go.set()
    qtbot.waitUntil(lambda: view.canvas.isVisible())
    assert keys(view) == STAGES
    assert view.save.isEnabled() and not view.note.isVisible()


def test_a_failure_is_said_and_can_be_tried_again(
    ready_session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "block_graph", failing_at_first(small_graph, "This network is odd."))
    view = on_screen(PictureView(ready_session), qtbot, 760, 600)
    qtbot.waitUntil(view.waiting.retry.isVisible)
    assert view.waiting.text.text() == "This network is odd."
    view.waiting.retry.click()
    qtbot.waitUntil(view.canvas.isVisible)


def test_a_network_that_cannot_be_followed_is_drawn_and_that_is_said(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_engine(monkeypatch)
    graph = dataclasses.replace(small_graph(), is_traced=False)
    monkeypatch.setattr(jobs, "block_graph", lambda *arguments: graph)
    make_ready(session, qtbot)
    view = show(session, qtbot)
    assert view.note.isVisible()
    assert keys(view) == STAGES


def test_a_chosen_box_is_chosen_everywhere(
    view: PictureView, session: Session, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(session.network.layer_selected) as signal:
        qtbot.mouseClick(view.canvas.viewport(), LEFT, pos=place(view, "stem"))
    assert signal.args == ["stem"]
    assert view.scene.chosen_key == "stem"
    assert "3×3 conv, 8, /2" in view.facts.text and "100 parameters" in view.facts.text


def test_a_layer_chosen_elsewhere_is_marked_in_the_box_that_holds_it(
    view: PictureView, session: Session
) -> None:
    session.network.select_layer("body.1.conv")
    chosen = [item.box.node.key for item in view.scene.box_items() if item.is_chosen]
    assert chosen == ["body"]
    view.scene.set_level(PictureLevel.LAYERS)
    chosen = [item.box.node.key for item in view.scene.box_items() if item.is_chosen]
    assert chosen == ["body.1.conv"]
    session.network.select_layer("")
    assert not any(item.is_chosen for item in view.scene.box_items())


def test_a_layer_that_was_chosen_before_is_marked_at_once(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_engine(monkeypatch)
    monkeypatch.setattr(jobs, "block_graph", small_graph)
    make_ready(session, qtbot)
    session.network.select_layer("head")
    assert show(session, qtbot).scene.chosen_key == "head"


def test_a_layer_that_sees_only_some_maps_shows_its_table(
    ready_session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = ((0, 1), (1, 2), (0, 1, 2))

    def partly(model: str, num_classes: int, build: BuildConfig) -> NetworkGraph:
        graph = small_graph(model, num_classes, build)
        nodes = (
            dataclasses.replace(node, connections=seen) if node.key == "stem" else node
            for node in graph.root.nodes
        )
        root = dataclasses.replace(graph.root, nodes=tuple(nodes))
        return dataclasses.replace(graph, root=root)

    monkeypatch.setattr(jobs, "block_graph", partly)
    view = show(ready_session, qtbot)
    table = view.connections
    assert not table.isVisible()
    qtbot.mouseClick(view.canvas.viewport(), LEFT, pos=place(view, "stem"))
    assert table.isVisible() and table.seen == seen
    assert "7" in table.title and "9" in table.title
    for width in (900, 480):  # beside the picture, or below where that would leave too little
        view.resize(width, 600)
        QApplication.processEvents()
        shown = QRect(view.canvas.mapTo(view, QPoint()), view.canvas.size())
        covered = shown.intersected(QRect(table.mapTo(view, QPoint()), table.size()))
        assert covered.isEmpty() and shown.width() > 300 and shown.height() > 200
    assert table.spoken_count() == 9
    assert "not" in table.spoken_text(1) and "not" not in table.spoken_text(0)
    qtbot.mouseClick(view.canvas.viewport(), LEFT, pos=place(view, "head"))
    assert not table.isVisible()


def test_levels_open_and_close_everything(view: PictureView, qtbot: QtBot) -> None:
    buttons = view.levels.buttons()
    qtbot.mouseClick(buttons[1], LEFT)
    assert keys(view) == BLOCKS
    qtbot.mouseClick(buttons[2], LEFT)
    assert {"body.0.conv", "body.0/add"} < keys(view)
    qtbot.mouseClick(buttons[0], LEFT)
    assert keys(view) == STAGES


def test_the_level_holds_for_the_next_network(
    view: PictureView, session: Session, qtbot: QtBot
) -> None:
    qtbot.mouseClick(view.levels.buttons()[1], LEFT)
    session.network.set_model("resnet18")
    qtbot.waitUntil(
        lambda: view.scene.network is not None and view.scene.network.model == "resnet18"
    )
    assert keys(view) == BLOCKS


def test_a_double_click_opens_a_box_where_it_stands(view: PictureView, qtbot: QtBot) -> None:
    corner = view.scene.item("body")
    assert corner is not None
    before = view.canvas.mapFromScene(corner.scenePos())
    qtbot.mouseDClick(view.canvas.viewport(), LEFT, pos=place(view, "body"))
    assert keys(view) == BLOCKS
    assert view.levels.value is PictureLevel.BLOCKS
    corner = view.scene.item("body")
    assert corner is not None
    way = view.canvas.mapFromScene(corner.scenePos()) - before
    assert way.manhattanLength() <= 2
    qtbot.mouseDClick(view.canvas.viewport(), LEFT, pos=place(view, "body"))
    assert keys(view) == STAGES


def test_the_handle_opens_with_one_click(view: PictureView, qtbot: QtBot) -> None:
    item = view.scene.item("body")
    assert item is not None
    spot = view.canvas.mapFromScene(item.mapToScene(item.handle().center()))
    qtbot.mouseClick(view.canvas.viewport(), LEFT, pos=spot)
    assert keys(view) == BLOCKS


def test_the_keyboard_reaches_everything(view: PictureView, session: Session, qtbot: QtBot) -> None:
    for _ in range(3):
        press(view, qtbot, Qt.Key.Key_Down)
    assert view.scene.chosen_key == "body" and session.network.selected_layer == "body"
    press(view, qtbot, Qt.Key.Key_Return)
    assert keys(view) == BLOCKS
    press(view, qtbot, Qt.Key.Key_Down)
    assert session.network.selected_layer == "body.0"
    press(view, qtbot, Qt.Key.Key_Return)
    press(view, qtbot, Qt.Key.Key_Down)
    assert session.network.selected_layer == "body.0.conv"
    press(view, qtbot, Qt.Key.Key_Escape)
    assert session.network.selected_layer == "body.0" and "body.0.conv" in keys(view)
    press(view, qtbot, Qt.Key.Key_Escape)
    assert keys(view) == BLOCKS
    assert "body.0" in view.canvas.accessibleDescription()


def test_zoom_by_keys_and_buttons(view: PictureView, qtbot: QtBot) -> None:
    start = view.canvas.scale_now
    press(view, qtbot, Qt.Key.Key_Plus)
    press(view, qtbot, Qt.Key.Key_Plus)
    assert view.canvas.scale_now > start
    press(view, qtbot, Qt.Key.Key_Minus)
    view.zoom_out.click()
    assert view.canvas.scale_now == pytest.approx(start)
    view.zoom_in.click()
    press(view, qtbot, Qt.Key.Key_0)
    assert view.canvas.scale_now == pytest.approx(start)


def test_on_a_large_screen_the_whole_picture_is_enlarged(view: PictureView) -> None:
    view.canvas.fit()
    for width, height in ((1800, 1400), (3800, 2100)):
        view.resize(width, height)
        for _ in range(4):
            QApplication.processEvents()
        shown = view.canvas.mapFromScene(view.scene.sceneRect()).boundingRect()
        assert 1.0 < view.canvas.scale_now <= 2.0
        assert shown.width() <= width and shown.height() <= height


def test_the_point_under_the_pointer_stays_when_zooming(view: PictureView) -> None:
    spot = place(view, "head")
    before = view.canvas.mapToScene(spot)
    view.canvas.zoom(1.7, spot)
    after = view.canvas.mapToScene(spot)
    assert (after - before).manhattanLength() < 3


def test_dragging_pans_and_chooses_nothing(view: PictureView, qtbot: QtBot) -> None:
    spot = place(view, "stem")
    port = view.canvas.viewport()
    qtbot.mousePress(port, LEFT, pos=spot)
    qtbot.mouseMove(port, spot + QPoint(40, 30))
    qtbot.mouseRelease(port, LEFT, pos=spot + QPoint(40, 30))
    way = place(view, "stem") - spot
    assert (abs(way.x() - 40), abs(way.y() - 30)) < (2, 2)
    assert not view.scene.chosen_key


def test_what_trains_follows_the_plan(view: PictureView, session: Session) -> None:
    def states() -> dict[str, Training]:
        return {item.box.node.key: item.training for item in view.scene.box_items()}

    session.network.set_strategy("feature_extraction")
    assert states()["stem"] is states()["body"] is Training.FROZEN
    assert states()["head"] is Training.TRAINABLE
    assert states()["<image>"] is Training.NONE
    session.network.tick({"body.1.conv", "head"})
    assert states()["body"] is Training.PARTLY
    assert "trains in part" in view.scene.box_items()[2].toolTip()
    assert "frozen" in view.legend.accessibleName()
    session.network.set_strategy("fine_tuning")
    assert set(states().values()) == {Training.TRAINABLE, Training.NONE}
    assert "frozen" not in view.legend.accessibleName()


def test_the_legend_names_what_is_in_sight(view: PictureView) -> None:
    assert "residual block" in view.legend.accessibleName()
    assert "skip connection" not in view.legend.accessibleName()
    view.scene.set_level(PictureLevel.LAYERS)
    assert "skip connection" in view.legend.accessibleName()


@pytest.fixture
def save(view: PictureView, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Path], None]:
    """Saves the picture through the menu, in a format and at a place."""

    def save(form: str, path: Path) -> None:
        monkeypatch.setattr(file_dialogs, "ask_target", lambda *given: given[-1](path))
        menu = view.save.menu()
        assert menu is not None
        next(action for action in menu.actions() if form in action.text()).trigger()

    return save


def test_a_drawing_and_an_image_are_written(
    view: PictureView,
    session: Session,
    save: Callable[[str, Path], None],
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    view.scene.set_level(PictureLevel.LAYERS)
    session.network.select_layer("stem")
    with qtbot.waitSignal(session.notifications.posted):
        save("SVG", tmp_path / "net.svg")
    drawing = QSvgRenderer(str(tmp_path / "net.svg"))
    assert drawing.isValid()
    layout = view.scene.layout
    assert drawing.viewBoxF().width() == pytest.approx(layout.width, abs=1)
    text = (tmp_path / "net.svg").read_text(encoding="utf-8")
    assert "residual block" in text and "3×3 conv, 8, /2" in text
    with qtbot.waitSignal(session.notifications.posted):
        save("PNG", tmp_path / "net.png")
    image = QImage(str(tmp_path / "net.png"))
    assert abs(image.width() - 2 * layout.width) <= 1
    assert view.scene.chosen_key == "stem"  # not in the files, but still in the window
    assert sorted(path.name for path in tmp_path.glob("net*")) == ["net.png", "net.svg"]


def test_a_file_that_cannot_be_written_is_said(
    session: Session, save: Callable[[str, Path], None], qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    with qtbot.waitSignal(session.notifications.posted) as signal:
        save("SVG", tmp_path / "file" / "net.svg")
    assert "cannot be written" in signal.args[0].text


def test_another_theme_recolours_the_picture(view: PictureView, app: QApplication) -> None:
    theme.apply(app, theme.Scheme.DARK)
    try:
        corner = view.canvas.viewport().grab().toImage().pixelColor(2, 2)
        assert corner.name() == theme.DARK.surface
    finally:
        theme.apply(app, theme.Scheme.LIGHT)


def test_a_slash_in_the_name_of_a_model_is_no_folder(
    view: PictureView, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = view.scene.network
    assert network is not None
    view.scene.network = dataclasses.replace(network, model="timm/resnet18")
    asked: list[str] = []
    monkeypatch.setattr(file_dialogs, "ask_target", lambda *given: asked.append(given[3]))
    menu = view.save.menu()
    assert menu is not None
    for action in menu.actions():
        action.trigger()
    assert asked == ["timm-resnet18.svg", "timm-resnet18.png"]


@pytest.fixture
def beside(view: PictureView, session: Session, monkeypatch: pytest.MonkeyPatch) -> PictureView:
    monkeypatch.setattr(jobs, "side_by_side", small_beside)
    session.beside.show(PAIR)
    return view


def test_networks_stand_side_by_side_and_what_differs_is_marked(
    beside: PictureView, session: Session, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: "1:body" in keys(beside))
    assert [name for name, *_ in beside.canvas.columns()] == ["ResNet-18", "AlexNet"]
    marked = {item.box.node.key for item in beside.scene.box_items() if item.differs}
    assert marked == {"1:body"}
    qtbot.mouseClick(beside.levels.buttons()[1], LEFT)
    qtbot.waitUntil(lambda: "1:body.2" in keys(beside))
    marked = {item.box.node.key for item in beside.scene.box_items() if item.differs}
    assert marked == {"1:body", "1:body.2"}
    assert session.network.selected_layer == ""


def test_a_row_is_opened_in_all_networks(beside: PictureView, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: "1:body" in keys(beside))
    beside.canvas.toggle("0:body")
    qtbot.waitUntil(lambda: {"0:body.0", "1:body.0"} <= keys(beside))
    beside.canvas.toggle("1:body")
    qtbot.waitUntil(lambda: "0:body.0" not in keys(beside))


def test_the_chosen_network_comes_back(beside: PictureView, session: Session, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: "1:body" in keys(beside))
    session.beside.end()
    assert keys(beside) == STAGES and not beside.canvas.columns()
    assert not beside.column_titles.isVisible()


def test_a_set_that_cannot_be_made_says_why(
    view: PictureView, session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "side_by_side", failing_at_first(small_beside, "It is odd."))
    session.beside.show(PAIR)
    qtbot.waitUntil(view.waiting.retry.isVisible)
    assert view.waiting.text.text() == "It is odd."
    view.waiting.retry.click()
    qtbot.waitUntil(lambda: "1:body" in keys(view))
