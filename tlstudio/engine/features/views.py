"""The views of an image that a run keeps features of, and the names by which they are found again.

A view's name follows from the content of the file and from how it is varied, not from the seed of
a run: another run, of another seed, model head or strategy, finds it again.
"""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass

import torch

from tlstudio.core.data.augmentation import UNVARIED, AugmentationOptions
from tlstudio.core.data.dataset import Sample
from tlstudio.engine.data.digests import FileDigest
from tlstudio.engine.data.store import ImageStore
from tlstudio.engine.data.transforms import VIEWS_VERSION, train_view
from tlstudio.engine.features.blocks import KEY_BYTES


@dataclass(frozen=True, slots=True)
class ViewRecord:
    """A view of a sample.

    Attributes:
        index: of the sample, in its split.
        digest: of its file.
        options: how it is varied.
        number: which of the varied views, from 0.
    """

    index: int
    digest: FileDigest
    options: AugmentationOptions = UNVARIED
    number: int = 0

    @property
    def key(self) -> bytes:
        """Name of the view in feature files."""
        about = f"{VIEWS_VERSION}/{self.options.name}/{self.number}".encode()
        return hashlib.blake2b(self.digest.content + about, digest_size=KEY_BYTES).digest()

    def make(self, sample: Sample, store: ImageStore) -> torch.Tensor:
        """The view, uint8 ``[3, crop, crop]``.

        Raises:
            ImageError: the file cannot be read.
        """
        if not self.options.is_varied:
            return store.view(sample.image)
        generator = random.Random(f"{self.digest.content.hex()}/{self.number}")
        picture = store.picture(sample.image)
        return train_view(picture, self.options, store.preprocessing, generator)


def plain_views(digests: dict[int, FileDigest]) -> list[ViewRecord]:
    """The plain view of each sample, by its position."""
    return [ViewRecord(index, digest) for index, digest in digests.items()]


def views_of_epoch(
    digests: dict[int, FileDigest],
    options: AugmentationOptions,
    views: int,
    seed: int,
    epoch: int,
) -> list[ViewRecord]:
    """Return the views of an epoch: one of `views` varied views of each sample.

    Over as many epochs each view comes once; with which one a sample begins follows from the seed.
    """
    if not options.is_varied:
        return plain_views(digests)
    return [
        ViewRecord(index, digest, options, (_first(digest, views, seed) + epoch - 1) % views)
        for index, digest in digests.items()
    ]


def _first(digest: FileDigest, views: int, seed: int) -> int:
    return random.Random(f"{seed}/{digest.content.hex()}").randrange(views)
