"""The order of samples, and their batches. Needs no torch."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from tlstudio.core.runs.events import SampleSkipped

T = TypeVar("T")

HELD_BACK = 2  # items of the next batch that are waited for before a batch is handed out


def train_order(samples: int, seed: int, epoch: int) -> list[int]:
    """Return all positions once, shuffled by (seed, epoch) alone."""
    order = list(range(samples))
    random.Random(f"{seed}/{epoch}").shuffle(order)
    return order


def balanced_draws(classes: Sequence[int], seed: int, epoch: int) -> list[int]:
    """Draw as many samples as there are, each class as likely as any other.

    A draw is the sample's position, plus the number of samples for each time that it came before
    in this epoch, so that its views can differ.

    Args:
        classes: class index of each sample.
    """
    sizes = Counter(classes)
    generator = random.Random(f"{seed}/{epoch}")
    weights = [1 / sizes[index] for index in classes]
    drawn = generator.choices(range(len(classes)), weights, k=len(classes))
    seen: Counter[int] = Counter()
    draws = []
    for position in drawn:
        draws.append(position + seen[position] * len(classes))
        seen[position] += 1
    return draws


def train_groups(
    items: Iterable[T | SampleSkipped], batch_size: int
) -> Iterator[list[T] | SampleSkipped]:
    """Batches; a single item left over joins the batch before it, as BatchNorm needs two.

    Skipped samples are passed on as they come.
    """
    held_back = HELD_BACK if batch_size > 1 else 0
    pending: list[T] = []
    for item in items:
        if isinstance(item, SampleSkipped):
            yield item
            continue
        pending.append(item)
        if len(pending) >= batch_size + held_back:
            yield pending[:batch_size]
            del pending[:batch_size]
    if len(pending) > batch_size + 1:
        raise AssertionError("too many items held back")
    if pending:
        yield pending


def eval_groups(
    items: Iterable[T | SampleSkipped], batch_size: int
) -> Iterator[list[T] | SampleSkipped]:
    """Batches in order, the last one perhaps smaller; skipped samples are passed on."""
    pending: list[T] = []
    for item in items:
        if isinstance(item, SampleSkipped):
            yield item
            continue
        pending.append(item)
        if len(pending) == batch_size:
            yield pending
            pending = []
    if pending:
        yield pending


def train_batch_count(samples: int, batch_size: int) -> int:
    """Count the batches that `train_groups` makes of `samples` readable samples."""
    if batch_size == 1:
        return samples
    full, left = divmod(samples, batch_size)
    return full + (left > 1 or (left == 1 and full == 0))


def eval_batch_count(samples: int, batch_size: int) -> int:
    """Count the batches that `eval_groups` makes of `samples` readable samples."""
    return -(-samples // batch_size)
