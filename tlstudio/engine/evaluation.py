"""Measuring a classifier on samples whose class is known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch
from torch.nn import functional as F  # noqa: N812 - its usual name

from tlstudio.core.data.dataset import Sample
from tlstudio.core.runs.events import StopToken
from tlstudio.core.runs.predictions import PredictionRecord, accuracy
from tlstudio.engine.data.loader import Batch, eval_batches
from tlstudio.engine.data.store import ImageStore
from tlstudio.engine.models.classifier import Classifier


@dataclass(frozen=True, slots=True)
class BatchEvaluation:
    """One batch: its mean cross entropy and what the network says of its samples."""

    loss: float
    predictions: tuple[PredictionRecord, ...]


@dataclass(frozen=True, slots=True)
class EvaluationRecord:
    """Many batches, in the order of the samples; unreadable samples are missing.

    `loss` and `accuracy` are None where no sample could be read.
    """

    loss: float | None
    accuracy: float | None
    predictions: tuple[PredictionRecord, ...]

    @classmethod
    def of(cls, batches: Iterable[BatchEvaluation]) -> EvaluationRecord:
        """Put batches together, each weighted by its size."""
        rows = list(batches)
        predictions = tuple(prediction for row in rows for prediction in row.predictions)
        total = sum(row.loss * len(row.predictions) for row in rows)
        loss = total / len(predictions) if predictions else None
        return cls(loss, accuracy(predictions), predictions)


def evaluate(
    classifier: Classifier,
    samples: Sequence[Sample],
    *,
    batch_size: int = 32,
    store: ImageStore | None = None,
    stop: StopToken | None = None,
) -> EvaluationRecord:
    """Loss, accuracy and predictions over `samples` in float32; of those seen so far if stopped.

    Puts the network into eval mode and leaves it there.
    """
    preprocessing = classifier.preprocessing
    store = store or ImageStore(preprocessing, max_bytes=0)
    classifier.network.eval()
    rows = []
    for batch in eval_batches(samples, store, preprocessing, batch_size=batch_size, stop=stop):
        if isinstance(batch, Batch):
            with torch.no_grad():
                logits = classifier.network(batch.images.to(classifier.device))
            rows.append(evaluate_logits(logits, [samples[index] for index in batch.indices]))
    return EvaluationRecord.of(rows)


def evaluate_logits(logits: torch.Tensor, samples: Sequence[Sample]) -> BatchEvaluation:
    """What logits ``[B, C]`` say of as many samples."""
    logits = logits.detach().float().cpu()
    targets = torch.tensor([sample.class_index for sample in samples])
    predictions = tuple(
        PredictionRecord(sample.path, tuple(row), sample.class_index)
        for sample, row in zip(samples, probabilities(logits), strict=True)
    )
    return BatchEvaluation(F.cross_entropy(logits, targets).item(), predictions)


def probabilities(logits: torch.Tensor) -> list[list[float]]:
    """Softmax of logits ``[B, C]`` on the CPU, in double precision so that rows sum to 1."""
    rows: list[list[float]] = logits.double().softmax(dim=1).tolist()
    return rows
