"""What there is to learn and to read: titles are whole, in rows that don't lie over each other."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from pytestqt.qtbot import QtBot

from tests.gui.clipping import clipped
from tlstudio.gui.features.help.window import open_help
from tlstudio.gui.features.learn.window import open_learn
from tlstudio.gui.kit import language, theme
from tlstudio.gui.kit.contents_list import ContentsList
from tlstudio.gui.state.session import Session


@pytest.mark.parametrize("code", ["en", "ko"])
@pytest.mark.parametrize("open_window", [open_learn, open_help])
def test_titles_are_whole_in_usual_and_larger_letters(
    open_window: Callable[[Session, QWidget], QDialog],
    code: str,
    ready_session: Session,
    qtbot: QtBot,
    app: QApplication,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As the windows open, and as narrow as they can be."""
    language.install(code)
    owner = QWidget()
    qtbot.addWidget(owner)
    owner.show()
    window = open_window(ready_session, owner)
    [contents] = window.findChildren(ContentsList)
    for letters_px in (theme.TEXT_PX, theme.TEXT_PX + 4):
        monkeypatch.setattr(theme, "TEXT_PX", letters_px)
        theme.apply(app, theme.Scheme.LIGHT)
        for size in (window.size(), window.minimumSize(), window.size()):
            window.resize(size)
            QApplication.processEvents()
            assert not clipped(window), (letters_px, size)
            rows = [contents.visualItemRect(contents.item(row)) for row in range(contents.count())]
            assert min(row.height() for row in rows) == theme.ROW_PX
            assert all(above.bottom() < row.top() for above, row in pairwise(rows))
    window.close()
    language.install("en")
