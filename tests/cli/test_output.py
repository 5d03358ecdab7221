"""What a command prints: no name of a file steers the terminal or fills a template."""

from __future__ import annotations

import pytest

from tlstudio.cli.output import Output, printable
from tlstudio.core.errors import DatasetError
from tlstudio.core.texts import readable

NAME = "\x1b[2J<b>{n}</b> 100% %s\r\x9b"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain – 글자", "plain – 글자"),
        ("a\nb\tc", "a\nb\tc"),
        ("\x1b[31mred\x07", "\\x1b[31mred\\x07"),
        (NAME, "\\x1b[2J<b>{n}</b> 100% %s\\x0d\\x9b"),
    ],
)
def test_control_characters_are_spelled_out(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_names_fill_no_template_and_steer_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    output = Output()
    output.line(NAME)
    output.error(DatasetError("There is no “{name}”.", "Look at {name}.", name=NAME))
    printed = capsys.readouterr()
    assert printed.out == f"{printable(NAME)}\n"
    shown = readable(NAME)  # as the window shows it
    assert printed.err == f"tlstudio: There is no “{shown}”. Look at {shown}.\n"
    assert "\x1b" not in shown and "<b>{n}</b> 100% %s" in shown
