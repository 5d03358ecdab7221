"""`pull`: weights from the Hugging Face hub."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from tlstudio.cli.command import Command, add_classes_flag, add_json_flag, given_classes
from tlstudio.cli.dataset import ctrl_c_stops
from tlstudio.cli.output import Output, some_of
from tlstudio.core.errors import ConfigError
from tlstudio.core.hub import HubProgressed, Pulled, repository_id
from tlstudio.core.storage import atomic_path
from tlstudio.core.texts import QT_TRANSLATE_NOOP


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("repository", metavar="OWNER/NAME", help="or the address of its page")
    parser.add_argument("--file", default="", help="which one of its weights")
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="the file to write (default: NAME.safetensors)"
    )
    parser.add_argument("--overwrite", action="store_true", help="in place of a file of that name")
    parser.add_argument("--model", help="its network, where the file does not say")
    add_classes_flag(parser)
    add_json_flag(parser)


def _run(arguments: argparse.Namespace, output: Output) -> int:
    name = repository_id(arguments.repository)
    if arguments.out is not None:
        _check_free(arguments.out, arguments.overwrite)
    with ctrl_c_stops(output, "Stopping; press Ctrl+C again to abort.") as stop:
        from tlstudio.engine.hub.pull import pull
        from tlstudio.engine.weights.load import load_weights

        pulled: Pulled | None = None
        for event in pull(name, stop, file=arguments.file):
            if isinstance(event, HubProgressed):
                done, total = event.done_bytes / 1e6, event.total_bytes / 1e6
                output.progress(f"{done:.1f} of {total:.1f} MB")
            else:
                pulled = event
    assert pulled is not None, "a pull ends with its file"
    # its dots are part of the name: v1.5 and v1.6 are two files
    out = arguments.out or Path(name.rpartition("/")[2] + pulled.path.suffix)
    _check_free(out, arguments.overwrite)
    classes = given_classes(arguments)
    loaded = load_weights(pulled.path, model=arguments.model, classes=classes)
    for note in loaded.notes:
        output.note(f"tlstudio: {note}")
    with atomic_path(out) as temporary:
        shutil.copyfile(pulled.path, temporary)
    classifier = loaded.classifier
    output.line(f"{classifier.model}, classes: {some_of(classifier.classes)}")
    output.line(f"Written: {out}")
    output.record(
        repository=pulled.repository,
        source=pulled.name,
        file=str(out),
        model=classifier.model,
        classes=list(classifier.classes),
    )
    return 0


def _check_free(path: Path, may_overwrite: bool) -> None:
    """Refuse to write over a file that nobody gave up.

    Raises:
        ConfigError: there is one.
    """
    if path.exists() and not may_overwrite:
        raise ConfigError(
            QT_TRANSLATE_NOOP("core", "There is a file “{name}” already."),
            QT_TRANSLATE_NOOP("core", "Choose another with --out, or let it go: --overwrite"),
            name=path,
        )


COMMAND = Command("pull", "Fetch weights from the Hugging Face hub.", _add_arguments, _run)
