"""The file dialogs give back what a person typed, whatever the list shows."""

from __future__ import annotations

import re
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QFileDialog,
    QLabel,
    QLineEdit,
    QListView,
    QTreeView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tlstudio.core.storage import documents_dir, safe_file_name
from tlstudio.gui.kit import file_dialogs, language
from tlstudio.gui.kit.file_dialogs import Place
from tlstudio.gui.state.session import Session


def opened(parent: QWidget, qtbot: QtBot) -> QFileDialog:
    """The dialog, which opens once it is known where."""
    qtbot.waitUntil(lambda: parent.findChild(QFileDialog) is not None)
    return parent.findChild(QFileDialog)


@pytest.fixture
def parent(session: Session, qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


def test_a_typed_folder_wins_over_the_row_of_the_list(
    session: Session,
    parent: QWidget,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    typed = tmp_path / "photos" / "birds"
    typed.mkdir(parents=True)
    session.preferences.keep_last_folder(Place.DATASETS, str(tmp_path))
    chosen: list[Path] = []
    file_dialogs.ask_folder(parent, session, "Open", chosen.append)
    dialog = opened(parent, qtbot)
    assert Path(dialog.directory().path()) == tmp_path
    edit = dialog.findChild(QLineEdit, "fileNameEdit")
    assert edit is not None
    # while a person types, Qt keeps the row of the list selected too
    monkeypatch.setattr(QFileDialog, "selectedFiles", lambda _: [str(tmp_path), str(typed)])
    edit.setText(str(typed))
    dialog.accept()
    assert chosen == [typed]
    assert session.preferences.last_folder(Place.DATASETS) == str(typed.parent)
    assert session.preferences.last_folder(Place.IMAGES) == ""


def test_what_is_saved_goes_to_the_studios_folder_until_a_person_chooses_another(
    session: Session, parent: QWidget, qtbot: QtBot, tmp_path: Path
) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    session.preferences.keep_last_folder(Place.DATASETS, str(photos))
    chosen: list[Path] = []
    file_dialogs.ask_target(
        parent, session, "Save", "food4 89.4 %", file_dialogs.WEIGHTS_TARGETS, chosen.append
    )
    dialog = opened(parent, qtbot)
    assert Path(dialog.directory().path()) == documents_dir()
    assert [Path(name).name for name in dialog.selectedFiles()] == ["food4 89.4 %.pth"]
    dialog.selectNameFilter(dialog.nameFilters()[1])
    dialog.filterSelected.emit(dialog.nameFilters()[1])
    assert [Path(name).name for name in dialog.selectedFiles()] == ["food4 89.4 %.safetensors"]
    dialog.setDirectory(str(tmp_path))
    dialog.findChild(QLineEdit, "fileNameEdit").setText("food4 version 2.0")
    dialog.accept()
    assert chosen == [tmp_path / "food4 version 2.0.safetensors"]
    assert session.preferences.last_folder(Place.WEIGHTS) == str(tmp_path)


def test_a_folder_that_is_typed_before_a_name_is_kept(
    session: Session, parent: QWidget, qtbot: QtBot, tmp_path: Path
) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    for folder in (here, there):
        folder.mkdir()
    chosen: list[Path] = []
    file_dialogs.ask_target(
        parent, session, "Save", "food4", file_dialogs.WEIGHTS_TARGETS, chosen.append
    )
    dialog = opened(parent, qtbot)
    dialog.setDirectory(str(here))
    dialog.findChild(QLineEdit, "fileNameEdit").setText(str(there / "week 3"))
    dialog.selectNameFilter(dialog.nameFilters()[1])
    dialog.filterSelected.emit(dialog.nameFilters()[1])
    dialog.accept()
    assert chosen == [there / "week 3.safetensors"]


def test_a_folder_that_does_not_answer_is_not_waited_for(
    session: Session,
    parent: QWidget,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    answers = threading.Event()
    lost = tmp_path / "lost"

    def is_there(path: Path) -> bool:
        return answers.wait(60) if path == lost else path.exists()

    monkeypatch.setattr(file_dialogs, "is_there", is_there)
    session.preferences.keep_last_folder(Place.WEIGHTS, str(lost))
    file_dialogs.ask_target(parent, session, "Save", "a", file_dialogs.WEIGHTS_TARGETS, print)
    dialog = opened(parent, qtbot)
    assert Path(dialog.directory().path()) == documents_dir()
    answers.set()
    qtbot.waitUntil(lambda: not session.disk_pool.busy)
    assert parent.findChildren(QFileDialog) == [dialog]
    dialog.close()


def test_the_systems_dialog_speaks_only_the_systems_language(
    session: Session, parent: QWidget, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    option = QFileDialog.Option.DontUseNativeDialog
    for system in ("ko", "en"):
        monkeypatch.setattr(language, "resolve", lambda code, system=system: system)
        file_dialogs.ask_folder(parent, session, "Open", print)
        dialog = opened(parent, qtbot)
        assert dialog.testOption(option) is (system == "ko")  # the window speaks English
        dialog.close()
        qtbot.waitUntil(lambda: parent.findChild(QFileDialog) is None)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("food4 89.4 %", "food4 89.4 %"),
        ("cats / dogs: <b>?", "cats - dogs- -b-"),
        ("..", "TLStudio"),
        ("과" * 200, "과" * 64),
    ],
)
def test_names_of_files_fit_every_system(text: str, name: str) -> None:
    assert safe_file_name(text).rstrip("-") == name.rstrip("-")


MNEMONIC = re.compile(r"\(&?\w\)")
LATIN = re.compile(r"[A-Za-z]{2,}")
NAMES = {"PyTorch", "state", "dict", "safetensors", "Jupyter", "Python"}
OWN_FOLDER = set(LATIN.findall(Path.home().name))  # its name stands at the side of the dialog


@pytest.mark.parametrize("asks", ["folder", "files", "target"])
def test_in_korean_all_of_a_dialog_is_korean(
    session: Session, parent: QWidget, qtbot: QtBot, asks: str
) -> None:
    language.install("ko")
    try:
        if asks == "folder":
            file_dialogs.ask_folder(parent, session, "열기", print)
        elif asks == "files":
            file_dialogs.ask_files(parent, session, "열기", (file_dialogs.IMAGES,), print)
        else:
            kinds = (*file_dialogs.WEIGHTS_TARGETS, file_dialogs.WHOLE_MODEL)
            file_dialogs.ask_target(parent, session, "저장", "과일", kinds, print)
        dialog = opened(parent, qtbot)
        words = [label.text() for label in dialog.findChildren(QLabel)]
        for button in dialog.findChildren(QAbstractButton):
            words += [button.text(), button.toolTip(), button.accessibleName()]
        words += [name.partition(" (*")[0] for name in dialog.nameFilters()]
        header = dialog.findChild(QTreeView).model()
        across = Qt.Orientation.Horizontal
        words += [str(header.headerData(n, across)) for n in range(header.columnCount())]
        sidebar = dialog.findChild(QListView, "sidebar").model()
        words += [str(sidebar.index(n, 0).data()) for n in range(sidebar.rowCount())]
        foreign = [w for text in words for w in LATIN.findall(MNEMONIC.sub("", text))]
        assert not set(foreign) - NAMES - OWN_FOLDER
        dialog.close()
    finally:
        language.install("en")
