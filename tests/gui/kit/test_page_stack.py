"""Pages scroll as a whole where there is less room than they need, and only there."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.gui.showing import on_screen
from tlstudio.gui.kit.basics import label
from tlstudio.gui.kit.layout import Stretch, vstack
from tlstudio.gui.kit.page_stack import ScrolledPages


def make_page(least_px: int) -> tuple[QWidget, QPushButton]:
    page, last = QWidget(), QPushButton("Last")
    page.setMinimumHeight(least_px)
    vstack(QPushButton("First"), Stretch(1), last, parent=page)
    return page, last


def test_a_page_scrolls_where_the_window_is_too_low(app: QApplication, qtbot: QtBot) -> None:
    pages = on_screen(ScrolledPages(), qtbot, 300, 400)
    (low, _), (high, last) = make_page(300), make_page(700)
    for page in (low, high):
        pages.addWidget(page)
    bar = pages.verticalScrollBar()
    pages.setCurrentWidget(low)
    QApplication.processEvents()
    assert bar.maximum() == 0 and low.height() == 400
    pages.setCurrentWidget(high)
    QApplication.processEvents()
    assert bar.maximum() == 300 and high.height() == 700
    with qtbot.waitActive(pages):
        pages.activateWindow()
    assert bar.value() == 0
    last.setFocus(Qt.FocusReason.TabFocusReason)
    QApplication.processEvents()
    assert bar.value() == 300  # what has the keyboard is seen


def test_words_in_lines_are_not_squeezed(app: QApplication, qtbot: QtBot) -> None:
    page, words = QWidget(), label("word " * 80, wrap=True)
    vstack(words, parent=page)
    pages = on_screen(ScrolledPages(), qtbot, 300, 60)
    pages.addWidget(page)
    for _ in range(3):
        QApplication.processEvents()
    assert words.height() >= words.heightForWidth(words.width())
