"""Weights of many networks from a folder, in the window: seen first, then imported."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tlstudio.core.classroom.weights import Arrival, FoundWeights, WeightsProgressed
from tlstudio.core.errors import StorageError, WeightsError
from tlstudio.core.networks.downloads import WeightsName
from tlstudio.core.runs.events import StopToken
from tlstudio.gui.features.downloads import jobs
from tlstudio.gui.features.downloads.folder_dialog import (
    FolderColumn,
    FolderImportDialog,
    open_folder_import,
)
from tlstudio.gui.state.session import Session

ROWS = (
    FoundWeights(Path("a.pth"), 100_000_000, Arrival.NEW, WeightsName("resnet18", "V1"), "aa"),
    FoundWeights(Path("b.pth"), 50_000_000, Arrival.NEW, WeightsName("resnet34", "V1"), "bb"),
    FoundWeights(Path("c.pth"), 10, Arrival.UNKNOWN, problem=WeightsError("It is nothing.")),
    FoundWeights(Path("d.pth"), 10, Arrival.HERE, WeightsName("vgg16", "V1"), "dd"),
)


@pytest.fixture
def owner(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()
    return widget


def find(_: Path, stop: StopToken) -> Iterator[object]:
    yield WeightsProgressed(0, 4, Path("a.pth"))
    yield ROWS


def texts(dialog: FolderImportDialog, column: FolderColumn) -> list[str]:
    order = dialog.order
    return [order.index(row, column).data() for row in range(order.rowCount())]


def test_what_comes_is_seen_first(
    session: Session, owner: QWidget, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[FoundWeights] = []

    def take(rows: tuple[FoundWeights, ...], stop: StopToken) -> Iterator[object]:
        from dataclasses import replace

        for row in rows:
            if row.arrival is Arrival.NEW:
                taken.append(row)
                fails = row.path.name == "b.pth"
                ended = Arrival.FAILED if fails else Arrival.TAKEN
                yield replace(row, arrival=ended, problem=WeightsError("Torn.") if fails else None)

    monkeypatch.setattr(jobs, "find_weights", find)
    monkeypatch.setattr(jobs, "take_weights", take)
    dialog = open_folder_import(session, owner, Path("stick"))
    state = dialog._state
    qtbot.waitUntil(lambda: state.is_known and not state.active)
    assert texts(dialog, FolderColumn.ARRIVAL) == [
        "Comes",
        "Comes",
        "Left out",
        "Here already, stays as it is",
    ]
    dialog.table.selectRow(2)
    assert dialog.outcome.text() == "It is nothing."
    dialog.table.clearSelection()
    assert dialog.outcome.text() == "A chosen row says why it is left out."
    dialog.table.selectRow(2)
    assert texts(dialog, FolderColumn.WEIGHTS)[0] == "resnet18 · V1"
    tips = {row.path: dialog.model.columns[0].tip(row) for row in ROWS}  # type: ignore[misc]
    assert "It is nothing." in tips[Path("c.pth")] and "SHA-256 aa" in tips[Path("a.pth")]
    assert dialog.take_button.text() == "Import 2 of them (150.0 MB)"
    assert taken == []
    with qtbot.waitSignal(session.downloads.arrived):
        qtbot.mouseClick(dialog.take_button, Qt.MouseButton.LeftButton)
    assert taken == list(ROWS[:2])
    assert dialog.outcome.text() == "1 imported. Torn. A chosen row says why it is left out."
    assert not dialog.take_button.isEnabled()


def test_files_of_one_name_are_told_apart_by_their_folders(
    session: Session, owner: QWidget, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    stick, hub = Path("stick"), "models--timm--resnet34.a1_in1k/snapshots/1"
    rows = tuple(
        FoundWeights(stick / folder / "model.safetensors", 10, Arrival.NEW, WeightsName(name, "a"))
        for name, folder in (("resnet18", "mine"), ("resnet34", hub))
    )
    monkeypatch.setattr(jobs, "find_weights", lambda folder, stop: iter([rows]))
    dialog = open_folder_import(session, owner, stick)
    qtbot.waitUntil(lambda: dialog.order.rowCount() == 2)
    wanted = [str(Path(name, "model.safetensors")) for name in ("mine", "resnet34.a1_in1k")]
    assert sorted(texts(dialog, FolderColumn.FILE)) == wanted


def test_faults_and_empty_folders_are_told(
    session: Session, owner: QWidget, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = open_folder_import(session, owner, tmp_path)
    state = dialog._state
    qtbot.waitUntil(lambda: state.is_known and not state.active)
    assert dialog.outcome.text() == "There are no files of weights in this folder."

    def full(_: object, stop: StopToken) -> Iterator[object]:
        raise StorageError("The disk is too full.")
        yield

    monkeypatch.setattr(jobs, "find_weights", find)
    monkeypatch.setattr(jobs, "take_weights", full)
    state.look_into(tmp_path)
    qtbot.waitUntil(lambda: state.is_known and not state.active)
    state.import_new()
    qtbot.waitUntil(lambda: not state.active)
    assert dialog.outcome.text() == "The disk is too full."
    assert dialog.take_button.isEnabled()  # nothing is lost


def test_where_nothing_comes_it_says_how_to_learn_why(
    session: Session, owner: QWidget, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "find_weights", lambda folder, stop: iter([ROWS[2:]]))
    dialog = open_folder_import(session, owner, Path("stick"))
    qtbot.waitUntil(lambda: bool(dialog.outcome.text()))
    assert dialog.outcome.text().startswith("There is nothing to import.")
    dialog.table.selectRow(0)
    assert dialog.outcome.text() == "It is nothing."
