"""Recipes as settings: what the paper says stands in them."""

from __future__ import annotations

import pytest

from tlstudio.core.config import RunConfig
from tlstudio.core.config.schedules import rate_factor
from tlstudio.core.race.race import MOST
from tlstudio.core.race.recipes import DEGRADATION, RECIPES


def test_the_full_recipe_is_the_papers() -> None:
    race = DEGRADATION.race(DEGRADATION.budgets["full"], RunConfig(seed=7, device="cpu"))
    assert not race.problems and len(race.entries) == MOST
    assert [entry.name for entry in race.entries[:2]] == ["plain-20", "plain-32"]
    config = race.entries[0].config
    assert (config.batch_size, config.learning_rate, config.weight_decay) == (128, 0.1, 1e-4)
    assert (config.image_px, config.padding * config.image_px) == (32, 4)
    assert (race.train_images, race.val_images) == (0, 0)
    assert race.seeds == (7,) and config.device == "cpu"
    # 64,000 steps of 128 of CIFAR-10's 50,000 images; a tenth of the rate at 32,000 and 48,000
    steps = -(-50_000 // 128)
    assert config.epochs * steps == pytest.approx(64_000, rel=0.005)
    at = (32_000 / steps, 48_000 / steps)
    assert [rate_factor(config, epoch) for epoch in (0, at[0] - 1, at[0] + 1, at[1] + 1)] == (
        pytest.approx([1, 1, 0.1, 0.01])
    )
    deep = next(entry for entry in race.entries if entry.name == "ResNet-110").config
    assert [deep.learning_rate * rate_factor(deep, n) for n in (0, 1)] == pytest.approx([0.01, 0.1])


@pytest.mark.parametrize("recipe", list(RECIPES), ids=lambda recipe: recipe.name)
def test_every_budget_can_race(recipe) -> None:  # type: ignore[no-untyped-def]
    for budget in recipe.budgets:
        race = recipe.race(budget, RunConfig())
        assert not race.problems
        assert race.recipe == recipe.name
    first = next(iter(recipe.budgets))
    few = recipe.race(first, RunConfig(), [recipe.entries[0].model, recipe.entries[-1].model], 3)
    assert [entry.config.model for entry in few.entries] == [
        recipe.entries[0].model,
        recipe.entries[-1].model,
    ]
    assert few.seeds == (0, 1, 2)
