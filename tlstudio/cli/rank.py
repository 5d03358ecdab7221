"""`rank`: which network on this machine suits a dataset best, before any training."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import assert_never

from tlstudio.cli.command import Command, add_json_flag
from tlstudio.cli.config_flags import add_config_flags, config_of
from tlstudio.cli.dataset import add_data_argument, add_split_flags, ctrl_c_stops, open_data
from tlstudio.cli.output import Output, percent
from tlstudio.core.errors import ConfigError
from tlstudio.core.networks.inputs import INPUT_SETTINGS
from tlstudio.core.rank import (
    RANK_STAGE_TITLES,
    Candidate,
    LeaderboardRecord,
    RankEnded,
    RankEvent,
    RankProgressed,
    RankRow,
    RankStarted,
    RowFailed,
    RowRanked,
)
from tlstudio.core.runs.events import SampleSkipped
from tlstudio.core.texts import QT_TRANSLATE_NOOP

_FIELDS = frozenset({*INPUT_SETTINGS, "device", "precision", "seed"})
_TITLES = ("", "model", "values", "probe", "95 %", "p", "LogME", "k-NN", "img/s", "parameters")
_LEFT = 3  # columns of text; the others are numbers


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_data_argument(parser)
    group = parser.add_argument_group("Which networks")
    group.add_argument(
        "--models",
        nargs="+",
        metavar="MODEL",
        help="by name, MODEL:WEIGHTS for other weights than the default ones "
        "(default: all whose weights are on this machine)",
    )
    group.add_argument(
        "--random", nargs="+", metavar="MODEL", help="with random values, for comparison"
    )
    add_json_flag(parser)
    add_config_flags(parser, _FIELDS)
    add_split_flags(parser)


def _run(arguments: argparse.Namespace, output: Output) -> int:
    config = config_of(arguments)
    with ctrl_c_stops(output) as stop:
        from tlstudio.engine.rank.leaderboard import rank

        candidates = _candidates(arguments)
        index = open_data(arguments, output, stop)
        failed = 0
        for event in rank(candidates, config, index, stop):
            _tell(event, len(candidates), output)
            failed += isinstance(event, RowFailed)
            if output.is_broken:
                stop.stop()
        assert isinstance(event, RankEnded)
    if not event.is_complete:
        return 130
    return 1 if failed == len(candidates) else 0


def _candidates(arguments: argparse.Namespace) -> tuple[Candidate, ...]:
    """Return the requested candidates; a wrong name is reported before anything runs.

    Raises:
        ConfigError: the catalog has no such model or weights, or there is nothing to rank.
    """
    from tlstudio.engine.models.catalog import get_model
    from tlstudio.engine.rank.leaderboard import ready_candidates

    found: list[Candidate] = []
    for text in arguments.models or ():
        model, _, weights = text.partition(":")
        spec = get_model(model)
        chosen = spec.weights_named(weights)
        found.append(Candidate(spec.name, chosen.name if chosen else ""))
    for model in arguments.random or ():
        found.append(Candidate(get_model(model).name, initialisation="random"))
    if not arguments.models:
        found = [*ready_candidates(), *found]
    if not found:
        raise ConfigError(
            QT_TRANSLATE_NOOP("core", "No pretrained weights are on this machine."),
            QT_TRANSLATE_NOOP("core", "Fetch some: tlstudio-cli models --download MODEL"),
        )
    return tuple(dict.fromkeys(found))


def _tell(event: RankEvent, count: int, output: Output) -> None:
    match event:
        case RankStarted():
            for note in event.record.notes:
                output.note(f"tlstudio: {note}")
        case RankProgressed():
            stage = RANK_STAGE_TITLES[event.stage]
            place = f"{event.number} of {count}, {event.candidate.model}"
            output.progress(f"{place}: {stage}, {event.done} of {event.total}")
        case RowRanked():
            low, accuracy, high = event.row.interval
            output.record(
                event="ranked",
                **_named(event.row.candidate),
                accuracy=accuracy,
                low=low,
                high=high,
                logme=event.row.logme,
                knn_accuracy=event.row.knn_accuracy,
                images=event.row.images,
                images_per_s=event.row.images_per_s,
                parameters=event.row.parameters,
                weights_bytes=event.row.weights_bytes,
                memory_bytes=event.row.memory_bytes,
                image_px=event.row.image_px,
                is_kept=event.is_kept,
            )
        case RowFailed():
            failure = event.failure
            output.record(event="failed", **_named(failure.candidate), error=str(failure.error))
            output.error(failure.error)
        case SampleSkipped():
            output.note(f"tlstudio: {Path(event.path).name} is left out: {event.reason}")
        case RankEnded():
            _print_table(event.record, output)
            output.record(
                event="ended",
                is_complete=event.is_complete,
                order=[_named(row.candidate) for row in event.record.ordered],
                tied=[
                    _named(row.candidate)
                    for row in event.record.ordered
                    if row.candidate in event.record.tied
                ],
            )
        case _:
            assert_never(event)


def _named(candidate: Candidate) -> dict[str, str]:
    return {
        "model": candidate.model,
        "weights": candidate.weights,
        "initialisation": candidate.initialisation,
    }


def _print_table(record: LeaderboardRecord, output: Output) -> None:
    if not record.rows:
        return
    rows = [_cells(number, row, record) for number, row in enumerate(record.ordered, 1)]
    widths = [max(map(len, column)) for column in zip(_TITLES, *rows, strict=True)]
    for row in (_TITLES, *rows):
        cells = [
            cell.ljust(width) if place < _LEFT else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        output.line("  ".join(cells).rstrip())
    output.line()
    output.line(
        f"Linear probe: {record.folds}-fold cross-validation on {record.images} training images, "
        "with Wilson's interval."
    )
    if len(record.tied) > 1:
        output.line("= not significantly worse than the best (McNemar, Holm, 5 %).")


def _cells(number: int, row: RankRow, record: LeaderboardRecord) -> Sequence[str]:
    low, accuracy, high = row.interval
    is_tied = row.candidate in record.tied and row is not record.best
    return (
        f"{number}{'=' if is_tied else ''}",
        row.candidate.model,
        "random" if row.candidate.is_random else row.candidate.weights,
        percent(accuracy),
        f"{low * 100:.1f}–{high * 100:.1f}",
        "" if row is record.best else _p_text(record.p_values[row.candidate]),
        f"{row.logme:.3f}",
        percent(row.knn_accuracy),
        f"{row.images_per_s:.0f}",
        f"{row.parameters / 1e6:.1f} M",
    )


def _p_text(value: float) -> str:
    return "<0.001" if value < 0.001 else f"{value:.3f}"


COMMAND = Command(
    "rank", "Rank networks for a folder of images, before any training.", _add_arguments, _run
)
