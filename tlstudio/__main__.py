"""`tlstudio` and `python -m tlstudio`: the window, or a command of the terminal."""

from __future__ import annotations

import multiprocessing
import sys

from tlstudio.engine.memory import share_one_heap

COMMANDS = frozenset({"train", "predict", "models", "-h", "--help", "--version"})


def run() -> None:
    """Entry point of `tlstudio`."""
    multiprocessing.freeze_support()
    share_one_heap()
    if len(sys.argv) > 1 and sys.argv[1] in COMMANDS:
        from tlstudio.cli.main import run as run_cli

        run_cli()
        return
    if sys.platform == "win32":
        # torch's DLLs must be loaded before Qt's: https://github.com/pytorch/pytorch/issues/166628
        import torch  # noqa: F401
    from tlstudio.gui.app import main

    sys.exit(main(sys.argv))


if __name__ == "__main__":
    run()
