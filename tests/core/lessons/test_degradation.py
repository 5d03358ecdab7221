"""The curves that the lesson on depth shows: the person's own, or the studio's."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.helpers import epoch_record, run_record
from tlstudio.core.config import RunConfig
from tlstudio.core.lessons.degradation import degradation_of, latest, on_board
from tlstudio.core.race.race import EpochAnswers, RaceRecord, RunResult, save_race
from tlstudio.core.race.recipes import DEGRADATION
from tlstudio.core.runs.history import History
from tlstudio.core.storage import resources_dir


def race(*models: str, seeds: int = 2) -> RaceRecord:
    """A race whose deeper plain networks are worse."""
    config = DEGRADATION.race(DEGRADATION.budgets["small"], RunConfig(), models, seeds)
    record = RaceRecord(config, 2, "abc", "cpu", "2026-11-30")
    for place, seed in config.runs:
        entry = DEGRADATION.entry_of(config.entries[place].config.model)
        assert entry is not None
        right = 0.8 + 0.1 * seed - (0.0 if entry.is_residual else entry.depth / 200)
        history = History((epoch_record(1, train_accuracy=0.2), epoch_record(2, 0.5, right)))
        run = replace(run_record(history=history), dataset="photos")
        record = record.with_result(RunResult(place, seed, run, EpochAnswers(2, "10")))
    return record


def test_the_studios_own_race_shows_what_the_paper_says() -> None:
    found = on_board()
    assert (found.depths, found.seeds, found.is_own) == ((20, 56), 3, False)
    shallow, deep = (found.run(depth, is_residual=False).train[-1] for depth in found.depths)
    assert deep - shallow > 0.3
    shallow, deep = (found.run(depth, is_residual=True).train[-1] for depth in found.depths)
    assert deep <= shallow


def test_the_studios_own_race_is_that_of_the_small_budget() -> None:
    text = (resources_dir() / "lessons" / "degradation.json").read_text("utf-8")
    small = DEGRADATION.budgets["small"]
    budget = json.loads(text)["budget"]
    assert budget == {name: getattr(small, name) for name in budget}
    assert {run.entry.depth for run in on_board().runs} == set(small.depths)


def test_ones_own_race_takes_its_place(tmp_path: Path) -> None:
    assert latest() == on_board()
    save_race(race("plain20", "plain44", "resnet20", "resnet44"), tmp_path)
    found = latest()
    assert (found.is_own, found.depths, found.seeds, found.epochs) == (True, (20, 44), 2, 2)
    assert found.dataset == "photos"
    assert found.run(44, is_residual=False).train == pytest.approx((0.8, 1 - (0.85 - 44 / 200)))


def test_a_race_that_compares_no_depths_shows_nothing() -> None:
    assert degradation_of(race("plain20", "resnet20")) is None
    assert degradation_of(race("plain20", "plain56", "resnet20")) is None
    whole = race("plain20", "plain56", "resnet20", "resnet56")
    assert degradation_of(replace(whole, results=())) is None
    assert degradation_of(replace(whole, results=whole.results[:3])) is None  # killed
