"""`find-lr`: the learning-rate range test on a terminal."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import assert_never

from tlstudio.cli.command import Command, add_json_flag
from tlstudio.cli.config_flags import add_config_flags, config_of
from tlstudio.cli.dataset import add_data_argument, add_split_flags, ctrl_c_stops, open_data
from tlstudio.cli.output import Output
from tlstudio.cli.preset import PresetFlags, add_preset_flag
from tlstudio.core.rate_finder import (
    FeaturesCounted,
    RangeEnd,
    RangeEnded,
    RangeEvent,
    RangeStarted,
    RatePoint,
    RateRange,
    rate_text,
)
from tlstudio.core.runs.events import SampleSkipped

INTERRUPTED = 130


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_data_argument(parser)
    add_json_flag(parser)
    add_preset_flag(parser)
    add_config_flags(parser)
    add_split_flags(parser)


def _run(arguments: argparse.Namespace, output: Output) -> int:
    flags = PresetFlags.of(arguments, config_of(arguments))
    with ctrl_c_stops(output) as stop:
        from tlstudio.engine.found_rates import keep_rate
        from tlstudio.engine.rate_finder import find_rate

        index = open_data(arguments, output, stop)
        config, _ = flags.for_dataset(index, output)
        for event in find_rate(config, index, stop):
            _tell(event, output)
            if isinstance(event, RangeEnded):
                keep_rate(config, index, event.result)
                return INTERRUPTED if event.result.end is RangeEnd.STOPPED else 0
            if output.is_broken:
                stop.stop()
    return INTERRUPTED


def _tell(event: RangeEvent | SampleSkipped, output: Output) -> None:
    match event:
        case RangeStarted():
            output.record(event="range_started", **asdict(event))
            output.line(
                f"Range test: up to {event.steps} steps with {event.trainable_parameters:,} "
                f"trainable parameters, on {event.device}."
            )
        case FeaturesCounted():
            output.progress(f"outputs of the frozen layers: {event.done} of {event.total}")
        case RatePoint():
            output.record(event="rate_point", **asdict(event))
            output.progress(
                f"step {event.step}: learning rate {rate_text(event.learning_rate)}, "
                f"loss {event.smoothed:.3f}"
            )
        case SampleSkipped():
            output.note(f"tlstudio: {Path(event.path).name} is left out: {event.reason}")
        case RangeEnded():
            _print_result(event.result, output)
        case _:
            assert_never(event)


def _print_result(result: RateRange, output: Output) -> None:
    steepest, lowest = result.steepest, result.lowest
    output.record(
        event="range_ended",
        suggestion=result.suggestion,
        steepest=steepest.learning_rate if steepest else None,
        lowest=lowest.learning_rate if lowest else None,
        lowest_loss=lowest.smoothed if lowest else None,
        end=result.end.value,
        reason=str(result.reason),
    )
    if result.suggestion is None:
        output.line("No learning rate to suggest.")
    else:
        output.line(f"Suggested learning rate: {rate_text(result.suggestion)}")
    output.line(str(result.reason))
    for title, point in (("falls fastest", steepest), ("lowest", lowest)):
        if point is not None:
            rate = rate_text(point.learning_rate)
            output.line(f"  {title:<14}{rate:>8}   loss {point.smoothed:.3f}")
    if result.suggestion is not None:
        output.line(f"Train with it: --lr {rate_text(result.suggestion)}")


COMMAND = Command(
    "find-lr", "Suggest a learning rate for a folder of images.", _add_arguments, _run
)
