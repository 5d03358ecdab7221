"""Views and their names."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from tests.engine.features.networks import PREPROCESSING
from tests.helpers import photo
from tlstudio.core.data.augmentation import UNVARIED, AugmentationOptions
from tlstudio.core.data.dataset import Sample, Split
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.errors import ImageError
from tlstudio.engine.data.digests import FileDigest
from tlstudio.engine.data.store import ImageStore
from tlstudio.engine.features.views import ViewRecord, plain_views, views_of_epoch


def digest(number: int) -> FileDigest:
    return FileDigest(number.to_bytes(16, "big"), (1, 2, 3))


CROPPED = AugmentationOptions()
DIGESTS = {index: digest(index) for index in range(20)}


def test_views_take_turns() -> None:
    epochs = [views_of_epoch(DIGESTS, CROPPED, 4, seed=3, epoch=n) for n in range(1, 9)]
    for index in range(20):
        numbers = [views[index].number for views in epochs]
        assert sorted(numbers[:4]) == [0, 1, 2, 3]
        assert numbers[4:] == numbers[:4]
    assert len({view.number for view in epochs[0]}) > 1  # samples begin with different ones
    other = views_of_epoch(DIGESTS, CROPPED, 4, seed=4, epoch=1)
    assert [view.number for view in other] != [view.number for view in epochs[0]]
    keys = {view.key for views in epochs for view in views}
    assert keys >= {view.key for view in other}
    assert len(keys) == 80


def test_without_augmentation_there_is_one_view() -> None:
    views = views_of_epoch(DIGESTS, UNVARIED, 4, seed=3, epoch=2)
    assert views == plain_views(DIGESTS)
    assert [view.index for view in views] == list(range(20))


def test_names() -> None:
    names = {
        ViewRecord(0, digest(1)).key,
        ViewRecord(0, digest(2)).key,
        ViewRecord(0, digest(1), CROPPED, 0).key,
        ViewRecord(0, digest(1), CROPPED, 1).key,
        ViewRecord(0, digest(1), AugmentationOptions("rotate_flip"), 1).key,
    }
    assert len(names) == 5
    moved = FileDigest(digest(1).content, (9, 9, 9))
    assert ViewRecord(7, moved, CROPPED, 1).key == ViewRecord(0, digest(1), CROPPED, 1).key


@pytest.mark.parametrize("augmentation", ["none", "crop_flip", "rotate_flip"])
def test_a_name_is_a_picture(tmp_path: Path, augmentation: str) -> None:
    photo(1).save(tmp_path / "a.png")
    sample = Sample(ImageRef.of_file(tmp_path / "a.png"), 0, Split.TRAIN)

    def pixels(number: int, position: int = 0) -> torch.Tensor:
        view = ViewRecord(position, digest(1), AugmentationOptions(augmentation), number)
        return view.make(sample, ImageStore(PREPROCESSING))

    assert pixels(0).shape == (3, 32, 32) and pixels(0).dtype == torch.uint8
    assert torch.equal(pixels(0), pixels(0, position=5))
    assert torch.equal(pixels(0), pixels(1)) == (augmentation == "none")


def test_what_cannot_be_read(tmp_path: Path) -> None:
    sample = Sample(ImageRef.of_file(tmp_path / "missing.png"), 0, Split.TRAIN)
    for options in (UNVARIED, CROPPED):
        with pytest.raises(ImageError):
            ViewRecord(0, digest(1), options).make(sample, ImageStore(PREPROCESSING))
