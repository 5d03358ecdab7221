"""Another model: what fitted only the one before is let go."""

from __future__ import annotations

import pytest

from tlstudio.core.config import RunConfig
from tlstudio.core.config.model_change import settled
from tlstudio.core.networks.catalog import Library, ModelSpec, WeightsPlace, WeightsSpec
from tlstudio.core.networks.preprocessing import Preprocessing


def spec(*weights: WeightsSpec) -> ModelSpec:
    own = Preprocessing()
    return ModelSpec("net", "Net", "Family", Library.CLASSIC, 1, 1.0, weights, own, 32)


PRETRAINED = spec(WeightsSpec("V1", WeightsPlace.REMOTE, 1, Preprocessing()))
BARE = spec()


def test_ticks_and_paths_of_the_other_network_are_forgotten() -> None:
    custom = RunConfig(strategy="custom", trainable=("fc",))
    after = settled(custom, PRETRAINED, PRETRAINED)
    assert (after.strategy, after.trainable) == ("fine_tuning", ())
    partial = RunConfig(strategy="partial", train_from="layer4")
    assert settled(partial, PRETRAINED, PRETRAINED).train_from == ""


@pytest.mark.parametrize("strategy", ["feature_extraction", "fine_tuning", "partial"])
def test_without_weights_it_starts_from_scratch_and_later_goes_back(strategy: str) -> None:
    bare = settled(RunConfig(strategy=strategy), PRETRAINED, BARE)
    assert (bare.strategy, bare.initialisation) == ("from_scratch", "random")
    back = settled(bare, BARE, PRETRAINED)
    assert (back.strategy, back.initialisation) == ("feature_extraction", "pretrained")


def test_from_scratch_by_choice_stays() -> None:
    chosen = RunConfig(strategy="from_scratch", initialisation="random")
    assert settled(chosen, PRETRAINED, PRETRAINED) == chosen
    assert settled(chosen, None, None) == chosen
