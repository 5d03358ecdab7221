"""Colours for Python: words, strings, numbers and comments, by rules that need no parser."""

from __future__ import annotations

import keyword
import re

from PySide6.QtGui import QColor, QFont, QSyntaxHighlighter, QTextCharFormat

from tlstudio.gui.kit import theme

_OUTSIDE, _IN_TEXT = -1, 1  # of a string over several lines

_TOKENS = {
    "heading": "accent",
    "comment": "text_soft",
    "long": "right",
    "string": "right",
    "decorator": "entry_4",
    "number": "val",
    "defined": "train",
    "keyword": "accent",
}

# The first alternative that fits wins: what is in a string is no comment, and the other way round.
_PIECES = re.compile(
    r"(?P<heading>^\# (?:%%|--).*$)"
    r"|(?P<comment>\#.*$)"
    r'|(?P<long>[rbf]*""")'
    r"""|(?P<string>[rbf]*(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'))"""
    r"|(?P<decorator>^\s*@[\w.]+)"
    r"|(?P<number>\b\d[\d_]*(?:\.\d+)?(?:e[+-]?\d+)?\b)"
    r"|(?P<defined>(?<=\bdef )\w+|(?<=\bclass )\w+)"
    rf"|(?P<keyword>\b(?:{'|'.join(keyword.kwlist)})\b)"
)


class PythonHighlighter(QSyntaxHighlighter):
    """Keeps a document coloured in the theme in force; `rehighlight` after a change of theme."""

    def highlightBlock(self, text: str) -> None:
        start = 0
        self.setCurrentBlockState(_OUTSIDE)
        if self.previousBlockState() == _IN_TEXT:
            start = self._to_end_of_text(text, 0, 0)
        while start < len(text):
            found = _PIECES.search(text, start)
            if found is None:
                return
            name = str(found.lastgroup)
            if name == "long":
                start = self._to_end_of_text(text, found.start(), found.end())
                continue
            self.setFormat(found.start(), found.end() - found.start(), _format(name))
            start = max(found.end(), start + 1)

    def _to_end_of_text(self, text: str, begin: int, inside: int) -> int:
        """Colour a string of three quotes from `begin`; returns where it ends."""
        close = text.find('"""', inside)
        end = len(text) if close < 0 else close + 3
        if close < 0:
            self.setCurrentBlockState(_IN_TEXT)
        self.setFormat(begin, end - begin, _format("long"))
        return end


def _format(name: str) -> QTextCharFormat:
    """Return the text format of a piece by its name in `_PIECES`, in the theme in force."""
    result = QTextCharFormat()
    result.setForeground(QColor(getattr(theme.current(), _TOKENS[name])))
    if name == "heading":
        result.setFontWeight(QFont.Weight.Bold)
    return result
