"""Measuring from which distance on an image is "none of these", and what that is worth."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import torch

from tlstudio.core.data.dataset import Sample
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.errors import DatasetError, ImageError
from tlstudio.core.evaluation.novelty import (
    MAX_CALIBRATION,
    ConformalLevels,
    NoveltyDetector,
    NoveltyReport,
    NoveltyScore,
)
from tlstudio.core.runs.events import StopToken
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.data.loader import stack
from tlstudio.engine.data.store import read_view
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.probing.features import PoolingProgressed
from tlstudio.engine.probing.pooling import feature_pooler
from tlstudio.engine.understanding.neighbours import TrainingFeatures, training_features

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BATCH = 32


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredNovelty:
    """A detector, the report on it, and the features that it was made from."""

    detector: NoveltyDetector
    report: NoveltyReport
    training: TrainingFeatures


def measure_novelty(
    classifier: Classifier,
    training: Sequence[Sample],
    held_out: Sequence[Sample],
    stop: StopToken,
    *,
    foreign: Sequence[ImageRef] = (),
    level: float | None = None,
) -> Iterator[PoolingProgressed | MeasuredNovelty]:
    """Measure how far known images are from the training images.

    The distances are those that `inference.predict` will measure: with the vectors that travel,
    which are fewer and coarser than the features themselves, and in float32. So the promise holds
    for what is used. Works on a copy of the network.

    Args:
        classifier: stays as it is; the detector is to be put into it.
        training: images that the network was trained on.
        held_out: images of the same kind that it was not trained on.
        stop: read before every batch.
        foreign: images that are of no class.
        level: share of known images that may be refused; None for what the classifier had.

    Yields:
        Progress over all three kinds of images, and the result, unless it was stopped.

    Raises:
        DatasetError: of the training images or of the held-out ones none can be read.
        ModelError: the network's head is given no vector an image.
    """
    classifier = replace(classifier, network=copy.deepcopy(classifier.network).eval())
    held_out = _at_most(held_out, MAX_CALIBRATION)
    total = len(training) + len(held_out) + len(foreign)
    features: TrainingFeatures | None = None
    for event in training_features(classifier, training, stop):
        if isinstance(event, TrainingFeatures):
            features = event
        else:
            yield PoolingProgressed(event.done, total, event.from_cache)
    if features is None:
        return
    if not features.samples:
        raise _nothing_readable()
    classes = len(classifier.classes)
    nobody = ConformalLevels(np.zeros(0, np.float32), np.zeros(0, np.int32), classes)
    targets = [sample.class_index for sample in features.samples]
    detector = NoveltyDetector.packed(features.rows, targets, nobody)
    seen: list[_Scores] = []
    done = len(training)
    for images in ([sample.image for sample in held_out], foreign):
        parts = [_Scores.none()]
        for part in _scored(classifier, detector, images, stop):
            parts.append(part)
            yield PoolingProgressed(done + sum(p.images for p in parts), total, 0)
        if stop.stopped:
            return
        done += len(images)
        seen.append(_Scores.together(parts))
    known, unknown = seen
    if not len(known.answers):
        raise _nothing_readable()
    levels = {s: ConformalLevels(v, known.answers, classes) for s, v in known.values.items()}
    detector = replace(detector, known=levels[NoveltyScore.NEIGHBOURS])
    before = classifier.novelty
    detector = detector.changed(level=level if level or before is None else before.level)
    yield MeasuredNovelty(
        detector, NoveltyReport(levels, unknown.values, unknown.answers), features
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Scores:
    """The scores of some images by each measure, the answers, and how many images were tried."""

    values: dict[NoveltyScore, NDArray[np.float32]]
    answers: NDArray[np.int32]
    images: int

    @classmethod
    def none(cls) -> _Scores:
        return cls({s: np.zeros(0, np.float32) for s in NoveltyScore}, np.zeros(0, np.int32), 0)

    @classmethod
    def together(cls, parts: Sequence[_Scores]) -> _Scores:
        values = {s: np.concatenate([part.values[s] for part in parts]) for s in NoveltyScore}
        answers = np.concatenate([part.answers for part in parts])
        return cls(values, answers, sum(part.images for part in parts))


def _scored(
    classifier: Classifier,
    detector: NoveltyDetector,
    images: Sequence[ImageRef],
    stop: StopToken,
) -> Iterator[_Scores]:
    """Score images a batch at a time; those that cannot be read are left out."""
    own = classifier.preprocessing
    pooler = feature_pooler(classifier.network, own)
    for start in range(0, len(images), _BATCH):
        if stop.stopped:
            return
        wanted = images[start : start + _BATCH]
        views = [view for image in wanted if (view := _view(image, classifier)) is not None]
        if not views:
            yield replace(_Scores.none(), images=len(wanted))
            continue
        batch = stack(views, own).to(classifier.device)
        outputs, vectors = pooler.with_logits(batch)
        logits = outputs.float().cpu().double()
        values = {
            NoveltyScore.NEIGHBOURS: detector.distances(vectors.cpu().numpy()),
            NoveltyScore.MAX_SOFTMAX: _float(1 - logits.softmax(dim=1).amax(dim=1)),
            NoveltyScore.MAX_LOGIT: _float(-logits.amax(dim=1)),
        }
        yield _Scores(values, logits.argmax(dim=1).numpy().astype(np.int32), len(wanted))


def _float(values: torch.Tensor) -> NDArray[np.float32]:
    array: NDArray[np.float32] = values.float().numpy()
    return array


def _view(image: ImageRef, classifier: Classifier) -> torch.Tensor | None:
    try:
        return read_view(image, classifier.preprocessing)
    except ImageError:
        return None


def _at_most(samples: Sequence[Sample], most: int) -> Sequence[Sample]:
    """Some of the samples by chance, always the same ones."""
    if len(samples) <= most:
        return samples
    chosen = np.random.default_rng(0).choice(len(samples), most, replace=False)
    return [samples[index] for index in np.sort(chosen)]


def _nothing_readable() -> DatasetError:
    return DatasetError(
        QT_TRANSLATE_NOOP(
            "core", "“None of these” needs training images and validation images that can be read."
        ),
        QT_TRANSLATE_NOOP("core", "Open the dataset that the model was trained on."),
    )
