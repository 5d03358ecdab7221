""" "None of these" and nearest training images as the window asks for them, on worker threads."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tlstudio.core.data.dataset import DatasetIndex, Sample, Split

if TYPE_CHECKING:
    from tlstudio.core.data.image_ref import ImageRef
    from tlstudio.core.evaluation.novelty import Neighbour, NoveltyDetector
    from tlstudio.core.runs.events import StopToken
    from tlstudio.engine.models.classifier import Classifier
    from tlstudio.engine.probing.features import PoolingProgressed as PoolingProgressed
    from tlstudio.engine.understanding.neighbours import TrainingFeatures as TrainingFeatures
    from tlstudio.engine.understanding.novelty import MeasuredNovelty as MeasuredNovelty


def measure_novelty(
    classifier: Classifier, index: DatasetIndex, foreign: Path | None, stop: StopToken
) -> Iterator[PoolingProgressed | MeasuredNovelty]:
    """Measure it on the training and validation images, and on a folder of foreign ones."""
    from tlstudio.engine.data.files import find_images
    from tlstudio.engine.understanding.novelty import measure_novelty

    parts = index.by_split
    images = find_images([foreign]) if foreign is not None else []
    yield from measure_novelty(
        classifier, parts[Split.TRAIN], parts[Split.VAL], stop, foreign=images
    )


def training_features(
    classifier: Classifier, samples: Sequence[Sample], stop: StopToken
) -> Iterator[PoolingProgressed | TrainingFeatures]:
    """Compute the features of training images on a copy of the network."""
    from tlstudio.engine.understanding.neighbours import training_features

    own = replace(classifier, network=copy.deepcopy(classifier.network).eval())
    yield from training_features(own, samples, stop)


def nearest(
    classifier: Classifier, training: TrainingFeatures, image: ImageRef
) -> tuple[ImageRef, tuple[Neighbour, ...]]:
    """Find the training images nearest to an image."""
    from tlstudio.engine.understanding.neighbours import feature_vector

    return image, training.nearest(feature_vector(classifier, image), image)


def keep_novelty(run_id: str, detector: NoveltyDetector, epochs: int) -> None:
    """Write it into the folder of the run, whose network has learned for so many epochs."""
    from tlstudio.engine.runs.store import RunStore
    from tlstudio.engine.runs.weights import write_novelty

    write_novelty(RunStore().entry(run_id).folder, detector, epochs)
