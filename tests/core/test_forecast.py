"""Forecasts, added up by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tlstudio.core.config import RunConfig
from tlstudio.core.forecast import (
    ImageCosts,
    LayerCost,
    RunCosts,
    RunForecast,
    VariationForecast,
    forecast,
    has_frozen_prefix,
)
from tlstudio.core.layers import LayerNode, LayerTree
from tlstudio.core.strategies import FreezePlan, freeze_plan
from tlstudio.core.variation import DEFAULT_AUGMENTATION, Variation

IMAGES = ImageCosts(
    decode_s=8.0, view_s=16.0, vary_s={"crop_flip": 2.0, "rotate_flip": 3.0}, stack_s=1.0
)


def leaf(path: str, order: int, parameters: int = 10, *, is_head: bool = False) -> LayerNode:
    return LayerNode(path, "Conv2d", (4, 5, 5), parameters, parameters, order, is_head)


def tree() -> LayerTree:
    """stem, relu, block (conv, norm and an addition of its own), head."""
    conv, norm = leaf("block.conv", 2), leaf("block.norm", 3)
    block = LayerNode("block", "Block", (), 0, 20, 2, children=(conv, norm))
    parts = (leaf("stem", 0), leaf("relu", 1, 0), block, leaf("head", 4, is_head=True))
    return LayerTree("tiny", 2, LayerNode("", "Net", (), 0, 40, 0, children=parts), "head")


def costs(images: ImageCosts = IMAGES) -> RunCosts:
    """Frozen 100 s a module, in validation 105, trained 110; backward 200, of the input 90."""
    paths = ("stem", "relu", "block.conv", "block.norm", "block", "head")
    layers = tuple(LayerCost(path, 100.0, 105.0, 110.0, 200.0, 90.0) for path in paths)
    return RunCosts("float32", layers, images)


def plan(*trainable: str) -> FreezePlan:
    return freeze_plan(tree(), "custom", trainable=trainable)


def told(
    trainable: tuple[str, ...], config: RunConfig | None = None, val: int = 0, train: int = 1
) -> RunForecast:
    config = config or RunConfig(epochs=10)
    return forecast(costs(), tree(), plan(*trainable), config, train, val)


def test_one_choice_of_three_stands_for_two_settings() -> None:
    assert Variation.of(RunConfig()) is Variation.CACHED
    assert Variation.of(RunConfig(views="live")) is Variation.LIVE
    assert Variation.of(RunConfig(views="live", augmentation="none")) is Variation.NONE
    for variation in Variation:
        config = RunConfig().changed(**variation.fields("rotate_flip"))
        assert Variation.of(config) is variation
    assert RunConfig().changed(**Variation.LIVE.fields(DEFAULT_AUGMENTATION)).views == "live"


def test_what_is_frozen_at_the_start_is_computed_once_for_each_view() -> None:
    by = told(("head",)).by_variation
    learn = 110 + 200 - 90  # nobody asks for the gradient below the first trained layer
    assert by[Variation.CACHED].later_epoch_s == pytest.approx(learn)
    assert by[Variation.CACHED].first_epochs == 4
    assert by[Variation.CACHED].first_epoch_s == pytest.approx(learn + 2 + 1 + 500 + 8 / 4)
    assert by[Variation.CACHED].total_s == pytest.approx(10 * learn + 4 * 503 + 8)
    assert by[Variation.LIVE].total_s == pytest.approx(10 * (learn + 503) + 8)
    assert by[Variation.LIVE].later_epoch_s == pytest.approx(learn + 503)
    assert by[Variation.NONE].total_s == pytest.approx(10 * learn + 16 + 501)


def test_a_frozen_layer_above_a_trained_one_lets_gradients_through() -> None:
    head_only = told(("head",)).by_variation[Variation.CACHED].later_epoch_s
    both = told(("block.conv", "head")).by_variation[Variation.CACHED].later_epoch_s
    conv, norm, addition, head = 110 + 200 - 90, 105 + 90, 110 + 200, 110 + 200
    assert both == pytest.approx(conv + norm + addition + head)
    assert both > head_only


def test_where_everything_trains_there_is_nothing_to_keep() -> None:
    everything = ("stem", "block.conv", "block.norm", "head")
    assert not has_frozen_prefix(tree(), plan(*everything))
    found = told(everything)
    assert not found.can_keep
    assert found.by_variation[Variation.CACHED] == found.by_variation[Variation.LIVE]
    assert found.by_variation[Variation.LIVE].later_epoch_s == pytest.approx(6 * 310 + 2 + 1)
    assert found.by_variation[Variation.NONE].later_epoch_s == pytest.approx(6 * 310 + 1)


def test_layers_without_parameters_at_the_start_are_no_prefix() -> None:
    bare = tree()
    relu, *rest = bare.root.children[1:]
    first = replace(bare.root, children=(replace(relu, order=0), *rest))
    net = replace(bare, root=first)
    assert not has_frozen_prefix(
        net, freeze_plan(net, "custom", trainable=("block.conv", "block.norm", "head"))
    )


def test_validation_images_pass_the_frozen_layers_once() -> None:
    with_val, without = (told(("head",), val=v).by_variation for v in (3, 0))
    for variation in Variation:
        extra = with_val[variation].total_s - without[variation].total_s
        assert extra == pytest.approx(3 * (16 + 1 + 500) + 10 * 3 * 105)
    everything = ("stem", "block.conv", "block.norm", "head")
    extra = (
        told(everything, val=3).by_variation[Variation.LIVE].total_s
        - told(everything).by_variation[Variation.LIVE].total_s
    )
    assert extra == pytest.approx(3 * 16 + 10 * 3 * (6 * 105 + 1))


def test_fewer_epochs_than_views() -> None:
    row = told(("head",), RunConfig(epochs=2)).by_variation[Variation.CACHED]
    assert row.first_epochs == 2
    assert row.usual_epoch_s == row.first_epoch_s
    assert row.total_s == pytest.approx(2 * row.first_epoch_s)
    assert not row.has_slow_start


def test_dividing_the_network_is_counted_once() -> None:
    some = replace(costs(), cut_s=7.0)
    for trainable, extra in ((("head",), 7.0), (("stem", "block.conv", "block.norm", "head"), 0)):
        found = forecast(some, tree(), plan(*trainable), RunConfig(epochs=10), 1, 0)
        plain = told(trainable)
        for variation in Variation:
            difference = (
                found.by_variation[variation].total_s - plain.by_variation[variation].total_s
            )
            assert difference == pytest.approx(extra)


def test_small_change_per_step_and_parameter() -> None:
    some = replace(costs(), step_s=1000.0, update_s=1.0, epoch_s=0.5, byte_s=0.25)
    config = RunConfig(epochs=1, batch_size=2)
    found = forecast(some, tree(), plan("head"), config, 5, 0).by_variation[Variation.NONE]
    plain = forecast(costs(), tree(), plan("head"), config, 5, 0).by_variation[Variation.NONE]
    load = 5 * (4 * 5 * 5) * 4 * 0.25
    assert found.total_s - plain.total_s == pytest.approx(3 * (1000 + 10) + 0.5 * 10 + load)


def test_pictures_that_do_not_fit_are_decoded_in_every_epoch() -> None:
    images = replace(IMAGES, picture_bytes=100, store_bytes=100)
    config = RunConfig(epochs=10)
    found = forecast(costs(images), tree(), plan("head"), config, 2, 0).by_variation
    roomy = forecast(costs(), tree(), plan("head"), config, 2, 0).by_variation
    again = found[Variation.LIVE].total_s - roomy[Variation.LIVE].total_s
    assert again == pytest.approx(9 * 8.0)  # one of two pictures, after the first epoch
    again = found[Variation.CACHED].total_s - roomy[Variation.CACHED].total_s
    assert again == pytest.approx(3 * 8.0)


def test_the_other_augmentation_costs_what_it_costs() -> None:
    config = RunConfig(epochs=10, augmentation="rotate_flip", views="live")
    found = told(("head",), config)
    crop = told(("head",), RunConfig(epochs=10))
    assert found.of(config).total_s - crop.by_variation[Variation.LIVE].total_s == pytest.approx(10)


def test_a_slow_start_is_told_only_where_it_shows() -> None:
    assert VariationForecast(10, 4, 3.0, 1.0).has_slow_start
    assert not VariationForecast(10, 4, 1.1, 1.0).has_slow_start
    assert VariationForecast(10, 4, 3.0, 1.0).usual_epoch_s == 1.0
