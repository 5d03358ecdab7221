"""The feature maps of one network, computed on the engine's thread: requests and results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from tlstudio.core.data.image_ref import ImageRef
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
class LensRequest:
    """The maps or filters that a person wants to see."""

    maps: MapRequest
    weights: WeightsChoice = WeightsChoice.OWN
    shows_filters: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class LensResult:
    """The answer to a request: the image as the network takes it (uint8 [H, W, 3]) and its maps."""

    request: LensRequest
    origin: WeightsOrigin
    pixels: np.ndarray[Any, Any]
    seen: FeatureMaps | MapComparison | Filters | FilterComparison


@dataclass(frozen=True, slots=True, eq=False)
class LensNetwork:
    """The network whose maps are shown, with the weights that it has."""

    config: RunConfig
    tree: LayerTree
    classifier: Classifier | None
    weights_ready: bool

    def is_same(self, other: LensNetwork | None) -> bool:
        """Whether the networks are the same; another tree comes with other inputs or weights."""
        return (
            other is not None
            and self.tree is other.tree
            and self.classifier is other.classifier
            and self.weights_ready == other.weights_ready
            and _start_of(self.config) == _start_of(other.config)
        )


def _start_of(config: RunConfig) -> str:
    return config.start_from if config.initialisation == "file" else ""


class LensWorker:
    """Computes on the engine's thread, where the lens of one network is made at first use."""

    def __init__(self, network: LensNetwork) -> None:
        self.network = network
        self._lens: Lens | None = None

    def maps(self, request: LensRequest, stop: StopToken) -> LensResult | None:
        if stop.stopped:
            return None
        lens, maps = self._opened(), request.maps
        compares = request.weights is not WeightsChoice.OWN
        pixels = lens.view(maps.image)
        seen: FeatureMaps | MapComparison | Filters | FilterComparison | None
        if request.shows_filters:
            show = lens.compare_filters if compares else lens.filters
            seen = show(maps.order, maps.first, maps.count)
        else:
            seen = (lens.compare if compares else lens.maps)(maps, stop)
        return None if seen is None else LensResult(request, lens.open(), pixels, seen)

    def strip(
        self, image: ImageRef, stages: Sequence[MapLayer], stop: StopToken
    ) -> tuple[StageMap, ...] | None:
        return None if stop.stopped else self._opened().strip(image, stages, stop)

    def _opened(self) -> Lens:
        if self._lens is None:
            network = self.network
            self._lens = jobs.open_lens(
                network.config, network.tree.num_classes, network.classifier
            )
        return self._lens
