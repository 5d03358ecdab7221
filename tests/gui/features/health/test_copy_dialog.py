"""Write a clean copy: what is used now, in a folder of its own; stopped, nothing stays behind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.gui.clipping import clipped
from tests.gui.findings import plant
from tests.gui.spoken import unspoken
from tlstudio.gui.app.main_window import LEAST
from tlstudio.gui.features.health.copy_dialog import CopyDialog, open_copy
from tlstudio.gui.features.health.copy_state import CopyState
from tlstudio.gui.kit import language
from tlstudio.gui.state.session import Session


@pytest.fixture
def dialog(session: Session, qtbot: QtBot, tmp_path: Path) -> Iterator[CopyDialog]:
    with qtbot.waitSignal(session.datasets.changed):
        session.datasets.open(plant(tmp_path / "photos"))
    window = QWidget()
    qtbot.addWidget(window)
    yield open_copy(session, window)  # which the window owns


def files_in(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*.png")}


def test_what_is_left_out_and_moved_is_as_it_is_used(
    dialog: CopyDialog, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    whole = files_in(tmp_path / "photos")
    manifest = session.datasets.manifest.leaving_out(["train/acorn/0.png"])
    with qtbot.waitSignal(session.datasets.changed):
        session.datasets.edit(manifest.moving(["val/leaf/1.png"], "acorn"))
    assert dialog.facts.text().startswith("28 images · 1 left out · 1 moved to another class.")
    assert dialog.folder.text() == str(tmp_path / "photos clean")
    dialog.write_button.click()
    qtbot.waitUntil(dialog.show_button.isVisible)
    moved = {"val/acorn/1-2.png"} if "val/acorn/1.png" in whole else {"val/acorn/1.png"}
    gone = {"train/acorn/0.png", "val/leaf/1.png"}
    assert files_in(tmp_path / "photos clean") == (whole - gone) | moved
    assert files_in(tmp_path / "photos") == whole
    assert dialog.outcome.text().startswith("28 images were written to")
    with qtbot.waitSignal(session.datasets.changed):
        dialog.open_button.click()
    assert session.dataset_name == "photos clean"


def test_a_folder_that_is_taken_is_refused_in_words(
    dialog: CopyDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog.folder.setText(str(tmp_path / "photos" / "copy"))
    dialog.write_button.click()
    qtbot.waitUntil(lambda: bool(dialog.outcome.text()))
    assert dialog.outcome.text().startswith("A copy cannot lie within the dataset itself.")
    assert dialog.write_button.isEnabled() and dialog.show_button.isHidden()


def test_stopped_nothing_stays_behind(
    dialog: CopyDialog, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    state = session.feature(CopyState)
    dialog.write_button.click()
    assert dialog.bar.isVisible() and not dialog.write_button.isEnabled()
    dialog.stop_button.click()
    qtbot.waitUntil(lambda: not state.active)
    if state.written is None:  # it may have been quicker
        assert [path.name for path in tmp_path.iterdir() if "photos" in path.name] == ["photos"]
    assert dialog.stop_button.isHidden()


@pytest.mark.parametrize("code", ["en", "ko"])
def test_all_of_it_is_seen_in_a_small_window(
    session: Session, qtbot: QtBot, tmp_path: Path, code: str
) -> None:
    with qtbot.waitSignal(session.datasets.changed):
        session.datasets.open(plant(tmp_path / "photos"))
    language.install(code)
    try:
        window = QWidget()
        qtbot.addWidget(window)
        dialog = open_copy(session, window)
        dialog.resize(dialog.size().boundedTo(LEAST))
        dialog.write_button.click()
        qtbot.waitUntil(dialog.show_button.isVisible)
        assert not [*clipped(dialog), *unspoken(dialog)]
    finally:
        language.install("en")
