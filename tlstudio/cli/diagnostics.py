"""`tlstudio diagnostics`: what whoever helps wants to know of this machine."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from tlstudio.cli.command import Command, add_json_flag
from tlstudio.cli.output import Output


def _run(arguments: argparse.Namespace, output: Output) -> int:
    from tlstudio.engine.diagnostics import gather_all

    found = gather_all()
    output.record(**asdict(found))
    for text in found.text().rstrip().splitlines():
        output.line(text)
    return 0


COMMAND = Command(
    "diagnostics",
    "Show versions, devices, folders and the last log lines, to send along with a question.",
    add_json_flag,
    _run,
)
