"""A seeded, stratified split: which files of each class train, validate and test."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

from tlstudio.core.data.dataset import Sample, Split, SplitConfig


def stratified_split(
    paths_by_class: Sequence[Sequence[Path]], config: SplitConfig
) -> tuple[Sample, ...]:
    """Split each class by the same fractions.

    Every class with two images or more has at least one for training and one for validation; a
    class with a single image keeps it for training. Each class is shuffled by a generator of its
    own (seed and class index), so adding images to one class does not move those of another.

    Args:
        paths_by_class: the files of each class, in class order.
        config: fractions and seed.

    Returns:
        Samples ordered by split, class and path.
    """
    samples: dict[Split, list[Sample]] = {split: [] for split in Split}
    for class_index, paths in enumerate(paths_by_class):
        ordered = sorted(paths)
        total = len(ordered)
        shuffled = list(range(total))
        random.Random(f"{config.seed}/{class_index}").shuffle(shuffled)
        val = round(total * config.val_fraction)
        test = round(total * config.test_fraction)
        if total >= 2:
            val = min(max(val, 1), total - 1)
        test = max(0, min(test, total - val - 1))
        bounds = (
            (Split.VAL, 0, val),
            (Split.TEST, val, val + test),
            (Split.TRAIN, val + test, total),
        )
        for split, start, end in bounds:
            chosen = sorted(shuffled[start:end])
            samples[split] += [Sample(ordered[i], class_index, split) for i in chosen]
    return tuple(sample for of_split in samples.values() for sample in of_split)
