"""What an error says can be shown on any screen, whatever the name of a file."""

from __future__ import annotations

from pathlib import Path

from tlstudio.core.errors import StorageError
from tlstudio.core.texts import readable

NAME = "a\ud800b\x1b[31m\u202egnp.txt"
SEEN = "a�b�[31m�gnp.txt"


def test_names_are_made_readable_where_they_are_said() -> None:
    error = StorageError("“{name}” is odd.", "Look at {path}; {count:,}.", name=NAME, count=1000)
    error.values["path"] = Path("x", NAME)
    assert str(error) == f"“{SEEN}” is odd."
    assert error.hint_text == f"Look at {Path('x', SEEN)}; 1,000."
    assert error.values["name"] == NAME  # whoever needs the file finds it


def test_words_of_any_language_and_lines_stay() -> None:
    text = "가나\u3000日本語 \u00e9 e\u0301 👩\u200d🔬 naïve\u00a0x\nsecond\tline"
    assert readable(text) is text
