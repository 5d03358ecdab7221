"""The window of licences, of which the parts are only told."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tlstudio.core import licences
from tlstudio.core.errors import StorageError
from tlstudio.core.licences import Part
from tlstudio.gui.app.actions import ACTIONS, Menu
from tlstudio.gui.features.licences.dialog import LicencesDialog
from tlstudio.gui.state.session import Session

PARTS = (
    Part("TLStudio", "1.0", "Apache-2.0", "", "Apache\n"),
    Part("lite-torch-model", "0.1", "Apache-2.0", "", "As above.\n"),
    Part("Torch", "2.10", "BSD-3-Clause AND MIT", "https://example.org/torch", "BSD <b>\n"),
    Part("toolkit", "13", "", "https://example.org/toolkit", ""),
)

Open = Callable[[], LicencesDialog]


@pytest.fixture
def opened(session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Open:
    monkeypatch.setattr(licences, "parts", lambda: PARTS)

    def show() -> LicencesDialog:
        dialog = LicencesDialog(session)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        qtbot.addWidget(dialog)
        dialog.show()
        assert dialog.stack.currentWidget() is dialog.reading
        qtbot.waitUntil(lambda: dialog.stack.currentWidget() is not dialog.reading)
        return dialog

    return show


def names(dialog: LicencesDialog) -> list[str]:
    return [dialog.order.index(row, 0).data() for row in range(dialog.order.rowCount())]


def test_all_parts_are_listed_and_the_studio_is_first_and_shown(opened: Open) -> None:
    dialog = opened()
    assert names(dialog) == [part.name for part in PARTS]
    assert dialog.selected == PARTS[0]
    assert (dialog.title.text(), dialog.text.toPlainText()) == ("TLStudio 1.0", "Apache\n")
    assert dialog.count.text() == "4 parts" and dialog.text.isReadOnly()


def test_typing_finds_by_name_and_licence_and_shows_what_begins_so(opened: Open) -> None:
    dialog = opened()
    QTest.keyClicks(dialog.search, "torch")
    assert names(dialog) == ["lite-torch-model", "Torch"]
    assert dialog.selected == PARTS[2] and dialog.text.toPlainText() == "BSD <b>\n"
    dialog.search.setText("apache torch")
    assert names(dialog) == ["lite-torch-model"] and dialog.count.text() == "1 part"
    dialog.search.setText("nobody")
    assert dialog.found.currentWidget() is dialog.nothing and not dialog.side.isVisible()
    dialog.search.clear()
    assert len(names(dialog)) == 4 and dialog.side.isVisible() and dialog.selected is not None


def test_a_part_without_licence_or_text_says_so_and_where_to_look(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = opened()
    visited: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: visited.append(url.toString()))
    dialog.table.selectRow(3)
    assert dialog.order.index(3, 2).data() == "not stated" and not dialog.licence.isVisible()
    assert "toolkit brings no text" in dialog.text.toPlainText()
    dialog.link.click()
    assert visited == ["https://example.org/toolkit"]


def test_what_cannot_be_read_says_so(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise StorageError("The list of licences is damaged.", "Install TLStudio again.")

    monkeypatch.setattr(licences, "parts", fail)
    dialog = opened()
    assert dialog.stack.currentWidget() is dialog.failure
    assert "damaged" in dialog.failure.title.text() and dialog.failure.text.text()


def test_it_is_under_help_next_to_about() -> None:
    names = [spec.name for spec in ACTIONS if spec.menu is Menu.HELP]
    assert names.index("about") == names.index("show_licences") + 1
