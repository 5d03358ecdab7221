"""`serve`: a run as a page and a JSON endpoint on this computer."""

from __future__ import annotations

import argparse
from pathlib import Path

from tlstudio.cli.command import Command, add_json_flag
from tlstudio.cli.config_flags import number_of
from tlstudio.cli.dataset import ctrl_c_stops
from tlstudio.cli.output import Output
from tlstudio.core.errors import ConfigError, StorageError
from tlstudio.core.serving import PORT, ServingStarted
from tlstudio.core.texts import QT_TRANSLATE_NOOP

PORTS = range(65536)


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "weights",
        metavar="RUN_OR_WEIGHTS",
        help="the folder or the id of a run, or a file of saved weights",
    )
    parser.add_argument(
        "--port", metavar="N", default=str(PORT), help=f"0 takes a free one (default: {PORT})"
    )
    parser.add_argument("--device", default="cpu", help="auto, cpu, cuda:0 or mps (default: cpu)")
    parser.add_argument(
        "--no-unknown",
        action="store_true",
        help='always name a class, also where the weights would say "none of these"',
    )
    add_json_flag(parser)


def _run(arguments: argparse.Namespace, output: Output) -> int:
    port = int(number_of(arguments.port, "--port", is_integer=True))
    if port not in PORTS:
        raise ConfigError(
            QT_TRANSLATE_NOOP("core", "“{value}” is not a valid value for {name}."),
            name="--port",
            value=arguments.port,
        )
    with ctrl_c_stops(output, "Stopping; press Ctrl+C again to abort.") as stop:
        from tlstudio.engine.device import resolve_device
        from tlstudio.engine.runs.weights import load_any
        from tlstudio.engine.serving.server import serve

        device = resolve_device(arguments.device)
        loaded = load_any(arguments.weights)
        for note in loaded.notes:
            output.note(f"tlstudio: {note}")
        classifier = loaded.classifier
        classifier.network.to(device)
        if arguments.no_unknown:
            classifier.novelty = None
        for event in serve(classifier, _name_of(arguments.weights), port=port, stop=stop):
            if isinstance(event, ServingStarted):
                output.line(f"Serving at {event.address}, for this computer alone.")
                output.line("Drop photos on that page, or post one to /predict; Ctrl+C ends it.")
                output.record(address=event.address)
            else:
                output.progress(f"{event.answered} photos answered, {event.refused} refused")
            if output.is_broken:
                stop.stop()
    return 0


def _name_of(weights: str) -> str:
    """What the page is called: as the run or its dataset, or the file."""
    from tlstudio.engine.runs.store import RunStore

    try:
        entry = RunStore().find_any(weights)
    except StorageError:
        return Path(weights).stem
    return entry.name or entry.dataset


COMMAND = Command(
    "serve", "Let this computer ask a run by a page or JSON, on loopback.", _add_arguments, _run
)
