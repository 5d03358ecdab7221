"""The strip beside the feature maps: the image, whose weights, what the colours stand for."""

from __future__ import annotations

from pathlib import PurePath

from PySide6.QtCore import Signal
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QCheckBox, QWidget

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.feature_maps.maps import WeightsOrigin
from tlstudio.core.networks.catalog import WeightsPlace
from tlstudio.gui.features.feature_maps.lens_worker import LensResult, WeightsChoice
from tlstudio.gui.features.feature_maps.pictures import MapPicture, number_text, parts_of, photo_of
from tlstudio.gui.features.feature_maps.scale_bar import ScaleBar
from tlstudio.gui.features.feature_maps.state import FeatureMapsState
from tlstudio.gui.kit import file_dialogs, formats, theme
from tlstudio.gui.kit.basics import IconButton, label
from tlstudio.gui.kit.choice_field import ChoiceField
from tlstudio.gui.kit.elided_label import ElidedLabel
from tlstudio.gui.kit.image_viewer import ImageViewer
from tlstudio.gui.kit.layout import Stretch, vstack
from tlstudio.gui.state.session import Session

SIDE_PX = 200
OVER = 0.65  # how much a map covers the photo while the mouse is on it


class FeaturesSide(QWidget):
    """Chooses images and weights through the session; the maps themselves are elsewhere.

    Signals:
        scale_toggled(bool): all maps shall have the same scale, or each its own.
    """

    scale_toggled = Signal(bool)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._features = session.feature(FeatureMapsState)
        self._photo: QPixmap | None = None
        self.setFixedWidth(SIDE_PX)
        self.photo = ImageViewer()
        self.photo.setFixedSize(SIDE_PX, SIDE_PX)
        self.photo.setAccessibleName(self.tr("The image as the network sees it"))
        self.name = ElidedLabel()
        self.name.setProperty("role", "hint")
        self.choose_button = IconButton(self.tr("Choose image…"), "open")
        self.another_button = IconButton(self.tr("Another one"), "shuffle")
        self.another_button.setToolTip(self.tr("Any other image of the dataset (N)"))
        self.weights_title = label(self.tr("Weights"), "section")
        self.weights = ChoiceField()
        self.weights.setAccessibleName(self.tr("Weights"))
        self.note = label("", "hint", wrap=True)
        self.download_button = IconButton("", "download")
        self.scale_title = label(self.tr("Colours"), "section")
        self.scale = ScaleBar()
        self.same_scale = QCheckBox(self.tr("Same scale for all"))
        self.same_scale.setToolTip(
            self.tr("Off: each map uses all colours, so that weak ones can be seen.")
        )
        self.words = label("", "hint", wrap=True)
        self._lay_out()
        self.choose_button.clicked.connect(self.ask_image)
        self.another_button.clicked.connect(self._features.show_another)
        self.download_button.clicked.connect(session.network.download)
        self.weights.chosen.connect(self._on_weights_chosen)
        self.same_scale.toggled.connect(self._on_same_scale_toggled)
        features = self._features
        features.result_changed.connect(self._on_result_changed)
        features.failed.connect(self._on_failed)
        for signal in (
            features.image_changed,
            features.look_changed,
            features.layers_changed,
            session.datasets.changed,
            session.network.download_changed,
            session.classifier.changed,
        ):
            signal.connect(self.refresh)
        self._on_result_changed()

    def _lay_out(self) -> None:
        vstack(
            self.photo,
            self.name,
            self.choose_button,
            self.another_button,
            theme.GRID,
            self.weights_title,
            self.weights,
            self.note,
            self.download_button,
            theme.GRID,
            self.scale_title,
            self.scale,
            self.same_scale,
            Stretch(),
            self.words,
            spacing=theme.GRID,
            parent=self,
        )

    def ask_image(self) -> None:
        """Ask for an image file."""
        file_dialogs.ask_files(
            self,
            self._session,
            self.tr("Look at an image"),
            (file_dialogs.IMAGES,),
            lambda paths: self._features.set_image(ImageRef.of_file(paths[0])),
            several=False,
        )

    def show_picture(self, picture: MapPicture | None, words: str = "") -> None:
        """Lay the map under the mouse over the photo, and say what it is; None for none."""
        self.words.setText(words)
        self._show_ends(picture)
        if self._photo is None or picture is None or picture.zeros is None:
            self.photo.show_pixmap(self._photo, self.name.text)
            return
        both = QPixmap(self._photo)
        painter = QPainter(both)
        painter.setOpacity(OVER)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(both.rect(), picture.pixmaps[-1])
        painter.end()
        self.photo.show_pixmap(both, words)

    def refresh(self) -> None:
        """Show what the session holds."""
        features = self._features
        image = features.image
        self.name.set_text(image.name if image else "", str(image) if image else "")
        self.another_button.setEnabled(self._session.datasets.index is not None)
        self.weights.setVisible(features.can_compare)
        self.weights.set_choices(self._weights_choices())
        self.weights.set_value(features.weights.value)
        result = features.result
        note = self._note(result)
        self.note.setText(note)
        self.note.setVisible(bool(note))
        self._refresh_download(result)
        is_map = result is not None and not result.request.shows_filters
        self.same_scale.setVisible(is_map)
        for widget in (self.scale_title, self.scale):
            widget.setVisible(is_map)
        self._show_ends(None)

    def _on_result_changed(self) -> None:
        result = self._features.result
        self._photo = photo_of(result) if result is not None else None
        self.photo.show_pixmap(self._photo, self.name.text)
        self.words.clear()
        self.refresh()

    def _on_failed(self) -> None:
        self._photo = None
        self.photo.show_pixmap(None)

    def _on_same_scale_toggled(self, same_scale: bool) -> None:
        self._show_ends(None)
        self.scale_toggled.emit(same_scale)

    def _show_ends(self, picture: MapPicture | None) -> None:
        result = self._features.result
        if result is None or result.request.shows_filters:
            return
        is_signed = result.request.weights is WeightsChoice.DIFFERENCE
        if picture is not None:
            low, high = (number_text(end) for end in picture.ends)
        elif self.same_scale.isChecked():
            parts = parts_of(result)
            low = number_text(min(getattr(part, "low", 0.0) for part in parts))
            high = number_text(max(getattr(part, "high", 0.0) for part in parts))
        else:
            low, high = self.tr("its least"), self.tr("its greatest")
            if is_signed:
                low, high = self.tr("falls"), self.tr("rises")
        self.scale.set_ends(low, high, is_signed=is_signed)

    def _weights_choices(self) -> list[tuple[str, str]]:
        info = self._session.classifier.info
        own = self.tr("Trained here")
        if info is not None and info.source:
            own = self.tr("From {name}").format(name=info.source)
        return [
            (WeightsChoice.OWN.value, own),
            (WeightsChoice.PRETRAINED.value, self.tr("Pretrained")),
            (WeightsChoice.SIDE_BY_SIDE.value, self.tr("Before and after")),
            (WeightsChoice.DIFFERENCE.value, self.tr("What changed")),
        ]

    def _note(self, result: LensResult | None) -> str:
        """Say whose weights these are, where there is nothing to choose."""
        spec = self._session.network.spec
        if result is None or spec is None:
            return ""
        if result.request.weights is WeightsChoice.SIDE_BY_SIDE:
            return self.tr("Left: pretrained. Right: trained.")
        if result.request.weights is WeightsChoice.DIFFERENCE:
            return self.tr("Trained minus pretrained.")
        if self._features.can_compare:
            return ""
        if result.origin is WeightsOrigin.TRAINED:
            return self._weights_choices()[0][1]
        if result.origin is WeightsOrigin.PRETRAINED:
            return self.tr("Pretrained")
        if result.origin is WeightsOrigin.FILE:
            start = PurePath(self._session.network.config.start_from)
            return self.tr("From {name}").format(name=start.name)
        if self._session.network.weights is None:
            return self.tr("Random values: there are no pretrained weights of this model.")
        return self.tr("Random values: the pretrained weights are not on this machine yet.")

    def _refresh_download(self, result: LensResult | None) -> None:
        network = self._session.network
        weights = network.weights
        is_random = result is not None and result.origin is WeightsOrigin.RANDOM
        is_remote = weights is not None and weights.place is WeightsPlace.REMOTE
        self.download_button.setVisible(is_random and is_remote)
        self.download_button.setEnabled(not network.downloading)
        if network.downloading == network.config.model:
            self.download_button.setText(self.tr("Downloading…"))
        elif weights is not None:
            size = formats.file_size(weights.size_bytes)
            self.download_button.setText(self.tr("Download {size}").format(size=size))

    def _on_weights_chosen(self, value: str) -> None:
        self._features.set_weights(WeightsChoice(value))
