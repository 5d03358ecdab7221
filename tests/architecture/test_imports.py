"""The floors of the house hold at run time too, where the import linter cannot see."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import tlstudio

LISTING = "import sys; print([m for m in {names!r} if m in sys.modules])"


def loaded(statement: str, *names: str) -> list[str]:
    """Which of `names` are loaded by a fresh interpreter that runs `statement`."""
    code = f"{statement}\n{LISTING.format(names=names)}"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=300, check=True
    )
    return [name for name in names if repr(name) in result.stdout.splitlines()[-1]]


def test_engine_and_cli_load_no_qt() -> None:
    modules = (
        "engine.training.trainer", "engine.inference", "engine.weights.load",
        "engine.weights.save", "engine.models.catalog", "cli.main", "cli.train",
    )  # fmt: skip
    statement = "import " + ", ".join(f"tlstudio.{name}" for name in modules)
    assert loaded(statement, "PySide6", "pyqtgraph", "qtawesome") == []


def test_the_window_loads_no_torch() -> None:
    heavy = ("torch", "torchvision", "timm", "sklearn", "safetensors")
    assert loaded("import tlstudio.gui.app", *heavy) == []


def test_the_first_paint_needs_only_qt() -> None:
    heavy = ("numpy", "PIL", "pydantic", "pyqtgraph", "qtawesome", "PySide6.QtSvg")
    rare = ("tlstudio.core.help", "tlstudio.gui.features.help")
    statement = "import tlstudio.gui.app, tlstudio.gui.features.dataset"
    assert loaded(statement, *heavy, *rare) == []


@pytest.mark.parametrize(
    "module", ["tlstudio.engine.data.sources", "tlstudio.engine.data.images", "tlstudio.cli.main"]
)
def test_opening_datasets_needs_no_torch(module: str) -> None:
    assert loaded(f"import {module}", "torch") == []


def test_only_jobs_import_the_engine_later() -> None:
    gui = Path(tlstudio.__file__).parent / "gui"
    users = {
        path.parent.name if path.parent.name == "jobs" else path.stem
        for path in gui.rglob("*.py")
        if 'later("tlstudio.engine' in path.read_text(encoding="utf-8")
    }
    assert users and all(name.endswith("jobs") for name in users)


def test_core_needs_neither_qt_nor_torch() -> None:
    modules = (
        "config", "data.dataset", "data.splits", "errors", "networks.catalog", "networks.layers",
        "networks.preprocessing", "registry", "runs.events", "runs.history", "runs.predictions",
        "storage", "strategies",
    )  # fmt: skip
    statement = "import " + ", ".join(f"tlstudio.core.{name}" for name in modules)
    assert loaded(statement, "PySide6", "torch", "numpy") == []
