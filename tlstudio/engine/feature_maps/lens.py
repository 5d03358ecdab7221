"""A lens: the networks of one model kept ready to look through, and what was last seen."""

from __future__ import annotations

import copy
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from tlstudio.core.config import RunConfig
from tlstudio.core.data.image_ref import ImageRef, ImageStat
from tlstudio.core.errors import WeightsError, WeightsMissingError
from tlstudio.core.feature_maps.maps import (
    FeatureMaps,
    FilterComparison,
    Filters,
    MapComparison,
    MapLayer,
    MapOrder,
    MapRequest,
    StageMap,
    WeightsOrigin,
)
from tlstudio.core.networks.catalog import WeightsPlace
from tlstudio.core.networks.preprocessing import Preprocessing
from tlstudio.core.runs.events import StopToken
from tlstudio.engine.data.store import read_view
from tlstudio.engine.data.transforms import normalise, view_pixels
from tlstudio.engine.feature_maps import filters
from tlstudio.engine.feature_maps import maps as feature_maps
from tlstudio.engine.feature_maps.maps import LayerOutput, layer_output
from tlstudio.engine.models.build import build_classifier
from tlstudio.engine.models.catalog import get_model
from tlstudio.engine.models.classifier import Classifier

VIEWS_KEPT = 8
OUTPUT_BYTES = 64 * 1024 * 1024
SEED = 0  # of random weights: the same every time


class Lens:
    """Looks through the classifier in hand, or else what training starts from, or a random network.

    Not thread-safe: one thread after another. Networks are built when they are first needed.

    Args:
        config: says which model, which weights and what inputs.
        num_classes: outputs of a network that is built here.
        classifier: one of that model; None where there is none. Its network may go on training:
            what is looked through is a twin that shares its weights.
    """

    def __init__(
        self, config: RunConfig, num_classes: int, classifier: Classifier | None = None
    ) -> None:
        own = classifier.config.changed(model=classifier.model) if classifier else config
        self._config = own.changed(seed=SEED)
        is_file = own.initialisation == "file"
        self._start = WeightsOrigin.FILE if is_file else WeightsOrigin.PRETRAINED
        self._classes = tuple(f"class {number}" for number in range(num_classes))
        self._classifier = classifier
        self._networks: dict[WeightsOrigin, nn.Module] = {}
        self._preprocessing = classifier.preprocessing if classifier else Preprocessing()
        self._origin: WeightsOrigin | None = None
        self._views: OrderedDict[tuple[ImageRef, ImageStat | None], torch.Tensor] = OrderedDict()
        self._outputs: OrderedDict[
            tuple[ImageRef, ImageStat | None, str, WeightsOrigin], LayerOutput
        ]
        self._outputs = OrderedDict()

    def open(self) -> WeightsOrigin:
        """Have the network ready; says whose weights it has.

        Raises:
            ConfigError, ModelError, WeightsError: it cannot be built.
        """
        if self._origin is None:
            if self._classifier is not None:
                self._networks[WeightsOrigin.TRAINED] = twin(self._classifier.network)
                self._origin = WeightsOrigin.TRAINED
            else:
                self._origin = self._build_own()
        return self._origin

    def view(self, image: ImageRef) -> NDArray[np.uint8]:
        """The image as the network sees it, uint8 ``[H, W, 3]``.

        Raises:
            ImageError: it cannot be read.
        """
        self.open()
        return view_pixels(self._view(image))

    def maps(self, request: MapRequest, stop: StopToken | None = None) -> FeatureMaps | None:
        """Some maps of one layer; None if stopped.

        Raises:
            ImageError: the image cannot be read.
            ModelError: the layer makes no maps.
        """
        output = self._output(request, self.open(), stop)
        if output is None:
            return None
        return feature_maps.choose(
            output, order=request.order, first=request.first, count=request.count
        )

    def compare(self, request: MapRequest, stop: StopToken | None = None) -> MapComparison | None:
        """Compare maps before training and under the classifier's weights; None if stopped.

        Before it there were the pretrained weights, or those of the file or run it started from.

        Raises:
            ImageError, ModelError: as `maps`.
            WeightsError: the weights of before are not on this machine.
        """
        self.open()
        before = self._output(request, self._start, stop)
        after = self._output(request, self.open(), stop)
        if before is None or after is None:
            return None
        return feature_maps.compare(
            before, after, order=request.order, first=request.first, count=request.count
        )

    def strip(
        self, image: ImageRef, stages: Sequence[MapLayer], stop: StopToken | None = None
    ) -> tuple[StageMap, ...] | None:
        """Return one picture per stage; None if stopped.

        Raises:
            ImageError: the image cannot be read.
        """
        network = self._network(self.open())
        return feature_maps.depth_strip(network, self._pixels(image), stages, stop)

    def filters(self, order: MapOrder, first: int, count: int) -> Filters:
        """Filters of the first convolution.

        Raises:
            ModelError: it has none that see colours.
        """
        network = self._network(self.open())
        return filters.first_filters(network, order=order, first=first, count=count)

    def compare_filters(self, order: MapOrder, first: int, count: int) -> FilterComparison:
        """Compare filters before training and under the weights of the classifier.

        Raises:
            ModelError, WeightsError: as `filters` and `compare`.
        """
        after = self._network(self.open())
        before = self._network(self._start)
        return filters.compare_filters(before, after, order=order, first=first, count=count)

    def _build_own(self) -> WeightsOrigin:
        origin = self._start
        try:
            classifier = self._build(origin)
        except WeightsError as error:
            if origin is WeightsOrigin.FILE:
                raise
            place = get_model(self._config.model).weights_place
            if not isinstance(error, WeightsMissingError) and place is not WeightsPlace.NONE:
                raise  # they are there, but damaged
            origin = WeightsOrigin.RANDOM
            classifier = self._build(origin)
        self._preprocessing = classifier.preprocessing
        return origin

    def _network(self, origin: WeightsOrigin) -> nn.Module:
        if origin not in self._networks:
            self._build(origin)
        return self._networks[origin]

    def _build(self, origin: WeightsOrigin) -> Classifier:
        config = self._config.changed(initialisation=origin.value)
        classifier = build_classifier(config, self._classes)
        self._networks[origin] = classifier.network.eval()
        return classifier

    def _output(
        self, request: MapRequest, origin: WeightsOrigin, stop: StopToken | None
    ) -> LayerOutput | None:
        """Return the layer's output, kept or from a pass up to that layer."""
        key = (*_file_key(request.image), request.layer, origin)
        if key in self._outputs:
            self._outputs.move_to_end(key)
            return self._outputs[key]
        network = self._network(origin)
        output = layer_output(network, self._pixels(request.image), request.layer, stop)
        if output is not None:
            self._outputs[key] = output
            while sum(kept.values.nbytes for kept in self._outputs.values()) > OUTPUT_BYTES:
                self._outputs.popitem(last=False)
        return output

    def _view(self, image: ImageRef) -> torch.Tensor:
        key = _file_key(image)
        if key not in self._views:
            self._views[key] = read_view(image, self._preprocessing)
            if len(self._views) > VIEWS_KEPT:
                self._views.popitem(last=False)
        self._views.move_to_end(key)
        return self._views[key]

    def _pixels(self, image: ImageRef) -> torch.Tensor:
        return normalise(self._view(image)[None], self._preprocessing)


def twin(network: nn.Module) -> nn.Module:
    """A copy in eval mode, with modules and hooks of its own, that shares all tensors."""
    shared = [*network.parameters(), *network.buffers()]
    return copy.deepcopy(network, {id(tensor): tensor for tensor in shared}).eval()


def _file_key(image: ImageRef) -> tuple[ImageRef, ImageStat | None]:
    """A file that was written anew is another image."""
    try:
        return image, image.stat()
    except OSError:
        return image, None
