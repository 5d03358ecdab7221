"""Numbers on the terminal are read as those in the window are."""

from __future__ import annotations

import argparse

import pytest

from tlstudio.cli.config_flags import add_config_flags, config_of, number_of
from tlstudio.cli.dataset import add_split_flags, split_of
from tlstudio.cli.race import _with_rates
from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import SplitConfig
from tlstudio.core.errors import ConfigError
from tlstudio.core.race.race import RaceEntry


@pytest.mark.parametrize("rate", ["0,02", "0.02", "2e-2", "０，０２"])
def test_flags_of_the_settings(rate: str) -> None:
    parser = argparse.ArgumentParser()
    add_config_flags(parser)
    assert config_of(parser.parse_args(["--lr", rate])).learning_rate == 0.02


def test_flags_of_the_split() -> None:
    parser = argparse.ArgumentParser()
    add_split_flags(parser)
    flags = ["--val-fraction", "0,25", "--test-fraction", ".1", "--split-seed", "7"]
    assert split_of(parser.parse_args(flags)) == SplitConfig(0.25, 0.1, 7)
    with pytest.raises(ConfigError, match="“1,5” is not a valid value for split_seed"):
        split_of(parser.parse_args(["--split-seed", "1,5"]))


@pytest.mark.parametrize("text", ["0.1,0.02", "0,1;0,02", "0.1; 0.02"])
def test_rates_of_a_race(text: str) -> None:
    entries = (RaceEntry("a", RunConfig()), RaceEntry("b", RunConfig()))
    assert [e.config.learning_rate for e in _with_rates(entries, text)] == [0.1, 0.02]


def test_two_ways_to_read_a_number_are_told() -> None:
    with pytest.raises(ConfigError, match="“1,000” is not a valid value for --seeds") as told:
        number_of("1,000", "--seeds", is_integer=True)
    assert told.value.hint_text == "Write 1000 or 1."
