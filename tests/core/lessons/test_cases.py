"""The plane of the four cases says what the advice says, and forms freeze what they say."""

from __future__ import annotations

import pytest

from tests.core.advice.samples import tree
from tlstudio.core.advice.advice import AdviceCase
from tlstudio.core.advice.similarity import SIMILAR_FROM
from tlstudio.core.advice.strategy import LARGE_PER_CLASS
from tlstudio.core.lessons.cases import Form, Place, parts_of, training_at


@pytest.mark.parametrize(
    ("x", "y", "case", "strategy"),
    [
        (0.9, 0.2, AdviceCase.SMALL_SIMILAR, "feature_extraction"),
        (0.9, 0.9, AdviceCase.LARGE_SIMILAR, "discriminative"),
        (0.1, 0.2, AdviceCase.SMALL_DIFFERENT, "partial"),
        (0.1, 0.9, AdviceCase.LARGE_DIFFERENT, "fine_tuning"),
    ],
)
def test_each_quarter_is_a_case(x: float, y: float, case: AdviceCase, strategy: str) -> None:
    training = training_at(tree(), Place(x, y))
    assert training.case is case
    assert training.item.settings["strategy"] == strategy


def test_the_middle_is_where_the_advice_changes_its_mind() -> None:
    assert Place(0.5, 0.5).per_class() == LARGE_PER_CLASS
    assert Place(0.5, 0.5).similarity == pytest.approx(SIMILAR_FROM)
    assert Place.height_of([LARGE_PER_CLASS] * 10) == pytest.approx(0.5)
    assert Place.height_of([LARGE_PER_CLASS] * 4) < 0.5  # few in all
    assert Place.height_of([]) == 0
    assert Place(0.5, Place.height_of([120] * 4)).per_class(4) == 120
    assert Place(1.0, 0.0).similarity == pytest.approx(1.0)
    assert training_at(tree(), Place(0.499, 0.499)).case is AdviceCase.SMALL_DIFFERENT
    assert training_at(tree(), Place(0.501, 0.501)).case is AdviceCase.LARGE_SIMILAR


def test_what_trains_is_told_stage_by_stage() -> None:
    head_only = training_at(tree(), Place(0.9, 0.2))
    assert [part.name for part in head_only.parts] == ["s0", "s1", "s2", "s3", "head"]
    assert [part.rate for part in head_only.parts] == [0, 0, 0, 0, 1]
    assert (head_only.trainable, head_only.total) == (50, 450)
    gentle = training_at(tree(), Place(0.9, 0.9))
    assert [part.rate for part in gentle.parts] == [0.1, 0.1, 0.1, 0.1, 1]


@pytest.mark.parametrize("frozen", range(5))
def test_the_border_parts_frozen_from_trained(frozen: int) -> None:
    network = tree()
    form = Form(frozen)
    parts = parts_of(network, form.plan(network))
    assert [bool(part.rate) for part in parts] == [at >= frozen for at in range(5)]
    names = {0: "fine_tuning", 4: "feature_extraction"}
    assert form.settings(network)["strategy"] == names.get(frozen, "partial")


def test_random_values_train_everywhere() -> None:
    network = tree()
    form = Form(3, is_pretrained=False)
    assert form.frozen_of(network) == 0
    assert all(part.rate == 1 for part in parts_of(network, form.plan(network)))
    assert form.settings(network)["initialisation"] == "random"
    assert Form(0, is_gentle=True).settings(network)["strategy"] == "discriminative"
