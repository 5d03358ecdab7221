"""Source code on the screen: what is coloured as what, and how it is read."""

from __future__ import annotations

from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tlstudio.gui.features.code.code_view import CodeView
from tlstudio.gui.kit import theme

CODE = '''"""What it is.

Needs: nothing, def or "more".
"""
# -- Settings ---
N = 32  # "images"
@cache
def f(x):
    return "# no comment" + x[1]
'''


def colour_of(view: CodeView, piece: str) -> str:
    """Of the first letter of `piece`, where it first stands."""
    cursor = view.document().find(piece)
    block = cursor.block()
    place = cursor.selectionStart() - block.position()
    for row in block.layout().formats():
        if row.start <= place < row.start + row.length:
            return str(row.format.foreground().color().name())
    return ""


def view_of(qtbot: QtBot, code: str) -> CodeView:
    view = CodeView()
    qtbot.addWidget(view)
    view.resize(400, 120)
    view.set_code(code)
    view.show()
    return view


def test_python_is_coloured(app: QApplication, qtbot: QtBot) -> None:
    view = view_of(qtbot, CODE)
    tokens = theme.current()
    wanted = {
        "What it is": tokens.right,
        'def or "more"': tokens.right,
        "# -- Settings": tokens.accent,
        "32": tokens.val,
        '# "images"': tokens.text_soft,
        "@cache": tokens.entry_4,
        "def f": tokens.accent,
        "f(x)": tokens.train,
        "return": tokens.accent,
        "# no comment": tokens.right,
        "x[1]": "",
    }
    assert {piece: colour_of(view, piece) for piece in wanted} == wanted


def test_colours_follow_the_theme(app: QApplication, qtbot: QtBot) -> None:
    view = view_of(qtbot, CODE)
    try:
        theme.apply(app, theme.Scheme.DARK)
        qtbot.waitUntil(lambda: colour_of(view, "return") == theme.DARK.accent)
        assert QColor(theme.DARK.accent) != QColor(theme.LIGHT.accent)
    finally:
        theme.apply(app, theme.Scheme.LIGHT)


def test_a_place_is_kept_when_the_code_changes(app: QApplication, qtbot: QtBot) -> None:
    code = "\n".join(f"x{n} = {n}" for n in range(200))
    view = view_of(qtbot, code)
    view.verticalScrollBar().setValue(90)
    view.set_code(code.replace("x5 ", "y5 "))
    assert view.verticalScrollBar().value() == 90
    assert view.isReadOnly() and view.blockCount() == 200


def test_there_is_room_for_the_numbers_of_long_files(app: QApplication, qtbot: QtBot) -> None:
    view = view_of(qtbot, "a = 1")
    narrow = view.numbers_width()
    view.set_code("\n" * 20_000)
    assert view.numbers_width() > narrow
    assert view.viewport().x() >= view.numbers_width()
    view.grab()  # paints them
