"""A classifier as one module that needs nothing beside it: what is exported in every form."""

from __future__ import annotations

import copy
import json
import math

import torch
from torch import nn

import tlstudio
from tlstudio.core.evaluation.novelty import NEIGHBOURS, NoveltyDetector
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.probing.pooling import HeadInput

INPUT = "images"
PROBABILITIES, DISTANCE = "probabilities", "distance"
# Limits are distances of known images, and other runtimes give the very same image 1e-7 more.
LIMIT_SLACK = 1e-5


class ExportedNetwork(nn.Module):
    """Maps images ``[B, C, H, W]`` to probabilities ``[B, classes]``, temperature applied.

    Where the classifier tells "none of these", a second output ``[B]`` is the mean cosine distance
    to the nearest training images; an answer whose `limits` is below it is none of these.

    Args:
        classifier: stays as it is; a copy of its network is held, in eval mode and on the CPU.
        with_preprocessing: whether images are uint8, three channels, as they were cropped; else
            they are float32 and normalised as the classifier's preprocessing says.
    """

    mean: torch.Tensor
    std: torch.Tensor
    codes: torch.Tensor
    scales: torch.Tensor

    def __init__(self, classifier: Classifier, *, with_preprocessing: bool = False) -> None:
        super().__init__()
        own = classifier.preprocessing
        self.network = copy.deepcopy(classifier.network).cpu().eval().requires_grad_(False)
        self.with_preprocessing = with_preprocessing
        self.temperature = classifier.temperature
        self.channels = own.channels
        self.register_buffer("mean", torch.tensor(own.mean[: own.channels]).view(-1, 1, 1))
        self.register_buffer("std", torch.tensor(own.std[: own.channels]).view(-1, 1, 1))
        detector = detector_of(classifier)
        self.has_distance = detector is not None
        if detector is not None:  # one byte a number, as they travel with the weights
            self.register_buffer("codes", torch.from_numpy(detector.codes.copy()))
            self.register_buffer("scales", torch.from_numpy(detector.scales.copy()))

    @property
    def output_names(self) -> tuple[str, ...]:
        return (PROBABILITIES, DISTANCE) if self.has_distance else (PROBABILITIES,)

    def example(self, batch: int = 2, side: int = 224) -> torch.Tensor:
        """Any input, ``[batch, C, side, side]``."""
        if self.with_preprocessing:
            return torch.zeros(batch, 3, side, side, dtype=torch.uint8)
        return torch.zeros(batch, self.channels, side, side)

    def forward(self, images: torch.Tensor) -> tuple[torch.Tensor, ...]:
        if self.with_preprocessing:
            images = (images[:, : self.channels].float() / 255 - self.mean) / self.std
        if not self.has_distance:
            return (self._probabilities(self.network(images)),)
        with HeadInput(self.network) as head:
            logits = self.network(images)
            vectors = head.vectors()
        return self._probabilities(logits), self._distance(vectors)

    def _probabilities(self, logits: torch.Tensor) -> torch.Tensor:
        return (logits.float() / self.temperature).softmax(dim=1)

    def _distance(self, vectors: torch.Tensor) -> torch.Tensor:
        """As `NoveltyDetector.distances`, in float32 and inside the graph."""
        lengths = torch.linalg.vector_norm(vectors, dim=1, keepdim=True)
        rows = self.codes.float() * self.scales[:, None]
        near = (vectors / lengths.clamp_min(1e-12)) @ rows.T
        nearest: torch.Tensor = near.topk(min(NEIGHBOURS, len(rows)), dim=1).values
        return (1 - nearest).clamp_min(0).mean(dim=1)


def detector_of(classifier: Classifier) -> NoveltyDetector | None:
    """What tells "none of these", if it is on and there were images enough to set limits."""
    detector = classifier.novelty
    if detector is None or not detector.is_on or not detector.known.is_enough(detector.level):
        return None
    return detector


def limits_of(classifier: Classifier) -> tuple[float, ...] | None:
    """For each answer the distance above which it is "none of these"; None where nobody says so."""
    detector = detector_of(classifier)
    if detector is None:
        return None
    known, level = detector.known, detector.level
    return tuple(known.limit(i, level) + LIMIT_SLACK for i in range(len(classifier.classes)))


def export_metadata(
    classifier: Classifier, *, with_preprocessing: bool, licence: str = ""
) -> dict[str, str]:
    """What a file says of itself, by name: JSON values, or texts that are none.

    ``classes`` (a list), ``preprocessing`` (`Preprocessing.to_dict`, and whether it is
    ``inside``), ``temperature`` (already applied), ``limits`` (a list; null where an answer is
    never refused), ``level`` (share of known images that the limits refuse), ``model``,
    ``licence`` (of the pretrained weights), ``studio``.
    """
    preprocessing = {**classifier.preprocessing.to_dict(), "inside": with_preprocessing}
    values = {
        "classes": _json(list(classifier.classes)),
        "preprocessing": _json(preprocessing),
        "temperature": _json(classifier.temperature),
        "model": classifier.model,
        "licence": licence,
        "studio": f"TLStudio {tlstudio.__version__}",
    }
    limits, detector = limits_of(classifier), detector_of(classifier)
    if limits is not None and detector is not None:
        values["limits"] = _json([limit if math.isfinite(limit) else None for limit in limits])
        values["level"] = _json(detector.level)
    return values


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
