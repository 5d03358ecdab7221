"""Predictions of a classifier for any image."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import torch

from tlstudio.core.data.dataset import ExcludedFile
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.errors import ImageError
from tlstudio.core.runs.events import StopToken
from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.engine.data.files import find_images
from tlstudio.engine.data.loader import stack
from tlstudio.engine.data.store import read_view
from tlstudio.engine.evaluation import probabilities
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.probing.pooling import feature_pooler

__all__ = ["find_images", "predict"]


def predict(
    classifier: Classifier,
    images: Sequence[ImageRef | Path],
    *,
    stop: StopToken | None = None,
    batch_size: int = 32,
) -> Iterator[PredictionRecord | ExcludedFile]:
    """Predictions in the order of `images`; an `ExcludedFile` in place of what cannot be read.

    Works on a copy of the network as it is now, so it may be called while the network trains on
    another thread: no mode is switched and no statistic moves under the trainer's feet.
    """
    network = copy.deepcopy(classifier.network).eval()
    novelty = classifier.novelty if classifier.novelty and classifier.novelty.is_on else None
    pooler = feature_pooler(network, classifier.preprocessing) if novelty else None
    for start in range(0, len(images), batch_size):
        results: list[ExcludedFile | ImageRef] = []
        views: list[torch.Tensor] = []
        for image in map(ImageRef.of, images[start : start + batch_size]):
            if stop is not None and stop.stopped:
                return
            try:
                views.append(read_view(image, classifier.preprocessing))
                results.append(image)
            except ImageError as error:
                results.append(ExcludedFile(image, error.sentence))
        rows: list[list[float]] = []
        distances: Sequence[float] = ()
        if views:
            batch = stack(views, classifier.preprocessing).to(classifier.device)
            with torch.no_grad():
                if pooler is None or novelty is None:
                    logits = network(batch)
                else:
                    logits, vectors = pooler.with_logits(batch)
                    distances = novelty.distances(vectors.cpu().numpy()).tolist()
            rows = probabilities(logits.float().cpu(), classifier.temperature)
        answers = itertools.zip_longest(rows, distances)
        for result in results:
            if isinstance(result, ExcludedFile):
                yield result
                continue
            row, distance = next(answers)
            answer = PredictionRecord(result, tuple(row))
            if novelty is not None and distance is not None:
                answer = replace(answer, novelty=novelty.judge(distance, answer.predicted))
            yield answer
