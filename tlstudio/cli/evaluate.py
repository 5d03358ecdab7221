"""`evaluate`: what a run or saved weights are worth on images whose classes are known."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tlstudio.cli.command import Command, add_classes_flag, add_json_flag, given_classes
from tlstudio.cli.dataset import (
    add_data_argument,
    add_split_flags,
    ctrl_c_stops,
    options_of,
    read_data,
    split_of,
)
from tlstudio.cli.output import Output, percent, share_text
from tlstudio.cli.run_lines import manifest_line, print_classes
from tlstudio.core.data.dataset import DatasetIndex, Layout, Split
from tlstudio.core.data.reading import AmbiguousDatasetError
from tlstudio.core.errors import ConfigError, DatasetError
from tlstudio.core.evaluation.evaluation import (
    Evaluation,
    EvaluationProgressed,
    EvaluationTarget,
    TargetKind,
)
from tlstudio.core.evaluation.scores import ClassScores
from tlstudio.core.runs.events import StopToken
from tlstudio.core.texts import QT_TRANSLATE_NOOP

if TYPE_CHECKING:
    from tlstudio.core.runs.kept import KeptRun
    from tlstudio.engine.models.classifier import Classifier
    from tlstudio.engine.understanding.novelty import MeasuredNovelty

_ALL = "all"
_KINDS = {"val": TargetKind.VALIDATION, "test": TargetKind.TEST}


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "weights",
        metavar="RUN_OR_WEIGHTS",
        help="the folder or the id of a run, or a file of weights",
    )
    add_data_argument(parser)
    parser.add_argument(
        "--split",
        choices=("val", "test", _ALL),
        help="which images (default: val of a dataset with splits and of the run's own; else all "
        "images of the class folders). How often test was looked at is counted",
    )
    parser.add_argument(
        "--calibrate",
        action="store_true",
        help="fit the temperature of a run to its validation images, and keep it with the run",
    )
    parser.add_argument(
        "--negatives",
        type=Path,
        metavar="FOLDER",
        help="images of none of the classes: how many of them are refused as such, by the distance "
        "to the training images and by the usual ways beside it",
    )
    parser.add_argument("--model", help="its network, where the file does not say")
    add_classes_flag(parser)
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda:0 or mps (default: auto)")
    add_json_flag(parser)
    add_split_flags(parser, with_values=False)


def _run(arguments: argparse.Namespace, output: Output) -> int:
    wanted = split_of(arguments)
    if arguments.split == _ALL and wanted is not None:
        raise ConfigError(
            QT_TRANSLATE_NOOP("core", "{flag} has no meaning with --split all."),
            flag="--val-fraction",
        )
    from tlstudio.engine.device import resolve_device
    from tlstudio.engine.understanding.evaluation import evaluate_on

    device = resolve_device(arguments.device)
    with ctrl_c_stops(output) as stop:
        classifier, run = _network(arguments, output)
        index = _dataset(arguments, run, stop, output)
        if stop.stopped:
            raise KeyboardInterrupt
        target = _target(arguments, index, run)
        classifier.network.to(device)
        end: Evaluation | None = None
        own = index if target.split is not None else None  # another folder's splits mean nothing
        for step in evaluate_on(classifier, target, own, stop):
            if isinstance(step, EvaluationProgressed):
                output.progress(f"{step.done} / {step.total} images")
            else:
                end = step
        assert end is not None, "an evaluation ends with its result"
        if not end.predictions:
            raise KeyboardInterrupt
        if run is not None and end.is_whole and end.target.split is not None:
            _keep(run, end, index)
        if arguments.calibrate:
            _calibrate(run, end, index, output)
        novelty = None
        if arguments.negatives is not None:
            from tlstudio.cli import negatives  # numpy takes time to import

            novelty = negatives.measure(classifier, index, arguments.negatives, stop, output)
            if novelty is None:
                raise KeyboardInterrupt
    if own is not None:
        print_classes(own, output)
    _print(end, output, arguments, run, novelty)
    return 0 if end.is_whole else 130


def _network(arguments: argparse.Namespace, output: Output) -> tuple[Classifier, KeptRun | None]:
    """The classifier, and the run that it is of; None where it comes from a file."""
    from tlstudio.engine.runs.store import RunStore
    from tlstudio.engine.runs.weights import load_any

    classes = given_classes(arguments)
    loaded = load_any(arguments.weights, model=arguments.model, classes=classes)
    for note in loaded.notes:
        output.note(f"tlstudio: {note}")
    if loaded.source != "run":
        return loaded.classifier, None
    store = RunStore()
    return loaded.classifier, store.open(store.find_any(arguments.weights).id)


def _dataset(
    arguments: argparse.Namespace, run: KeptRun | None, stop: StopToken, output: Output
) -> DatasetIndex | None:
    """The dataset in the folder; None where it has no splits and need not have any."""
    from tlstudio.engine.data.files import is_folder

    folder, asked = arguments.data, arguments.split
    split, options, manifest = split_of(arguments), options_of(arguments), None
    if run is not None:
        split = split or run.split_config
        if Path(run.entry.root) == folder.resolve():
            options = options or run.read_options
            manifest = run.manifest
    try:
        index = read_data(arguments, split, options, stop, manifest)
        if index.manifest:
            output.note(manifest_line(index.manifest))
        return index
    except AmbiguousDatasetError:
        if asked != _ALL:
            raise
        return None
    except DatasetError:
        if stop.stopped:
            raise KeyboardInterrupt from None
        if asked in _KINDS or not is_folder(folder):
            raise
        return None  # e.g. a single class: evaluating tells what is wrong with it, if anything


def _target(
    arguments: argparse.Namespace, index: DatasetIndex | None, run: KeptRun | None
) -> EvaluationTarget:
    if arguments.split in _KINDS:
        return EvaluationTarget(_KINDS[arguments.split])
    if arguments.split is None and index is not None:
        is_own = run is not None and run.entry.fingerprint == index.fingerprint
        if is_own or index.layout is not Layout.CLASS_FOLDERS:
            return EvaluationTarget(TargetKind.VALIDATION)
    return EvaluationTarget(TargetKind.FOLDER, arguments.data)


def _keep(run: KeptRun, end: Evaluation, index: DatasetIndex | None) -> None:
    """Keep what the run says of its own test images beside what it says of validation."""
    is_own = index is not None and index.fingerprint == run.entry.fingerprint
    if index is None or not is_own or index.classes != end.classes:
        return
    if end.target.split is Split.TEST:
        from tlstudio.engine.runs.store import RunStore

        RunStore().set_predictions(run.entry.id, Split.TEST, end.predictions, index)


def _calibrate(
    run: KeptRun | None, end: Evaluation, index: DatasetIndex | None, output: Output
) -> None:
    """Fit the temperature and keep it, if it helps; what follows was measured before that.

    Raises:
        ConfigError: these are not the validation images of a run.
    """
    is_own = run is not None and index is not None and run.entry.fingerprint == index.fingerprint
    if run is None or not is_own or end.target.kind is not TargetKind.VALIDATION:
        raise ConfigError(
            QT_TRANSLATE_NOOP("core", "--calibrate needs a run and its own validation images."),
            QT_TRANSLATE_NOOP("core", "Name the run and the dataset that it was trained on."),
        )
    from tlstudio.engine.runs.store import RunStore
    from tlstudio.engine.understanding.calibration import calibrate

    found = calibrate(end.predictions, end.classes, end.temperature)
    output.note(f"tlstudio: {found.verdict}")
    if found.helps:
        RunStore().set_temperature(run.entry.id, found.temperature)


def _print(
    end: Evaluation,
    output: Output,
    arguments: argparse.Namespace,
    run: KeptRun | None,
    novelty: MeasuredNovelty | None,
) -> None:
    from tlstudio.cli import negatives

    told = {}
    if novelty is not None:
        told["negatives"] = negatives.to_values(novelty, arguments.negatives)
    output.record(
        weights=str(arguments.weights),
        run=None if run is None else run.entry.id,
        data=str(arguments.data),
        **end.to_values(),
        **told,
    )
    for file in end.excluded:
        output.note(f"tlstudio: {file.image}: {file.reason}")
    for note in end.notes:
        output.note(f"tlstudio: {note}")
    scores = end.scores
    output.line(str(end.headline))
    apart = scores.headline_apart()
    if apart is not None:
        output.line(str(apart))
    if end.looks is not None:
        output.line(str(end.looks))
    if not end.is_whole:
        output.line("Stopped: these are the images that were done.")
    output.line()
    for name, value in (
        *((f"top-{top.k} accuracy", share_text(top.share)) for top in scores.top),
        ("balanced accuracy", percent(scores.balanced_accuracy)),
        ("macro F1", percent(scores.macro_f1)),
        ("ROC-AUC, mean", _number(scores.roc_auc)),
        ("average precision, mean", _number(scores.average_precision)),
        ("log loss", _number(scores.log_loss)),
        ("calibration error (ECE)", percent(scores.ece)),
        ("temperature", f"{end.temperature:.3g}"),
    ):
        output.line(f"{name:<26}{value}")
    output.line()
    _print_table(
        [
            ("class", "precision", "recall", "F1", "ROC-AUC", "images"),
            *(_cells(one) for one in scores.classes),
        ],
        output,
    )
    pairs = end.confusion.most_confused(5)
    if pairs:
        named = (f"{end.classes[p.true]} → {end.classes[p.predicted]}, {p.count}" for p in pairs)
        output.line()
        output.line(f"Most confused: {'; '.join(named)}")
    if novelty is not None:
        negatives.print_table(novelty, arguments.negatives, output)


def _print_table(rows: list[tuple[str, ...]], output: Output) -> None:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        output.line("  ".join(cells).rstrip())


def _cells(one: ClassScores) -> tuple[str, ...]:
    return (
        one.name,
        share_text(one.precision),
        share_text(one.recall),
        percent(one.f1),
        _number(one.roc_auc),
        str(one.support),
    )


def _number(value: Any) -> str:
    return "–" if value is None else f"{value:.3f}"


COMMAND = Command(
    "evaluate",
    "Measure a run or saved weights on images whose classes are known.",
    _add_arguments,
    _run,
)
