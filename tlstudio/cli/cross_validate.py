"""`cross-validate`: a configuration trained once for each fold, with an interval over them."""

from __future__ import annotations

import argparse
from typing import assert_never

from tlstudio.cli.command import Command, add_json_flag
from tlstudio.cli.config_flags import add_config_flags, config_of, number_of
from tlstudio.cli.dataset import add_data_argument, add_split_flags, ctrl_c_stops, open_data
from tlstudio.cli.output import Output, duration, percent
from tlstudio.cli.preset import PresetFlags, add_preset_flag
from tlstudio.cli.run_lines import print_study_epoch
from tlstudio.core.folds import (
    USUAL_FOLDS,
    FoldEnded,
    FoldResult,
    FoldSaid,
    FoldsEnded,
    FoldsEvent,
    FoldsRecord,
    FoldsStarted,
    FoldStarted,
)


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_data_argument(parser)
    parser.add_argument(
        "--folds",
        metavar="N",
        default=str(USUAL_FOLDS),
        help=f"how many, 2 to 20 (default: {USUAL_FOLDS})",
    )
    add_json_flag(parser)
    add_preset_flag(parser)
    add_config_flags(parser)
    add_split_flags(parser)


def _run(arguments: argparse.Namespace, output: Output) -> int:
    flags = PresetFlags.of(arguments, config_of(arguments))
    folds = int(number_of(arguments.folds, "--folds", is_integer=True))
    with ctrl_c_stops(output) as stop:
        from tlstudio.engine.folds import cross_validate

        index = open_data(arguments, output, stop)
        config, _ = flags.for_dataset(index, output)
        for event in cross_validate(config, index, folds, stop):
            _print_event(event, output)
            if output.is_broken:
                stop.stop()
    assert isinstance(event, FoldsEnded)
    if event.is_stopped:
        return 130
    return 0 if len(event.record.whole) == folds else 1


def _print_event(event: FoldsEvent, output: Output) -> None:
    match event:
        case FoldsStarted(record):
            output.record(
                event="folds_started",
                folds=record.folds,
                images=record.images,
                put_aside=record.put_aside,
            )
        case FoldStarted():
            output.line(
                f"fold {event.fold}: {event.train_images:,} train, {event.val_images:,} validate"
            )
        case FoldSaid():
            print_study_epoch(event.event, output, fold=event.fold)
        case FoldEnded(record):
            _print_result(record.results[-1], output)
        case FoldsEnded(record):
            _print_verdict(record, output)
        case _:
            assert_never(event)


def _print_result(result: FoldResult, output: Output) -> None:
    end = result.run.end
    output.record(
        event="fold_ended",
        fold=result.fold,
        run=result.run.run_id,
        reason=None if end is None else end.reason.value,
        accuracy=result.accuracy,
        right=result.right,
        images=len(result.predictions),
        elapsed_s=result.run.elapsed_s,
        kept_share=result.run.kept_share,
    )
    if end is not None and end.error is not None:
        output.error(end.error)


def _print_verdict(record: FoldsRecord, output: Output) -> None:
    interval, confusion = record.interval, record.confusion
    output.record(
        event="folds_ended",
        accuracy=record.accuracy,
        low=None if interval is None else interval.low,
        high=None if interval is None else interval.high,
        folds=record.accuracies,
        classes=list(record.classes),
        confusion=confusion.counts.tolist(),
        verdict=[str(note) for note in record.headline],
    )
    output.line()
    for result in record.results:
        right = f"{result.right} of {len(result.predictions)}"
        took = duration(result.run.elapsed_s)
        output.line(f"fold {result.fold:>2}  {percent(result.accuracy):>7}  {right:>12}  {took:>8}")
    output.line()
    for note in record.headline:
        output.line(str(note))
    pairs = confusion.most_confused(5)
    if pairs:
        names = record.classes
        told = (f"{names[p.true]} → {names[p.predicted]}, {p.count}" for p in pairs)
        output.line(f"Most confused: {'; '.join(told)}")


COMMAND = Command(
    "cross-validate",
    "Train once for each fold of a dataset: the accuracy with an interval over the folds.",
    _add_arguments,
    _run,
)
