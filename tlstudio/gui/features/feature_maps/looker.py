"""Looking through one network on the engine's thread: what was wanted, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tlstudio.core.feature_maps.maps import (
    FeatureMaps,
    FilterComparison,
    Filters,
    MapComparison,
    MapLayer,
    MapRequest,
    StageMap,
    WeightsOrigin,
)
from tlstudio.core.networks.layers import LayerTree
from tlstudio.core.runs.events import StopToken
from tlstudio.gui.state import jobs

if TYPE_CHECKING:
    import numpy as np

    from tlstudio.core.config import RunConfig
    from tlstudio.gui.state.jobs import Classifier, Lens


class WeightsChoice(StrEnum):
    """Under which weights a layer is shown; all but the first need a trained and a pretrained."""

    OWN = "own"  # of the classifier in hand, else the pretrained ones, else random ones
    PRETRAINED = "pretrained"
    SIDE_BY_SIDE = "side_by_side"
    DIFFERENCE = "difference"


@dataclass(frozen=True, slots=True)
class Look:
    """What a person wants to see."""

    request: MapRequest
    weights: WeightsChoice = WeightsChoice.OWN
    shows_filters: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """What came of a look: the image as the network sees it (uint8 [H, W, 3]) and the maps."""

    look: Look
    origin: WeightsOrigin
    pixels: np.ndarray[Any, Any]
    seen: FeatureMaps | MapComparison | Filters | FilterComparison


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """Whose eyes are looked through."""

    config: RunConfig
    tree: LayerTree
    classifier: Classifier | None
    weights_ready: bool

    def is_same(self, other: Subject | None) -> bool:
        """Whether the networks are the same; another tree comes with other inputs or weights."""
        return (
            other is not None
            and self.tree is other.tree
            and self.classifier is other.classifier
            and self.weights_ready == other.weights_ready
        )


class Looker:
    """Works on the engine's thread, where the lens of one subject is made at first use."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self._lens: Lens | None = None

    def look(self, look: Look, stop: StopToken) -> Sight | None:
        if stop.stopped:
            return None
        lens, request = self._opened(), look.request
        compares = look.weights is not WeightsChoice.OWN
        pixels = lens.view(request.image)
        seen: FeatureMaps | MapComparison | Filters | FilterComparison | None
        if look.shows_filters:
            show = lens.compare_filters if compares else lens.filters
            seen = show(request.order, request.first, request.count)
        else:
            seen = (lens.compare if compares else lens.maps)(request, stop)
        return None if seen is None else Sight(look, lens.open(), pixels, seen)

    def strip(
        self, image: Path, stages: Sequence[MapLayer], stop: StopToken
    ) -> tuple[StageMap, ...] | None:
        return None if stop.stopped else self._opened().strip(image, stages, stop)

    def _opened(self) -> Lens:
        if self._lens is None:
            subject = self.subject
            self._lens = jobs.open_lens(
                subject.config, subject.tree.num_classes, subject.classifier
            )
        return self._lens
