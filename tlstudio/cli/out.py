"""What `--out` names, and whether it may be written over."""

from __future__ import annotations

import argparse
from pathlib import Path

from tlstudio.core.errors import ConfigError
from tlstudio.core.storage import is_there
from tlstudio.core.texts import QT_TRANSLATE_NOOP


def add_overwrite_flag(parser: argparse.ArgumentParser, of: str = "--out") -> None:
    """The flag that goes with the one that names a file to be written."""
    parser.add_argument(
        "--overwrite",
        action="store_true",
        help=f"let {of} take the place of what is there, once it is complete",
    )


def free_file(path: Path, *, overwrite: bool) -> Path:
    """The file that a flag names; to be asked before anything is worked out.

    Raises:
        ConfigError: it is there already and may not be written over.
    """
    if not overwrite and is_there(path):
        raise ConfigError(
            QT_TRANSLATE_NOOP("core", "“{name}” is there already."),
            QT_TRANSLATE_NOOP("core", "Choose another name, or add --overwrite."),
            name=path,
        )
    return path
