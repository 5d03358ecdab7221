"""The main window as tests show it."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from tlstudio.gui.app.main_window import MainWindow
from tlstudio.gui.state.session import Session


def show_window(session: Session, qtbot: QtBot, size: tuple[int, int] | None = None) -> MainWindow:
    """The window, shown; it closes at the end of the test without asking about models.

    Args:
        size: in logical pixels; what the window chooses itself if left out.
    """
    window = MainWindow(session)
    qtbot.addWidget(window, before_close_func=lambda w: setattr(w, "_may_close", True))
    if size is not None:
        window.resize(*size)
    with qtbot.waitExposed(window):
        window.show()
    return window
