"""`learning-curve`: what more photos would bring."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tlstudio.cli.command import Command, add_json_flag
from tlstudio.cli.dataset import add_data_argument, add_split_flags, ctrl_c_stops, open_data
from tlstudio.cli.features import features_of
from tlstudio.cli.output import Output, percent

if TYPE_CHECKING:
    from tlstudio.core.learning_curve import Growth, LearningCurve


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_data_argument(parser)
    parser.add_argument(
        "--more",
        type=int,
        metavar="N",
        help="images of each class that are asked about in addition (default: a round number)",
    )
    add_json_flag(parser)
    add_split_flags(parser)


def _run(arguments: argparse.Namespace, output: Output) -> int:
    with ctrl_c_stops(output) as stop:
        from tlstudio.engine.probing.learning_curve import CurveProgressed, learning_curve

        index = open_data(arguments, output, stop)
        features = features_of(index, stop, output)
        if features is None:
            raise KeyboardInterrupt
        curve = None
        for event in learning_curve(features, index.classes, stop, more=arguments.more):
            if isinstance(event, CurveProgressed):
                output.progress(f"probes {event.done}/{event.total}")
            else:
                curve = event
        if curve is None:
            raise KeyboardInterrupt
    for line in _lines(curve):
        output.line(line)
    notes = [str(note) for note in curve.notes]
    output.record(event="learning_curve", sentences=notes, **curve.to_values())
    return 0


def _lines(curve: LearningCurve) -> Iterator[str]:
    growths = (curve.overall, *curve.classes)
    titles = ["all classes", *(growth.title for growth in curve.classes)]
    width = max(len(title) for title in titles)
    yield "Accuracy of a linear probe by training images of a class, each the mean of several draws"
    for title, growth in zip(titles, growths, strict=True):
        yield f"  {title:<{width}}  {_cells(growth)}"
    yield ""
    yield from (str(note) for note in curve.notes)
    if curve.is_held_back:
        yield "For want of validation images a quarter of the training images was measured on."


def _cells(growth: Growth) -> str:
    cells = zip(growth.sizes, growth.means, strict=True)
    return "  ".join(f"{size:4.0f}: {percent(mean):>6}" for size, mean in cells)


COMMAND = Command(
    "learning-curve", "Would more photos help? How much, and of which class.", _add_arguments, _run
)
