"""What a person does to images of the gallery: leave out, move to another class, find the file."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu, QWidget

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.data.manifest import Manifest, manifest_key
from tlstudio.gui.features.results.class_box import ClassBox
from tlstudio.gui.kit import icons, theme
from tlstudio.gui.kit.basics import IconButton, label, no_mnemonic
from tlstudio.gui.kit.layout import Stretch, hstack
from tlstudio.gui.kit.predictions.gallery import PredictionGallery
from tlstudio.gui.state.session import Session

IN_MENU = 12  # classes; more are found in the box by a part of their name


class ImageEdits(QWidget):
    """The line below the gallery, and its context menu and keys.

    Changes go to the manifest of the open dataset; the files stay as they are. Only images of that
    dataset can be changed.
    """

    def __init__(
        self, session: Session, gallery: PredictionGallery, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._gallery = session, gallery
        gallery.note_of = self.note_of
        gallery.grid.selects_several = True
        self.count = label("", "hint")
        self.leave_out_button = IconButton(self.tr("Leave out"), "close", "quiet", self.leave_out)
        self.leave_out_button.setToolTip(self.tr("The next run does not use them (Del)"))
        self.restore_button = IconButton(self.tr("Take back"), "undo", "quiet", self.restore)
        self.restore_button.setToolTip(self.tr("As the folder has them"))
        self.move_box = ClassBox(
            self.tr("Move to class"), self.tr("Move to class…"), self.tr("To {name}")
        )
        self.changes = label("", "hint")
        hstack(
            self.count,
            self.leave_out_button,
            self.move_box,
            self.restore_button,
            Stretch(),
            self.changes,
            spacing=theme.GRID,
            margins=(0, 0, 0, theme.GRID),
            parent=self,
        )
        self.move_box.activated.connect(self._on_move_chosen)
        gallery.grid.selection_changed.connect(self.refresh)
        gallery.grid.menu_wanted.connect(self._on_menu_wanted)
        session.datasets.edited.connect(self._on_edited)
        session.datasets.changed.connect(self.refresh)
        for key, act in (
            (QKeySequence.StandardKey.Delete, self.leave_out),
            (QKeySequence.StandardKey.Copy, self.copy_paths),
        ):
            shortcut = QShortcut(QKeySequence(key), gallery.grid)
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

    def restore(self) -> None:
        """Let the chosen images be as the folder has them."""
        self._edit(self._manifest.restoring(self._keys()))

    def copy_paths(self) -> None:
        """Put the paths of the chosen images on the clipboard, a line for each."""
        paths = [str(record.image) for record in self._gallery.selection]
        if paths:
            QGuiApplication.clipboard().setText("\n".join(paths))

    def show_in_folder(self) -> None:
        """Open the folder of the current image."""
        item = self._gallery.grid.current_item
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
        for name in self._likely_classes():
            move.addAction(no_mnemonic(name)).triggered.connect(
                lambda _=False, name=name: self.move_to(name)
            )
        restore = menu.addAction(icons.icon("undo"), self.tr("Take back"))
        restore.triggered.connect(self.restore)
        for action in (leave_out, move.menuAction()):
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
        manifest, index = self._manifest, self._session.datasets.index
        if not manifest or index is None:
            return ""
        key = manifest_key(index.root, image)
        if key in manifest.left_out:
            return self.tr("Left out")
        return f"→ {manifest.moved[key]}" if key in manifest.moved else ""

    # -- inside ----------------------------------------------------------------------------------

    @property
    def _manifest(self) -> Manifest:
        return self._session.datasets.manifest

    def _keys(self) -> list[str]:
        """The keys of the chosen images that are of the open dataset."""
        index = self._session.datasets.index
        if index is None:
            return []
        images = [record.image for record in self._gallery.selection]
        found = [(image, manifest_key(index.root, image)) for image in images]
        return [key for image, key in found if key != str(image)]

    def _has_edited(self, keys: list[str]) -> bool:
        return any(map(self._manifest.changes, keys))

    def _classes(self) -> tuple[str, ...]:
        index = self._session.datasets.index
        return index.classes if index is not None else ()

    def _likely_classes(self) -> list[str]:
        """All classes; of many, those that the network takes the chosen images for."""
        classes = self._classes()
        if len(classes) <= IN_MENU:
            return list(classes)
        chosen = self._gallery.selection[:IN_MENU]
        said = [index for record in chosen for index, _ in record.top(IN_MENU)]
        return [classes[index] for index in dict.fromkeys(said) if index < len(classes)][:IN_MENU]

    def _edit(self, manifest: Manifest) -> None:
        if self._keys():
            self._session.datasets.edit(manifest)

    def refresh(self) -> None:
        """Follow the choice and the changes; without either the line takes no room."""
        keys, count = self._keys(), len(self._gallery.grid.selection)
        edits = len(self._manifest)
        self.setVisible(count > 1 or edits > 0)
        self.count.setVisible(count > 0)
        self.count.setText(self.tr("%n selected", "", count))
        for widget in (self.leave_out_button, self.move_box):
            widget.setVisible(bool(keys))
        self.restore_button.setVisible(self._has_edited(keys))
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
        self._gallery.grid.viewport().update()
        self.refresh()
