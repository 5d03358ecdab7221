"""The view of feature maps of any layer, first filters, and a strip over the depth."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QHideEvent,
    QKeySequence,
    QPixmap,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import QWidget

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.feature_maps.maps import MapLayer, MapOrder
from tlstudio.gui.features.feature_maps.area import FeaturesArea
from tlstudio.gui.features.feature_maps.depth_strip import DepthStrip, StripTile
from tlstudio.gui.features.feature_maps.lens_worker import WeightsChoice
from tlstudio.gui.features.feature_maps.map_colours import map_image
from tlstudio.gui.features.feature_maps.side import FeaturesSide
from tlstudio.gui.features.feature_maps.state import FeatureMapsState
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.basics import EmptyState, IconButton, plain_tip
from tlstudio.gui.kit.choice_field import ChoiceField
from tlstudio.gui.kit.drop_zone import is_image_name, local_paths
from tlstudio.gui.kit.language import error_text
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.kit.page_stack import PageStack
from tlstudio.gui.kit.segmented import Segmented
from tlstudio.gui.state.session import Session


class FeaturesView(QWidget):
    """Shows `FeatureMapsState`, and computes nothing while it is hidden."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._features = session.feature(FeatureMapsState)
        self.setAcceptDrops(True)
        self._build()
        self._lay_out()
        self._connect()
        self._on_layers_changed()

    def _build(self) -> None:
        self.side = FeaturesSide(self._session)
        self.area = FeaturesArea(self._session)
        self.strip = DepthStrip()
        self.what = Segmented(self.tr("What is shown"))
        self.what.set_options([(False, self.tr("Maps")), (True, self.tr("Filters"))])
        self.layers = ChoiceField()
        self.layers.setAccessibleName(self.tr("Layer"))
        self.layers.setMaxVisibleItems(24)
        self.order = ChoiceField()
        self.order.setAccessibleName(self.tr("Order"))
        self.choose_button = IconButton(self.tr("Choose image…"), "open")
        self.sample_button = IconButton(self.tr("Sample image"), "sample")
        self.no_image = EmptyState(
            "image",
            self.tr("Look through the network"),
            self.tr("Drop an image here, and see what each layer makes of it."),
            self.choose_button,
            self.sample_button,
        )
        self.loading = EmptyState("model", self.tr("The network is being built…"), "")

    def _lay_out(self) -> None:
        self.layers.setMaximumWidth(480)
        self.order.setMaximumWidth(240)
        tools = hstack(self.what, (self.layers, 3), (self.order, 2), Stretch(), spacing=theme.GRID)
        right = vstack(self.strip, tools, (self.area, 1), spacing=theme.GRID)
        self._content = QWidget()
        hstack(self.side, (right, 1), spacing=3 * theme.GRID, parent=self._content)
        self._stack = PageStack()
        for page in (self._content, self.no_image, self.loading):
            self._stack.addWidget(page)
        vstack(self._stack, parent=self)

    def _connect(self) -> None:
        features = self._features
        features.layers_changed.connect(self._on_layers_changed)
        features.image_changed.connect(self._show_page)
        features.look_changed.connect(self._on_look_changed)
        features.strip_changed.connect(self._show_strip)
        self._session.network.failed.connect(self._show_page)
        self._session.classifier.changed.connect(self._on_look_changed)
        self.strip.chosen.connect(self._session.network.select_layer)
        self.layers.chosen.connect(self._session.network.select_layer)
        self.what.chosen.connect(features.set_shows_filters)
        self.order.chosen.connect(self._on_order_chosen)
        self.side.scale_toggled.connect(self.area.set_same_scale)
        self.area.pointed.connect(self.side.show_picture)
        self.choose_button.clicked.connect(self.side.ask_image)
        self.sample_button.clicked.connect(features.show_sample)
        another = QShortcut(QKeySequence("N"), self)
        another.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        another.activated.connect(features.show_another)

    # -- being looked at -------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._features.watch(self)
        self._show_page()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._features.unwatch(self)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _images(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        if images := _images(event.mimeData()):
            self._features.set_image(ImageRef.of_file(images[0]))

    # -- following the session -------------------------------------------------------------------

    def _on_layers_changed(self) -> None:
        self.layers.clear()
        self.layers.set_choices([(row.path, _title(row)) for row in self._features.layers])
        self._show_strip()
        self._on_look_changed()

    def _on_look_changed(self) -> None:
        features = self._features
        self.what.set_value(features.shows_filters)
        self.layers.setEnabled(not features.shows_filters)
        if features.layer:
            self.layers.set_value(features.layer)
            self.layers.setToolTip(plain_tip(self.layers.currentText()))
        self.strip.set_current(self._stage_of(features.layer))
        strongest = self.tr("Strongest first")
        if features.weights is not WeightsChoice.OWN:
            strongest = self.tr("Most changed first")
        orders = [(MapOrder.STRENGTH, strongest), (MapOrder.NUMBER, self.tr("By number"))]
        self.order.set_choices([(order.value, title) for order, title in orders])
        self.order.set_value(features.order.value)
        self._show_page()

    def _stage_of(self, path: str) -> str:
        """The stage that the layer lies in, while maps are shown."""
        if self._features.shows_filters:
            return ""
        above = (stage.path for stage in self._features.stages)
        return next((p for p in above if path == p or path.startswith(f"{p}.")), "")

    def _show_page(self) -> None:
        if not self._features.layers:
            failure = self._session.network.failure
            if failure is not None:
                self.loading.title.setText(error_text(failure))
            self._stack.setCurrentWidget(self.loading)
        elif self._features.image is None:
            self._stack.setCurrentWidget(self.no_image)
        else:
            self._stack.setCurrentWidget(self._content)

    def _show_strip(self) -> None:
        """Show all tiles at once; their pictures follow."""
        found = {stage.layer.path: stage for stage in self._features.strip}
        tiles = []
        meaning = self.tr("Bright where its channels together answer strongly.")
        for layer in self._features.stages:
            stage = found.get(layer.path)
            pixmap = QPixmap.fromImage(map_image(stage.picture)) if stage else None
            shape = (stage.layer if stage else layer).shape
            text = self.tr("{layer}: {channels} maps of {size}").format(
                layer=layer.path,
                channels=formats.count(shape.channels),
                size=f"{shape.height} × {shape.width}",
            )
            text = f"{text}\n{meaning}"
            tiles.append(StripTile(layer.path, pixmap, layer.path, f"{shape.height}²", text))
        self.strip.set_tiles(tiles)

    def _on_order_chosen(self, value: str) -> None:
        self._features.set_order(MapOrder(value))


def _title(layer: MapLayer) -> str:
    shape = layer.shape
    return f"{layer.path}  ·  {shape.channels} × {shape.height}²"


def _images(data: QMimeData) -> list[Path]:
    """What is dragged and called like an image."""
    return [path for path in local_paths(data) if is_image_name(path)]
