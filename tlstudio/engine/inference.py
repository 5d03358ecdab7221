"""Predictions of a classifier for any image."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
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
        if views:
            with torch.no_grad():
                batch = stack(views, classifier.preprocessing).to(classifier.device)
                rows = probabilities(network(batch).float().cpu())
        answers = iter(rows)
        for result in results:
            if isinstance(result, ExcludedFile):
                yield result
            else:
                yield PredictionRecord(result, tuple(next(answers)))
