"""`predict`: what saved weights say of images."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from tlstudio.cli.command import Command, add_json_flag
from tlstudio.cli.output import Output
from tlstudio.core.data.dataset import ExcludedFile
from tlstudio.core.errors import ConfigError, DatasetError
from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.core.texts import QT_TRANSLATE_NOOP

_FORMATS = QT_TRANSLATE_NOOP(
    "core", "The images must be JPEG, PNG, WebP, TIFF, GIF, BMP, AVIF or the like."
)


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "weights",
        metavar="WEIGHTS_OR_RUN",
        help="a file of saved weights, or the folder or the id of a run",
    )
    parser.add_argument(
        "images", type=Path, nargs="+", metavar="IMAGES_OR_FOLDERS", help="folders are searched"
    )
    parser.add_argument("--model", help="its network, where the file does not say")
    parser.add_argument(
        "--classes", nargs="+", metavar="NAME", help="its classes, where the file does not say"
    )
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda:0 or mps (default: auto)")
    parser.add_argument(
        "--no-unknown",
        action="store_true",
        help='always name a class, also where the weights would say "none of these"',
    )
    add_json_flag(parser)


def _run(arguments: argparse.Namespace, output: Output) -> int:
    from tlstudio.engine.data.files import exists, find_images

    nothing_there = QT_TRANSLATE_NOOP("core", "There is no file or folder “{path}”.")
    for path in arguments.images:
        if not exists(path):
            raise DatasetError(nothing_there, _FORMATS, path=path)
    images = find_images(arguments.images)
    if not images:
        raise DatasetError(
            QT_TRANSLATE_NOOP("core", "There are no images in these folders."), _FORMATS
        )
    classes = tuple(arguments.classes) if arguments.classes else None
    if classes is not None and len(set(classes)) != len(classes):
        raise ConfigError(
            QT_TRANSLATE_NOOP("core", "“{value}” is not a valid value for {name}."),
            name="--classes",
            value=" ".join(classes),
        )

    from tlstudio.engine.device import resolve_device
    from tlstudio.engine.inference import predict
    from tlstudio.engine.runs.weights import load_any

    device = resolve_device(arguments.device)
    loaded = load_any(arguments.weights, model=arguments.model, classes=classes)
    for note in loaded.notes:
        output.note(f"tlstudio: {note}")
    classifier = loaded.classifier
    classifier.network.to(device)
    if arguments.no_unknown:
        classifier.novelty = None
    readable = 0
    for result in predict(classifier, images):
        if isinstance(result, ExcludedFile):
            output.note(f"tlstudio: {result.image}: {result.reason}")
            continue
        readable += 1
        output.record(
            path=str(result.image),
            predicted=classifier.classes[result.predicted],
            probability=result.confidence,
            probabilities=dict(zip(classifier.classes, result.probabilities, strict=True)),
            **_novelty_values(result),
        )
        output.line(_line(result, classifier.classes))
        if output.is_broken:
            break
    if not readable:
        raise DatasetError(
            QT_TRANSLATE_NOOP("core", "No image in “{name}” can be read."),
            _FORMATS,
            name=", ".join(map(str, arguments.images)),
        )
    return 0


def _novelty_values(result: PredictionRecord) -> dict[str, object]:
    """What JSON says of "none of these"; nothing where the weights do not know."""
    novelty = result.novelty
    if novelty is None:
        return {}
    return {"known": novelty.is_known, "level": novelty.share, "distance": novelty.distance}


def _line(result: PredictionRecord, classes: Sequence[str]) -> str:
    answer = f"{classes[result.predicted]}\t{result.confidence * 100:.1f} %"
    if result.novelty is None or result.is_known:
        return f"{result.image}\t{answer}"
    nearer = f"{(1 - result.novelty.share) * 100:.0f} %"
    return f"{result.image}\tnone of these\tfurther from the training images than {nearer}"


COMMAND = Command("predict", "Say what saved weights see in images.", _add_arguments, _run)
