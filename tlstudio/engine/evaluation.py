"""Measuring a classifier on samples whose class is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import torch

from tlstudio.core.data.dataset import Sample, Split
from tlstudio.core.runs.events import StopToken
from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.engine.acceleration.choice import fast_forward
from tlstudio.engine.acceleration.engines import Forward
from tlstudio.engine.data.loader import Batch, eval_batches
from tlstudio.engine.data.store import ImageStore
from tlstudio.engine.metrics import means, sample_sums, split_metrics
from tlstudio.engine.models.classifier import Classifier


@dataclass(frozen=True, slots=True)
class BatchEvaluation:
    """The evaluation of a batch: predictions, and the sums that `metrics` are made of.

    Attributes:
        logits: float32 ``[B, C]`` on the CPU.
        targets: class indices ``[B]``.
        sums: of each metric over the samples.
    """

    logits: torch.Tensor
    targets: torch.Tensor
    sums: Mapping[str, torch.Tensor]
    predictions: tuple[PredictionRecord, ...]

    @property
    def loss(self) -> float:
        """The mean cross entropy."""
        return float(self.sums["val_loss"]) / len(self.targets)


@dataclass(frozen=True, slots=True)
class EvaluationRecord:
    """Many batches, in the order of the samples; unreadable samples are missing.

    Attributes:
        metrics: of validation, by name; empty where no sample could be read.
    """

    metrics: Mapping[str, float]
    predictions: tuple[PredictionRecord, ...]

    @property
    def loss(self) -> float | None:
        """The mean cross entropy."""
        return self.metrics.get("val_loss")

    @property
    def accuracy(self) -> float | None:
        return self.metrics.get("val_accuracy")

    @classmethod
    def of(cls, batches: Iterable[BatchEvaluation]) -> EvaluationRecord:
        """Put batches together, each weighted by its size."""
        rows = list(batches)
        predictions = tuple(prediction for row in rows for prediction in row.predictions)
        if not predictions:
            return cls({}, ())
        averages = means([row.sums for row in rows], len(predictions))
        whole = split_metrics([row.logits for row in rows], [row.targets for row in rows])
        return cls({**averages, **whole}, predictions)


def evaluate(
    classifier: Classifier,
    samples: Sequence[Sample],
    *,
    batch_size: int = 32,
    store: ImageStore | None = None,
    stop: StopToken | None = None,
) -> EvaluationRecord:
    """Metrics and predictions over `samples` in float32; of those seen so far if stopped.

    Where there are many, the fastest engine of inference computes.

    Puts the network into eval mode and leaves it there.
    """
    preprocessing = classifier.preprocessing
    store = store or ImageStore(preprocessing, max_bytes=0)
    classifier.network.eval()
    rows = []
    forward: Forward | None = None
    for batch in eval_batches(samples, store, preprocessing, batch_size=batch_size, stop=stop):
        if isinstance(batch, Batch):
            images = batch.images.to(classifier.device)
            if forward is None:
                wish = classifier.config.engine
                forward = fast_forward(classifier.network, images, wish, len(samples))
            logits = forward(images)[0].float() / classifier.temperature
            rows.append(evaluate_logits(logits, [samples[index] for index in batch.indices]))
    return EvaluationRecord.of(rows)


def evaluate_logits(logits: torch.Tensor, samples: Sequence[Sample]) -> BatchEvaluation:
    """Evaluate logits ``[B, C]`` of as many samples."""
    logits = logits.detach().float().cpu()
    targets = torch.tensor([sample.class_index for sample in samples])
    predictions = tuple(
        PredictionRecord(sample.image, tuple(row), sample.class_index)
        for sample, row in zip(samples, probabilities(logits), strict=True)
    )
    return BatchEvaluation(logits, targets, sample_sums(Split.VAL, logits, targets), predictions)


def probabilities(logits: torch.Tensor, temperature: float = 1.0) -> list[list[float]]:
    """Softmax of logits ``[B, C]`` on the CPU, in double precision so that rows sum to 1.

    Args:
        temperature: of the classifier that they are of.
    """
    rows: list[list[float]] = (logits.double() / temperature).softmax(dim=1).tolist()
    return rows
