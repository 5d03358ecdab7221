"""A plan over the epochs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.gui.networks import BACKBONE, container, leaf, small_tree
from tlstudio.core.config import RunConfig
from tlstudio.core.strategies import STRATEGIES, PlanOptions, freeze_plan
from tlstudio.core.strategies.timeline import (
    PlanTimeline,
    Start,
    Statistics,
    TimelineRow,
    sketch,
    timeline_rows,
)

TREE = small_tree(num_classes=3)


def timeline(**values: object) -> PlanTimeline:
    config = RunConfig().changed(epochs=8, schedule="none", **values)
    return PlanTimeline.of(TREE, freeze_plan(TREE, config.plan_options), config)


def test_rows_go_from_input_to_head_and_hold_every_layer_once() -> None:
    rows = timeline().rows
    assert [row.title for row in rows] == ["stem", "body", "head"]
    assert [row.is_head for row in rows] == [False, False, True]
    paths = [path for row in rows for path in row.paths]
    assert sorted(paths) == sorted(BACKBONE | {"head"})
    assert sum(row.parameters for row in rows) == TREE.parameters


def test_where_values_come_from() -> None:
    assert [row.start for row in timeline().rows] == [
        Start.PRETRAINED,
        Start.PRETRAINED,
        Start.RANDOM,
    ]
    probed = timeline(strategy="probe_first").rows
    assert probed[-1].start is Start.PROBE
    scratch = timeline(strategy="from_scratch", initialisation="random").rows
    assert {row.start for row in scratch} == {Start.RANDOM}


def test_the_rate_is_the_schedule_times_the_layers_own() -> None:
    made = timeline(strategy="discriminative", rate_rule="stages", stage_decay=0.5)
    assert [made.rate(row, 3) for row in range(3)] == pytest.approx([0.00025, 0.0005, 0.001])
    config = RunConfig(strategy="discriminative", epochs=8, step_size=3)
    stepped = PlanTimeline.of(TREE, freeze_plan(TREE, config.plan_options), config)
    assert stepped.rate(2, 3) == pytest.approx(0.001)
    assert stepped.rate(2, 4) == pytest.approx(0.0001)
    assert stepped.rate(0, 4) == pytest.approx(0.00001)
    assert stepped.fastest == pytest.approx(0.001)
    assert stepped.slowest == pytest.approx(0.000001)


def test_stages_join_from_the_last_to_the_first() -> None:
    made = timeline(strategy="gradual", unfreeze_every=3)
    assert made.first_epochs == (1, 4, 7)
    assert [made.joining(phase) for phase in range(3)] == [(2,), (1,), (0,)]
    assert made.rate(1, 3) is None and made.rate(1, 4) is not None
    assert [made.phase_at(epoch) for epoch in (1, 3, 4, 8)] == [0, 0, 1, 2]


def test_a_stage_may_train_in_part() -> None:
    made = timeline(strategy="custom", trainable=("body.1.conv", "head"))
    cell = made.cell(1, 1)
    assert 0 < cell.trainable < made.rows[1].parameters and cell.rate == 1.0
    assert made.joining(0) == (1, 2)


@pytest.mark.parametrize(
    ("norms", "expected"),
    [
        ("with_layer", [Statistics.NONE, Statistics.FIXED, Statistics.NONE]),
        ("adapt", [Statistics.NONE, Statistics.MOVE, Statistics.NONE]),
    ],
)
def test_statistics(norms: str, expected: list[Statistics]) -> None:
    assert [cell.statistics for cell in timeline(norms=norms).cells[0]] == expected
    everything = timeline(strategy="fine_tuning", norms=norms).cells[0]
    assert everything[1].statistics is Statistics.MOVE
    half = timeline(strategy="partial", train_from="body.1", norms=norms).cells[0]
    wanted = Statistics.SOME_MOVE if norms == "with_layer" else Statistics.MOVE
    assert half[1].statistics is wanted


def test_sketches_of_strategies_differ_where_the_strategies_do() -> None:
    seen = {}
    for spec in STRATEGIES:
        made = sketch(spec.name, PlanOptions())
        picture = tuple(
            (row.start, tuple(made.rate(n, epoch) for epoch in range(1, made.epochs + 1)))
            for n, row in enumerate(made.rows)
        )
        assert picture not in seen.values(), spec.name
        seen[spec.name] = picture
    stages = sketch("discriminative", PlanOptions(rate_rule="stages"))
    rates = [stages.rate(n, 1) or 0 for n in range(len(stages.rows))]
    assert rates == sorted(set(rates))


def test_stages_that_hold_next_to_nothing_share_a_row() -> None:
    first, *rest = TREE.root.children
    tiny = replace(first, own_parameters=1, parameters=1)
    tree = replace(TREE, root=replace(TREE.root, children=(tiny, *rest)))
    plan = freeze_plan(tree, PlanOptions())
    assert [row.title for row in timeline_rows(tree, plan)] == ["stem – body", "head"]


def test_a_stage_that_holds_the_head_and_more_is_told_apart() -> None:
    *rest, head = TREE.root.children
    norm = leaf("top.norm", "BatchNorm2d", 100, 5)
    linear = replace(head, path="top.linear")
    top = container("top", "Sequential", norm, linear)
    top = replace(top, is_head=False)
    tree = replace(TREE, root=replace(TREE.root, children=(*rest, top)), head_path="top.linear")
    rows = timeline_rows(tree, freeze_plan(tree, PlanOptions()))
    assert [row.title for row in rows] == ["stem", "body", "top.norm", "top.linear"]


@pytest.mark.parametrize(
    ("stages", "title"),
    [
        (("layer4",), "layer4"),
        (("conv1", "bn1", "layer1"), "conv1 – layer1"),
        (("features.conv0", "features.denseblock1"), "features.conv0 – denseblock1"),
        (("features.7", "norm"), "features.7 – norm"),
    ],
)
def test_titles_are_short(stages: tuple[str, ...], title: str) -> None:
    assert TimelineRow(frozenset(stages), stages, 1, Start.RANDOM).title == title
