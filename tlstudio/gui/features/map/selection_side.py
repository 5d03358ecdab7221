"""The chosen images beside the map."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import IconButton, label
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.kit.thumbnail_grid import GridItem, ThumbnailGrid
from tlstudio.gui.state.browsing import BrowsingState
from tlstudio.gui.state.session import Session

THUMB_PX = 96


class SelectionSide(QWidget):
    """All that is chosen on the map; some of it can be chosen here, to do something with.

    Signals:
        looked_at(ImageRef): a person looks at one of them.
    """

    looked_at = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._images: tuple[ImageRef, ...] = ()
        self.count = label("", "section")
        self.show_button = IconButton(self.tr("Show in Images"), "image", "quiet", self._show)
        self.show_button.setToolTip(self.tr("Only these, large, with filters and search"))
        self.grid = ThumbnailGrid(session.thumbnails)
        self.grid.set_thumb_size(THUMB_PX)
        heading = hstack(self.count, Stretch(), self.show_button, spacing=theme.GRID)
        vstack(heading, (self.grid, 1), spacing=theme.GRID, parent=self)
        self.grid.current_changed.connect(self._on_current_changed)
        self.hide()

    def set_images(self, images: Sequence[ImageRef], names: Sequence[str]) -> None:
        """Show what is chosen; `names` says what each is called."""
        is_other = tuple(images) != self._images
        self._images = tuple(images)
        pairs = zip(images, names, strict=True)
        self.grid.set_items([GridItem(image, image.name, name) for image, name in pairs])
        if is_other:
            self.grid.select(range(len(images)), -1 if len(images) > 1 else None)
            self.grid.scroll_to_top()
        self.count.setText(self.tr("%n selected", "", len(images)))
        self.setVisible(bool(images))

    def _show(self) -> None:
        browsing = self._session.feature(BrowsingState)
        browsing.show_images(self.tr("chosen on the map"), frozenset(self._images))

    def _on_current_changed(self, number: int) -> None:
        if number >= 0:
            self.looked_at.emit(self._images[number])
