"""The studio starting itself, for what must not happen in its own process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import tlstudio

NO_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # of a console, on Windows


def studio_command() -> list[str]:
    """The command that starts the studio's terminal: inside a bundle the program starts itself."""
    if getattr(sys, "frozen", False):
        return [sys.executable]
    return [sys.executable, "-m", "tlstudio"]


def studio_environment() -> dict[str, str]:
    """The environment in which that command finds this very studio."""
    if getattr(sys, "frozen", False):
        return dict(os.environ)
    package = str(Path(tlstudio.__file__).parent.parent)  # this very studio, however it was found
    paths = [package, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
