"""The split in the window: edited by hand, with groups, anew where the dataset says one, undone."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.gui.fakes import make_images
from tests.gui.fields import type_number
from tlstudio.core.data.dataset import Split, SplitConfig
from tlstudio.core.data.manifest import Manifest
from tlstudio.core.data.split_config import GroupBy
from tlstudio.engine.data.sources import stored_split
from tlstudio.engine.data.split_file import split_csv
from tlstudio.gui.features.dataset.classes_side import ClassesSide
from tlstudio.gui.features.dataset.images_view import ImagesView
from tlstudio.gui.state.session import Session

LEFT, CONTROL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier


def opened(session: Session, qtbot: QtBot, folder: Path) -> None:
    with qtbot.waitSignal(session.datasets.changed):
        session.datasets.open(folder)


@pytest.fixture
def view(session: Session, qtbot: QtBot, tmp_path: Path) -> ImagesView:
    make_images(tmp_path / "photos", count=6)
    view = ImagesView(session)
    qtbot.addWidget(view)
    view.resize(900, 700)
    view.show()
    session.datasets.changed.connect(lambda index: index and view.set_index(index))
    opened(session, qtbot, tmp_path / "photos")
    return view


def test_images_are_placed_in_a_split_marked_and_taken_back(
    view: ImagesView, session: Session, qtbot: QtBot
) -> None:
    datasets, grid = session.datasets, view.grid
    before = datasets.index
    assert before is not None and not before.by_split[Split.TEST]
    for number in (0, 2):
        place = grid.cell_rect(number).center()
        qtbot.mouseClick(grid.viewport(), LEFT, CONTROL, place)
    chosen = {grid.items[number].image for number in (0, 2)}
    assert view.edits.isVisible() and view.edits.count.text() == "2 selected"
    menu = view.edits.menu()
    use = next(a.menu() for a in menu.actions() if a.text() == "Use for")
    names = [action.text() for action in use.actions() if not action.isSeparator()]
    assert names == ["Train", "Validation", "Test", "As the dataset or its split says"]
    assert not use.actions()[-1].isEnabled()
    with qtbot.waitSignal(datasets.changed):
        use.actions()[2].trigger()
    menu.deleteLater()
    assert {s.image for s in datasets.index.by_split[Split.TEST]} == chosen
    notes = {item.image: item.note for item in grid.items[:]}
    assert {image for image, note in notes.items() if note == "→ Test"} == chosen
    assert view.edits.changes.text() == "2 changes to the dataset"
    with qtbot.waitSignal(datasets.changed):
        datasets.split(SplitConfig(seed=3))
    assert {s.image for s in datasets.index.by_split[Split.TEST]} == chosen
    with qtbot.waitSignal(datasets.changed):
        session.undo.undo()
    with qtbot.waitSignal(datasets.changed):
        session.undo.undo()
    assert datasets.index.fingerprint == before.fingerprint and not datasets.manifest


def test_a_table_is_taken_over(view: ImagesView, session: Session, qtbot: QtBot) -> None:
    datasets = session.datasets
    assert datasets.index is not None
    other = datasets.index.edited(Manifest().placing(["leaf/1.png"], Split.TEST))
    file = datasets.index.root.parent / "split.csv"
    file.write_text(split_csv(other))
    with qtbot.waitSignal(datasets.changed):
        datasets.bring_manifest(file)
    assert datasets.index.fingerprint == other.fingerprint


def test_what_cannot_be_split_so_is_told_and_not_remembered(
    session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    make_images(tmp_path / "photos", count=6)
    side = ClassesSide(session)
    qtbot.addWidget(side)
    session.datasets.changed.connect(lambda index: index and side.set_index(index))
    opened(session, qtbot, tmp_path / "photos")
    editor = side.split_editor
    editor.by.buttons()[1].click()
    type_number(qtbot, editor.val_images, "17")
    with qtbot.waitSignal(session.datasets.missed):
        editor.button.click()
    assert "are too many of 18" in str(session.notifications.kept[-1].text)
    type_number(qtbot, editor.val_images, "9")
    with qtbot.waitSignal(session.datasets.changed):
        editor.button.click()
    assert session.disk_pool._pool.waitForDone(60_000)
    config = stored_split(tmp_path / "photos")
    assert config is not None and config.val_images == 9
    editor.group_by.set_value(GroupBy.PREFIX.value)
    editor._on_group_by_chosen()
    qtbot.waitUntil(lambda: "No images belong together" in editor.groups.text())


def test_a_dataset_that_says_its_split_is_split_anew_and_back(
    session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    for split in ("train", "val"):
        make_images(tmp_path / "both" / split, count=4)
    side = ClassesSide(session)
    qtbot.addWidget(side)
    side.show()
    session.datasets.changed.connect(lambda index: index and side.set_index(index))
    opened(session, qtbot, tmp_path / "both")
    before = session.datasets.index
    assert before is not None and side.anew_button.isVisible() and not side.fold.isVisible()
    with qtbot.waitSignal(session.datasets.changed):
        side.anew_button.click()
    assert side.fold.isVisible() and side.own_button.isVisible()
    assert session.datasets.index.split_config == SplitConfig(anew=True)
    with qtbot.waitSignal(session.datasets.changed):
        session.undo.undo()
    assert session.datasets.index.fingerprint == before.fingerprint
    with qtbot.waitSignal(session.datasets.changed):
        session.undo.redo()
    with qtbot.waitSignal(session.datasets.changed):
        side.own_button.click()
    assert session.datasets.index.fingerprint == before.fingerprint
