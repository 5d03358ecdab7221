"""Records how a run is carried out: what is computed once or every epoch, how exactly."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

TORCH: Literal["torch"] = (
    "torch"  # the engine that trains, and that infers where no other is faster
)


class FeatureUse(StrEnum):
    """The uses of the outputs of the frozen layers below the first one that trains."""

    NONE = "none"  # there are none worth keeping: the whole network runs for every image
    LIVE = "live"  # made anew for the views of every epoch
    CACHED = "cached"  # made once per image and view, and kept


@dataclass(frozen=True, slots=True)
class ExecutionRecord:
    """The engine's choices for one run.

    Attributes:
        precision: ``float32`` or ``bfloat16``, of what is multiplied; weights stay float32.
        features: what happens to the outputs of the frozen layers in training. Those of the
            validation images, which never vary, are kept whenever there are any.
        boundary: module paths of the last frozen layers; empty without any.
        views: kept views per training image; 0 unless cached, 1 without augmentation.
        feature_bytes: size of the kept outputs of one image and view.
        on_disk: whether they are read from disk while training, for want of memory.
        engine: what computes the frozen layers.
        refused: engines whose outputs were too far from torch's when they were tried.
    """

    precision: str = "float32"
    features: FeatureUse = FeatureUse.NONE
    boundary: tuple[str, ...] = ()
    views: int = 0
    feature_bytes: int = 0
    on_disk: bool = False
    engine: str = TORCH
    refused: tuple[str, ...] = ()
