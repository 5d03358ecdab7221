"""The training images nearest to an image, in the features that the network's head is given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from tlstudio.core.data.dataset import Sample
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.evaluation.novelty import Neighbour, nearest_rows, unit_rows
from tlstudio.core.runs.events import StopToken
from tlstudio.engine.data.loader import stack
from tlstudio.engine.data.store import read_view
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.probing.features import (
    HEAD_INPUT,
    PooledFeatures,
    PoolingProgressed,
    pooled_features,
)
from tlstudio.engine.probing.pooling import feature_pooler

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tlstudio.core.config import Precision

SHOWN = 5


@dataclass(frozen=True, slots=True, eq=False)
class TrainingFeatures:
    """The features of training images, compared with others exactly, one by one.

    Memory: 4 bytes an element, 512 MB for 100,000 images of 1,280 features, and 64 MB at most
    while it is asked.

    Attributes:
        samples: those that could be read.
        rows: their features scaled to length 1, float32 ``[N, F]``.
    """

    samples: tuple[Sample, ...]
    rows: NDArray[np.float32]

    def nearest(
        self, vector: NDArray[np.floating], image: ImageRef | None = None, count: int = SHOWN
    ) -> tuple[Neighbour, ...]:
        """The nearest training images of one feature vector ``[F]``, nearest first.

        Args:
            vector: of any length but 0.
            image: whose vector it is; it is no neighbour of its own.
            count: how many.
        """
        numbers, distances = nearest_rows(vector[None], self.rows, count + 1)
        found = [
            Neighbour(self.samples[number].image, self.samples[number].class_index, distance)
            for number, distance in zip(numbers[0], distances[0].tolist(), strict=True)
        ]
        return tuple(n for n in found if n.image != image)[:count]


def training_features(
    classifier: Classifier,
    samples: Sequence[Sample],
    stop: StopToken,
    *,
    precision: Precision = "auto",
) -> Iterator[PoolingProgressed | TrainingFeatures]:
    """Look the features of training images up, and compute those that are not kept.

    Args:
        classifier: its network must not run elsewhere meanwhile.
        samples: of the train split.
        stop: read before every batch.
        precision: that they may be computed in.

    Yields:
        Progress, and last of all the features, unless it was stopped.

    Raises:
        ModelError: the network's head is given no vector an image.
    """
    for event in pooled_features(classifier, samples, (HEAD_INPUT,), stop, precision=precision):
        if isinstance(event, PoolingProgressed):
            yield event
        elif isinstance(event, PooledFeatures):
            there = tuple(samples[index] for index in event.indices)
            yield TrainingFeatures(there, unit_rows(event.vectors[HEAD_INPUT]))


def feature_vector(classifier: Classifier, image: ImageRef) -> NDArray[np.float32]:
    """The features of one image, float32 ``[F]``; the network must not run elsewhere meanwhile.

    Raises:
        ImageError: it cannot be read.
    """
    views = [read_view(image, classifier.preprocessing)]
    batch = stack(views, classifier.preprocessing).to(classifier.device)
    with torch.no_grad():
        pooler = feature_pooler(classifier.network, classifier.preprocessing)
        vector: NDArray[np.float32] = pooler(batch)[0].cpu().numpy()
    return vector
