"""The features of a dataset as the window asks for them, on a worker's thread."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tlstudio.core.data.dataset import DatasetIndex
    from tlstudio.core.runs.events import SampleSkipped, StopToken
    from tlstudio.engine.probing.dataset_features import DatasetFeatures as DatasetFeatures
    from tlstudio.engine.probing.features import PoolingProgressed as PoolingProgressed


def dataset_features_on(
    index: DatasetIndex, device: str, stop: StopToken
) -> Iterator[PoolingProgressed | SampleSkipped | DatasetFeatures]:
    """Compute them with the network that is on board."""
    from tlstudio.engine.probing.dataset_features import dataset_features

    yield from dataset_features(index, stop, device=device)
