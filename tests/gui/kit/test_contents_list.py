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


def test_rows_have_the_height_of_the_theme_from_the_first_look(app: QApplication) -> None:
    """What is marked before the list is seen lays it out, when rows are as low as their letters."""
    contents = ContentsList()
    contents.resize(200, 400)
    contents.add_pages("Guide", [(f"guide/{n}", f"Chapter {n}") for n in range(30)])
    contents.setCurrentRow(1)
    contents.scrollToItem(contents.item(1))
    contents.show()
    rows = [contents.visualItemRect(contents.item(row)) for row in range(contents.count())]
    assert [row.top() for row in rows] == [n * theme.ROW_PX for n in range(len(rows))]
    assert {row.height() for row in rows} == {theme.ROW_PX}
    contents.close()
