"""Softmax, sigmoid and identity: three ways to read the outputs of the last layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.engine.lessons.answers import Said, most_likely
from tlstudio.engine.lessons.pretrained import imagenet_inputs, imagenet_network


@dataclass(frozen=True, slots=True)
class Outputs:
    """What the functions make of some logits, one value each.

    Attributes:
        logits: as they are, which is the identity.
        powers: e to the power of each.
        softmax: shares of one: for classes of which one is right.
        sigmoid: a probability by itself: for classes of which any number may be right.
    """

    logits: tuple[float, ...]
    powers: tuple[float, ...]
    softmax: tuple[float, ...]
    sigmoid: tuple[float, ...]


def outputs_of(logits: Sequence[float]) -> Outputs:
    """Softmax over these classes alone, and sigmoid of each."""
    values = torch.tensor(logits, dtype=torch.float64)
    return Outputs(
        tuple(values.tolist()),
        tuple(values.exp().tolist()),
        tuple(values.softmax(0).tolist()),
        tuple(values.sigmoid().tolist()),
    )


def logits_of(image: ImageRef) -> tuple[Said, ...]:
    """The highest logits of the on-board network for a photo.

    Raises:
        ImageError: it cannot be read.
    """
    with torch.no_grad():
        return most_likely(imagenet_network()(imagenet_inputs([image]))[0])
