"""README is short, and what it and the contributor guide name is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
GUIDE = ROOT / "resources" / "guide" / "contributing.md"
LINES = 150


def named_paths(heading: str) -> list[str]:
    """What stands between backticks and has a slash, in the table under this heading row."""
    rows = GUIDE.read_text(encoding="utf-8").partition(heading)[2]
    table = rows.partition("\n\n")[0]
    return [name for name in re.findall(r"`([^`]+)`", table) if "/" in name and " " not in name]


@pytest.mark.parametrize("path", named_paths("| to add | touch |"))
def test_what_is_to_be_touched_is_there(path: str) -> None:
    assert (ROOT / "tlstudio" / path).exists() or (ROOT / path).exists()


def test_the_table_is_found() -> None:
    assert len(named_paths("| to add | touch |")) > 20


def test_readme_is_read_in_a_minute() -> None:
    assert len(README.read_text(encoding="utf-8").splitlines()) <= LINES


@pytest.mark.parametrize(
    "document", [README, GUIDE, ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md"]
)
def test_links_and_pictures_lead_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)", document.read_text(encoding="utf-8"))
    files = [target for target in targets if "://" not in target and not target.startswith("term:")]
    assert [name for name in files if not (document.parent / name).exists()] == []
