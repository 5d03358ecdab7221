"""Who could race: one setting taken in several ways, all others as they are."""

from __future__ import annotations

from collections.abc import Sequence

from tlstudio.core.config import RunConfig
from tlstudio.core.config.model_change import settled
from tlstudio.core.networks.catalog import ModelSpec
from tlstudio.core.race.race import RaceEntry
from tlstudio.core.strategies import STRATEGIES

PRETRAINED_RATE = 0.1  # of the head's learning rate, as the advice goes


def strategy_entries(config: RunConfig, strategies: Sequence[str]) -> tuple[RaceEntry, ...]:
    """The network of `config` under several strategies, each by its title.

    Raises:
        ConfigError: there is no such strategy.
    """
    return tuple(RaceEntry(STRATEGIES[n].title, with_strategy(config, n)) for n in strategies)


def model_entries(
    config: RunConfig, specs: Sequence[ModelSpec], before: ModelSpec | None = None
) -> tuple[RaceEntry, ...]:
    """Several networks under the settings of `config`, each with its default weights.

    Args:
        config: what holds for all.
        specs: the networks.
        before: the one of `config`.
    """
    titles = [spec.title for spec in specs]
    return tuple(
        RaceEntry(
            spec.title if titles.count(spec.title) == 1 else spec.name,
            with_model(config, spec, before),
        )
        for spec in specs
    )


def with_strategy(config: RunConfig, strategy: str) -> RunConfig:
    """`config` with another strategy, and the starting values that it begins with.

    Raises:
        ConfigError: there is no such strategy.
    """
    initialisation = STRATEGIES[strategy].initialisation or config.initialisation
    return config.changed(strategy=strategy, initialisation=initialisation)


def with_model(config: RunConfig, spec: ModelSpec, before: ModelSpec | None = None) -> RunConfig:
    """`config` with another network; what only fitted the one before goes back to the usual."""
    if spec.name == config.model:
        return config
    moved = config.changed(model=spec.name, weights="", image_px=0, stem="original")
    return settled(moved, before, spec)


def suggested_rate(config: RunConfig) -> float:
    """The learning rate of `config`, a tenth of it where it also moves pretrained layers.

    Pretrained layers are nearly right: steps that suit a head full of random values undo them.
    Strategies with rates of their own for the backbone see to that themselves.
    """
    spec = STRATEGIES[config.strategy]
    moves_pretrained = config.initialisation == "pretrained" and spec.name in (
        "partial",
        "fine_tuning",
        "custom",
    )
    return config.learning_rate * (PRETRAINED_RATE if moves_pretrained else 1)
