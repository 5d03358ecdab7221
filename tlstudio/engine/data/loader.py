"""Seeded batches, made in this process: on small machines decoding once pays, workers don't."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from tlstudio.core.data.augmentation import AugmentationOptions
from tlstudio.core.data.dataset import Sample
from tlstudio.core.errors import ImageError
from tlstudio.core.networks.preprocessing import Preprocessing
from tlstudio.core.runs.events import SampleSkipped, StopToken
from tlstudio.engine.data.ahead import ALONE, Readers, in_order
from tlstudio.engine.data.order import HELD_BACK, eval_groups, train_groups, train_order
from tlstudio.engine.data.store import ImageStore
from tlstudio.engine.data.transforms import normalise, sample_generator, train_view

CPU = torch.device("cpu")


@dataclass(frozen=True, slots=True)
class Batch:
    """Some samples as the network takes them.

    Attributes:
        images: float32 ``[B, 3, H, W]``, normalised, in channels-last memory order.
        targets: class indices, int64 ``[B]``, on the same device.
        indices: positions in the sequence of samples.
    """

    images: torch.Tensor
    targets: torch.Tensor
    indices: tuple[int, ...]


def train_batches(
    samples: Sequence[Sample],
    store: ImageStore,
    preprocessing: Preprocessing,
    *,
    options: AugmentationOptions,
    batch_size: int,
    seed: int,
    epoch: int,
    draws: Sequence[int] | None = None,
    stop: StopToken | None = None,
    readers: Readers = ALONE,
    device: torch.device = CPU,
) -> Iterator[Batch | SampleSkipped]:
    """Yield all samples once, shuffled and varied by (seed, epoch) alone; or `draws` of them.

    A single sample left over joins the batch before it, since BatchNorm cannot train on one image;
    a file that cannot be read is reported once and left out. Ends early when `stop` says so.
    """

    def view(draw: int) -> torch.Tensor:
        image = samples[draw % len(samples)].image
        if not options.is_varied:
            return store.view(image)  # the same as where the outputs of frozen layers are kept
        picture = store.picture(image)
        return train_view(picture, options, preprocessing, sample_generator(seed, epoch, draw))

    if draws is None:
        draws = train_order(len(samples), seed, epoch)
    views = readable_views(draws, view, samples, store, stop, readers)
    yield from _batches(train_groups(views, batch_size), samples, preprocessing, stop, device)


def eval_batches(
    samples: Sequence[Sample],
    store: ImageStore,
    preprocessing: Preprocessing,
    *,
    batch_size: int,
    stop: StopToken | None = None,
    readers: Readers = ALONE,
    device: torch.device = CPU,
) -> Iterator[Batch | SampleSkipped]:
    """Yield all samples once, in order and unvaried. Ends early when `stop` is set."""

    def view(index: int) -> torch.Tensor:
        return store.view(samples[index].image)

    views = readable_views(range(len(samples)), view, samples, store, stop, readers)
    yield from _batches(eval_groups(views, batch_size), samples, preprocessing, stop, device)


def readable_views(
    order: Iterable[int],
    view: Callable[[int], torch.Tensor],
    samples: Sequence[Sample],
    store: ImageStore,
    stop: StopToken | None = None,
    readers: Readers = ALONE,
) -> Iterator[tuple[int, torch.Tensor] | SampleSkipped]:
    """Yield ``(position, view)`` of the samples in `order`; unreadable files are reported once.

    A position beyond the last sample is that of a sample that comes once more. Ends
    early when `stop` says so.
    """
    count = len(samples)
    readable = (draw for draw in order if not store.is_unreadable(samples[draw % count].image))
    for draw, result in in_order(view, readable, readers, HELD_BACK):
        if stop is not None and stop.stopped:
            return
        try:
            yield draw % count, result()
        except ImageError as error:
            yield SampleSkipped(str(samples[draw % count].image), error.sentence)


def stack(
    views: Sequence[torch.Tensor], preprocessing: Preprocessing, device: torch.device = CPU
) -> torch.Tensor:
    """Network input ``[B, channels, H, W]`` of uint8 views, channels last, which is faster.

    On the CPU the same arithmetic as `normalise`, over whole rows of pixels: three times as fast.
    To other devices bytes travel, a quarter of the floats.
    """
    if device.type != "cpu":
        pixels = torch.stack(list(views)).contiguous(memory_format=torch.channels_last)
        if device.type == "cuda":
            pixels = pixels.pin_memory()
        return normalise(pixels.to(device, non_blocking=True), preprocessing)
    _, height, width = views[0].shape
    rows = np.empty((len(views), height, width * 3), dtype=np.float32)
    for row, view in zip(rows, views, strict=True):
        row[:] = view.permute(1, 2, 0).numpy().reshape(height, width * 3)
    rows /= np.float32(255)
    rows -= np.tile(np.asarray(preprocessing.mean, dtype=np.float32), width)
    rows /= np.tile(np.asarray(preprocessing.std, dtype=np.float32), width)
    batch = torch.from_numpy(rows).view(len(views), height, width, 3)
    return batch[..., : preprocessing.channels].permute(0, 3, 1, 2)


def targets_of(samples: Sequence[Sample], indices: Iterable[int]) -> torch.Tensor:
    """Class indices, int64 ``[B]``, of the samples at `indices`."""
    return torch.tensor([samples[index].class_index for index in indices])


def _batches(
    groups: Iterable[list[tuple[int, torch.Tensor]] | SampleSkipped],
    samples: Sequence[Sample],
    preprocessing: Preprocessing,
    stop: StopToken | None,
    device: torch.device,
) -> Iterator[Batch | SampleSkipped]:
    for group in groups:
        if isinstance(group, SampleSkipped):
            yield group
            continue
        if stop is not None and stop.stopped:
            return
        indices = tuple(index for index, _ in group)
        images = stack([view for _, view in group], preprocessing, device)
        yield Batch(images, targets_of(samples, indices).to(device), indices)
