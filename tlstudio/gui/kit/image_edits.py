"""What a person does to images of a grid: leave out, move to a class or a split, find the file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from PySide6.QtCore import QCoreApplication, QPoint, Qt, QUrl, SignalInstance
from PySide6.QtGui import QDesktopServices, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu, QWidget

from tlstudio.core.data.dataset import SPLIT_TITLES, DatasetIndex, Split
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.data.manifest import Manifest, manifest_key
from tlstudio.gui.kit import icons, theme
from tlstudio.gui.kit.basics import IconButton, label, no_mnemonic
from tlstudio.gui.kit.class_box import ClassBox
from tlstudio.gui.kit.language import core_text
from tlstudio.gui.kit.layout import Stretch, hstack
from tlstudio.gui.kit.thumbnail_grid import ThumbnailGrid

MOVE_PX = 156
MANY = 10_000  # images: no pause for a look at each
IN_MENU = 12  # classes; more are found in the box by a part of their name


class Datasets(Protocol):
    """The part of the open dataset's state that edits need."""

    index: DatasetIndex | None
    manifest: Manifest
    edited: SignalInstance
    changed: SignalInstance

    def edit(self, manifest: Manifest) -> None: ...


class Desk(Protocol):
    """The part of the session that edits need."""

    @property
    def datasets(self) -> Datasets: ...


class ImageEdits(QWidget):
    """The line below a grid of images, and its context menu and keys.

    Changes go to the manifest of the open dataset; the files stay as they are. Only images of that
    dataset can be changed.

    Args:
        desk: with the open dataset.
        grid: from which several images can be chosen from now on.
        likely_classes: of many, those that the menu offers for what is chosen.
        least_chosen: images for which the line comes.
    """

    def __init__(
        self,
        desk: Desk,
        grid: ThumbnailGrid,
        likely_classes: Callable[[], list[str]] | None = None,
        least_chosen: int = 2,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._datasets, self._grid = desk.datasets, grid
        self._likely_classes = likely_classes
        self._least_chosen = least_chosen
        grid.selects_several = True
        self.count = label("", "hint")
        self.leave_out_button = IconButton(self.tr("Leave out"), "close", "quiet", self.leave_out)
        self.leave_out_button.setToolTip(self.tr("The next run does not use them (Del)"))
        self.restore_button = IconButton(self.tr("Take back"), "undo", "quiet", self.restore)
        self.restore_button.setToolTip(self.tr("As the folder has them"))
        self.move_box = ClassBox(
            self.tr("Move to class"), self.tr("Move to class…"), self.tr("To {name}")
        )
        self.move_box.setMinimumWidth(MOVE_PX)
        self.use_button = IconButton(self.tr("Use for…"), "shuffle", "quiet", self._open_use_menu)
        self.use_button.setToolTip(
            self.tr("Train, validate or test with these images, however the dataset is split")
        )
        self.changes = label("", "hint")
        hstack(
            self.count,
            self.leave_out_button,
            self.move_box,
            self.use_button,
            self.restore_button,
            Stretch(),
            self.changes,
            spacing=theme.GRID,
            margins=(0, 0, 0, theme.GRID),
            parent=self,
        )
        self.move_box.activated.connect(self._on_move_chosen)
        grid.selection_changed.connect(self.refresh)
        grid.menu_wanted.connect(self._on_menu_wanted)
        self._datasets.edited.connect(self._on_edited)
        self._datasets.changed.connect(self.refresh)
        for key, act in (
            (QKeySequence.StandardKey.Delete, self.leave_out),
            (QKeySequence.StandardKey.Copy, self.copy_paths),
        ):
            shortcut = QShortcut(QKeySequence(key), grid)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(act)
        self.refresh()

    # -- what can be done ------------------------------------------------------------------------

    def leave_out(self) -> None:
        """No split has the chosen images any more."""
        self._edit(self._manifest.leaving_out(self._keys()))

    def move_to(self, class_name: str) -> None:
        """Let the chosen images belong to another class."""
        self._edit(self._manifest.moving(self._keys(), class_name))

    def use_for(self, split: Split | None) -> None:
        """Place the chosen images in a split; None leaves that to the dataset or the studio."""
        self._edit(self._manifest.placing(self._keys(), split))

    def restore(self) -> None:
        """Let the chosen images be as the folder has them."""
        self._edit(self._manifest.restoring(self._keys()))

    def copy_paths(self) -> None:
        """Put the paths of the chosen images on the clipboard, a line for each."""
        paths = [str(image) for image in self._grid.selected_images]
        if paths:
            QGuiApplication.clipboard().setText("\n".join(paths))

    def show_in_folder(self) -> None:
        """Open the folder of the current image."""
        item = self._grid.current_item
        if item is not None and item.image.path is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(item.image.path.parent)))

    def menu(self) -> QMenu:
        """The commands for the chosen images."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        keys = self._keys()
        leave_out = menu.addAction(
            icons.icon("close"), self.tr("Leave out"), QKeySequence.StandardKey.Delete
        )
        leave_out.triggered.connect(self.leave_out)
        move = menu.addMenu(self.tr("Move to class"))
        for name in self._offered_classes():
            move.addAction(no_mnemonic(name)).triggered.connect(
                lambda _=False, name=name: self.move_to(name)
            )
        use = menu.addMenu(self.tr("Use for"))
        self._add_splits(use, keys)
        restore = menu.addAction(icons.icon("undo"), self.tr("Take back"))
        restore.triggered.connect(self.restore)
        for action in (leave_out, move.menuAction(), use.menuAction()):
            action.setEnabled(bool(keys))
        restore.setEnabled(self._has_edited(keys))
        menu.addSeparator()
        folder = menu.addAction(icons.icon("open"), self.tr("Show in folder"))
        folder.triggered.connect(self.show_in_folder)
        copy = menu.addAction(
            icons.icon("copy"), self.tr("Copy path"), QKeySequence.StandardKey.Copy
        )
        copy.triggered.connect(self.copy_paths)
        return menu

    def note_of(self, image: ImageRef) -> str:
        """What a person changed about an image."""
        manifest, index = self._manifest, self._datasets.index
        if not manifest or index is None:
            return ""
        key = manifest_key(index.root, image)
        return note_of(manifest, key)

    # -- inside ----------------------------------------------------------------------------------

    @property
    def _manifest(self) -> Manifest:
        return self._datasets.manifest

    def _keys(self) -> list[str]:
        """The keys of the chosen images that are of the open dataset."""
        index = self._datasets.index
        if index is None:
            return []
        found = [(image, manifest_key(index.root, image)) for image in self._grid.selected_images]
        return [key for image, key in found if key == image.key or key != str(image)]

    def _has_keys(self) -> bool:
        """Whether any of the chosen images is of the open dataset; that of most is seen at once."""
        index = self._datasets.index
        if index is None:
            return False
        current = self._grid.current_item
        if current is not None and manifest_key(index.root, current.image) != str(current.image):
            return True
        images = self._grid.selected_images
        return any(manifest_key(index.root, image) != str(image) for image in images)

    def _has_edited(self, keys: Sequence[str] | None = None) -> bool:
        """Whether any of the chosen images was changed by hand, or may have been, of very many."""
        if not len(self._manifest):
            return False
        if len(self._grid.selection) > MANY:
            return True
        return any(map(self._manifest.changes, self._keys() if keys is None else keys))

    def _classes(self) -> tuple[str, ...]:
        index = self._datasets.index
        return index.classes if index is not None else ()

    def _offered_classes(self) -> list[str]:
        """All classes; of many, the likely ones."""
        classes = self._classes()
        if len(classes) > IN_MENU and self._likely_classes is not None:
            return self._likely_classes()[:IN_MENU]
        return list(classes[:IN_MENU])

    def _add_splits(self, menu: QMenu, keys: Sequence[str]) -> None:
        for split in Split:
            action = menu.addAction(core_text(SPLIT_TITLES[split]))
            action.triggered.connect(lambda _=False, split=split: self.use_for(split))
        menu.addSeparator()
        back = menu.addAction(self.tr("As the dataset or its split says"))
        back.triggered.connect(lambda: self.use_for(None))
        back.setEnabled(any(key in self._manifest.splits for key in keys))

    def _open_use_menu(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._add_splits(menu, self._keys())
        menu.popup(self.use_button.mapToGlobal(QPoint(0, -menu.sizeHint().height())))

    def _edit(self, manifest: Manifest) -> None:
        if self._has_keys():
            self._datasets.edit(manifest)

    def refresh(self) -> None:
        """Follow the choice and the changes; without either the line takes no room."""
        has_keys, count = self._has_keys(), len(self._grid.selection)
        edits = len(self._manifest)
        self.setVisible(count >= self._least_chosen or edits > 0)
        self.count.setVisible(count > 0)
        self.count.setText(self.tr("%n selected", "", count))
        for widget in (self.leave_out_button, self.move_box, self.use_button):
            widget.setVisible(has_keys)
        self.restore_button.setVisible(self._has_edited())
        self.move_box.set_classes(self._classes())
        self.changes.setVisible(edits > 0)
        self.changes.setText(self.tr("%n change(s) to the dataset", "", edits))
        self.changes.setToolTip(
            self.tr("Used from the next run on, here and on the terminal; no file is touched.")
        )

    def _on_move_chosen(self) -> None:
        index = self.move_box.class_index
        self.move_box.set_class_index(None)
        if index is not None:
            self.move_to(self._classes()[index])

    def _on_menu_wanted(self, at: QPoint) -> None:
        self.menu().popup(at)

    def _on_edited(self) -> None:
        self._grid.viewport().update()
        self.refresh()


def note_of(manifest: Manifest, key: str) -> str:
    """What a person changed about an image, for the mark on it; empty for nothing."""
    if key in manifest.left_out:
        return QCoreApplication.translate("ImageEdits", "Left out")
    words = [f"→ {manifest.moved[key]}"] if key in manifest.moved else []
    if key in manifest.splits:
        words.append(f"→ {core_text(SPLIT_TITLES[manifest.splits[key]])}")
    return " ".join(words)
