"""Images that belong together: which do, and a split that keeps them on one side."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tlstudio.core.data.dataset import DatasetIndex, Layout, Split, SplitConfig
from tlstudio.core.data.groups import (
    folder_group,
    groups_found,
    joined_groups,
    prefix_group,
    time_groups,
)
from tlstudio.core.data.image_ref import FolderContainer, ImageRef
from tlstudio.core.data.manifest import Manifest
from tlstudio.core.data.splits import stratified_split
from tlstudio.core.errors import DatasetError

ROOT = Path("photos")


def images(name: str, count: int) -> list[ImageRef]:
    return [ImageRef(FolderContainer(ROOT), f"{name}/{n:04}.jpg") for n in range(count)]


def random_groups(
    seed: int, classes: int, groups: int, largest: int
) -> tuple[list[list[ImageRef]], dict[ImageRef, str]]:
    """Groups of one class, some of two, and of all sizes."""
    chance = random.Random(seed)
    files: list[list[ImageRef]] = [[] for _ in range(classes)]
    group_of = {}
    for number in range(groups):
        own = chance.randrange(classes)
        for _ in range(chance.randint(1, largest)):
            place = own if chance.random() < 0.8 else chance.randrange(classes)
            key = f"{place}/{len(files[place]):05}.jpg"
            files[place].append(ref := ImageRef(FolderContainer(ROOT), key))
            group_of[ref] = f"g{number}"
    return files, group_of


@pytest.mark.parametrize("seed", range(12))
def test_groups_stay_whole_and_the_shares_are_as_near_as_those_of_scikit_learn(seed: int) -> None:
    from sklearn.model_selection import StratifiedGroupKFold

    files, group_of = random_groups(seed, classes=2 + seed % 4, groups=60, largest=3 + seed)
    folds = 5
    flat = [(image, c) for c, of_class in enumerate(files) for image in of_class]
    labels = np.array([c for _, c in flat])
    names = np.array([group_of[image] for image, _ in flat])
    total = Counter(labels.tolist())

    def badness(parts: list[list[int]]) -> float:
        shares = [[Counter(part)[c] / total[c] for c in total] for part in parts]
        return float(np.mean(np.std(shares, axis=0)))

    judge = StratifiedGroupKFold(folds, shuffle=True, random_state=0)
    theirs = [labels[val].tolist() for _, val in judge.split(labels, labels, names)]
    ours, seen = [], Counter[ImageRef]()
    for fold in range(1, folds + 1):
        samples = stratified_split(files, SplitConfig(folds=folds, fold=fold), group_of)
        parts = defaultdict(set)
        for sample in samples:
            parts[group_of[sample.image]].add(sample.split)
        assert all(len(found) == 1 for found in parts.values())
        val = [s for s in samples if s.split is Split.VAL]
        seen.update(s.image for s in val)
        ours.append([s.class_index for s in val])
    assert len(seen) == len(flat) and set(seen.values()) == {1}
    assert badness(ours) <= badness(theirs) + 0.01


@pytest.mark.parametrize("seed", range(8))
def test_shares_are_met_with_groups(seed: int) -> None:
    files, group_of = random_groups(seed, classes=4, groups=120, largest=6)
    samples = stratified_split(files, SplitConfig(0.25, 0.15, seed), group_of)
    counts = Counter((s.class_index, s.split) for s in samples)
    for class_index, of_class in enumerate(files):
        assert counts[class_index, Split.VAL] == pytest.approx(0.25 * len(of_class), abs=4)
        assert counts[class_index, Split.TEST] == pytest.approx(0.15 * len(of_class), abs=4)
    again = [list(reversed(of_class)) for of_class in files]
    assert stratified_split(again, SplitConfig(0.25, 0.15, seed), group_of) == samples


def test_a_few_groups_leave_the_other_images_nearly_where_they_were() -> None:
    files = [images("a", 50), images("b", 50)]
    before = {s.image: s.split for s in stratified_split(files, SplitConfig())}
    twins = dict.fromkeys(files[0][:2], "one") | dict.fromkeys(files[1][7:9], "two")
    after = {s.image: s.split for s in stratified_split(files, SplitConfig(), twins)}
    assert sum(before[image] is not after[image] for image in before) <= 6
    assert Counter(after.values()) == Counter(before.values())


def test_every_class_validates_where_it_has_two_groups() -> None:
    files = [images("a", 40), images("b", 40)]
    halves = {
        image: f"{c}{place >= 20}"
        for c, of_class in enumerate(files)
        for place, image in enumerate(of_class)
    }
    samples = stratified_split(files, SplitConfig(0.2), halves)
    assert {(s.class_index, s.split) for s in samples} == {
        (c, split) for c in (0, 1) for split in (Split.TRAIN, Split.VAL)
    }
    whole = {image: str(c) for c, of_class in enumerate(files) for image in of_class}
    with pytest.raises(DatasetError, match="too few or too large"):
        stratified_split(files, SplitConfig(), whole)


def test_numbers_in_place_of_shares() -> None:
    files = [images("a", 70), images("b", 20), images("c", 10)]
    samples = stratified_split(files, SplitConfig(val_images=33, test_images=10))
    counts = Counter((s.split, s.class_index) for s in samples)
    assert [counts[Split.VAL, c] for c in range(3)] == [23, 7, 3]
    assert sum(counts[Split.TEST, c] for c in range(3)) == 10
    with pytest.raises(DatasetError, match="98 images to validate and test with"):
        stratified_split(files, SplitConfig(val_images=90, test_images=8))


@pytest.mark.parametrize("folds", [2, 3, 5])
def test_folds_use_every_image_once_and_each_class_evenly(folds: int) -> None:
    files = [images("a", 23), images("b", 11), images("c", 7)]
    fold_of = {}
    for fold in range(1, folds + 1):
        config = SplitConfig(test_fraction=0.1, folds=folds, fold=fold)
        samples = stratified_split(files, config)
        test = {s.image for s in samples if s.split is Split.TEST}
        plain = stratified_split(files, replace(config, folds=0))
        assert len(test) == 4 and test == {s.image for s in plain if s.split is Split.TEST}
        fold_of |= {(s.image, s.class_index): fold for s in samples if s.split is Split.VAL}
    assert len(fold_of) + len(test) == 41
    for class_index in range(3):
        sizes = Counter(f for (_, c), f in fold_of.items() if c == class_index)
        assert max(sizes.values()) - min(sizes.values()) <= 1
    sizes = Counter(fold_of.values())
    assert max(sizes.values()) - min(sizes.values()) <= 1


def test_folds_need_enough_images() -> None:
    with pytest.raises(DatasetError, match="too few for 5 folds"):
        stratified_split([images("a", 5), images("b", 4)], SplitConfig(folds=5))


def test_rules_that_tell_groups() -> None:
    assert folder_group("train/sick/patient 7/left/1.png", "sick") == "patient 7/left"
    assert folder_group("sick/1.png", "sick") == ""
    names = {"dog.12.jpg": "dog", "p7_view 2.png": "p7_view", "frame0012.png": "frame"}
    names |= {"IMG_0001.JPG": "IMG", "0001.png": "", "cat (3).jpg": "cat", "a-b-c.webp": "a-b"}
    assert {name: prefix_group(name) for name in names} == names
    bursts = time_groups({"a": 0.0, "c": 14.0, "b": 8.0, "d": 40.0}, gap_s=10)
    assert bursts["a"] == bursts["b"] == bursts["c"] != bursts["d"]


def test_groups_of_several_rules_are_joined() -> None:
    rule = {"a": "1", "b": "1", "c": "2", "d": "2", "e": "3"}
    joined = joined_groups(rule, {"b": "x", "c": "x", "f": "x"})
    assert len({joined[key] for key in "abcdf"}) == 1 and joined["e"] != joined["a"]
    assert joined_groups(rule, {}) == rule
    assert groups_found("abcdefg", joined) == (1, 5, 2)


def test_groups_of_a_manifest_stay_in_one_split() -> None:
    files = [images("a", 30), images("b", 30)]
    config = SplitConfig(0.3)
    index = DatasetIndex(
        ROOT,
        "photos",
        Layout.CLASS_FOLDERS,
        ("a", "b"),
        stratified_split(files, config),
        split_config=config,
        own_splits=(Split.TRAIN,),
    )
    split_of = {s.image.key: s.split for s in index.samples}
    pair = (
        next(k for k in split_of if k[0] == "a" and split_of[k] is Split.TRAIN),
        next(k for k in split_of if k[0] == "a" and split_of[k] is Split.VAL),
    )
    edited = index.edited(Manifest().grouping(pair, "twins"))
    found = {s.image.key: s.split for s in edited.samples}
    assert found[pair[0]] is found[pair[1]] and found.keys() == split_of.keys()
    assert edited.edited(Manifest()) == index
    for fold in (1, 2, 3):
        folded = edited.split_by(replace(config, folds=3, fold=fold))
        found = {s.image.key: s.split for s in folded.samples}
        assert found[pair[0]] is found[pair[1]]
    huge = Manifest()
    for name in "ab":
        huge = huge.grouping([f"{name}/{n:04}.jpg" for n in range(30)], name)
    whole = index.edited(huge)
    assert whole.samples == index.samples and "too large" in str(whole.warnings[-1])
