"""The presets: what they propose, how it follows, and that the advice says the same."""

from __future__ import annotations

import pytest

from tests.core.advice.samples import facts
from tlstudio.core.advice import advise
from tlstudio.core.advice.advice import DataFacts
from tlstudio.core.advice.presets import (
    CHOSEN,
    DEFAULT_PRESET,
    PRESET_FIELDS,
    PRESETS,
    RECOMMENDS,
    Preset,
)
from tlstudio.core.config import FIELDS, RunConfig
from tlstudio.core.data.dataset import ImagesGlance
from tlstudio.core.errors import ConfigError
from tlstudio.core.strategies import STRATEGIES

PHOTOS = ImagesGlance(400, False)


def data(*counts: int, side_px: int = 400) -> DataFacts:
    names = tuple(f"class {n}" for n in range(len(counts)))
    return DataFacts(names, counts, ImagesGlance(side_px, False))


def of_strategy(strategy: str) -> RunConfig:
    return RunConfig(
        strategy=strategy, initialisation=STRATEGIES[strategy].initialisation or "pretrained"
    )


TINY, FEW, MANY = data(6, 6), data(60, 60, 80), data(2000, 2000, 2000)


@pytest.mark.parametrize("row", PRESETS, ids=lambda row: row.name)
@pytest.mark.parametrize("strategy", STRATEGIES.names)
@pytest.mark.parametrize("open_data", [DataFacts(), TINY, FEW, MANY])
def test_every_preset_has_valid_settings_and_one_sentence(
    row: object, strategy: str, open_data: DataFacts
) -> None:
    name = row.name  # type: ignore[attr-defined]
    config = of_strategy(strategy)
    proposal = Preset(name, open_data).propose(config)
    assert all(getattr(proposal.config, field) == getattr(config, field) for field in CHOSEN)
    assert str(proposal.reason).endswith(".") and "{" not in str(proposal.reason)
    assert Preset(name, open_data).propose(proposal.config).config == proposal.config
    assert {*proposal.differing(config)} <= {*RECOMMENDS}


def test_every_setting_is_chosen_or_a_presets() -> None:
    assert {*CHOSEN, *PRESET_FIELDS} == {spec.name for spec in FIELDS}
    assert DEFAULT_PRESET in PRESETS
    with pytest.raises(ConfigError, match="preset"):
        Preset("best").propose(RunConfig())


def test_the_tutorial_is_what_a_configuration_has_of_itself() -> None:
    assert Preset("tutorial", FEW).propose(RunConfig()).config == RunConfig()
    scratch = Preset("tutorial").propose(of_strategy("from_scratch")).config
    assert (scratch.optimizer, scratch.learning_rate) == ("adam", 0.001)


def test_the_reason_names_the_number_of_images_and_the_rate() -> None:
    reason = str(Preset(data=FEW).propose(RunConfig()).reason)
    assert "200 training images" in reason and "frozen backbone" in reason
    assert f"{Preset(data=FEW).propose(RunConfig()).config.learning_rate:g}" in reason


def test_from_scratch_has_steps_for_random_values() -> None:
    config = Preset(data=FEW).propose(of_strategy("from_scratch")).config
    head = Preset(data=FEW).propose(RunConfig()).config
    assert (config.optimizer, head.optimizer) == ("adam", "sgd")
    assert config.epochs > head.epochs
    random = RunConfig(strategy="custom", initialisation="random", trainable=("fc",))
    assert Preset(data=FEW).propose(random).config.optimizer == "adam"


@pytest.mark.parametrize(("images", "batch"), [(12, 8), (40, 8), (70, 16), (200, 32), (9000, 32)])
def test_a_tiny_dataset_has_several_steps_an_epoch(images: int, batch: int) -> None:
    proposal = Preset(data=data(images // 2, images // 2)).propose(RunConfig())
    assert proposal.config.batch_size == batch
    assert ("Only" in str(proposal.reason)) == (batch < 32)


@pytest.mark.parametrize("strategy", ["head_first", "gradual"])
def test_a_short_run_comes_to_its_last_phase(strategy: str) -> None:
    config = Preset(data=data(20_000, 20_000)).propose(of_strategy(strategy)).config
    assert config.epochs < 10
    assert config.head_epochs < config.epochs / 2 or strategy != "head_first"
    assert config.unfreeze_every == 1 or strategy != "gradual"


@pytest.mark.parametrize("counts", [(6, 6), (25, 25), (60, 80, 90), (200, 12), (2000, 2000)])
@pytest.mark.parametrize("side_px", [28, 400])
def test_the_advice_and_the_default_never_contradict_each_other(
    counts: tuple[int, ...], side_px: int
) -> None:
    for has_weights in (True, False):
        advice = advise(facts(counts, side_px=side_px, has_weights=has_weights))
        chosen = {name: value for name, value in advice.settings.items() if name in CHOSEN}
        proposal = Preset(data=data(*counts, side_px=side_px)).propose(RunConfig(**chosen))
        assert advice.is_followed_by(proposal.config)


# -- following -------------------------------------------------------------------------------------


def test_what_was_proposed_follows_and_what_was_set_by_hand_stays() -> None:
    preset = Preset(data=FEW)
    before = preset.propose(RunConfig()).config.changed(epochs=7)
    scratch = before.changed(strategy="from_scratch", initialisation="random")
    after = preset.followed(scratch, before)
    assert (after.optimizer, after.epochs) == ("adam", 7)
    back = preset.followed(after.changed(strategy="partial", initialisation="pretrained"), after)
    assert (back.optimizer, back.epochs) == ("sgd", 7)
    assert preset.propose(back).differing(back) == ("epochs",)


def test_an_optimizer_by_choice_stays() -> None:
    preset = Preset(data=FEW)
    before = preset.propose(RunConfig()).config.changed(optimizer="adamw")
    scratch = before.changed(strategy="from_scratch", initialisation="random")
    assert preset.followed(scratch, before).optimizer == "adamw"


def test_what_is_chosen_with_the_strategy_stays() -> None:
    preset = Preset(data=FEW)
    before = preset.propose(RunConfig()).config
    scratch = before.changed(strategy="from_scratch", initialisation="random", optimizer="sgd")
    assert preset.followed(scratch, before).optimizer == "adam"
    assert preset.followed(scratch, before, keep=["optimizer"]).optimizer == "sgd"


def test_another_dataset_moves_epochs_and_batches() -> None:
    small, large = Preset(data=TINY), Preset(data=MANY)
    before = small.propose(RunConfig()).config
    after = large.followed(before, before, earlier=small)
    assert after == large.propose(RunConfig()).config
    assert (before.batch_size, after.batch_size) == (8, 32) and after.epochs < before.epochs


def test_what_means_nothing_is_no_difference() -> None:
    proposal = Preset(data=FEW).propose(RunConfig())
    assert proposal.differing(proposal.config.changed(step_size=3)) == ()  # the schedule is another
    assert proposal.differing(proposal.config.changed(seed=3)) == ("seed",)
