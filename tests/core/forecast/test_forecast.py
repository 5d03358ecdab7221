"""Forecasts, added up by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tlstudio.core.config import RunConfig
from tlstudio.core.config.variation import DEFAULT_AUGMENTATION, Variation
from tlstudio.core.forecast.costs import ImageCosts, LayerCost, RunCosts
from tlstudio.core.forecast.forecast import (
    FREE_SETTINGS,
    SPILL_SHARE,
    KeepObstacle,
    PhaseForecast,
    RunForecast,
    VariationForecast,
    cost_settings,
    forecast,
    keep_obstacle,
)
from tlstudio.core.forecast.phase_costs import first_changing, has_fixed_start, step_memory
from tlstudio.core.networks.layers import LayerNode, LayerTree
from tlstudio.core.runs.execution_plan import Limits
from tlstudio.core.strategies import FreezePlan, PlanOptions, freeze_plan

IMAGES = ImageCosts(
    decode_s=8.0, view_s=16.0, vary_s={"crop_flip": 2.0, "rotate_flip": 3.0}, stack_s=1.0
)


def leaf(path: str, order: int, parameters: int = 10, *, is_head: bool = False) -> LayerNode:
    kind = "Linear" if is_head else "Conv2d"
    return LayerNode(path, kind, (4, 5, 5), parameters, parameters, order, is_head)


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
    return freeze_plan(tree(), PlanOptions("custom", trainable=trainable))


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
    assert by[Variation.CACHED].phases[0].later_epoch_s == pytest.approx(learn)
    assert by[Variation.CACHED].phases[0].first_epochs == 4
    assert by[Variation.CACHED].phases[0].first_epoch_s == pytest.approx(
        learn + 2 + 1 + 500 + 8 / 4
    )
    assert by[Variation.CACHED].total_s == pytest.approx(10 * learn + 4 * 503 + 8)
    assert by[Variation.LIVE].total_s == pytest.approx(10 * (learn + 503) + 8)
    assert by[Variation.LIVE].phases[0].later_epoch_s == pytest.approx(learn + 503)
    assert by[Variation.NONE].total_s == pytest.approx(10 * learn + 16 + 501)


def test_a_frozen_layer_above_a_trained_one_lets_gradients_through() -> None:
    head_only = told(("head",)).by_variation[Variation.CACHED].phases[0].later_epoch_s
    both = told(("block.conv", "head")).by_variation[Variation.CACHED].phases[0].later_epoch_s
    conv, norm, addition, head = 110 + 200 - 90, 105 + 90, 110 + 200, 110 + 200
    assert both == pytest.approx(conv + norm + addition + head)
    assert both > head_only


def test_where_everything_trains_there_is_nothing_to_keep() -> None:
    everything = ("stem", "block.conv", "block.norm", "head")
    assert not has_fixed_start(tree(), plan(*everything).last)
    found = told(everything)
    assert not found.can_keep
    assert found.by_variation[Variation.CACHED] == found.by_variation[Variation.LIVE]
    assert found.by_variation[Variation.LIVE].phases[0].later_epoch_s == pytest.approx(
        6 * 310 + 2 + 1
    )
    assert found.by_variation[Variation.NONE].phases[0].later_epoch_s == pytest.approx(6 * 310 + 1)


def test_layers_without_parameters_at_the_start_are_no_prefix() -> None:
    bare = tree()
    relu, *rest = bare.root.children[1:]
    first = replace(bare.root, children=(replace(relu, order=0), *rest))
    net = replace(bare, root=first)
    assert not has_fixed_start(
        net,
        freeze_plan(
            net, PlanOptions("custom", trainable=("block.conv", "block.norm", "head"))
        ).last,
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
    row = told(("head",), RunConfig(epochs=2)).by_variation[Variation.CACHED].phases[0]
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
    images = replace(IMAGES, picture_bytes=100, view_bytes=100)
    small = replace(costs(images), limits=replace(Limits(), memory_bytes=100, image_disk_bytes=0))
    config = RunConfig(epochs=10)
    found = forecast(small, tree(), plan("head"), config, 2, 0).by_variation
    roomy = forecast(costs(images), tree(), plan("head"), config, 2, 0).by_variation
    again = found[Variation.LIVE].total_s - roomy[Variation.LIVE].total_s
    assert again == pytest.approx(9 * 8.0)  # one of two pictures, after the first epoch
    again = found[Variation.CACHED].total_s - roomy[Variation.CACHED].total_s
    assert again == pytest.approx(3 * 8.0)
    spilling = replace(small, limits=replace(small.limits, image_disk_bytes=100))
    spilt = forecast(spilling, tree(), plan("head"), config, 2, 0).by_variation
    again = spilt[Variation.LIVE].total_s - roomy[Variation.LIVE].total_s
    assert again == pytest.approx(9 * 8.0 * SPILL_SHARE)


def test_the_other_augmentation_costs_what_it_costs() -> None:
    config = RunConfig(epochs=10, augmentation="rotate_flip", views="live")
    found = told(("head",), config)
    crop = told(("head",), RunConfig(epochs=10))
    assert found.of(config).total_s - crop.by_variation[Variation.LIVE].total_s == pytest.approx(10)


def test_a_slow_start_is_told_only_where_it_shows() -> None:
    assert PhaseForecast(10, 4, 3.0, 1.0).has_slow_start
    assert not PhaseForecast(10, 4, 1.1, 1.0).has_slow_start
    assert PhaseForecast(10, 4, 3.0, 1.0).usual_epoch_s == 1.0
    assert VariationForecast((PhaseForecast(10, 4, 3.0, 1.0),)).has_slow_start
    two = VariationForecast((PhaseForecast(4, 4, 3.0, 1.0), PhaseForecast(6, 1, 9.0, 9.0)))
    assert not two.has_slow_start and not two.is_even  # the phases themselves are told


def phased(config: RunConfig, train: int = 1, val: int = 0) -> RunForecast:
    made = freeze_plan(tree(), config.plan_options)
    return forecast(costs(), tree(), made, config, train, val)


def test_each_phase_has_its_own_boundary() -> None:
    config = RunConfig(strategy="head_first", epochs=10, head_epochs=6)
    head, everything = told(("head",), RunConfig(epochs=6)), ("stem", "block.conv", "block.norm")
    rest = told((*everything, "head"), RunConfig(epochs=4))
    for variation, row in phased(config, 3, 2).by_variation.items():
        alone = [
            told(ticked, RunConfig(epochs=count), 2, 3).by_variation[variation].total_s
            for ticked, count in ((("head",), 6), ((*everything, "head"), 4))
        ]
        image_s = 16 if variation is Variation.NONE else 8  # read once; in later phases it is there
        assert row.total_s == pytest.approx(sum(alone) - 3 * image_s - 2 * 16)
        assert [phase.first_epoch for phase in row.phases] == [1, 7] and row.epochs == 10
    assert head.can_keep and not rest.can_keep
    assert phased(config).can_keep  # at the start
    kept = phased(config).by_variation[Variation.CACHED]
    assert kept.quickest_epoch_s < kept.usual_epoch_s < kept.slowest_epoch_s


def test_a_boundary_that_moves_makes_its_features_anew() -> None:
    config = RunConfig(strategy="gradual", epochs=8, unfreeze_every=3)
    some = replace(costs(), cut_s=7.0)
    made = freeze_plan(tree(), config.plan_options)
    row = forecast(some, tree(), made, config, 1, 0).by_variation[Variation.CACHED]
    assert [phase.setup_s for phase in row.phases] == [7.0, 7.0, 0.0]
    assert [phase.first_epochs for phase in row.phases] == [3, 3, 1]  # of 4 views, and none
    assert [phase.epochs for phase in row.phases] == [3, 3, 2]
    memory = [phase.memory_bytes for phase in row.phases]
    assert memory == sorted(memory) and row.memory_bytes == memory[-1]


def test_mixed_images_cannot_be_kept() -> None:
    mixed = RunConfig(epochs=10, mixing="mixup")
    plain = RunConfig(epochs=10)
    found, without = told(("head",), mixed), told(("head",), plain)
    assert keep_obstacle(tree(), plan("head"), mixed) is KeepObstacle.MIXING
    assert keep_obstacle(tree(), plan("head"), plain) is None
    assert not found.can_keep
    assert found.by_variation[Variation.CACHED] == found.by_variation[Variation.LIVE]
    live = Variation.LIVE
    assert found.by_variation[live].total_s == without.by_variation[live].total_s
    none = Variation.NONE  # the frozen layers run for every mixture
    extra = found.by_variation[none].total_s - without.by_variation[none].total_s
    assert extra == pytest.approx(9 * 501)


def test_statistics_that_move_end_the_fixed_part() -> None:
    net = tree()
    block = net.root.children[2]
    norm = replace(block.children[1], is_norm=True)
    block = replace(block, children=(block.children[0], norm))
    net = replace(
        net,
        root=replace(net.root, children=(*net.root.children[:2], block, *net.root.children[3:])),
    )
    for norms, start in (("with_layer", 4), ("adapt", 3)):
        config = RunConfig(norms=norms)
        phase = freeze_plan(net, config.plan_options).last
        assert first_changing(net, phase) == start
    kept = forecast(costs(), net, freeze_plan(net, RunConfig().plan_options), RunConfig(), 1, 0)
    adapting = RunConfig(norms="adapt")
    moving = forecast(costs(), net, freeze_plan(net, adapting.plan_options), adapting, 1, 0)
    cached = Variation.CACHED
    more = moving.by_variation[cached].usual_epoch_s - kept.by_variation[cached].usual_epoch_s
    assert more == pytest.approx(2 * 105)  # norm and addition run in every epoch, none back
    first = replace(net.root.children[0], is_norm=True)
    net = replace(net, root=replace(net.root, children=(first, *net.root.children[1:])))
    adapted = freeze_plan(net, adapting.plan_options)
    assert keep_obstacle(net, adapted, adapting) is KeepObstacle.NOTHING_FIXED


def test_a_probe_sees_every_image_once() -> None:
    probe = phased(RunConfig(strategy="probe_first", epochs=5), 3)
    plain = phased(RunConfig(strategy="discriminative", epochs=5), 3)
    extra = probe.by_variation[Variation.LIVE].total_s - plain.by_variation[Variation.LIVE].total_s
    assert extra == pytest.approx(3 * (16 + 1 + 6 * 100))


def test_steps_are_fewer_where_batches_are_added_up() -> None:
    some = replace(costs(), update_s=1.0)
    for config, updates in (
        (RunConfig(epochs=1, batch_size=2), 5),
        (RunConfig(epochs=1, batch_size=2, accumulation=2), 3),
        (RunConfig(epochs=1, batch_size=2, ema_decay=0.9), 10),
    ):
        row = forecast(some, tree(), plan("head"), config, 10, 0).by_variation[Variation.LIVE]
        still = forecast(costs(), tree(), plan("head"), config, 10, 0)
        assert row.total_s - still.by_variation[Variation.LIVE].total_s == pytest.approx(
            updates * 10
        )


def test_memory_of_a_step_is_added_up() -> None:
    config = RunConfig(batch_size=2)
    phase = plan("head").last
    weights = 4 * (40 + 3 * 10)  # all; of the head its gradient, momentum and best values
    assert step_memory(tree(), phase, config) == weights + 4 * 2 * 2 * 100
    adam = step_memory(tree(), phase, RunConfig(batch_size=2, optimizer="adam"))
    averaged = step_memory(tree(), phase, RunConfig(batch_size=2, ema_decay=0.9))
    base = step_memory(tree(), phase, config)
    assert adam - base == 4 * 10 and averaged - base == 4 * 40
    everything = plan("stem", "block.conv", "block.norm", "head").last
    assert step_memory(tree(), everything, config) > 2 * base
    assert step_memory(tree(), everything, config, "bfloat16") < step_memory(
        tree(), everything, config
    )


@pytest.mark.parametrize("name", sorted(FREE_SETTINGS))
def test_settings_that_cost_nothing_change_no_forecast(name: str) -> None:
    values = {"schedule": "cosine", "warmup_epochs": 2, "patience": 3, "seed": 5, "step_size": 3}
    config = RunConfig().changed(**{name: values.get(name, 0.05)})
    assert getattr(config, name) != getattr(RunConfig(), name)
    net = tree()
    plan = freeze_plan(net, config.plan_options)
    usual = forecast(costs(), net, plan, RunConfig(), 300, 60)
    assert forecast(costs(), net, plan, config, 300, 60) == usual
    assert cost_settings(config) == cost_settings(RunConfig())


def test_settings_that_may_cost_something_are_told_apart() -> None:
    assert cost_settings(RunConfig()) != cost_settings(RunConfig().changed(batch_size=8))
    assert set(RunConfig.model_fields) > FREE_SETTINGS
