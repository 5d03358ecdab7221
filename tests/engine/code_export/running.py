"""Running exported scripts and notebooks in one process without the studio."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

# Runs each file in a folder of its own. A notebook's cells share their names and their future
# statements, as in Jupyter. The studio itself must not be imported.
RUNNER = """
import codeop, json, os, sys, warnings
from pathlib import Path
import torch
torch.set_num_threads(1)
for name in sys.argv[1:]:
    path = Path(name)
    print("#", path.stem, flush=True)
    os.chdir(path.parent)
    text = path.read_text(encoding="utf-8")
    parts = [text]
    if path.suffix == ".ipynb":
        cells = json.loads(text)["cells"]
        parts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    compiler, names = codeop.Compile(), {"__name__": "__main__"}
    for part in parts:
        exec(compiler(part, name, "exec"), names)
assert not any(name.startswith("tlstudio") for name in sys.modules)
"""

Row = dict[str, float]


def run_files(files: Mapping[str, Path]) -> dict[str, list[Row]]:
    """Run scripts and notebooks one after another; their histories by the names given."""
    environment = {**os.environ, "PYTHONWARNINGS": "error", "OMP_NUM_THREADS": "1"}
    environment.pop("PYTHONPATH", None)
    command = [sys.executable, "-c", RUNNER, *map(str, files.values())]
    done = subprocess.run(
        command,
        env=environment,
        cwd=next(iter(files.values())).parent,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return {name: read_history(path.parent / "history.csv") for name, path in files.items()}


def read_history(path: Path) -> list[Row]:
    """The rows of a history, numbers as they were written."""
    with path.open(newline="", encoding="utf-8") as file:
        return [{key: float(value) for key, value in row.items()} for row in csv.DictReader(file)]


def code_cells(notebook: str) -> list[str]:
    """The source of the code cells."""
    cells = json.loads(notebook)["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
