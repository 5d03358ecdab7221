"""The training loss: cross entropy with the configured smoothing, weights and mixing."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch.nn import functional as F  # noqa: N812 - its usual name

from tlstudio.core.config import RunConfig
from tlstudio.core.networks.auxiliary import AUXILIARY_WEIGHT


class Objective:
    """The loss of a run.

    Args:
        counts: training images of each class.
    """

    def __init__(self, config: RunConfig, counts: Sequence[int], device: torch.device) -> None:
        self._smoothing = config.label_smoothing
        self._weights: torch.Tensor | None = None
        if config.balance == "weights":
            self._weights = torch.tensor(class_weights(counts), device=device)

    def __call__(self, logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """Mean loss of logits ``[B, C]``, given class indices ``[B]`` or shares ``[B, C]``."""
        return F.cross_entropy(
            logits, targets, weight=self._weights, label_smoothing=self._smoothing
        )

    def with_auxiliary(
        self, loss: torch.Tensor, auxiliary: Sequence[torch.Tensor], targets: torch.Tensor
    ) -> torch.Tensor:
        """What is learned from: the loss of the network, and a part of those beside it.

        Args:
            loss: of the network's own logits.
            auxiliary: logits of its auxiliary classifiers.
            targets: as for the network.
        """
        for logits in auxiliary:
            loss = loss + AUXILIARY_WEIGHT * self(logits, targets)
        return loss


def class_weights(counts: Sequence[int]) -> list[float]:
    """``N / (C * n_c)``: the mean over all images is 1; 0 for classes without images."""
    total = sum(counts)
    return [total / (len(counts) * count) if count else 0.0 for count in counts]


def mixed(
    config: RunConfig, images: torch.Tensor, targets: torch.Tensor, classes: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """A batch with its neighbours mixed in, as torchvision does it.

    Draws from torch's global generator: see `seeding.seeded`.

    Returns:
        images ``[B, 3, H, W]``, and shares of the classes, float32 ``[B, C]``.
    """
    from torchvision.transforms import v2

    kind = {"mixup": v2.MixUp, "cutmix": v2.CutMix}[config.mixing]
    mix = kind(alpha=config.mixing_alpha, num_classes=classes)
    made, shares = mix(images, targets)
    return made, shares


def class_of(targets: torch.Tensor) -> torch.Tensor:
    """Class indices ``[B]``; of mixed images that with the largest share."""
    return targets if targets.dim() == 1 else targets.argmax(dim=1)
