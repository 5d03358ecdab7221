"""The stratified split."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tlstudio.core.data.dataset import Split, SplitConfig
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.data.splits import stratified_split


def images(name: str, count: int) -> list[ImageRef]:
    return [ImageRef.of_file(Path(f"{name}/{number:04}.jpg")) for number in range(count)]


@pytest.mark.parametrize("sizes", [(10, 20), (1, 2), (2, 3, 4, 5), (100, 1, 0)])
@pytest.mark.parametrize("fractions", [(0.2, 0.0), (0.05, 0.0), (0.5, 0.4), (0.3, 0.1)])
def test_every_file_once_and_every_class_trains(
    sizes: tuple[int, ...], fractions: tuple[float, float]
) -> None:
    files = [images(str(n), size) for n, size in enumerate(sizes)]
    samples = stratified_split(files, SplitConfig(*fractions))
    assert sorted(str(s.image) for s in samples) == sorted(str(i) for group in files for i in group)
    counts = Counter((s.class_index, s.split) for s in samples)
    for class_index, size in enumerate(sizes):
        if size:
            assert counts[class_index, Split.TRAIN] >= 1
        if size >= 2:
            assert counts[class_index, Split.VAL] >= 1


def test_fractions_are_met_in_large_classes() -> None:
    samples = stratified_split([images("a", 1000), images("b", 100)], SplitConfig(0.2, 0.1))
    counts = Counter((s.class_index, s.split) for s in samples)
    assert (counts[0, Split.VAL], counts[0, Split.TEST]) == (200, 100)
    assert (counts[1, Split.VAL], counts[1, Split.TEST]) == (20, 10)


def test_the_seed_decides_and_the_order_of_files_does_not() -> None:
    files = [images("a", 20), images("b", 20)]
    first = stratified_split(files, SplitConfig(seed=1))
    assert stratified_split([list(reversed(f)) for f in files], SplitConfig(seed=1)) == first
    assert stratified_split(files, SplitConfig(seed=2)) != first
    order = [(list(Split).index(s.split), s.class_index, str(s.image)) for s in first]
    assert order == sorted(order)


def test_one_class_does_not_move_another() -> None:
    few = stratified_split([images("a", 20), images("b", 20)], SplitConfig())
    more = stratified_split([images("a", 35), images("b", 20)], SplitConfig())
    assert [s for s in few if s.class_index == 1] == [s for s in more if s.class_index == 1]


@pytest.mark.parametrize(
    ("config", "val", "test"),
    [
        (SplitConfig(), "a1 a2 b2", ""),
        (SplitConfig(0.3, 0.2, 7), "a2 a3 a6 a8 b2 b6", "a4 a7 b3"),
    ],
)
def test_splits_of_earlier_versions_come_back(config: SplitConfig, val: str, test: str) -> None:
    samples = stratified_split([images("a", 12), images("b", 7), images("c", 1)], config)
    names = {
        split: " ".join(
            f"{'abc'[s.class_index]}{int(s.image.name[:4])}" for s in samples if s.split is split
        )
        for split in Split
    }
    assert (names[Split.VAL], names[Split.TEST]) == (val, test)
