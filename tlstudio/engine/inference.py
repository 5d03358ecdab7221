"""Predictions of a classifier for any image."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import torch
from torch import nn

from tlstudio.core.data.dataset import ExcludedFile
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.errors import ImageError
from tlstudio.core.runs.events import StopToken
from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.engine.acceleration.choice import fast_forward
from tlstudio.engine.acceleration.engines import Forward
from tlstudio.engine.data.ahead import in_order, readers_for
from tlstudio.engine.data.loader import stack
from tlstudio.engine.data.store import read_view
from tlstudio.engine.evaluation import probabilities
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.probing.pooling import Pooler, feature_pooler
from tlstudio.engine.use.finding import find_images

__all__ = ["Predictor", "find_images", "predict"]

BATCH_SIZE = 32


class Predictor:
    """Answers for batches of images; what runs the network is chosen here and nowhere else.

    Works on a copy of the network as it is now, so it may be asked while the network trains on
    another thread: no mode is switched and no statistic moves under the trainer's feet.
    """

    def __init__(self, classifier: Classifier, images: int = 0) -> None:
        """Where there are many `images` to come, the fastest engine of inference may answer."""
        self._images, self._engine = images, classifier.config.engine
        self._forward: Forward | None = None
        self.preprocessing = classifier.preprocessing
        self._device = classifier.device
        self._temperature = classifier.temperature
        self._network = copy.deepcopy(classifier.network).eval()
        is_asked = classifier.novelty is not None and classifier.novelty.is_on
        self._novelty = classifier.novelty if is_asked else None
        pooler = feature_pooler(self._network, self.preprocessing) if is_asked else None
        self._answering = _Answering(self._network, pooler)

    def read(self, image: ImageRef) -> torch.Tensor:
        """The network's view of an image, uint8 ``[3, crop, crop]``; for any thread.

        Raises:
            ImageError: it cannot be read.
        """
        return read_view(image, self.preprocessing)

    def answers(
        self, images: Sequence[ImageRef], views: Sequence[torch.Tensor]
    ) -> Iterator[PredictionRecord]:
        """What the network says of as many views, which `read` made; one batch."""
        batch = stack(views, self.preprocessing).to(self._device)
        distances: Sequence[float] = ()
        if self._forward is None:
            self._forward = fast_forward(self._answering, batch, self._engine, self._images)
        logits, *vectors = self._forward(batch)
        if self._novelty is not None:
            distances = self._novelty.distances(vectors[0].cpu().numpy()).tolist()
        rows = probabilities(logits.float().cpu(), self._temperature)
        for image, row, distance in itertools.zip_longest(images, rows, distances):
            answer = PredictionRecord(image, tuple(row))
            if self._novelty is not None and distance is not None:
                judged = self._novelty.judge(distance, answer.predicted)
                answer = replace(answer, novelty=judged)
            yield answer


class _Answering(nn.Module):
    """A network's logits and, where novelty is asked for, the vectors of the same pass."""

    def __init__(self, network: nn.Module, pooler: Pooler | None) -> None:
        super().__init__()
        self.network, self._pooler = network, pooler

    def forward(self, images: torch.Tensor) -> tuple[torch.Tensor, ...]:
        return self._pooler.with_logits(images) if self._pooler else (self.network(images),)

    def extra_repr(self) -> str:  # by which trials of engines are remembered
        return "with vectors" if self._pooler else ""


def predict(
    classifier: Classifier,
    images: Sequence[ImageRef | Path],
    *,
    stop: StopToken | None = None,
    batch_size: int = BATCH_SIZE,
) -> Iterator[PredictionRecord | ExcludedFile]:
    """Predictions in the order of `images`; an `ExcludedFile` in place of what cannot be read.

    Works on a copy of the network, as `Predictor` says. Images are decoded by a few threads, a
    batch at a time, so that no more than two batches are ever in memory.
    """
    predictor = Predictor(classifier, len(images))
    readers = readers_for(classifier.device, batch_size)
    ahead = in_order(predictor.read, map(ImageRef.of, images), readers)
    with closing(ahead):
        while chunk := list(itertools.islice(ahead, batch_size)):
            read: list[ImageRef] = []
            views: list[torch.Tensor] = []
            excluded: dict[int, ExcludedFile] = {}
            for number, (image, view) in enumerate(chunk):
                if stop is not None and stop.stopped:
                    return
                try:
                    views.append(view())
                    read.append(image)
                except ImageError as error:
                    excluded[number] = ExcludedFile(image, error.sentence)
            answers = predictor.answers(read, views) if views else iter(())
            for number in range(len(chunk)):
                yield excluded[number] if number in excluded else next(answers)
