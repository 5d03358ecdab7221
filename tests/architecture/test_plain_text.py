"""Names are text, never markup: what Qt would guess to be markup goes through the kit."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "tlstudio"
KIT = "gui/kit/basics.py"
PAPER = "gui/features/report/pdf.py"  # prints a template that escapes every name
HELP = "gui/features/help/reader.py"  # shows pages of the studio's own, from its resources
TRANSLATED = ("tr", "translate")
MARKUP = ("setHtml", "insertHtml", "appendHtml", "RichText", "MarkdownText", "setMarkdown")


def is_fixed(text: ast.expr) -> bool:
    """Whether a text is written in the source, or made plain by the kit."""
    match text:
        case ast.Constant():
            return True
        case ast.IfExp():
            return is_fixed(text.body) and is_fixed(text.orelse)
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)):
            return name == "plain_tip" or (name in TRANSLATED and is_fixed(text.args[-1]))
    return False


def offences(source: str) -> Iterator[str]:
    """What shows a text of which Qt guesses whether it is markup, or says that it is."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Attribute(attr="setToolTip"), args=[*_, text]):
                if not is_fixed(text):
                    yield f"line {node.lineno}: setToolTip(plain_tip(...))"
            case ast.Call(func=ast.Attribute(attr="showText"), args=[_, text, *_]):
                if not is_fixed(text):
                    yield f"line {node.lineno}: showText(..., plain_tip(...))"
            case ast.Call(func=ast.Name(id="QLabel"), args=[_, *_]):
                yield f"line {node.lineno}: basics.label"
            case ast.Call(func=ast.Name(id="QMessageBox")):
                yield f"line {node.lineno}: basics.message_box"
            case ast.Attribute(attr=name) if name in MARKUP:
                yield f"line {node.lineno}: {name}"


def test_texts_go_through_the_kit() -> None:
    found = {
        path.relative_to(PACKAGE).as_posix(): list(offences(path.read_text(encoding="utf-8")))
        for path in sorted((PACKAGE / "gui").rglob("*.py"))
    }
    found.pop(KIT)
    assert all("setHtml" in line for line in found.pop(PAPER))
    assert [line.partition(": ")[2] for line in found.pop(HELP)] == ["setMarkdown"]
    assert {path: lines for path, lines in found.items() if lines} == {}


def test_ways_around_the_kit_are_seen() -> None:
    source = (
        "a.setToolTip(name)\n"
        "a.setToolTip(self.tr('Words'))\n"
        "a.setToolTip(0, plain_tip(name))\n"
        "a.setToolTip(self.tr('{name}').format(name=name))\n"
        "QLabel(name)\nQLabel()\nQMessageBox(self)\nlabel.setTextFormat(Qt.TextFormat.RichText)\n"
        "QToolTip.showText(at, name, self)\n"
    )
    assert sorted(line.split(":")[0] for line in offences(source)) == [
        f"line {number}" for number in (1, 4, 5, 7, 8, 9)
    ]
