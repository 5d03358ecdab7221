"""What README's tables name is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def named_paths(heading: str) -> list[str]:
    """What stands between backticks and has a slash, in the table under this heading row."""
    rows = (ROOT / "README.md").read_text(encoding="utf-8").partition(heading)[2]
    table = rows.partition("\n\n")[0]
    return [name for name in re.findall(r"`([^`]+)`", table) if "/" in name and " " not in name]


@pytest.mark.parametrize("path", named_paths("| to add | touch |"))
def test_what_is_to_be_touched_is_there(path: str) -> None:
    assert (ROOT / "tlstudio" / path).exists() or (ROOT / path).exists()


def test_the_table_is_found() -> None:
    assert len(named_paths("| to add | touch |")) > 20
