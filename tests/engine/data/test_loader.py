"""Batches: all samples once, seeded, none lost but the unreadable."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
import torch

from tests.helpers import photo, tiny_preprocessing
from tlstudio.core.data.augmentation import UNVARIED, AugmentationOptions
from tlstudio.core.data.dataset import Sample, Split
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.runs.events import SampleSkipped, StopToken
from tlstudio.engine.data.loader import (
    Batch,
    eval_batches,
    stack,
    train_batches,
)
from tlstudio.engine.data.order import eval_batch_count, train_batch_count
from tlstudio.engine.data.store import ImageStore
from tlstudio.engine.data.transforms import normalise

PREPROCESSING = tiny_preprocessing()


def samples_in(folder: Path, count: int) -> list[Sample]:
    samples = []
    for number in range(count):
        path = folder / f"{number}.png"
        photo(number % 2, number).save(path)
        samples.append(Sample(ImageRef.of_file(path), number % 2, Split.TRAIN))
    return samples


def batches(
    samples: Sequence[Sample],
    store: ImageStore | None = None,
    *,
    batch_size: int = 4,
    seed: int = 0,
    epoch: int = 1,
) -> list[Batch | SampleSkipped]:
    return list(
        train_batches(
            samples,
            store or ImageStore(PREPROCESSING),
            PREPROCESSING,
            options=AugmentationOptions(),
            batch_size=batch_size,
            seed=seed,
            epoch=epoch,
        )
    )


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 8, 9, 10])
@pytest.mark.parametrize("batch_size", [1, 2, 4])
def test_every_sample_once_and_never_a_lonely_one(
    tmp_path: Path, count: int, batch_size: int
) -> None:
    samples = samples_in(tmp_path, count)
    found = [b for b in batches(samples, batch_size=batch_size) if isinstance(b, Batch)]
    assert sorted(i for b in found for i in b.indices) == list(range(count))
    assert len(found) == train_batch_count(count, batch_size)
    if batch_size > 1 and count > 1:
        assert all(len(b.indices) > 1 for b in found)
    for batch in found:
        assert batch.images.shape == (len(batch.indices), 3, 16, 16)
        assert batch.images.dtype == torch.float32
        assert batch.targets.tolist() == [samples[i].class_index for i in batch.indices]


def test_seed_and_epoch_decide_all(tmp_path: Path) -> None:
    samples = samples_in(tmp_path, 9)

    def content(store: ImageStore | None = None, **options: int) -> list[torch.Tensor]:
        return [b.images for b in batches(samples, store, **options) if isinstance(b, Batch)]

    def equal(a: list[torch.Tensor], b: list[torch.Tensor]) -> bool:
        return all(torch.equal(x, y) for x, y in zip(a, b, strict=True))

    first = content()
    torch.rand(7)
    assert equal(first, content())
    assert equal(first, content(ImageStore(PREPROCESSING, max_bytes=0)))
    assert equal(first, content(ImageStore(PREPROCESSING, max_bytes=4000)))
    assert not equal(first, content(epoch=2))
    assert not equal(first, content(seed=1))


def test_unreadable_files_are_reported_once(tmp_path: Path) -> None:
    samples = samples_in(tmp_path, 6)
    samples[2].image.path.write_bytes(b"broken")
    store = ImageStore(PREPROCESSING)
    first = batches(samples, store)
    (skipped,) = [item for item in first if isinstance(item, SampleSkipped)]
    assert skipped.path == str(samples[2].image)
    assert skipped.reason
    assert not any(isinstance(item, SampleSkipped) for item in batches(samples, store, epoch=2))
    seen = [i for item in first if isinstance(item, Batch) for i in item.indices]
    assert sorted(seen) == [0, 1, 3, 4, 5]


def test_eval_batches_keep_the_order(tmp_path: Path) -> None:
    samples = samples_in(tmp_path, 5)
    samples[1].image.path.write_bytes(b"broken")
    store = ImageStore(PREPROCESSING)
    items = list(eval_batches(samples, store, PREPROCESSING, batch_size=3))
    found = [item for item in items if isinstance(item, Batch)]
    assert [i for batch in found for i in batch.indices] == [0, 2, 3, 4]
    assert len(items) - len(found) == 1
    assert eval_batch_count(5, 3) == 2


def test_the_store_reads_a_file_once(tmp_path: Path) -> None:
    samples = samples_in(tmp_path, 2)
    store = ImageStore(PREPROCESSING)
    view, picture = store.view(samples[0].image), store.picture(samples[0].image)
    samples[0].image.path.unlink()
    assert torch.equal(store.view(samples[0].image), view)
    assert torch.equal(store.picture(samples[0].image), picture)
    assert min(picture.shape[1:]) == PREPROCESSING.resize_px


def test_stopping_ends_the_batches(tmp_path: Path) -> None:
    samples = samples_in(tmp_path, 8)
    stop = StopToken()
    items = eval_batches(samples, ImageStore(PREPROCESSING), PREPROCESSING, batch_size=2, stop=stop)
    next(items)
    stop.stop()
    assert list(items) == []


def test_stack_is_normalise_in_channels_last_order() -> None:
    views = [torch.randint(0, 256, (3, 6, 5), dtype=torch.uint8) for _ in range(3)]
    batch = stack(views, PREPROCESSING)
    assert torch.equal(batch, normalise(torch.stack(views), PREPROCESSING))
    assert batch.is_contiguous(memory_format=torch.channels_last)


def test_unvaried_training_images_are_those_of_validation(tmp_path: Path) -> None:
    path = tmp_path / "large.jpg"  # could be decoded at a part of its size, which is for crops
    photo(size=(400, 320)).save(path)
    preprocessing = tiny_preprocessing()
    store = ImageStore(preprocessing)
    samples = [Sample(ImageRef.of_file(path), 0, Split.TRAIN)]
    options = {"batch_size": 1, "seed": 0, "epoch": 1}
    (train,) = train_batches(samples, store, preprocessing, options=UNVARIED, **options)
    (plain,) = eval_batches(samples, store, preprocessing, batch_size=1)
    assert torch.equal(train.images, plain.images)
