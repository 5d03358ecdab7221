"""Images left out by hand in the window: at once, or after the run; undone; remembered."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from tests.gui.fakes import make_images
from tlstudio.core.data.manifest import Manifest
from tlstudio.engine.data.manifest_file import manifest_text
from tlstudio.engine.data.sources import stored_manifest
from tlstudio.gui.state.run import RunStatus
from tlstudio.gui.state.session import Session


def open_photos(session: Session, qtbot: QtBot, folder: Path) -> None:
    make_images(folder, count=6)
    with qtbot.waitSignal(session.datasets.changed):
        session.datasets.open(folder)


def test_the_dataset_follows_and_undo_brings_it_back(
    ready_session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    session, datasets = ready_session, ready_session.datasets
    open_photos(session, qtbot, tmp_path / "photos")
    before = datasets.index
    assert before is not None
    with qtbot.waitSignal(datasets.changed):
        datasets.edit(Manifest().leaving_out(["acorn/0.png"]))
    assert datasets.index is not None and len(datasets.index.samples) == 17
    assert session.undo.undo_what == "Images left out or moved"
    with qtbot.waitSignal(datasets.changed):
        session.undo.undo()
    assert datasets.index.fingerprint == before.fingerprint and not datasets.manifest
    with qtbot.waitSignal(datasets.changed):
        session.undo.redo()
    with qtbot.waitSignal(datasets.changed):
        datasets.reload()
    assert datasets.index is not None and len(datasets.index.samples) == 17


def test_a_run_keeps_its_images_and_what_comes_after_does_not(
    ready_session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    session, datasets = ready_session, ready_session.datasets
    open_photos(session, qtbot, tmp_path / "photos")
    session.run._set_status(RunStatus.RUNNING)
    before = datasets.index
    datasets.edit(Manifest().moving(["acorn/0.png"], "leaf"))
    assert session.disk_pool._pool.waitForDone(60_000)
    assert datasets.index is before
    with qtbot.waitSignal(datasets.changed):
        session.run._set_status(RunStatus.IDLE)
    assert datasets.index is not None and datasets.index.manifest == datasets.manifest


def test_another_dataset_has_changes_of_its_own(
    ready_session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    session, datasets = ready_session, ready_session.datasets
    open_photos(session, qtbot, tmp_path / "photos")
    with qtbot.waitSignal(datasets.changed):
        datasets.edit(Manifest().leaving_out(["acorn/0.png"]))
    open_photos(session, qtbot, tmp_path / "others")
    assert not datasets.manifest and not session.undo.can_undo
    with qtbot.waitSignal(datasets.changed):
        datasets.open(tmp_path / "photos")
    assert len(datasets.manifest) == 1


def test_the_latest_change_is_the_one_that_is_written(
    ready_session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    datasets = ready_session.datasets
    open_photos(ready_session, qtbot, tmp_path / "photos")
    for number in range(20):  # on two threads
        datasets.edit(Manifest().leaving_out([f"acorn/{number % 6}.png"]))
    assert ready_session.disk_pool._pool.waitForDone(60_000)
    assert stored_manifest(tmp_path / "photos") == datasets.manifest


def test_a_manifest_of_a_copy_is_taken_over_and_can_be_undone(
    ready_session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    session, datasets = ready_session, ready_session.datasets
    file = tmp_path / "manifest.jsonl"
    file.write_text(manifest_text(Manifest().leaving_out(["acorn/0.png", "gone.png"])))
    open_photos(session, qtbot, tmp_path / "photos")
    with qtbot.waitSignal(datasets.changed):
        datasets.bring_manifest(file)
    assert datasets.index is not None and len(datasets.index.samples) == 17
    assert "1 image" in session.notifications.kept[-1].hint
    with qtbot.waitSignal(datasets.changed):
        session.undo.undo()
    assert not datasets.manifest and len(datasets.index.samples) == 18
