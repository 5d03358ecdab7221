"""Explains the answers of one classifier: heat maps of images, their tests, and class averages."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence

import numpy as np
import torch

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.errors import ImageError
from tlstudio.core.runs.events import StopToken
from tlstudio.core.understanding.heat_maps import (
    ClassAverage,
    HeatMap,
    MapCheck,
    MapMethod,
    MapRequest,
)
from tlstudio.engine.data.images import image_details
from tlstudio.engine.data.store import read_view
from tlstudio.engine.data.transforms import normalise, view_pixels
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.understanding.grad_cam import class_activation, enlarged, scaled
from tlstudio.engine.understanding.map_checks import deletion_check, likeness
from tlstudio.engine.understanding.occlusion import log_probabilities, occlusion

Progress = Callable[[int, int], None]


class Explainer:
    """Works on a copy of the network as it is now, which it keeps.

    The classifier may therefore be trained or used on another thread. Not thread-safe itself.
    """

    def __init__(self, classifier: Classifier) -> None:
        self._network = copy.deepcopy(classifier.network).eval()
        self._preprocessing = classifier.preprocessing
        self._device = classifier.device

    def heat_map(
        self,
        request: MapRequest,
        stop: StopToken | None = None,
        on_progress: Progress | None = None,
    ) -> HeatMap | None:
        """What speaks for a class in an image; None if stopped.

        Raises:
            ImageError: it cannot be read.
            ModelError: Grad-CAM finds no layer to look at.
        """
        view = read_view(request.image, self._preprocessing)
        details = image_details(request.image)
        pixels = self._inputs(view)
        side, index = view.shape[-1], request.class_index
        layer = ""
        if request.method is MapMethod.GRAD_CAM:
            seen = class_activation(self._network, pixels, index, stop=stop)
            if seen is None:
                return None
            probability, layer, values = seen.probability, seen.path, seen.values
        else:
            found = occlusion(self._network, pixels, index, stop=stop, on_progress=on_progress)
            if found is None:
                return None
            probability = float(log_probabilities(self._network, pixels, index)[0].exp())
            values = found
        large = enlarged(values, side) if layer else scaled(values)
        return HeatMap(
            request.method,
            index,
            large.numpy(),
            view_pixels(view),
            self._preprocessing.seen_box(details.width_px, details.height_px),
            probability,
            layer,
            (values.shape[0], values.shape[1]),
        )

    def check(self, heat_map: HeatMap, stop: StopToken | None = None) -> MapCheck | None:
        """Test a map of this classifier; None if stopped.

        Whether random weights give the same map is asked of Grad-CAM alone: occlusion would take
        as long again for each of them, and sees nothing but the answers anyway.
        """
        view = torch.from_numpy(heat_map.pixels).permute(2, 0, 1)
        pixels, index = self._inputs(view), heat_map.class_index
        found = deletion_check(self._network, pixels, index, torch.from_numpy(heat_map.values))
        if not heat_map.layer:
            return found
        own = class_activation(self._network, pixels, index, heat_map.layer, stop)
        if own is None:
            return None
        like = likeness(self._network, pixels, index, own.values, heat_map.layer, stop)
        if like is None:
            return None
        return MapCheck(found.probability, found.without_brightest, found.without_others, like)

    def class_average(
        self,
        images: Sequence[ImageRef],
        class_index: int,
        stop: StopToken | None = None,
        on_progress: Progress | None = None,
    ) -> ClassAverage | None:
        """The mean Grad-CAM map of a class over images; None if stopped.

        Raises:
            ImageError: not one of them can be read.
            ModelError: Grad-CAM finds no layer to look at.
        """
        maps = views = torch.zeros(())
        count = empty = 0
        layer = ""
        failure: ImageError | None = None
        for number, image in enumerate(images):
            try:
                view = read_view(image, self._preprocessing)
            except ImageError as error:
                failure = error
                continue
            seen = class_activation(self._network, self._inputs(view), class_index, layer, stop)
            if seen is None:
                return None
            layer = seen.path
            large = enlarged(seen.values, view.shape[-1])
            maps, views = maps + large.double(), views + view.double()
            count, empty = count + 1, empty + (not bool(large.any()))
            if on_progress is not None:
                on_progress(number + 1, len(images))
        if not count:
            raise failure or ImageError("")
        greatest = maps.max().clamp(min=torch.finfo(torch.float64).tiny)
        return ClassAverage(
            class_index,
            (maps / greatest).float().numpy().astype(np.float32),
            view_pixels((views / count).round().to(torch.uint8)),
            count,
            empty,
            layer,
        )

    def _inputs(self, view: torch.Tensor) -> torch.Tensor:
        return normalise(view[None], self._preprocessing).to(self._device)
