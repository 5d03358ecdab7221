"""Several images of the gallery chosen, left out, moved, copied; the marks that say so."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from tests.gui.fakes import make_images, make_index, play
from tlstudio.core.data.dataset import Split
from tlstudio.core.runs.events import RunEndReason
from tlstudio.gui.features.results.page import ResultsPage
from tlstudio.gui.state.session import Session

LEFT = Qt.MouseButton.LeftButton
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def page(session: Session, qtbot: QtBot, tmp_path: Path) -> ResultsPage:
    page = ResultsPage(session)
    qtbot.addWidget(page)
    page.resize(1200, 800)
    page.show()
    root = tmp_path / "photos"
    play(session, make_index(root, make_images(root)), epochs=2, reason=RunEndReason.FINISHED)
    return page


def click(page: ResultsPage, qtbot: QtBot, index: int, modifier: Qt.KeyboardModifier) -> None:
    place = page.gallery.grid.cell_rect(index).center()
    qtbot.mouseClick(page.gallery.grid.viewport(), LEFT, modifier, place)


def test_clicks_with_ctrl_and_shift_choose_several_and_open_nothing(
    page: ResultsPage, qtbot: QtBot
) -> None:
    grid = page.gallery.grid
    click(page, qtbot, 1, CONTROL)
    click(page, qtbot, 4, SHIFT)
    assert grid.selection == (1, 2, 3, 4) and not page.gallery.viewing
    click(page, qtbot, 2, CONTROL)
    assert grid.selection == (1, 3, 4)
    assert page.edits.isVisible() and page.edits.count.text() == "3 selected"
    assert grid.accessibleDescription().startswith("3 selected.")
    click(page, qtbot, 0, Qt.KeyboardModifier.NoModifier)
    assert grid.selection == (0,) and page.gallery.viewing
    assert not page.edits.isVisible()


def test_keys_choose_several(page: ResultsPage, qtbot: QtBot) -> None:
    grid = page.gallery.grid
    qtbot.keyClick(grid, Qt.Key.Key_Right)
    qtbot.keyClick(grid, Qt.Key.Key_Right, SHIFT)
    qtbot.keyClick(grid, Qt.Key.Key_Right, SHIFT)
    assert grid.selection == (0, 1, 2)
    qtbot.keyClick(grid, Qt.Key.Key_A, CONTROL)
    assert len(grid.selection) == 18
    qtbot.keyClick(grid, Qt.Key.Key_Escape)
    assert grid.selection == ()


def test_dragging_over_images_chooses_them(page: ResultsPage, qtbot: QtBot) -> None:
    grid, view = page.gallery.grid, page.gallery.grid.viewport()
    end = grid.cell_rect(1).center()
    qtbot.mousePress(view, LEFT, pos=QPoint(1, 1))
    qtbot.mouseMove(view, QPoint(60, 60))
    qtbot.mouseMove(view, end)
    assert not grid.grab().isNull()  # with the band
    qtbot.mouseRelease(view, LEFT, pos=end)
    assert grid.selection == (0, 1) and not page.gallery.viewing


def test_images_are_left_out_marked_and_taken_back(
    page: ResultsPage, session: Session, qtbot: QtBot
) -> None:
    grid, datasets = page.gallery.grid, session.datasets
    assert datasets.index is not None
    before = datasets.index
    click(page, qtbot, 0, CONTROL)
    click(page, qtbot, 1, CONTROL)
    with qtbot.waitSignal(datasets.changed):
        qtbot.keyClick(grid, Qt.Key.Key_Delete)
    assert datasets.manifest.left_out.keys() == {"acorn/0.png", "acorn/1.png"}
    assert len(datasets.index.by_split[Split.VAL]) == 16
    assert [item.note for item in grid.items[:3]] == ["Left out", "Left out", ""]
    assert "Left out" in grid._text_of(0) and not grid.grab().isNull()
    assert page.edits.changes.text() == "2 changes to the dataset"
    assert grid.selection == (0, 1), "the run's own images stay in sight"
    with qtbot.waitSignal(datasets.changed):
        page.edits.restore_button.click()
    assert datasets.index.fingerprint == before.fingerprint
    assert not page.edits.changes.isVisible()


def test_images_are_moved_to_another_class_by_menu_and_box(
    page: ResultsPage, session: Session, qtbot: QtBot
) -> None:
    datasets = session.datasets
    click(page, qtbot, 0, CONTROL)
    menu = page.edits.menu()
    move = next(action for action in menu.actions() if action.menu() is not None)
    names = move.menu().actions()
    assert [action.text() for action in names] == ["acorn", "leaf", "mushroom"]
    with qtbot.waitSignal(datasets.changed):
        names[1].trigger()
    assert datasets.manifest.moved == {"acorn/0.png": "leaf"}
    assert page.gallery.grid.items[0].note == "→ leaf"
    with qtbot.waitSignal(datasets.changed):
        page.edits.move_box.setCurrentIndex(3)
        page.edits.move_box.activated.emit(3)
    assert datasets.manifest.moved == {"acorn/0.png": "mushroom"}
    with qtbot.waitSignal(datasets.changed):
        session.undo.undo()
    assert datasets.manifest.moved == {"acorn/0.png": "leaf"}
    menu.deleteLater()


def test_paths_are_copied(page: ResultsPage, qtbot: QtBot) -> None:
    click(page, qtbot, 0, CONTROL)
    click(page, qtbot, 1, CONTROL)
    page.edits.copy_paths()
    copied = QGuiApplication.clipboard().text().splitlines()
    assert [Path(line).name for line in copied] == ["0.png", "1.png"]
    assert all(Path(line).is_file() for line in copied)


def test_the_choice_stays_with_its_images_when_others_go(page: ResultsPage, qtbot: QtBot) -> None:
    click(page, qtbot, 7, CONTROL)
    click(page, qtbot, 8, CONTROL)
    page.filter.set_true_class(1)
    assert page.gallery.grid.selection == (1, 2)
