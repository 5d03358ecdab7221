"""What depth does to plain and to residual networks: the curves of a race of the recipe.

Those of the person's own latest race, or else of one that was measured for the studio and lies in
its resources: on Fashion-MNIST, by the small budget.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import mean

from tlstudio.core.data.sample import Split
from tlstudio.core.race.race import RaceRecord, last_of_recipe, mean_error
from tlstudio.core.race.recipes import DEGRADATION, RecipeEntry
from tlstudio.core.storage import resources_dir

Errors = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class DepthRun:
    """The errors of one network, fractions for each epoch, mean over its seeds."""

    entry: RecipeEntry
    train: Errors
    val: Errors


@dataclass(frozen=True, slots=True)
class Degradation:
    """Networks of the recipe, trained alike.

    Attributes:
        runs: in the order of the recipe.
        dataset: that they were trained on.
        train_images: how many.
        seeds: of each network.
        made_on: ISO date.
        is_own: whether it is the person's race.
    """

    runs: tuple[DepthRun, ...]
    dataset: str
    train_images: int
    seeds: int
    made_on: str
    is_own: bool

    @property
    def depths(self) -> tuple[int, ...]:
        """Those that both kinds have, from the shallowest."""
        plain = {run.entry.depth for run in self.runs if not run.entry.is_residual}
        residual = {run.entry.depth for run in self.runs if run.entry.is_residual}
        return tuple(sorted(plain & residual))

    @property
    def epochs(self) -> int:
        """As many as all have."""
        return min(len(run.train) for run in self.runs)

    def run(self, depth: int, *, is_residual: bool) -> DepthRun:
        """The network of this depth and kind, which is there."""
        return next(
            run
            for run in self.runs
            if run.entry.depth == depth and run.entry.is_residual == is_residual
        )


def latest() -> Degradation:
    """The person's latest race that has both kinds at two depths, or else the studio's own."""
    record = last_of_recipe(DEGRADATION.name)
    own = degradation_of(record) if record is not None else None
    return own if own is not None else on_board()


def degradation_of(record: RaceRecord) -> Degradation | None:
    """The curves of a race; None where it has not come far enough to compare depths."""
    runs = []
    for place, racer in enumerate(record.config.entries):
        entry = DEGRADATION.entry_of(racer.config.model)
        results = record.results_of(place, whole=True)
        if entry is None or not results:
            continue
        histories = [result.history for result in results]
        train, val = (
            tuple(error for _, error in mean_error(histories, split))
            for split in (Split.TRAIN, Split.VAL)
        )
        runs.append(DepthRun(entry, train, val))
    if not runs:
        return None
    whole = [result for result in record.results if result.is_whole]
    started = whole[0].run.started
    found = Degradation(
        tuple(runs),
        whole[0].run.dataset,
        started.train_samples if started is not None else 0,
        len({result.seed for result in whole}),
        record.made_on,
        is_own=True,
    )
    return found if len(found.depths) > 1 else None


def on_board() -> Degradation:
    """The race that was measured for the studio."""
    file = resources_dir() / "lessons" / "degradation.json"
    values = json.loads(file.read_text(encoding="utf-8"))
    rows = values["runs"]
    runs = []
    for entry in DEGRADATION.entries:
        own = [row for row in rows if row["model"] == entry.model]
        if own:
            train, val = (_mean(row[kind] for row in own) for kind in ("train", "val"))
            runs.append(DepthRun(entry, train, val))
    return Degradation(
        tuple(runs),
        values["dataset"],
        values["train_images"],
        len({row["seed"] for row in rows}),
        values["made_on"],
        is_own=False,
    )


def _mean(rows: Iterable[Sequence[float]]) -> Errors:
    return tuple(mean(column) for column in zip(*rows, strict=True))
