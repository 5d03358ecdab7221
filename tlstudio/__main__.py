"""`tlstudio` and `python -m tlstudio`: the window, or a command of the terminal."""

from __future__ import annotations

import multiprocessing
import sys
from pathlib import Path

from tlstudio.engine.memory import share_one_heap
from tlstudio.engine.threads import limit_threads

# By name, and not asked of the parser: the window is to start without it.
COMMANDS = frozenset(
    {
        *("train", "advise", "find-lr", "race", "rank", "export-code", "predict", "models"),
        *("layers", "runs", "report", "evaluate", "-h", "--help", "--version"),
    }
)


def run() -> None:
    """Entry point of `tlstudio`."""
    multiprocessing.freeze_support()
    share_one_heap()
    limit_threads()
    if len(sys.argv) > 1 and _is_for_terminal(sys.argv[1]):
        from tlstudio.cli.main import run as run_cli

        run_cli()
        return
    if sys.platform == "win32":
        # torch's DLLs must be loaded before Qt's: https://github.com/pytorch/pytorch/issues/166628
        import torch  # noqa: F401
    from tlstudio.gui.app import main

    sys.exit(main(sys.argv))


def _is_for_terminal(argument: str) -> bool:
    """A command, or a word that is neither a folder to open nor an option of Qt: a typing error."""
    return argument in COMMANDS or not (argument.startswith("-") or Path(argument).exists())


if __name__ == "__main__":
    run()
