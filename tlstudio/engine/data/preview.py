"""Pictures as the network will see them, for the preview of the augmentation."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import DatasetIndex, Split
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.errors import ImageError
from tlstudio.core.networks.preprocessing import Preprocessing
from tlstudio.engine.data.store import read_picture, read_view
from tlstudio.engine.data.transforms import sample_generator, train_view, view_pixels


@dataclass(frozen=True, slots=True)
class AugmentedView:
    """A varied training image; `image` is uint8 ``[H, W, 3]``, de-normalised."""

    ref: ImageRef
    class_index: int
    image: NDArray[np.uint8]


def augmented_views(
    index: DatasetIndex,
    config: RunConfig,
    preprocessing: Preprocessing,
    count: int,
    seed: int,
    class_index: int | None = None,
) -> list[AugmentedView]:
    """Training images as training would show them to the network.

    The images are drawn with `seed`; where there are fewer than `count`, each comes again in
    another variation. Unreadable files are passed over.

    Args:
        index: the dataset.
        config: says how images are varied.
        preprocessing: of the chosen weights.
        count: how many views, at most.
        seed: another one gives other images and other variations.
        class_index: only of this class; None for all.
    """
    samples = list(index.samples_of(Split.TRAIN, class_index))
    sample_generator(seed, 0, -1).shuffle(samples)
    views: list[AugmentedView] = []
    variation = 0
    while samples and len(views) < count:
        for sample in list(samples):
            if len(views) == count:
                break
            try:
                picture = read_picture(sample.image, preprocessing)
            except ImageError:
                samples.remove(sample)
                continue
            generator = sample_generator(seed, variation, len(views))
            view = train_view(picture, config.augmentation_options, preprocessing, generator)
            views.append(AugmentedView(sample.image, sample.class_index, view_pixels(view)))
        variation += 1
    return views


def network_view(image: ImageRef | Path, preprocessing: Preprocessing) -> NDArray[np.uint8]:
    """An image as validation and inference show it to the network, uint8 ``[H, W, 3]``.

    Raises:
        ImageError: it cannot be read.
    """
    return view_pixels(read_view(ImageRef.of(image), preprocessing))
