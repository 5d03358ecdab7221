"""The inputs of the training loop: batches, and the progress of preparing them."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from tlstudio.core.runs.events import SampleSkipped


@dataclass(frozen=True, slots=True)
class Inputs:
    """A batch as the layers that train take it, on the run's device.

    Attributes:
        values: normalised images ``[B, 3, H, W]``, or the features at the cut.
        targets: class indices, int64 ``[B]``; of mixed images shares of the classes, ``[B, C]``.
        indices: positions in the samples of the split.
    """

    values: tuple[torch.Tensor, ...]
    targets: torch.Tensor
    indices: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FeaturesState:
    """The progress of the features that an epoch waits for: views wanted, found and computed."""

    wanted: int
    from_cache: int
    computed: int

    @property
    def left(self) -> int:
        return self.wanted - self.from_cache - self.computed


@dataclass(frozen=True, slots=True, eq=False)
class BatchLoss:
    """A batch was trained on, or evaluated.

    Attributes:
        number: of the batch in its epoch, counts from 1.
        size: images.
        loss: their mean loss; a tensor without dimensions while it is on the device.
    """

    number: int
    size: int
    loss: torch.Tensor | float


Item = Inputs | SampleSkipped | FeaturesState
EpochItem = BatchLoss | SampleSkipped | FeaturesState
