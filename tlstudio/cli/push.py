"""`push`: a run to the Hugging Face hub."""

from __future__ import annotations

import argparse
import getpass
from pathlib import Path
from typing import TYPE_CHECKING

from tlstudio.cli.command import Command, add_json_flag
from tlstudio.cli.dataset import ctrl_c_stops
from tlstudio.cli.output import Output
from tlstudio.core.errors import StorageError
from tlstudio.core.hub import HubProgressed, PushOptions, repository_id

if TYPE_CHECKING:
    from tlstudio.engine.hub.card import CardFacts


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "weights",
        metavar="RUN_OR_WEIGHTS",
        help="the folder or the id of a run, or a file of saved weights",
    )
    parser.add_argument(
        "repository", metavar="[OWNER/]NAME", help="of the repository that is made for it"
    )
    parser.add_argument("--public", action="store_true", help="for everybody (default: private)")
    parser.add_argument(
        "--update", action="store_true", help="as the new version of a repository that is there"
    )
    parser.add_argument(
        "--login",
        action="store_true",
        help="ask for an access token first; the hub's own library keeps it",
    )
    add_json_flag(parser)


def _run(arguments: argparse.Namespace, output: Output) -> int:
    repository = repository_id(arguments.repository)
    options = PushOptions(repository, not arguments.public, arguments.update)
    with ctrl_c_stops(output, "Stopping; press Ctrl+C again to abort.") as stop:
        from tlstudio.engine.hub.client import log_in
        from tlstudio.engine.hub.push import push
        from tlstudio.engine.runs.weights import load_any

        if arguments.login:
            log_in(getpass.getpass("Access token of the Hugging Face hub (not shown): "), stop)
        loaded = load_any(arguments.weights)
        for note in loaded.notes:
            output.note(f"tlstudio: {note}")
        for event in push(loaded.classifier, _facts(arguments.weights), options, stop):
            if isinstance(event, HubProgressed):
                done, total = event.done_bytes / 1e6, event.total_bytes / 1e6
                output.progress(f"{done:.1f} of {total:.1f} MB")
                continue
            kind = "private" if options.is_private else "public"
            output.line(f"On the hub, {kind}: {event.address}")
            output.record(
                repository=event.repository, address=event.address, files=list(event.files)
            )
    return 0


def _facts(weights: str) -> CardFacts:
    """What the card tells of it."""
    from tlstudio.engine.hub.card import CardFacts
    from tlstudio.engine.runs.store import RunStore

    try:
        return CardFacts.of_run(RunStore().find_any(weights))
    except StorageError:
        return CardFacts(Path(weights).stem)


COMMAND = Command("push", "Hand a run on to the Hugging Face hub.", _add_arguments, _run)
