"""The learning curve as the window asks for it, on a worker's thread."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tlstudio.core.data.dataset import DatasetIndex
    from tlstudio.core.learning_curve import LearningCurve
    from tlstudio.core.runs.events import StopToken
    from tlstudio.engine.probing.dataset_features import DatasetFeatures
    from tlstudio.engine.probing.learning_curve import CurveProgressed as CurveProgressed


def learning_curve(
    features: DatasetFeatures, index: DatasetIndex, stop: StopToken
) -> Iterator[CurveProgressed | LearningCurve]:
    """That of the dataset with its changes by hand."""
    from tlstudio.engine.probing.learning_curve import learning_curve

    yield from learning_curve(features.of(index), index.classes, stop)
