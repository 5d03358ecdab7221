"""What macOS asks the application to open: by an event, where others name it as an argument."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tlstudio.gui.app.application import Application


def test_an_event_names_what_to_open(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> None:
    assert isinstance(qapp, Application)
    photos = tmp_path / "사진 100%"
    with qtbot.waitSignal(qapp.open_wanted) as wanted:
        QApplication.sendEvent(qapp, QFileOpenEvent(QUrl.fromLocalFile(str(photos))))
    assert wanted.args == [photos]


def test_an_address_is_nothing_to_open(qapp: QApplication, qtbot: QtBot) -> None:
    assert isinstance(qapp, Application)
    with qtbot.assertNotEmitted(qapp.open_wanted):
        QApplication.sendEvent(qapp, QFileOpenEvent(QUrl("https://example.org")))
