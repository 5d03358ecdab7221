"""`tlstudio` and `python -m tlstudio`: the window, or a command of the terminal."""

from __future__ import annotations

import sys
from pathlib import Path

from tlstudio.core.ending import end_at_once_when_asked

_HELP = ("-h", "--help", "--version")


def run() -> None:
    """Entry point of `tlstudio`. Little is imported before Ctrl+C is answered."""
    if len(sys.argv) > 1 and _is_for_terminal(sys.argv[1]):
        _prepare_computing()
        from tlstudio.cli.main import run as run_cli

        run_cli()
        return
    end_at_once_when_asked()
    import multiprocessing

    multiprocessing.freeze_support()
    sys.exit(_run_window())


def _run_window() -> int:
    """Returns the exit status. A window that cannot be shown says why."""
    try:
        _prepare_computing()
        if sys.platform == "win32":
            # torch's DLLs must be loaded before Qt's: https://github.com/pytorch/pytorch/issues/166628
            import torch  # noqa: F401
        from tlstudio.gui.app import main
    except (ImportError, OSError) as error:
        from tlstudio.core.start_faults import CANNOT_START, import_fault, tell

        tell(import_fault(error))
        return CANNOT_START
    return main(sys.argv)


def _prepare_computing() -> None:
    """What holds for the whole process and must come before torch."""
    from tlstudio.engine.memory import share_one_heap
    from tlstudio.engine.threads import limit_threads

    share_one_heap()
    limit_threads()


def _is_for_terminal(argument: str) -> bool:
    """A command, or a word that is neither a folder to open nor an option of Qt: a typing error."""
    from tlstudio.cli.commands import COMMANDS

    if argument in COMMANDS or argument in _HELP:
        return True
    return not (argument.startswith("-") or Path(argument).exists())


if __name__ == "__main__":
    run()
