"""`report`: a kept run as one HTML file."""

from __future__ import annotations

import argparse
from pathlib import Path

from tlstudio.cli.command import Command, add_json_flag
from tlstudio.cli.out import add_overwrite_flag, free_file
from tlstudio.cli.output import Output
from tlstudio.core.errors import ConfigError
from tlstudio.core.storage import safe_file_name
from tlstudio.core.texts import QT_TRANSLATE_NOOP

LANGUAGES = ("en", "ko")


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", metavar="RUN", help="the folder or the id of a run; see `runs`")
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="the file to write (default: NAME.html)"
    )
    parser.add_argument(
        "--language", default="en", metavar="|".join(LANGUAGES), help="of the report (default: en)"
    )
    add_overwrite_flag(parser)
    add_json_flag(parser)


def _run(arguments: argparse.Namespace, output: Output) -> int:
    if arguments.language not in LANGUAGES:
        raise ConfigError(
            QT_TRANSLATE_NOOP("core", "“{value}” is not a valid value for {name}."),
            ", ".join(LANGUAGES),
            name="--language",
            value=arguments.language,
        )
    if arguments.out is not None and arguments.out.suffix.lower() not in (".html", ".htm"):
        raise ConfigError(
            QT_TRANSLATE_NOOP(
                "core", "A report is written as HTML, and “{name}” is not called so."
            ),
            QT_TRANSLATE_NOOP("core", "The window writes PDF as well; browsers print the HTML."),
            name=arguments.out,
        )
    from tlstudio.engine.report.gather import gather_extras
    from tlstudio.engine.report.report import write_report
    from tlstudio.engine.runs.store import RunStore

    store = RunStore()
    entry = store.find_any(arguments.run)
    run = store.open(entry.id)
    path = arguments.out or Path(f"{safe_file_name(entry.name or entry.id)}.html")
    free_file(path, overwrite=arguments.overwrite)
    write_report(run, path, language=arguments.language, extras=gather_extras(run, store))
    output.line(f"Written: {path}")
    output.record(file=str(path), run=entry.id)
    return 0


COMMAND = Command("report", "Write a report of a run as one HTML file.", _add_arguments, _run)
