"""The list of pages under headings."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tlstudio.gui.kit import theme
from tlstudio.gui.kit.contents_list import ContentsList


def test_pages_are_chosen_and_headings_are_not(qtbot: QtBot) -> None:
    contents = ContentsList()
    qtbot.addWidget(contents)
    contents.add_pages("Guide", [("guide/one", "One"), ("guide/two", "Two")])
    contents.add_pages("Glossary", [("term/head", "Head")])
    assert contents.places == ["guide/one", "guide/two", "term/head"]
    chosen: list[str] = []
    contents.place_chosen.connect(chosen.append)
    contents.setCurrentRow(2)
    contents.setCurrentRow(3)  # a heading
    contents.setCurrentRow(4)
    assert chosen == ["guide/two", "term/head"]
    assert contents.item(3).flags() == Qt.ItemFlag.NoItemFlags


def test_headings_follow_the_theme(qtbot: QtBot) -> None:
    contents = ContentsList()
    qtbot.addWidget(contents)
    contents.add_pages("Guide", [("guide/one", "One")])
    contents.item(0).setForeground(QColor("red"))
    QApplication.sendEvent(contents, QEvent(QEvent.Type.PaletteChange))
    assert contents.item(0).foreground().color() == QColor(theme.current().text_soft)
