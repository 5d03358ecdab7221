"""A seeded, stratified split: which images of each class train, validate and test."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from operator import attrgetter

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.data.sample import Sample, Split
from tlstudio.core.data.split_config import SplitConfig
from tlstudio.core.errors import SplitError
from tlstudio.core.texts import QT_TRANSLATE_NOOP

Images = Sequence[Sequence[ImageRef]]
Groups = Mapping[ImageRef, str]
Counts = list[int]  # of images, by class


def stratified_split(
    images_by_class: Images, config: SplitConfig, groups: Groups | None = None
) -> tuple[Sample, ...]:
    """Split each class alike, and keep the images of a group together.

    Groups are dealt first, by the rule of scikit-learn's StratifiedGroupKFold. Then the images that
    are in none fill up what is left of the shares. Every class with two images (or groups) or more
    has at least one for training and one for validation; a class with a single one keeps it for
    training. Folds leave the test split as it is without them. Each class is shuffled by a
    generator of its own (seed and class index), so adding images to one class does not move those
    of another.

    Args:
        images_by_class: those of each class, in class order.
        config: shares or numbers, seed, folds.
        groups: the group of images that are in one.

    Returns:
        Samples ordered by split, class and key.

    Raises:
        SplitError: the images or groups are too few for it.
    """
    if config.folds and (config.test_fraction or config.test_images):
        plain = stratified_split(images_by_class, replace(config, folds=0), groups)
        return split_again(plain, len(images_by_class), config, groups or {}, keeps_test=True)
    classes = [sorted(images, key=attrgetter("sort_key")) for images in images_by_class]
    _check_numbers(classes, config)
    dealer = _Dealer(list(map(len, classes)), config)
    dealer.deal_groups(_units(classes, groups) if groups else [])
    dealer.deal_singles()
    dealer.mend()
    samples: dict[Split, list[Sample]] = {split: [] for split in Split}
    for class_index, images in enumerate(classes):
        for image, split in zip(images, dealer.splits(class_index), strict=True):
            samples[split].append(Sample(image, class_index, split))
    found = tuple(sample for of_split in samples.values() for sample in of_split)
    if groups:
        _check_classes(found)
    return found


def split_again(
    samples: Sequence[Sample],
    classes: int,
    config: SplitConfig,
    groups: Groups,
    *,
    keeps_test: bool,
) -> tuple[Sample, ...]:
    """Split samples by other settings; with `keeps_test` those of the test split stay there.

    Raises:
        SplitError: the images or groups are too few for it.
    """
    kept = [s for s in samples if keeps_test and s.split is Split.TEST]
    images: list[list[ImageRef]] = [[] for _ in range(classes)]
    for sample in samples:
        if not (keeps_test and sample.split is Split.TEST):
            images[sample.class_index].append(sample.image)
    if keeps_test:
        config = config.without_test
    return (*stratified_split(images, config, groups), *kept)


Unit = dict[int, list[int]]  # of one group: places of its images in their class, by class


class _Dealer:
    """Deals images to the parts of a split.

    They are validation, test and training, or else the folds.
    """

    def __init__(self, totals: Counts, config: SplitConfig) -> None:
        self._config, self._totals = config, totals
        self._quotas = _quotas(totals, config)
        self._counts = [[0] * len(totals) for _ in self._quotas]
        self._parts = [[-1] * total for total in totals]
        self._units: list[tuple[Unit, int]] = []

    def splits(self, class_index: int) -> list[Split]:
        """The split of each image of a class."""
        by_part = [Split.VAL, Split.TEST, Split.TRAIN]
        if self._config.folds:
            by_part = [Split.TRAIN] * self._config.folds
            by_part[self._config.fold - 1] = Split.VAL
        return [by_part[part] for part in self._parts[class_index]]

    def deal_groups(self, units: list[Unit]) -> None:
        """Groups that say most about a class first, each to where it evens the shares out most."""
        if not units:
            return
        random.Random(f"{self._config.seed}/groups").shuffle(units)
        classes = [place for place, total in enumerate(self._totals) if total]
        units.sort(key=lambda unit: (-_spread_of(unit, len(classes)), -_size(unit)))
        whole = sum(map(sum, self._quotas))
        weights = [sum(quota) / whole for quota in self._quotas]
        fills = _Fills(self._totals, weights)
        for unit in units:
            part = min(fills.parts, key=lambda part: fills.unevenness(unit, part))
            fills.add(unit, part)
            self._place(unit, part)

    def _place(self, unit: Unit, part: int) -> None:
        self._units.append((unit, part))
        for class_index, places in unit.items():
            self._counts[part][class_index] += len(places)
            for place in places:
                self._parts[class_index][place] = part

    def deal_singles(self) -> None:
        """Images without a group fill up what is left of the shares, in the order of the seed."""
        whole = [sum(counts) for counts in self._counts]
        for class_index, parts in enumerate(self._parts):
            order = list(range(len(parts)))
            random.Random(f"{self._config.seed}/{class_index}").shuffle(order)
            singles = [place for place in order if parts[place] < 0]
            if self._config.folds:
                dealt = self._even_parts(class_index, len(singles), whole)
            else:
                val, test, _ = (
                    max(0, quota[class_index] - counts[class_index])
                    for quota, counts in zip(self._quotas, self._counts, strict=True)
                )
                val = min(val, len(singles))
                test = min(test, len(singles) - val)
                dealt = [0] * val + [1] * test + [2] * (len(singles) - val - test)
            for place, part in zip(singles, dealt, strict=True):
                parts[place] = part
                self._counts[part][class_index] += 1

    def _even_parts(self, class_index: int, count: int, whole: Counts) -> list[int]:
        """Give the next images of a class to the folds that have the fewest of it.

        Args:
            class_index: of the class.
            count: of these images.
            whole: images of each part; counted up.
        """
        own = [counts[class_index] for counts in self._counts]
        dealt = []
        for _ in range(count):
            part = min(range(len(own)), key=lambda part: (own[part], whole[part]))
            own[part] += 1
            whole[part] += 1
            dealt.append(part)
        return dealt

    def mend(self) -> None:
        """Give validation the smallest group of a class that it would have nothing of."""
        if self._config.folds:
            return
        val, _, train = self._counts
        for class_index in range(len(self._totals)):
            there = [unit for unit, part in self._units if part == 2 and class_index in unit]
            alone = train[class_index] - sum(len(unit[class_index]) for unit in there)
            if val[class_index] or not there or len(there) + alone < 2:
                continue
            smallest = min(there, key=_size)
            self._units.remove((smallest, 2))
            for own, places in smallest.items():
                train[own] -= len(places)
            self._place(smallest, 0)


class _Fills:
    """How full the parts of a split are with each class, in shares of what they are to hold.

    Attributes:
        parts: those that are to hold anything.
    """

    def __init__(self, totals: Counts, weights: list[float]) -> None:
        self.parts = [part for part, weight in enumerate(weights) if weight > 0]
        self._totals, self._weights = totals, weights
        self._filled = [[0.0] * len(totals) for _ in weights]
        self._sizes = [0.0 for _ in weights]
        self._sums = [0.0] * len(totals)
        self._squares = [0.0] * len(totals)

    def unevenness(self, unit: Unit, part: int) -> tuple[float, float]:
        """How much further the classes would be from their shares, and how full the part is.

        The first is the change of scikit-learn's criterion: the standard deviation over the parts
        of each class's share, summed over the classes.
        """
        change = 0.0
        for class_index, places in unit.items():
            more = self._more(class_index, part, len(places))
            was, total = self._filled[part][class_index], self._sums[class_index]
            squares = self._squares[class_index]
            change += self._deviation(total + more, squares + more * (2 * was + more))
            change -= self._deviation(total, squares)
        return round(change, 9), self._sizes[part]

    def add(self, unit: Unit, part: int) -> None:
        self._sizes[part] += _size(unit) / self._weights[part]
        for class_index, places in unit.items():
            more = self._more(class_index, part, len(places))
            was = self._filled[part][class_index]
            self._filled[part][class_index] = was + more
            self._sums[class_index] += more
            self._squares[class_index] += more * (2 * was + more)

    def _more(self, class_index: int, part: int, images: int) -> float:
        return images / (self._totals[class_index] * self._weights[part])

    def _deviation(self, total: float, squares: float) -> float:
        count = len(self.parts)
        return math.sqrt(max(0.0, squares / count - (total / count) ** 2))


def _units(classes: list[list[ImageRef]], groups: Groups) -> list[Unit]:
    """The groups of two images or more."""
    units: dict[str, Unit] = {}
    for class_index, images in enumerate(classes):
        for place, image in enumerate(images):
            if name := groups.get(image, ""):
                units.setdefault(name, {}).setdefault(class_index, []).append(place)
    return [unit for unit in units.values() if _size(unit) > 1]


def _size(unit: Unit) -> int:
    return sum(map(len, unit.values()))


def _spread_of(unit: Unit, classes: int) -> float:
    """The standard deviation of a group's numbers of images over the classes."""
    squares = sum(len(places) ** 2 for places in unit.values())
    return round(math.sqrt(max(0.0, squares / classes - (_size(unit) / classes) ** 2)), 9)


def _quotas(totals: Counts, config: SplitConfig) -> list[Counts]:
    """Images of each class for validation, test and training, or for each fold."""
    if config.folds:
        return [[-(-total // config.folds) for total in totals]] * config.folds
    if config.test_images is None:
        test = [round(total * config.test_fraction) for total in totals]
    else:
        test = _spread(config.test_images, totals)
    if config.val_images is None:
        val = [round(total * config.val_fraction) for total in totals]
    else:
        val = _spread(config.val_images, totals)
    val = [
        min(max(count, 1), total - 1) if total >= 2 else count
        for count, total in zip(val, totals, strict=True)
    ]
    test = [max(0, min(t, total - v - 1)) for t, v, total in zip(test, val, totals, strict=True)]
    train = [total - v - t for total, v, t in zip(totals, val, test, strict=True)]
    return [val, test, train]


def _spread(images: int, totals: Counts) -> Counts:
    """Share a number of images out over the classes, in proportion to their sizes."""
    whole = sum(totals)
    exact = [images * total / max(whole, 1) for total in totals]
    counts = [int(value) for value in exact]
    rest = sorted(range(len(totals)), key=lambda place: counts[place] - exact[place])
    for place in rest[: images - sum(counts)]:
        counts[place] += 1
    return counts


def _check_numbers(classes: list[list[ImageRef]], config: SplitConfig) -> None:
    total = sum(map(len, classes))
    asked = sum(count or 0 for count in (config.val_images, config.test_images))
    if config.folds:
        if total < 2 * config.folds or min(map(len, classes)) < 2:
            raise SplitError(
                QT_TRANSLATE_NOOP("core", "{total} images are too few for {folds} folds."),
                QT_TRANSLATE_NOOP(
                    "core", "Each fold needs two images, and each class as well. Take fewer folds."
                ),
                total=total,
                folds=config.folds,
            )
    elif asked and asked > total - len(classes):
        raise SplitError(
            QT_TRANSLATE_NOOP(
                "core", "{asked} images to validate and test with are too many of {total}."
            ),
            QT_TRANSLATE_NOOP("core", "Every class needs at least one image to train with."),
            asked=asked,
            total=total,
        )


def _check_classes(samples: tuple[Sample, ...]) -> None:
    """Raises `SplitError` where the groups leave a class without training images."""
    trained = {sample.class_index for sample in samples if sample.split is Split.TRAIN}
    there = {sample.class_index for sample in samples}
    validates = any(sample.split is Split.VAL for sample in samples)
    if there - trained or not validates:
        raise SplitError(
            QT_TRANSLATE_NOOP("core", "The groups are too few or too large to split every class."),
            QT_TRANSLATE_NOOP(
                "core",
                "A class that is a single group can't be in training and validation at once. Group "
                "by something else, or not at all.",
            ),
        )
