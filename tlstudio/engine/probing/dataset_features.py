"""One vector for each image of a dataset, by a pretrained network as it is.

Health check, map and learning curve all ask the same images of the same network; what is known is
kept on disk by content (`features.pooled_features`), so only the first question takes its time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import torch

from tlstudio.core.config import RunConfig
from tlstudio.core.config.run_config import ON_BOARD_MODEL
from tlstudio.core.data.dataset import DatasetIndex, Split
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.runs.events import SampleSkipped, StopToken
from tlstudio.engine.device import resolve_device
from tlstudio.engine.models.build import build_classifier
from tlstudio.engine.probing.features import (
    HEAD_INPUT,
    PooledFeatures,
    PoolingProgressed,
    pooled_features,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class DatasetFeatures:
    """What a network's head is given for each image that could be read.

    Attributes:
        model: the network, by its name in the catalog, with its default weights.
        images: ``N`` of them, in the order of the dataset.
        vectors: float32 ``[N, F]``.
        targets: class indices, int64 ``[N]``.
        splits: ``N`` of them.
    """

    model: str
    images: tuple[ImageRef, ...]
    vectors: NDArray[np.float32]
    targets: NDArray[np.int64]
    splits: tuple[Split, ...]

    def __len__(self) -> int:
        return len(self.images)

    @cached_property
    def rows(self) -> dict[ImageRef, int]:
        """The row of each image."""
        return {image: row for row, image in enumerate(self.images)}

    @cached_property
    def digest(self) -> str:
        """The identity of the vectors and of whose they are, 32 hex digits; not of the classes."""
        digest = hashlib.blake2b(self.model.encode(), digest_size=16)
        digest.update("\0".join(str(image) for image in self.images).encode("utf-8", "replace"))
        digest.update(np.ascontiguousarray(self.vectors).data)
        return digest.hexdigest()

    def of(self, index: DatasetIndex) -> DatasetFeatures:
        """The same vectors with the classes and splits of `index`; images it lacks are left out.

        An image that is new in `index` has no vector and is not there either.
        """
        known = [(self.rows[s.image], s) for s in index.samples if s.image in self.rows]
        taken = np.array([row for row, _ in known], dtype=np.int64)
        return replace(
            self,
            images=tuple(sample.image for _, sample in known),
            vectors=self.vectors[taken],
            targets=np.array([sample.class_index for _, sample in known], dtype=np.int64),
            splits=tuple(sample.split for _, sample in known),
        )


def dataset_features(
    index: DatasetIndex, stop: StopToken, model: str = ON_BOARD_MODEL, *, device: str = "auto"
) -> Iterator[PoolingProgressed | SampleSkipped | DatasetFeatures]:
    """Look the vectors of all images of all splits up, and compute those that are not kept.

    Args:
        index: with the changes by hand, or without them.
        stop: read before every batch; what was computed until then is kept.
        model: a network whose default weights are on this machine.
        device: as a run is told.

    Yields:
        Progress and images that could not be read; last of all the one `DatasetFeatures`, unless it
        was stopped.

    Raises:
        WeightsMissingError: the weights are not on this machine.
        DeviceError: this machine has no such device.
    """
    config = RunConfig(model=model, device=str(resolve_device(device)))
    classifier = build_classifier(config, index.classes)
    classifier.network.to(torch.device(config.device))
    for event in pooled_features(classifier, index.samples, (HEAD_INPUT,), stop):
        if not isinstance(event, PooledFeatures):
            yield event
            continue
        there = [index.samples[place] for place in event.indices]
        yield DatasetFeatures(
            model,
            tuple(sample.image for sample in there),
            event.vectors[HEAD_INPUT],
            event.targets,
            tuple(sample.split for sample in there),
        )
