"""The state of the feature maps: the image, the layer and the maps that are shown."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.errors import ImageError, TLStudioError
from tlstudio.core.feature_maps.depth import depth_stages
from tlstudio.core.feature_maps.maps import MapLayer, MapOrder, MapRequest, StageMap, map_layers
from tlstudio.core.networks.layers import LayerTree
from tlstudio.core.runs.events import StopToken
from tlstudio.gui.features.feature_maps.lens_worker import (
    LensNetwork,
    LensRequest,
    LensResult,
    LensWorker,
    WeightsChoice,
)
from tlstudio.gui.kit.tasks import Task
from tlstudio.gui.state import jobs
from tlstudio.gui.state.session import FeatureState, Session

if TYPE_CHECKING:
    pass


class FeatureMapsState(FeatureState):
    """Looks through the chosen network, while somebody watches.

    Signals:
        layers_changed(): another network; `layers` and `stages` are known, or empty meanwhile.
        image_changed(): another image was chosen.
        look_changed(): another layer, order, page or choice of weights.
        result_changed(): `result` came in, or was dropped with its network.
        strip_changed(): `strip` came in, or was dropped.
        busy_changed(bool): something is being computed.
        failed(TLStudioError): it could not be; `failure` until the next request.
    """

    layers_changed = Signal()
    image_changed = Signal()
    look_changed = Signal()
    result_changed = Signal()
    strip_changed = Signal()
    busy_changed = Signal(bool)
    failed = Signal(object)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        network, classifier = session.network, session.classifier
        self._pool = session.engine_pool
        self._network = network
        self._datasets = session.datasets
        self._classifier = classifier
        self.layers: tuple[MapLayer, ...] = ()
        self.stages: tuple[MapLayer, ...] = ()
        self.image: ImageRef | None = None
        self.order = MapOrder.STRENGTH
        self.first = 0
        self.weights = WeightsChoice.OWN
        self.shows_filters = False
        self.result: LensResult | None = None
        self.strip: tuple[StageMap, ...] = ()
        self.failure: TLStudioError | None = None
        self._watchers: set[int] = set()
        self._worker: LensWorker | None = None
        self._request: LensRequest | None = None  # under way, shown, or failed
        self._task: Task | None = None
        self._stop = StopToken()
        self._strip_image: ImageRef | None = None
        self._strip_task: Task | None = None
        self._strip_stop = StopToken()
        network.tree_changed.connect(self._on_tree_changed)
        network.models_changed.connect(self.refresh)
        network.settings_changed.connect(self.refresh)  # another file to start from
        network.layer_selected.connect(self._on_layer_selected)
        classifier.changed.connect(self.refresh)
        self._on_tree_changed(network.tree)

    @property
    def layer(self) -> str:
        """The module path that is looked at: the selected one, else the first stage."""
        return self._network.selected_layer or (self.stages[0].path if self.stages else "")

    @property
    def map_layer(self) -> MapLayer | None:
        """The layer that is looked at; None if it makes no maps."""
        return next((layer for layer in self.layers if layer.path == self.layer), None)

    @property
    def nearest_layer(self) -> str:
        """The last layer with true maps before the selected one, in the order of the tree."""
        tree = self._network.tree
        known = {layer.path for layer in self.layers if not layer.shape.is_point}
        nearest = ""
        for path in tree.nodes if tree else ():
            if path == self.layer:
                break
            nearest = path if path in known else nearest
        return nearest or (self.layers[0].path if self.layers else "")

    @property
    def busy(self) -> bool:
        return self._task is not None

    @property
    def can_compare(self) -> bool:
        """Whether there are trained and pretrained weights of the chosen model."""
        subject = self._subject()
        return subject is not None and subject.classifier is not None and subject.weights_ready

    def watch(self, watcher: object) -> None:
        """Somebody looks, from now on; without anybody, nothing is computed."""
        self._watchers.add(id(watcher))
        if self.image is None:
            self.show_another()
        self.refresh()

    def unwatch(self, watcher: object) -> None:
        """Somebody looks away; a rebuilt window looks before the old one does so."""
        self._watchers.discard(id(watcher))
        if not self._watchers:
            self.cancel()

    def set_image(self, image: ImageRef) -> None:
        """Show the maps of another image."""
        self.image = image
        self.image_changed.emit()
        self.refresh()

    def show_another(self) -> None:
        """Look at any other image of the dataset; nothing happens without one."""
        index = self._datasets.index
        others = [s.image for s in index.samples if s.image != self.image] if index else []
        if others:
            self.set_image(random.choice(others))

    def show_sample(self) -> None:
        """Look at one of the pictures that travel with the studio."""
        self._pool.submit(jobs.sample_image, done=self.set_image, failed=self._on_no_sample)

    def set_order(self, order: MapOrder) -> None:
        self._change(order=order, first=0)

    def set_first(self, first: int) -> None:
        """Go to the page that begins with this place."""
        self._change(first=max(0, first))

    def set_weights(self, weights: WeightsChoice) -> None:
        self._change(weights=weights, first=0)

    def set_shows_filters(self, shows_filters: bool) -> None:
        """The filters of the first convolution, or the maps of a layer."""
        self._change(shows_filters=shows_filters, first=0)

    def cancel(self) -> None:
        """Stop computing; what is shown stays, and `refresh` begins again."""
        self._stop.stop()
        self._strip_stop.stop()
        for task in (self._task, self._strip_task):
            if task is not None:
                task.cancel()
        if self._task is not None:
            self._request = self.result.request if self.result is not None else None
        if self._strip_task is not None:
            self._strip_image = None
        self._strip_task = None
        self._set_task(None)

    def close(self) -> None:
        """End all computing for good."""
        self._watchers.clear()
        self.cancel()

    def refresh(self) -> None:
        """Look again if anything that decides the result has changed."""
        subject = self._subject()
        if self._worker is not None and not self._worker.network.is_same(subject):
            self._forget()
        if not (self._watchers and subject and self.image):
            return
        if self._worker is None:
            self._worker = LensWorker(subject)
        if not self.can_compare:
            self.weights = WeightsChoice.OWN
        self._start_maps(self._worker, self.image)
        if self._strip_image != self.image:
            self._start_strip(self._worker, self.image)

    def _subject(self) -> LensNetwork | None:
        tree, spec = self._network.tree, self._network.spec
        if tree is None or spec is None or tree.model != spec.name:
            return None
        info = self._classifier.info
        is_own = info is not None and info.model == tree.model
        classifier = self._classifier.classifier if is_own else None
        weights = self._network.weights
        is_ready = weights is not None and weights.ready
        return LensNetwork(self._network.config, tree, classifier, is_ready)

    def _start_maps(self, worker: LensWorker, image: ImageRef) -> None:
        maps = MapRequest(image, self.layer, self.order, self.first)
        request = LensRequest(maps, self.weights, self.shows_filters)
        if request == self._request:
            return
        self._stop.stop()
        if self._task is not None:
            self._task.cancel()
        self._request = request
        if self.map_layer is None and not self.shows_filters:
            self._set_task(None)
            return
        self.failure = None
        self._stop = StopToken()
        self._set_task(
            self._pool.submit(
                worker.maps, request, self._stop, done=self._on_seen, failed=self._on_failed
            )
        )

    def _start_strip(self, worker: LensWorker, image: ImageRef) -> None:
        self._strip_stop.stop()
        if self._strip_task is not None:
            self._strip_task.cancel()
        self._strip_image, self._strip_stop = image, StopToken()
        self._strip_task = self._pool.submit(
            worker.strip, image, self.stages, self._strip_stop, done=self._on_strip
        )

    def _change(self, **values: object) -> None:
        for name, value in values.items():
            setattr(self, name, value)
        self.look_changed.emit()
        self.refresh()

    def _forget(self) -> None:
        """Release the network and its maps, as another one was chosen."""
        self.cancel()
        self._worker, self._request, self._strip_image = None, None, None
        self.result, self.strip, self.failure = None, (), None
        self.result_changed.emit()
        self.strip_changed.emit()

    def _set_task(self, task: Task | None) -> None:
        was_busy, self._task = self.busy, task
        if was_busy != self.busy:
            self.busy_changed.emit(self.busy)

    def _on_tree_changed(self, tree: LayerTree | None) -> None:
        self.layers = map_layers(tree) if tree is not None else ()
        self.stages = depth_stages(tree) if tree is not None else ()
        self.first = 0
        self.refresh()
        self.layers_changed.emit()

    def _on_layer_selected(self, path: str) -> None:
        self.shows_filters = self.shows_filters and not path
        self._change(first=0)

    # What was already on its way when it was cancelled comes all the same, and is passed over.

    def _on_seen(self, result: LensResult | None) -> None:
        if self.sender() is not self._task:
            return
        self._set_task(None)
        if result is not None:
            self.result = result
            self.result_changed.emit()

    def _on_strip(self, strip: tuple[StageMap, ...] | None) -> None:
        if self.sender() is not self._strip_task:
            return
        self._strip_task = None
        if strip is not None:
            self.strip = strip
            self.strip_changed.emit()

    def _on_failed(self, error: TLStudioError) -> None:
        if self.sender() is not self._task:
            return
        self._set_task(None)
        self.result = None
        self.result_changed.emit()
        if isinstance(error, ImageError):
            self.strip = ()
            self.strip_changed.emit()
        self.failure = error
        self.failed.emit(error)

    def _on_no_sample(self, error: TLStudioError) -> None:
        self.failure = error
        self.failed.emit(error)
