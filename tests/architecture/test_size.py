"""A module that grows past 350 lines has taken in a second noun."""

from __future__ import annotations

from pathlib import Path

import tlstudio

LIMIT = 350


def test_modules_stay_small() -> None:
    root = Path(tlstudio.__file__).parent
    sizes = {
        str(path.relative_to(root)): len(path.read_text(encoding="utf-8").splitlines())
        for path in root.rglob("*.py")
    }
    assert {name: size for name, size in sizes.items() if size > LIMIT} == {}
