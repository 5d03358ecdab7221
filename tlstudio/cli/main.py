"""The studio on a terminal: the engine's events as lines. No window, no Qt.

Exit codes: 0 success, 2 wrong use or bad input, 1 a failure while running, 130 Ctrl+C, 143 and 129
where the system or a closed terminal ended it.
"""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from typing import Any, NoReturn

from tlstudio import __version__
from tlstudio.cli import ending
from tlstudio.cli.command import Command
from tlstudio.cli.commands import COMMANDS
from tlstudio.cli.output import Output, prepare_streams
from tlstudio.core.ending import ABOVE_SIGNALS
from tlstudio.core.errors import RunMissingError, StorageError, TLStudioError
from tlstudio.core.log import start_log
from tlstudio.engine.threads import limit_threads, sleep_where_others_compute

PROGRAM = "tlstudio-cli"
FAILED, WRONG_USE, INTERRUPTED = 1, 2, 130
_SWEEP_AFTER_S = 3.0

_log = logging.getLogger(__name__)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Report wrong usage in one sentence and a hint instead of the whole usage."""
        self.exit(WRONG_USE, f"tlstudio: {message}. See {self.prog} --help.\n")


def make_parser(only: str = "") -> argparse.ArgumentParser:
    """The whole command line, or one command's part of it; needs no torch.

    Args:
        only: the command that is asked for. All of them take a third of a second to import.
    """
    parser = _Parser(
        prog=PROGRAM,
        description="Transfer learning for image classification, without the window.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"TLStudio {__version__}")
    subparsers = parser.add_subparsers(
        title="commands", dest="command", metavar="COMMAND", required=True
    )
    for name in (only,) if only in COMMANDS else COMMANDS:
        command: Command = importlib.import_module(f"tlstudio.cli.{COMMANDS[name]}").COMMAND
        # without a help it is in no list of commands
        shown: dict[str, Any] = {"help": command.help} if command.help else {}
        subparser = subparsers.add_parser(
            command.name, description=command.help, allow_abbrev=False, **shown
        )
        command.add_arguments(subparser)
        subparser.set_defaults(run_command=command.run)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code and raises nothing."""
    prepare_streams()
    ending.begin()
    output = Output()
    try:
        try:
            words = sys.argv[1:] if argv is None else argv
            arguments = make_parser(words[0] if words else "").parse_args(argv)
        except SystemExit as end:  # argparse has said what there is to say
            return end.code if isinstance(end.code, int) else WRONG_USE
        output = Output(as_json=arguments.json)
        start_log(f"command {arguments.command}")
        limit_threads()
        from tlstudio.core.preferences import faults  # likewise

        for fault in faults():
            output.note(f"tlstudio: {fault} {fault.hint_text}")
        code: int = arguments.run_command(arguments, output)
    except KeyboardInterrupt:
        output.note("tlstudio: Interrupted.")
        return ending.exit_code()
    except TLStudioError as error:
        output.error(error)
        is_disk = isinstance(error, StorageError) and not isinstance(error, RunMissingError)
        return FAILED if is_disk else WRONG_USE
    except Exception as error:
        _log.exception("unexpected failure")
        output.note(
            f"tlstudio: Something unexpected went wrong: {type(error).__name__}: {error}. "
            "The log has the details; please report it."
        )
        return FAILED
    if code == INTERRUPTED:
        return ending.exit_code()
    return FAILED if output.is_broken and code == 0 else code


def _sweep() -> None:
    time.sleep(_SWEEP_AFTER_S)  # a short command is over by then
    from tlstudio.engine.leftovers import sweep

    sweep()


def run() -> None:
    """Run `tlstudio-cli`: its entry point."""
    with ending.signals_answered(signal.default_int_handler):
        try:
            sleep_where_others_compute()
            threading.Thread(target=_sweep, daemon=True).start()
            code = main()
        except KeyboardInterrupt:  # once more, while the first one was being answered
            code = ending.exit_code()
    if code > ABOVE_SIGNALS:
        # Python would end by the signal instead where Ctrl+C came in the middle of an import.
        os._exit(code)
    sys.exit(code)
