"""`predict`: what saved weights say of images; a table of it, and images sorted by it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tlstudio.cli.command import Command, add_classes_flag, add_json_flag, given_classes
from tlstudio.cli.dataset import ctrl_c_stops
from tlstudio.cli.out import add_overwrite_flag, free_file
from tlstudio.cli.output import Output, percent
from tlstudio.core.data.dataset import ExcludedFile
from tlstudio.core.errors import ConfigError, DatasetError
from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.core.texts import QT_TRANSLATE_NOOP

if TYPE_CHECKING:
    from tlstudio.core.data.image_ref import ImageRef
    from tlstudio.core.runs.events import StopToken
    from tlstudio.engine.models.classifier import Classifier

_FORMATS = QT_TRANSLATE_NOOP(
    "core", "The images must be JPEG, PNG, WebP, TIFF, GIF, BMP, AVIF or the like."
)


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "weights",
        metavar="WEIGHTS_OR_RUN",
        nargs="?",
        help="a file of saved weights, or the folder or the id of a run",
    )
    parser.add_argument(
        "images",
        type=Path,
        nargs="*",
        metavar="IMAGES_OR_FOLDERS",
        help="folders and archives are searched",
    )
    parser.add_argument(
        "--top", type=int, default=1, metavar="K", help="name the K most probable classes"
    )
    parser.add_argument(
        "--truth",
        action="store_true",
        help="folders named like classes say what is true: tell right from wrong, and the accuracy",
    )
    parser.add_argument(
        "--csv",
        type=Path,
        metavar="FILE",
        help="write a table that spreadsheets open: every image with all probabilities",
    )
    parser.add_argument(
        "--sort-into",
        type=Path,
        metavar="DIR",
        help="copy the images into a folder for each class in DIR; nothing is moved or replaced",
    )
    parser.add_argument(
        "--least",
        type=float,
        default=0.0,
        metavar="PERCENT",
        help="with --sort-into: images that it is less sure of go into a folder of their own",
    )
    parser.add_argument(
        "--undo",
        type=Path,
        metavar="DIR",
        help="remove what the last --sort-into has copied into DIR, and nothing else",
    )
    parser.add_argument("--model", help="its network, where the file does not say")
    add_classes_flag(parser)
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda:0 or mps (default: auto)")
    parser.add_argument(
        "--no-unknown",
        action="store_true",
        help='always name a class, also where the weights would say "none of these"',
    )
    add_overwrite_flag(parser, of="--csv")
    add_json_flag(parser)


def _run(arguments: argparse.Namespace, output: Output) -> int:
    if arguments.undo is not None:
        return _undo(arguments.undo, output)
    _check(arguments)
    with ctrl_c_stops(output, "Stopping; press Ctrl+C again to abort.") as stop:
        images = _images(arguments.images, stop)
        classifier = _classifier(arguments, output)
        answers, excluded = _answers(arguments, classifier, images, stop, output)
        if len(excluded) == len(images):
            raise DatasetError(
                QT_TRANSLATE_NOOP("core", "No image in “{name}” can be read."),
                _FORMATS,
                name=", ".join(map(str, arguments.images)),
            )
        if arguments.truth:
            _print_truth(answers, classifier.classes, output)
        if arguments.csv is not None:
            from tlstudio.core.storage import atomic_write
            from tlstudio.core.use.answers_csv import answers_csv

            atomic_write(arguments.csv, answers_csv(answers, classifier.classes, excluded))
            output.note(f"tlstudio: {len(answers):,} answers: {arguments.csv}")
        if arguments.sort_into is not None and not stop.stopped:
            _sort(arguments, answers, classifier.classes, stop, output)
    return 130 if stop.stopped else 0


def _check(arguments: argparse.Namespace) -> None:
    """What cannot be read from single arguments, before torch is imported."""
    if arguments.weights is None or not arguments.images:
        raise ConfigError(
            QT_TRANSLATE_NOOP("core", "Name the weights or a run, and then images or folders."),
            QT_TRANSLATE_NOOP("core", "Only --undo needs neither."),
        )
    given_classes(arguments)
    if arguments.csv is not None:
        free_file(arguments.csv, overwrite=arguments.overwrite)
    faults = (
        ("--top", arguments.top, arguments.top >= 1),
        ("--least", arguments.least, 0 <= arguments.least <= 100),
    )
    for name, value, is_fine in faults:
        if not is_fine:
            raise ConfigError(
                QT_TRANSLATE_NOOP("core", "“{value}” is not a valid value for {name}."),
                name=name,
                value=value,
            )


def _images(paths: Sequence[Path], stop: StopToken) -> list[ImageRef]:
    from tlstudio.core.storage import is_there
    from tlstudio.engine.use.finding import find_images

    nothing_there = QT_TRANSLATE_NOOP("core", "There is no file or folder “{path}”.")
    for path in paths:
        if not is_there(path):
            raise DatasetError(nothing_there, _FORMATS, path=path)
    images = find_images(paths, stop)
    if not images:
        raise DatasetError(
            QT_TRANSLATE_NOOP("core", "There are no images in these folders."), _FORMATS
        )
    return images


def _classifier(arguments: argparse.Namespace, output: Output) -> Classifier:
    from tlstudio.engine.device import resolve_device
    from tlstudio.engine.runs.weights import load_any

    device = resolve_device(arguments.device)
    classes = given_classes(arguments)
    loaded = load_any(arguments.weights, model=arguments.model, classes=classes)
    for note in loaded.notes:
        output.note(f"tlstudio: {note}")
    classifier = loaded.classifier
    classifier.network.to(device)
    if arguments.no_unknown:
        classifier.novelty = None
    return classifier


def _answers(
    arguments: argparse.Namespace,
    classifier: Classifier,
    images: Sequence[ImageRef],
    stop: StopToken,
    output: Output,
) -> tuple[list[PredictionRecord], list[ExcludedFile]]:
    """Print the answers as they come; return them where something else is made of them."""
    from tlstudio.engine.inference import predict
    from tlstudio.engine.use.finding import with_truth

    answers: list[PredictionRecord] = []
    excluded: list[ExcludedFile] = []
    is_kept = arguments.truth or arguments.csv is not None or arguments.sort_into is not None
    results = predict(classifier, images, stop=stop)
    if arguments.truth:
        results = with_truth(results, classifier.classes)
    for done, result in enumerate(results, 1):
        if isinstance(result, ExcludedFile):
            output.note(f"tlstudio: {result.image}: {result.reason}")
            excluded.append(result)
            continue
        if is_kept:
            answers.append(result)
        output.record(
            path=str(result.image),
            predicted=classifier.classes[result.predicted],
            probability=result.confidence,
            probabilities=dict(zip(classifier.classes, result.probabilities, strict=True)),
            **_novelty_values(result),
            **_truth_values(result, classifier.classes),
        )
        output.line(_line(result, classifier.classes, arguments.top))
        output.progress(f"{done:,} / {len(images):,} images")
        if output.is_broken:
            break
    return answers, excluded


def _print_truth(
    answers: Sequence[PredictionRecord], classes: Sequence[str], output: Output
) -> None:
    """The accuracy on images whose folder says their class, and what is confused most."""
    from tlstudio.core.evaluation.confusion import ConfusionMatrix
    from tlstudio.core.significance import wilson

    matrix = ConfusionMatrix.of(answers, classes)
    right, total = int(matrix.counts.trace()), int(matrix.counts.sum())
    if not total:
        output.note("tlstudio: no image lies in a folder that is called like one of the classes")
        output.record(images=0, right=0, accuracy=None, interval=None)
        return
    interval = wilson(right, total)
    pairs = [
        f"{classes[pair.true]} → {classes[pair.predicted]}, {pair.count}"
        for pair in matrix.most_confused(5)
    ]
    output.line(
        f"accuracy\t{percent(right / total)} ({100 * interval.low:.0f}–{100 * interval.high:.0f})"
        f"\t{right:,} of {total:,} images in folders called like classes"
    )
    if pairs:
        output.line(f"most confused\t{'; '.join(pairs)}")
    output.record(
        images=total,
        right=right,
        accuracy=right / total,
        interval=[interval.low, interval.high],
    )


def _sort(
    arguments: argparse.Namespace,
    answers: Sequence[PredictionRecord],
    classes: Sequence[str],
    stop: StopToken,
    output: Output,
) -> None:
    from tlstudio.core.use.sorting import Sorted, SortFolders
    from tlstudio.engine.use.sorting import sort_into

    folders = SortFolders.of(classes, arguments.least / 100)
    for step in sort_into(answers, folders, arguments.sort_into, stop):
        if not isinstance(step, Sorted):
            output.progress(f"{step.done:,} / {step.total:,} copied")
            continue
        for file in step.failed:
            output.note(f"tlstudio: {file.image}: {file.reason}")
        if step.log is not None:
            output.note(
                f"tlstudio: {step.copied:,} images copied into {step.folder}; "
                f"to undo: tlstudio predict --undo {step.folder}"
            )


def _undo(place: Path, output: Output) -> int:
    from tlstudio.engine.use.sorting import undo_sort

    undone = undo_sort(place)
    for path in undone.kept:
        output.note(f"tlstudio: {path}: was changed since, and stays")
    output.line(f"{undone.removed:,} copies removed from {undone.folder}")
    output.record(
        folder=str(undone.folder),
        removed=undone.removed,
        kept=[str(path) for path in undone.kept],
    )
    return 0


def _novelty_values(result: PredictionRecord) -> dict[str, object]:
    """What JSON says of "none of these"; nothing where the weights do not know."""
    novelty = result.novelty
    if novelty is None:
        return {}
    return {"known": novelty.is_known, "level": novelty.share, "distance": novelty.distance}


def _truth_values(result: PredictionRecord, classes: Sequence[str]) -> dict[str, Any]:
    if result.target is None:
        return {}
    return {"true": classes[result.target], "right": result.is_right}


def _line(result: PredictionRecord, classes: Sequence[str], top: int) -> str:
    parts = [str(result.image)]
    if result.novelty is not None and not result.is_known:
        nearer = f"{(1 - result.novelty.share) * 100:.0f} %"
        parts += ["none of these", f"further from the training images than {nearer}"]
    else:
        for index, probability in result.top(top):
            parts += [classes[index], f"{probability * 100:.1f} %"]
    if result.target is not None:
        is_right = result.predicted == result.target
        parts.append("right" if is_right else f"wrong: is {classes[result.target]}")
    return "\t".join(parts)


COMMAND = Command("predict", "Say what saved weights see in images.", _add_arguments, _run)
