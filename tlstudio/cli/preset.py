"""The settings that no flag gives: as a preset has them for the dataset."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tlstudio.cli.config_flags import given_fields
from tlstudio.cli.output import Output
from tlstudio.core.advice.advice import DataFacts
from tlstudio.core.advice.presets import DEFAULT_PRESET, PRESETS, Preset
from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import ImagesGlance, Split

if TYPE_CHECKING:
    from tlstudio.core.data.dataset import DatasetIndex


def add_preset_flag(parser: argparse.ArgumentParser) -> None:
    """The flag that says where settings come from."""
    rows = "; ".join(f"{row.name}: {row.help.rstrip('.')}" for row in PRESETS)
    parser.add_argument(
        "--preset",
        default=DEFAULT_PRESET,
        metavar="|".join(PRESETS.names),
        help=f"the settings that no other flag gives (default: {DEFAULT_PRESET}). {rows}.",
    )


@dataclass(frozen=True, slots=True)
class PresetFlags:
    """The preset asked for, and what flags gave.

    Attributes:
        preset: without a dataset.
        config: of the flags alone.
        given: names of the settings that flags gave; they win.
    """

    preset: Preset
    config: RunConfig
    given: frozenset[str]

    @classmethod
    def of(cls, arguments: argparse.Namespace, config: RunConfig) -> PresetFlags:
        """Read `arguments`, of which `config` was made.

        Raises:
            ConfigError: there is no such preset.
        """
        PRESETS[arguments.preset]
        return cls(Preset(arguments.preset), config, frozenset(given_fields(arguments)))

    def for_dataset(self, index: DatasetIndex, output: Output) -> tuple[RunConfig, Preset]:
        """The settings for a dataset, and the preset they are from; prints why they are so."""
        preset = Preset(self.preset.name, DataFacts.of(index, look_at(index)))
        proposal = preset.propose(self.config)
        given = {name: getattr(self.config, name) for name in self.given}
        config = proposal.config.changed(**given)
        output.line(f"{preset.spec.title}: {proposal.reason}")
        if others := proposal.differing(config):
            output.line(f"By your flags: {_said(config, others)}")
        return config, preset


def look_at(index: DatasetIndex) -> ImagesGlance | None:
    """Size and colour of a few training images; None without any."""
    from tlstudio.engine.data.glance import glance

    return glance([sample.image for sample in index.samples_of(Split.TRAIN)])


def _said(config: RunConfig, names: Iterable[str]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {getattr(config, name)}" for name in names)
