"""What the pretrained network answers, in words."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from tlstudio.engine.lessons.pretrained import imagenet_names

COUNT = 5


@dataclass(frozen=True, slots=True)
class Said:
    """The name of an ImageNet class, its score (logit) and its probability, 0..1."""

    name: str
    score: float
    probability: float


def most_likely(logits: torch.Tensor, count: int = COUNT) -> tuple[Said, ...]:
    """The likeliest classes of one image's logits, the likeliest first."""
    scores, numbers = logits.topk(count)
    probabilities = logits.softmax(0)[numbers]
    return tuple(
        Said(imagenet_names()[number], score, probability)
        for number, score, probability in zip(
            numbers.tolist(), scores.tolist(), probabilities.tolist(), strict=True
        )
    )
