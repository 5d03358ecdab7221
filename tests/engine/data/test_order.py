"""The order of samples and their batches."""

from __future__ import annotations

import pytest

from tlstudio.core.runs.events import SampleSkipped
from tlstudio.engine.data.order import (
    eval_batch_count,
    eval_groups,
    train_batch_count,
    train_groups,
    train_order,
)

SKIPPED = SampleSkipped("a.jpg", "It is broken.")


def test_the_order_follows_from_seed_and_epoch() -> None:
    assert train_order(50, 1, 2) == train_order(50, 1, 2)
    orders = [train_order(50, seed, epoch) for seed in (0, 1) for epoch in (1, 2)]
    assert len({tuple(order) for order in orders}) == 4
    assert all(sorted(order) == list(range(50)) for order in orders)
    assert train_order(0, 0, 1) == []


@pytest.mark.parametrize("size", [1, 2, 3, 4, 7])
def test_groups(size: int) -> None:
    for count in range(20):
        train = [g for g in train_groups(range(count), size) if isinstance(g, list)]
        assert [item for group in train for item in group] == list(range(count))
        assert len(train) == train_batch_count(count, size)
        assert all(len(group) <= size + 1 for group in train)
        if size > 1 and count > 1:
            assert all(len(group) > 1 for group in train)
        plain = [g for g in eval_groups(range(count), size) if isinstance(g, list)]
        assert [item for group in plain for item in group] == list(range(count))
        assert len(plain) == eval_batch_count(count, size)
        assert all(len(group) == size for group in plain[:-1])


def test_skipped_samples_pass_and_take_no_place() -> None:
    items = [0, SKIPPED, 1, 2, SKIPPED, 3, 4]
    assert list(eval_groups(items, 2)) == [SKIPPED, [0, 1], SKIPPED, [2, 3], [4]]
    assert list(train_groups(items, 2)) == [SKIPPED, SKIPPED, [0, 1], [2, 3, 4]]
    assert list(train_groups([SKIPPED], 2)) == list(eval_groups([SKIPPED], 2)) == [SKIPPED]


def test_groups_that_were_handed_out_do_not_change() -> None:
    groups = list(train_groups(range(9), 2))
    assert groups == [[0, 1], [2, 3], [4, 5], [6, 7, 8]]
