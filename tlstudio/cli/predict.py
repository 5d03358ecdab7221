"""`predict`: what saved weights say of images."""

from __future__ import annotations

import argparse
from pathlib import Path

from tlstudio.cli.command import Command, add_json_flag
from tlstudio.cli.output import Output
from tlstudio.core.dataset import ExcludedFile
from tlstudio.core.errors import DatasetError, WeightsError
from tlstudio.core.texts import QT_TRANSLATE_NOOP


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("weights", type=Path, metavar="WEIGHTS", help="a file of saved weights")
    parser.add_argument(
        "images", type=Path, nargs="+", metavar="IMAGES_OR_FOLDERS", help="folders are searched"
    )
    parser.add_argument("--model", help="its network, where the file does not say")
    parser.add_argument(
        "--classes", nargs="+", metavar="NAME", help="its classes, where the file does not say"
    )
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda:0 or mps (default: auto)")
    add_json_flag(parser)


def _run(arguments: argparse.Namespace, output: Output) -> int:
    from tlstudio.engine.data.files import find_images

    for path in [arguments.weights, *arguments.images]:
        if not path.exists():
            kind = WeightsError if path is arguments.weights else DatasetError
            raise kind(QT_TRANSLATE_NOOP("core", "There is no file or folder “{path}”."), path=path)
    paths = find_images(arguments.images)
    if not paths:
        raise DatasetError(
            QT_TRANSLATE_NOOP("core", "There are no images in these folders."),
            QT_TRANSLATE_NOOP("core", "The images must be JPEG, PNG, BMP, GIF, WebP or TIFF."),
        )

    from tlstudio.engine.device import resolve_device
    from tlstudio.engine.inference import predict
    from tlstudio.engine.weights.load import load_weights

    device = resolve_device(arguments.device)
    classes = tuple(arguments.classes) if arguments.classes else None
    loaded = load_weights(arguments.weights, model=arguments.model, classes=classes)
    for note in loaded.notes:
        output.note(f"tlstudio: {note}")
    classifier = loaded.classifier
    classifier.network.to(device)
    readable = 0
    for result in predict(classifier, paths):
        if isinstance(result, ExcludedFile):
            output.note(f"tlstudio: {result.path}: {result.reason}")
            continue
        readable += 1
        predicted = classifier.classes[result.predicted]
        output.record(
            path=str(result.path),
            predicted=predicted,
            probability=result.confidence,
            probabilities=dict(zip(classifier.classes, result.probabilities, strict=True)),
        )
        output.line(f"{result.path}\t{predicted}\t{result.confidence * 100:.1f} %")
        if output.is_broken:
            break
    return 0 if readable else 1


COMMAND = Command("predict", "Say what saved weights see in images.", _add_arguments, _run)
