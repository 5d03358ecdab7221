"""The kit holds what several use: a module with one user belongs to that user."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

GUI = Path(__file__).resolve().parents[2] / "tlstudio" / "gui"
PREFIX = "tlstudio.gui.kit"


def unit(path: Path) -> str:
    """A feature, a module or package of the kit, the state or the application's shell."""
    first, *rest = path.relative_to(GUI).with_suffix("").parts
    return f"{first}.{rest[0]}" if first in ("features", "kit") and rest else first


def imported(source: str) -> Iterator[str]:
    """The modules of the kit that `source` imports, a package counting as one."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module == PREFIX:
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from kit_modules(node.module or "")
        elif isinstance(node, ast.Import):
            for name in node.names:
                yield from kit_modules(name.name)


def kit_modules(name: str) -> list[str]:
    return [name.removeprefix(f"{PREFIX}.").split(".")[0]] if name.startswith(f"{PREFIX}.") else []


def users() -> dict[str, set[str]]:
    """The units that use each module of the kit."""
    names = [path.stem for path in (GUI / "kit").iterdir() if path.name != "__init__.py"]
    found: dict[str, set[str]] = {name: set() for name in names if not name.startswith("__")}
    for path in GUI.rglob("*.py"):
        for name in imported(path.read_text(encoding="utf-8")):
            if name in found and unit(path) != f"kit.{name}":
                found[name].add(unit(path))
    return found


def test_every_module_of_the_kit_has_two_users_or_more() -> None:
    lonely = {name: sorted(units) for name, units in users().items() if len(units) < 2}
    assert not lonely, f"move these to the one that uses them: {lonely}"


def test_every_way_to_import_counts() -> None:
    source = (
        "import tlstudio.gui.kit.icons\n"
        "from tlstudio.gui.kit import theme, table as t\n"
        "from tlstudio.gui.kit.chart.export import picture\n"
        "def late():\n    from tlstudio.gui.kit.tasks import Task\n"
        "from tlstudio.gui.state import session\n"
    )
    assert sorted(imported(source)) == ["chart", "icons", "table", "tasks", "theme"]
