"""The choice of entries for the next race; it outlives the window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING

from tlstudio.gui.state.network import NetworkState

if TYPE_CHECKING:
    from tlstudio.core.config import RunConfig
    from tlstudio.core.networks.catalog import ModelSpec
    from tlstudio.core.race.race import RaceConfig, RaceEntry
    from tlstudio.core.race.recipes import Recipe

FEWEST, MOST = 2, 10  # as `core.race` has them, which nobody needs before the first paint
FACTORS = {"a": 0.1, "b": 0.3, "c": 1.0, "d": 3.0}  # of the settings' learning rate
FIRST = ("feature_extraction", "partial", "fine_tuning")  # ticked before anybody chose


class RaceField(StrEnum):
    """What differs between the entries."""

    STRATEGIES = "strategies"
    RATES = "rates"
    MODELS = "models"
    RECIPE = "recipe"


class RaceChoice:
    """Ticked strategies, learning rates or networks, the rates of each, how many seeds.

    Attributes:
        field: what differs.
        seeds: how many.
        budget: how much of the recipe is carried out, by its name.
    """

    def __init__(self, network: NetworkState) -> None:
        self._network = network
        self.field = RaceField.STRATEGIES
        self.seeds = 1
        self.budget = ""
        self._ticked = {
            RaceField.STRATEGIES: list(FIRST),
            RaceField.RATES: list(FACTORS)[:3],
            RaceField.MODELS: [],
            RaceField.RECIPE: [],
        }
        self._rates: dict[tuple[RaceField, str], float] = {}  # those that a person gave

    @property
    def models(self) -> list[ModelSpec]:
        """Networks whose weights are on this machine, the chosen one, and the classics that have
        none and train from random values."""
        network = self._network
        return [
            model
            for model in network.models
            if model.weights_ready
            or model.name == network.config.model
            or (model.library == "classic" and not model.weights)
        ]

    @property
    def recipe(self) -> Recipe:
        """The published experiment that can be repeated."""
        from tlstudio.core.race.recipes import DEGRADATION

        if not self.budget:
            self.set_budget(next(iter(DEGRADATION.budgets)).name)
        return DEGRADATION

    def set_budget(self, name: str) -> None:
        """Take the networks and rates of another budget of the recipe."""
        from tlstudio.core.race.recipes import DEGRADATION

        self.budget, budget = name, DEGRADATION.budgets[name]
        self._ticked[RaceField.RECIPE] = list(DEGRADATION.models_of(budget))
        self._rates = {k: v for k, v in self._rates.items() if k[0] is not RaceField.RECIPE}

    def recipe_race(self, models: Sequence[str]) -> RaceConfig:
        """The race of the recipe with these networks, at its own rates."""
        recipe = self.recipe
        return recipe.race(
            recipe.budgets[self.budget], self._network.config, models, seeds=self.seeds
        )

    @property
    def strategies(self) -> list[str]:
        """Names of those that could race; *Custom* only where ticks were made by hand."""
        from tlstudio.core.strategies import STRATEGIES

        is_custom = bool(self._network.hand_ticks)
        return [name for name in STRATEGIES.names if is_custom or name != "custom"]

    @property
    def ticked(self) -> list[str]:
        """Keys of the entries, in the order of the list."""
        if self.field is RaceField.RATES:
            return [key for key in FACTORS if key in self._ticked[self.field]]
        if self.field is RaceField.RECIPE:
            models = [entry.model for entry in self.recipe.entries]
            return [key for key in models if key in self._ticked[self.field]]
        if self.field is RaceField.MODELS:
            keys = [spec.name for spec in self.models]
            return [key for key in keys if key in self._ticked[self.field]]
        return [
            key
            for key in self.strategies
            if key in self._ticked[self.field] and not self.lacks_weights(key)
        ]

    def tick(self, key: str, *, is_ticked: bool = True) -> None:
        """Let one race, or leave it out; an eleventh one is not taken."""
        if is_ticked and key not in self.ticked and len(self.ticked) < MOST:
            self._ticked[self.field].append(key)
        elif not is_ticked and key in self._ticked[self.field]:
            self._ticked[self.field].remove(key)

    def lacks_weights(self, strategy: str) -> bool:
        """Whether a strategy begins with pretrained weights that are not on this machine."""
        from tlstudio.core.strategies import STRATEGIES

        weights = self._network.weights
        is_file = self._network.config.initialisation == "file"
        is_pretrained = STRATEGIES[strategy].initialisation == "pretrained" and not is_file
        return is_pretrained and self._network.spec is not None and not (weights and weights.ready)

    def rate(self, key: str) -> float:
        """The learning rate of one entry: that of its settings unless a person gave another."""
        given = self._rates.get((self.field, key))
        if given is not None:
            return given
        if self.field is RaceField.RATES:
            return float(f"{FACTORS[key] * self._network.config.learning_rate:.2g}")
        if self.field is RaceField.RECIPE:
            return self.recipe.budgets[self.budget].learning_rate
        return self._settings_of(key).learning_rate

    def set_rate(self, key: str, rate: float) -> None:
        self._rates[self.field, key] = rate

    @property
    def tenths(self) -> dict[str, float]:
        """Ticked entries that move pretrained layers at a full rate set by hand, and its tenth."""
        from tlstudio.core.race.race import PRETRAINED_RATE, wants_small_steps

        if self.field in (RaceField.RATES, RaceField.RECIPE):
            return {}
        preset, rate, tenths = self._network.preset, self._network.config.learning_rate, {}
        for key in self.ticked:
            config = self._settings_of(key)
            is_proposed = rate == preset.propose(config).config.learning_rate
            is_gentle = wants_small_steps(config.strategy, config.initialisation)
            if self.rate(key) == rate and is_gentle and not is_proposed:
                tenths[key] = rate * PRETRAINED_RATE
        return tenths

    @property
    def entries(self) -> tuple[RaceEntry, ...]:
        """The ticked entries, with their learning rates.

        Raises:
            ConfigError: the settings do not go with one of them.
        """
        from tlstudio.core.race.race import model_entries, rate_entries, strategy_entries

        keys, network = self.ticked, self._network
        if self.field is RaceField.RATES:
            return rate_entries(network.config, [self.rate(key) for key in keys])
        if self.field is RaceField.RECIPE:
            found = self.recipe_race(keys).entries if keys else ()
            return self._at_rates(keys, found)
        if self.field is RaceField.STRATEGIES:
            found = tuple(
                entry
                for key in keys
                for entry in strategy_entries(self._base_of(key), [key], network.preset)
            )
        else:
            specs = {spec.name: spec for spec in self.models}
            chosen = [specs[key] for key in keys]
            found = model_entries(network.config, chosen, network.spec, network.preset)
        return self._at_rates(keys, found)

    def _at_rates(self, keys: Sequence[str], entries: Sequence[RaceEntry]) -> tuple[RaceEntry, ...]:
        return tuple(
            replace(entry, config=entry.config.changed(learning_rate=self.rate(key)))
            for key, entry in zip(keys, entries, strict=True)
        )

    def _settings_of(self, key: str) -> RunConfig:
        """The settings of one entry, before a person gave it a rate."""
        from tlstudio.core.race.race import with_model, with_strategy

        network = self._network
        if self.field is RaceField.STRATEGIES:
            return with_strategy(self._base_of(key), key, network.preset)
        spec = next(spec for spec in self.models if spec.name == key)
        return with_model(network.config, spec, network.spec, network.preset)

    def _base_of(self, strategy: str) -> RunConfig:
        """The present settings, for *Custom* with the ticks that were made last."""
        config = self._network.config
        if strategy == "custom":
            return config.model_copy(update={"trainable": self._network.hand_ticks})
        return config

    @property
    def config(self) -> RaceConfig:
        """The race that would start now; seeds count from that of the settings.

        Raises:
            ConfigError: the settings do not go with one of the entries.
        """
        from tlstudio.core.race.race import RaceConfig

        if self.field is RaceField.RECIPE:
            return replace(self.recipe_race(self.ticked), entries=self.entries)
        first = self._network.config.seed
        return RaceConfig(self.entries, tuple(first + number for number in range(self.seeds)))
