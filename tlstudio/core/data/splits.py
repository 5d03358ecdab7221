"""A seeded, stratified split: which images of each class train, validate and test."""

from __future__ import annotations

import random
from collections.abc import Sequence
from operator import attrgetter

from tlstudio.core.data.dataset import Sample, Split, SplitConfig
from tlstudio.core.data.image_ref import ImageRef


def stratified_split(
    images_by_class: Sequence[Sequence[ImageRef]], config: SplitConfig
) -> tuple[Sample, ...]:
    """Split each class by the same fractions.

    Every class with two images or more has at least one for training and one for validation; a
    class with a single image keeps it for training. Each class is shuffled by a generator of its
    own (seed and class index), so adding images to one class does not move those of another.

    Args:
        images_by_class: those of each class, in class order.
        config: fractions and seed.

    Returns:
        Samples ordered by split, class and key.
    """
    samples: dict[Split, list[Sample]] = {split: [] for split in Split}
    for class_index, images in enumerate(images_by_class):
        ordered = sorted(images, key=attrgetter("sort_key"))
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
