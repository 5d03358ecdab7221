"""`race`: strategies or networks against each other on one dataset, with honest error bars."""

from __future__ import annotations

import argparse
from collections.abc import Collection, Sequence
from dataclasses import asdict
from typing import assert_never

from tlstudio.cli.command import Command, add_json_flag
from tlstudio.cli.config_flags import add_config_flags, config_of, number_of
from tlstudio.cli.dataset import add_data_argument, add_split_flags, ctrl_c_stops, open_data
from tlstudio.cli.output import Output, duration, percent
from tlstudio.cli.preset import PresetFlags, add_preset_flag
from tlstudio.cli.run_lines import print_study_epoch
from tlstudio.core.advice.presets import Preset
from tlstudio.core.config import RunConfig
from tlstudio.core.config.command_line import flag
from tlstudio.core.config.run_config import MACHINE_FIELDS
from tlstudio.core.errors import ConfigError, TLStudioError
from tlstudio.core.race.race import (
    RaceConfig,
    RaceEnded,
    RaceEntry,
    RaceEvent,
    RaceRecord,
    RaceRunEnded,
    RaceRunSaid,
    RaceRunStarted,
    RaceStarted,
    RunResult,
    last_race,
    model_entries,
    rate_entries,
    strategy_entries,
)
from tlstudio.core.race.recipes import RECIPES
from tlstudio.core.race.verdict import EntryScore, RaceVerdict, race_verdict
from tlstudio.core.texts import QT_TRANSLATE_NOOP


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_data_argument(parser)
    group = parser.add_argument_group("Who races: two to ten")
    group.add_argument("--strategies", metavar="A,B,…", help="names as of --strategy")
    group.add_argument("--models", metavar="A,B,…", help="names as of --model")
    group.add_argument(
        "--rates",
        metavar="X,Y,…",
        help="a learning rate for each entry, or several for a single one, with semicolons between "
        "where numbers have commas (default: that of --lr)",
    )
    group.add_argument(
        "--recipe",
        choices=[recipe.name for recipe in RECIPES],
        help="a published experiment with its networks and settings, of which --models may name a "
        "few; only the seed and the machine are taken from the flags below",
    )
    group.add_argument(
        "--budget", metavar="NAME", help="of a recipe: small (the default) or full, as published"
    )
    group.add_argument(
        "--seeds", metavar="N", help="runs of each entry, 1 to 5 (default: 1, or the recipe's)"
    )
    group.add_argument(
        "--go-on",
        action="store_true",
        help="take over what is there of this very race, however it was ended",
    )
    add_json_flag(parser)
    add_preset_flag(parser)
    add_config_flags(parser)
    add_split_flags(parser)


def _run(arguments: argparse.Namespace, output: Output) -> int:
    flags = PresetFlags.of(arguments, config_of(arguments))
    # made once with no dataset: what is wrong is said before one is read
    config = _race_of(arguments, flags.config, flags.preset, flags.given)
    if problems := config.problems:
        raise TLStudioError.of(problems)
    with ctrl_c_stops(output) as stop:
        from tlstudio.engine.race import check_race, race

        index = open_data(arguments, output, stop)
        if arguments.recipe is None:
            base, preset = flags.for_dataset(index, output)
            config = _race_of(arguments, base, preset, flags.given)
        if problems := check_race(config, index):
            raise TLStudioError.of(problems)
        before = last_race(index.root) if arguments.go_on else None
        for event in race(config, index, stop, before=before):
            _print_event(event, config, output)
            if output.is_broken:
                stop.stop()
    assert isinstance(event, RaceEnded)
    if event.is_stopped:
        return 130
    return 0 if all(result.is_whole for result in event.record.results) else 1


def _race_of(
    arguments: argparse.Namespace, base: RunConfig, preset: Preset, keep: Collection[str]
) -> RaceConfig:
    seeds = arguments.seeds
    count = int(number_of(seeds, "--seeds", is_integer=True)) if seeds is not None else None
    if arguments.recipe is None:
        if arguments.budget is not None:
            raise ConfigError(
                QT_TRANSLATE_NOOP("core", "Only a recipe has a budget."),
                QT_TRANSLATE_NOOP("core", "Add --recipe {recipes}, or leave --budget out."),
                recipes="|".join(RECIPES.names),
            )
        entries = _with_rates(_entries(arguments, base, preset, keep), arguments.rates)
        count = 1 if count is None else count
        return RaceConfig(entries, tuple(base.seed + number for number in range(count)))
    recipe = RECIPES[arguments.recipe]
    if decided := _decided_by_recipe(arguments, keep):
        raise ConfigError(
            QT_TRANSLATE_NOOP("core", "The recipe itself decides what {flags} would."),
            QT_TRANSLATE_NOOP("core", "Leave them out, or race without --recipe."),
            flags=", ".join(decided),
        )
    budget = recipe.budgets[arguments.budget or next(iter(recipe.budgets)).name]
    return recipe.race(budget, base, _names(arguments.models), count)


def _decided_by_recipe(arguments: argparse.Namespace, given: Collection[str]) -> list[str]:
    """Flags that were given although a recipe leaves nothing to them."""
    study = [flag(name) for name in ("strategies", "rates") if getattr(arguments, name) is not None]
    return study + [flag(name) for name in sorted(given) if name not in {"seed", *MACHINE_FIELDS}]


def _entries(
    arguments: argparse.Namespace, base: RunConfig, preset: Preset, keep: Collection[str]
) -> tuple[RaceEntry, ...]:
    """Strategies, networks, or every strategy of every network."""
    strategies, models = _names(arguments.strategies), _names(arguments.models)
    if not strategies and not models:
        raise ConfigError(
            QT_TRANSLATE_NOOP("core", "Nothing to compare was named."),
            QT_TRANSLATE_NOOP("core", "For example: --strategies feature_extraction,fine_tuning."),
        )
    if not models:
        return strategy_entries(base, strategies, preset, keep)

    from tlstudio.engine.models.catalog import get_model

    specs = [get_model(name) for name in models]
    found = model_entries(base, specs, get_model(base.model), preset, keep)
    if not strategies:
        return found
    return tuple(
        RaceEntry(f"{entry.name}, {row.name}", row.config)
        for entry in found
        for row in strategy_entries(entry.config, strategies, preset, keep)
    )


def _with_rates(entries: tuple[RaceEntry, ...], text: str | None) -> tuple[RaceEntry, ...]:
    if text is None:
        return entries
    between = ";" if ";" in text else ","
    rates = [number_of(part, "--rates") for part in text.split(between)]
    if len(entries) == 1:
        return rate_entries(entries[0].config, rates)
    if len(rates) != len(entries):
        raise ConfigError(
            QT_TRANSLATE_NOOP("core", "{rates} learning rates are no match for {entries} entries."),
            QT_TRANSLATE_NOOP("core", "Give one for each, in their order."),
            rates=len(rates),
            entries=len(entries),
        )
    return tuple(
        RaceEntry(entry.name, entry.config.changed(learning_rate=rate))
        for entry, rate in zip(entries, rates, strict=True)
    )


def _names(text: str | None) -> list[str]:
    return [name.strip() for name in (text or "").split(",") if name.strip()]


def _print_event(event: RaceEvent, config: RaceConfig, output: Output) -> None:
    match event:
        case RaceStarted():
            names = [entry.name for entry in config.entries]
            output.record(event="race_started", entries=names, seeds=list(config.seeds))
        case RaceRunStarted():
            name = config.entries[event.entry].name
            output.record(event="race_run_started", **asdict(event), name=name)
            output.line(f"[{event.number}/{event.runs}] {name}, seed {event.seed}")
        case RaceRunSaid():
            print_study_epoch(event.event, output, entry=event.entry, seed=event.seed)
        case RaceRunEnded():
            _print_result(event.result, output)
        case RaceEnded():
            _print_verdict(event.record, race_verdict(event.record), output)
        case _:
            assert_never(event)


def _print_result(result: RunResult, output: Output) -> None:
    accuracy = result.final.accuracy if result.final else None
    output.record(
        event="race_run_ended",
        entry=result.entry,
        seed=result.seed,
        reason=result.reason.value,
        accuracy=accuracy,
        elapsed_s=result.run.elapsed_s,
    )
    if result.error is not None:
        output.error(result.error)
    elif not result.is_whole:
        output.line(f"  ended before its time ({result.reason.value})")


def _print_verdict(record: RaceRecord, verdict: RaceVerdict, output: Output) -> None:
    output.record(
        event="race_ended",
        images=record.images,
        scores=[asdict(score) for score in verdict.scores],
        pairs=[{**asdict(p), "is_significant": p.is_significant} for p in verdict.pairs],
        winner=verdict.winner,
        level=verdict.level,
        cheapest=verdict.cheapest,
        verdict=[str(note) for note in (*verdict.headline, *verdict.comparisons)],
    )
    output.line()
    for line in _table(verdict.scores):
        output.line(line)
    if any(score.kept_share for score in verdict.scores):
        output.line("* would have taken longer without features kept from an earlier run")
    output.line()
    for note in (*verdict.headline, *verdict.comparisons):
        output.line(str(note))


def _table(scores: Sequence[EntryScore]) -> list[str]:
    """Entries below each other. Accuracy is that after the last epoch, the best one beside it."""
    head = ["entry", "accuracy", "95 % interval", "best", "epoch", "time", "s/epoch", "trainable"]
    rows = [head, *(_cells(score) for score in scores)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    return [
        "  ".join(
            cell.rjust(width) if column else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _cells(score: EntryScore) -> list[str]:
    if score.accuracy is None or score.interval is None:
        return [score.name, *["–"] * 7]
    kept = "*" if score.kept_share else ""
    return [
        score.name,
        percent(score.accuracy),
        f"{percent(score.interval.low)} to {percent(score.interval.high)}",
        percent(score.best_accuracy),
        ", ".join(map(str, score.best_epochs)),
        duration(score.elapsed_s or 0) + kept,
        f"{score.epoch_s or 0:.1f}",
        f"{score.trainable_parameters:,}",
    ]


COMMAND = Command("race", "Compare strategies or networks on one dataset.", _add_arguments, _run)
