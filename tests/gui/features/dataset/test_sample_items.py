"""Many samples as cells, and where they are."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from tlstudio.core.data.dataset import DatasetIndex, Layout, Sample, Split
from tlstudio.core.data.image_ref import FolderContainer, ImageRef
from tlstudio.gui.features.dataset.sample_items import SampleItems, folded_names, positions_of

CLASSES = ("bread", "grape", "leek")


def image_of(split: str, name: str, number: int) -> ImageRef:
    return ImageRef(FolderContainer(Path()), f"{split}/{name}/{name.title()}{number}.jpg")


@pytest.fixture(params=[(3, 2, 1), (2, 0, 2), (0, 0, 3)])
def index(request: pytest.FixtureRequest) -> DatasetIndex:
    """As many samples of each class as the parameter says for each split."""
    samples = tuple(
        Sample(image_of(split, name, number), class_index, split)
        for split, count in zip(Split, request.param, strict=True)
        for class_index, name in enumerate(CLASSES)
        for number in range(count)
    )
    return DatasetIndex(Path(), "food", Layout.SPLIT_FOLDERS, CLASSES, samples)


@pytest.mark.parametrize(("split", "class_index"), [*product((None, *Split), (None, 0, 2))])
def test_positions_are_those_of_a_plain_search(
    index: DatasetIndex, split: Split | None, class_index: int | None
) -> None:
    positions = positions_of(index, split, class_index)
    assert tuple(index.samples[p] for p in positions) == index.samples_of(split, class_index)


def test_cells_are_made_when_they_are_looked_at(index: DatasetIndex) -> None:
    items = SampleItems(index, positions_of(index, None, 1))
    assert [item.key for item in items] == list(index.samples_of(None, 1))
    assert items[-1].image == index.samples_of(None, 1)[-1].image
    assert items[:2] == [items[0], items[1]]
    assert items[0].caption == items[0].image.name


def test_a_file_is_found_also_after_another_look_at_the_disk(index: DatasetIndex) -> None:
    items = SampleItems(index, positions_of(index, None, 2))
    images = [item.image for item in items]
    again = [ImageRef(FolderContainer(Path()), image.key) for image in images]
    for number in range(len(items)):
        assert items.places_of(images[number:]) == set(range(number, len(items)))
        assert items.places_of(again[number:]) == set(range(number, len(items)))
        assert items.places_of([again[number], images[0]]) == {0, number}
    elsewhere = ImageRef(FolderContainer(Path("elsewhere")), images[0].key)
    nowhere = ImageRef(FolderContainer(Path()), "nowhere.jpg")
    assert items.places_of([nowhere, index.samples[0].image, elsewhere]) == set()


def test_names_for_a_search(index: DatasetIndex) -> None:
    same, names = folded_names(index)
    assert same is index
    assert names[0] == index.samples[0].image.name.lower()
