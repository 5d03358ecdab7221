"""The chosen images beside the map, and what can be done with them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMenu, QWidget

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.data.manifest import Manifest, manifest_key
from tlstudio.gui.kit import icons, theme
from tlstudio.gui.kit.basics import IconButton, label
from tlstudio.gui.kit.class_box import ClassBox
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.kit.thumbnail_grid import GridItem, ThumbnailGrid
from tlstudio.gui.state.browsing import BrowsingState
from tlstudio.gui.state.session import Session

THUMB_PX = 96


class SelectionSide(QWidget):
    """Changes go to the manifest of the open dataset; the files stay as they are.

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
        self.leave_out_button = IconButton(self.tr("Leave out"), "close", "quiet", self.leave_out)
        self.leave_out_button.setToolTip(self.tr("The next run does not use them (Del)"))
        self.restore_button = IconButton(self.tr("Take back"), "undo", "quiet", self.restore)
        self.restore_button.setToolTip(self.tr("As the folder has them"))
        self.move_box = ClassBox(
            self.tr("Move to class"), self.tr("Move to class…"), self.tr("To {name}")
        )
        vstack(
            hstack(self.count, Stretch(), self.show_button, spacing=theme.GRID),
            (self.grid, 1),
            hstack(self.leave_out_button, self.restore_button, Stretch(), spacing=theme.GRID // 2),
            self.move_box,
            spacing=theme.GRID,
            parent=self,
        )
        self.move_box.activated.connect(self._on_move_chosen)
        self.grid.current_changed.connect(self._on_current_changed)
        self.grid.menu_wanted.connect(self.open_menu)
        session.datasets.edited.connect(self.refresh)

    def set_images(self, images: Sequence[ImageRef], names: Sequence[str]) -> None:
        """Show what is chosen; `names` says what each is called."""
        is_other = tuple(images) != self._images
        self._images = tuple(images)
        pairs = zip(images, names, strict=True)
        self.grid.blockSignals(True)
        self.grid.set_items([GridItem(image, image.name, name) for image, name in pairs])
        if is_other:
            self.grid.set_current_index(-1)
            self.grid.scroll_to_top()
        self.grid.blockSignals(False)
        self.refresh()

    def refresh(self) -> None:
        """Follow the changes by hand."""
        index, manifest = self._session.datasets.index, self._manifest
        self.count.setText(self.tr("%n selected", "", len(self._images)))
        keys = self._keys()
        self.restore_button.setVisible(any(map(manifest.changes, keys)))
        self.leave_out_button.setVisible(any(key not in manifest.left_out for key in keys))
        self.move_box.set_classes(index.classes if index is not None else ())
        self.setVisible(bool(self._images))

    # -- what can be done ------------------------------------------------------------------------

    def leave_out(self) -> None:
        """No split has the chosen images any more."""
        self._edit(self._manifest.leaving_out(self._keys()))

    def move_to(self, class_name: str) -> None:
        """Let the chosen images belong to another class."""
        self._edit(self._manifest.moving(self._keys(), class_name))

    def restore(self) -> None:
        """Let the chosen images be as the folder has them."""
        self._edit(self._manifest.restoring(self._keys()))

    def open_menu(self, at: QPoint) -> None:
        """Show what can be done at a point of the screen."""
        if not self._images:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for button in (self.show_button, self.leave_out_button, self.restore_button):
            if not button.isHidden():
                menu.addAction(button.icon(), button.text()).triggered.connect(button.click)
        path = self._images[0].path
        if path is not None and len(self._images) == 1:
            menu.addSeparator()
            folder = menu.addAction(icons.icon("open"), self.tr("Show in folder"))
            url = QUrl.fromLocalFile(str(path.parent))
            folder.triggered.connect(lambda: QDesktopServices.openUrl(url))
        menu.popup(at)

    # -- inside ----------------------------------------------------------------------------------

    @property
    def _manifest(self) -> Manifest:
        return self._session.datasets.manifest

    def _keys(self) -> list[str]:
        index = self._session.datasets.index
        return [manifest_key(index.root, image) for image in self._images] if index else []

    def _edit(self, manifest: Manifest) -> None:
        if self._images and self._session.datasets.index is not None:
            self._session.datasets.edit(manifest)

    def _show(self) -> None:
        browsing = self._session.feature(BrowsingState)
        browsing.show_images(self.tr("chosen on the map"), frozenset(self._images))

    def _on_move_chosen(self) -> None:
        number, index = self.move_box.class_index, self._session.datasets.index
        self.move_box.set_class_index(None)
        if number is not None and index is not None:
            self.move_to(index.classes[number])

    def _on_current_changed(self, number: int) -> None:
        if number >= 0:
            self.looked_at.emit(self._images[number])
