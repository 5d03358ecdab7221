"""Training images as the network will see them: varied, cut and resized, in true colours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QPixmap, QShowEvent
from PySide6.QtWidgets import QWidget

from tlstudio.core.config import FIELD_BY_NAME, RunConfig
from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.gui.features.dataset.picture_grid import Picture, PictureGrid
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import IconButton, label
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.language import core_text, error_text
from tlstudio.gui.kit.layout import hstack, vstack
from tlstudio.gui.kit.tasks import Task
from tlstudio.gui.kit.thumbnails import image_from_array
from tlstudio.gui.state import jobs
from tlstudio.gui.state.browsing import BrowsingState
from tlstudio.gui.state.session import Session

if TYPE_CHECKING:
    from tlstudio.core.errors import TLStudioError

COUNT = 24


class NetworkEyeView(QWidget):
    """A handful of them; made only while somebody looks."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        explain(self, "preprocessing")
        self._session = session
        self._index: DatasetIndex | None = None
        self._browsing = session.feature(BrowsingState)
        self._seed = 0
        self._shown_for: tuple[object, ...] = ()
        self._task: Task | None = None
        self.caption = label("", "hint", wrap=True)
        self.shuffle_button = IconButton(self.tr("Shuffle"), "shuffle")
        self.shuffle_button.setToolTip(self.tr("Other images and other variations"))
        self.grid = PictureGrid()
        self.grid.setAccessibleName(self.tr("Images as the network sees them"))
        heading = hstack((self.caption, 1), self.shuffle_button, spacing=theme.GRID * 2)
        vstack(heading, (self.grid, 1), spacing=theme.GRID * 2, parent=self)
        self.shuffle_button.clicked.connect(self._on_shuffle_clicked)
        self._browsing.class_changed.connect(self.refresh)
        session.network.settings_changed.connect(self.refresh)
        session.network.models_changed.connect(self.refresh)
        self._refresh_caption()

    def set_index(self, index: DatasetIndex) -> None:
        if self._task is not None:  # its class numbers are those of another index
            self._task.cancel()
            self._task = None
        if self._index is None or self._index.root != index.root:
            self.grid.set_pictures([])
        self._index = index
        self._shown_for = ()
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Make the pictures anew if something that decides them changed."""
        self._refresh_caption()
        network, config = self._session.network, self._session.network.config
        self.shuffle_button.setEnabled(network.is_ready)
        if not network.is_ready:
            self.grid.set_text(self.tr("PyTorch is still loading; the images come in a moment."))
            return
        wanted_for = (
            self._browsing.class_index,
            self._seed,
            config.model,
            config.weights,
            config.image_px,
            config.colours,
            config.augmentation,
        )
        if self._index is None or not self.isVisible() or wanted_for == self._shown_for:
            return
        self._shown_for = wanted_for
        if not self.grid.pictures:
            self.grid.set_text(self.tr("Making the images…"))
        self._request(self._index, config)

    def _request(self, index: DatasetIndex, config: RunConfig) -> None:
        if self._task is not None:
            self._task.cancel()
        self._task = self._session.engine_pool.submit(
            jobs.augmented_views,
            index,
            config,
            COUNT,
            self._seed,
            self._browsing.class_index,
            done=self._on_made,
            failed=self._on_failed,
        )

    def _refresh_caption(self) -> None:
        network = self._session.network
        config, spec = network.config, network.spec
        choices = FIELD_BY_NAME["augmentation"].text.choices or {}
        variation = core_text(choices[config.augmentation])
        if spec is None:
            text = self.tr("Training images · {variation}").format(variation=variation)
        else:
            text = self.tr("Training images · {variation} · {size} px for {model}")
            size = network.inputs.image_px or spec.preprocessing.crop_px
            text = text.format(variation=variation, size=size, model=spec.title)
        self.caption.setText(text)

    def _on_made(self, views: list[Any]) -> None:
        self._task = None
        if self._index is None:
            return
        classes = self._index.classes
        self.grid.set_pictures(
            [
                Picture(
                    QPixmap.fromImage(image_from_array(view.image)),
                    view.ref,
                    classes[view.class_index],
                )
                for view in views
            ]
        )

    def _on_failed(self, error: TLStudioError) -> None:
        self._task = None
        self.grid.set_text(error_text(error))

    def _on_shuffle_clicked(self) -> None:
        self._seed += 1
        self.refresh()
