"""The file dialogs give back what a person typed, whatever the list shows."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from tlstudio.gui.kit import file_dialogs
from tlstudio.gui.state.session import Session


def test_a_typed_folder_wins_over_the_row_of_the_list(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    typed = tmp_path / "photos" / "birds"
    typed.mkdir(parents=True)
    session.preferences.last_folder = str(tmp_path)
    parent = QWidget()
    qtbot.addWidget(parent)
    chosen: list[Path] = []
    dialog = file_dialogs.ask_folder(parent, session.preferences, "Open", chosen.append)
    edit = dialog.findChild(QLineEdit, "fileNameEdit")
    assert edit is not None
    # while a person types, Qt keeps the row of the list selected too
    monkeypatch.setattr(QFileDialog, "selectedFiles", lambda _: [str(tmp_path), str(typed)])
    edit.setText(str(typed))
    dialog.accept()
    assert chosen == [typed]
    assert session.preferences.last_folder == str(typed.parent)
