"""The window in which a person makes a dataset: classes at the left, their images beside them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QMimeData, QPoint, QSize, Qt, QUrl
from PySide6.QtGui import (
    QDrag,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QImage,
    QKeySequence,
    QPixmap,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QDialog,
    QInputDialog,
    QLineEdit,
    QMenu,
    QProgressBar,
    QStackedWidget,
    QWidget,
)

from tlstudio.core.errors import TLStudioError
from tlstudio.core.storage import documents_dir, safe_file_name
from tlstudio.gui.features.gather.capture import CameraDialog
from tlstudio.gui.features.gather.class_tree import DRAGGED, ClassTree
from tlstudio.gui.features.gather.state import GatherState
from tlstudio.gui.kit import file_dialogs, frames, theme
from tlstudio.gui.kit.basics import IconButton, label, line, no_mnemonic, plain_tip
from tlstudio.gui.kit.capture import VideoDialog
from tlstudio.gui.kit.drop_zone import local_paths
from tlstudio.gui.kit.elided_label import ElidedLabel
from tlstudio.gui.kit.frames import ANIMATED, CameraSource, video_source
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.language import core_text, error_with_hint
from tlstudio.gui.kit.layout import Stretch, fit_to_screen, hstack, vstack
from tlstudio.gui.kit.thumbnail_grid import GridItem, ThumbnailGrid
from tlstudio.gui.state.session import Session

if TYPE_CHECKING:
    from tlstudio.gui.features.gather.jobs import Change

WIDTH_PX, HEIGHT_PX = 1000, 680
CLASSES_PX = 240
FEW = 10  # images of a class; with fewer, an accuracy says little
SIDE_PX = 16


def open_gather(session: Session, widget: QWidget, root: Path | None = None) -> GatherWindow:
    """Show the window beside that of `widget`; there is one for each.

    Args:
        root: the folder to go on with; None for what was shown last, or a new dataset.
    """
    window = widget.window()
    gather = window.findChild(GatherWindow) or GatherWindow(session, window)
    if root is not None:
        session.feature(GatherState).open(root, is_new=False)
    gather.show()
    gather.raise_()
    gather.activateWindow()
    return gather


class NewDatasetPage(QWidget):
    """Asks for a name and a place, or for a folder to go on with."""

    def __init__(self, session: Session, state: GatherState) -> None:
        super().__init__()
        self._session, self._state = session, state
        self._place = documents_dir()
        self.name = QLineEdit(self.tr("My dataset"))
        self.name.setAccessibleName(self.tr("Name of the dataset"))
        self.place = ElidedLabel()
        self.place.setProperty("role", "hint")
        self.place_button = IconButton(self.tr("Elsewhere…"), "open", "quiet", self._ask_place)
        self.make_button = IconButton(self.tr("Make it"), "gather", "primary", self._make)
        self.go_on_button = IconButton(
            self.tr("Add to a folder of class folders…"), "open", "", self._ask_folder
        )
        inner = QWidget()
        inner.setMaximumWidth(520)
        vstack(
            Stretch(2),
            label(self.tr("Make a dataset"), "title"),
            label(
                self.tr(
                    "A folder on your disk with a folder for each class. Put images into them from "
                    "files, the clipboard, a video or the camera; everything can be undone."
                ),
                "hint",
                wrap=True,
            ),
            theme.GRID,
            hstack((self.name, 1), self.make_button, spacing=theme.GRID),
            hstack((self.place, 1), self.place_button, spacing=theme.GRID),
            theme.GRID,
            (self.go_on_button, Qt.AlignmentFlag.AlignLeft),
            Stretch(3),
            spacing=theme.GRID,
            parent=inner,
        )
        hstack(Stretch(1), (inner, 100), Stretch(1), parent=self)
        self.name.returnPressed.connect(self._make)
        self.name.textChanged.connect(self._refresh)
        self._refresh()

    @property
    def root(self) -> Path:
        """The folder that would be made."""
        return self._place / safe_file_name(self.name.text())

    def _refresh(self) -> None:
        self.make_button.setEnabled(bool(self.name.text().strip()))
        self.place.set_text(str(self.root))

    def _make(self) -> None:
        if self.make_button.isEnabled():
            self._state.open(self.root, is_new=True)

    def _ask_place(self) -> None:
        title = self.tr("Folder for the new dataset")
        file_dialogs.ask_folder(self, self._session, title, self._set_place)

    def _set_place(self, folder: Path) -> None:
        self._place = folder
        self._refresh()

    def _ask_folder(self) -> None:
        title = self.tr("A folder of class folders")
        file_dialogs.ask_folder(self, self._session, title, self._go_on)

    def _go_on(self, folder: Path) -> None:
        self._state.open(folder, is_new=False)


class GatherWindow(QDialog):
    """Stays open beside the main window."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        explain(self, "gather")
        self._session = session
        self._state = session.feature(GatherState)
        self.setWindowTitle(self.tr("Make a dataset"))
        self.setAcceptDrops(True)
        fit_to_screen(self, QSize(WIDTH_PX, HEIGHT_PX))
        self.start = NewDatasetPage(session, self._state)
        self.title = label("", "title")
        self.path = ElidedLabel()
        self.path.setProperty("role", "hint")
        self.undo_button = self._button(self.tr("Undo"), "undo", self._state.undo)
        self.redo_button = self._button(self.tr("Redo"), "redo", self._state.redo)
        self.other_button = self._button(self.tr("Another one"), "gather", self._show_start)
        self.other_button.setToolTip(self.tr("Make another dataset, or go on with another folder"))
        self.open_button = IconButton(self.tr("Open as dataset"), "next", "primary", self._open)
        self.tree = ClassTree()
        self.new_class_button = self._button(self.tr("New class…"), "add", self._ask_class)
        self.remove_class_button = self._button(self.tr("Remove"), "close", self._remove_class)
        self.advice = label("", "hint", wrap=True)
        self.files_button = self._button(self.tr("Files…"), "image", self._ask_files)
        self.folder_button = self._button(self.tr("Folder…"), "open", self._ask_folder)
        self.paste_button = self._button(self.tr("Paste"), "paste", self.paste)
        self.video_button = self._button(self.tr("Video…"), "video", self._ask_video)
        self.camera_button = self._button(self.tr("Camera…"), "camera", self._open_camera)
        self.grid = ThumbnailGrid(session.thumbnails)
        self.grid.selects_several = self.grid.drags_out = True
        self.chosen = label("", "hint")
        self.move_button = self._button(self.tr("Move to"), "next", None)
        self.remove_button = self._button(self.tr("Remove"), "close", self.remove_chosen)
        self.remove_button.setToolTip(self.tr("The studio keeps them; Undo brings them back (Del)"))
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Copying"))
        self.status = label("", "hint", wrap=True)
        self._stack = QStackedWidget()
        self._build()
        self._connect()
        self._refresh()

    @property
    def class_name(self) -> str:
        """The class that is shown; empty for unsorted images, or none."""
        return self.tree.current

    # -- what a person does ----------------------------------------------------------------------

    def paste(self) -> None:
        """Put what is on the clipboard into the class: files, or a picture."""
        data = QGuiApplication.clipboard().mimeData()
        paths = local_paths(data) if data is not None else []
        if not self._has_class():
            return
        if paths:
            self._state.add_images(self.class_name, paths)
        elif data is not None and data.hasImage():
            self._take(QImage(data.imageData()), self.tr("pasted"), "PNG")
        else:
            self._say(self.tr("There is no picture on the clipboard."))

    def remove_chosen(self) -> None:
        """Take the chosen images out."""
        images = [self.grid.items[number].image for number in self.grid.selection]
        if images:
            self._state.remove_images(images)

    def move_chosen(self, class_name: str) -> None:
        """Move the chosen images to another class."""
        images = [self.grid.items[number].image for number in self.grid.selection]
        if images and class_name != self.class_name:
            self._state.move_images(images, class_name)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._state.root is not None and local_paths(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if not event.mimeData().hasFormat(DRAGGED):
            event.acceptProposedAction()
            self._on_dropped(self.class_name, local_paths(event.mimeData()))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._state.look_again()

    # -- building --------------------------------------------------------------------------------

    def _button(self, text: str, icon: str, clicked: Callable[[], object] | None) -> IconButton:
        button = IconButton(text, icon, "quiet", clicked)
        button.setAutoDefault(False)
        return button

    def _build(self) -> None:
        top = hstack(
            self.title,
            (self.path, 1),
            self.undo_button,
            self.redo_button,
            self.other_button,
            self.open_button,
            spacing=theme.GRID,
        )
        side = QWidget()
        side.setFixedWidth(CLASSES_PX)
        vstack(
            (self.tree, 1),
            hstack(self.new_class_button, self.remove_class_button, Stretch()),
            self.advice,
            spacing=theme.GRID,
            parent=side,
        )
        sources = hstack(
            self.files_button,
            self.folder_button,
            self.paste_button,
            self.video_button,
            self.camera_button,
            Stretch(),
        )
        chosen = hstack(
            self.chosen, self.move_button, self.remove_button, Stretch(), spacing=theme.GRID
        )
        main = vstack(sources, (self.grid, 1), chosen, spacing=theme.GRID)
        page = QWidget()
        vstack(
            top,
            line(),
            (hstack(side, (main, 1), spacing=2 * theme.GRID), 1),
            self.bar,
            spacing=theme.GRID,
            parent=page,
        )
        self._stack.addWidget(self.start)
        self._stack.addWidget(page)
        vstack(
            (self._stack, 1),
            self.status,
            spacing=theme.GRID,
            margins=(SIDE_PX, SIDE_PX, SIDE_PX, SIDE_PX),
            parent=self,
        )
        self.bar.hide()
        self.move_menu = QMenu(self)
        self.move_button.setMenu(self.move_menu)
        self.open_button.setAutoDefault(False)

    def _connect(self) -> None:
        state = self._state
        state.changed.connect(self._refresh)
        state.busy_changed.connect(self._on_busy_changed)
        state.progressed.connect(self._on_progressed)
        state.failed.connect(self._on_failed)
        state.told.connect(self._on_told)
        self.tree.chosen.connect(self._show_class)
        self.tree.renamed.connect(state.rename_class)
        self.tree.moved_to.connect(self.move_chosen)
        self.tree.dropped.connect(self._on_dropped)
        self.grid.selection_changed.connect(self._on_selection_changed)
        self.grid.menu_wanted.connect(self._on_menu_wanted)
        self.grid.drag_wanted.connect(self._drag)
        self._session.run.status_changed.connect(self._refresh)
        keys: tuple[tuple[QKeySequence.StandardKey, Callable[[], object], QWidget], ...] = (
            (QKeySequence.StandardKey.Undo, state.undo, self),
            (QKeySequence.StandardKey.Redo, state.redo, self),
            (QKeySequence.StandardKey.Paste, self.paste, self.grid),
            (QKeySequence.StandardKey.Delete, self.remove_chosen, self.grid),
            (QKeySequence.StandardKey.Delete, self._remove_class, self.tree),
        )
        for key, act, widget in keys:
            shortcut = QShortcut(key, widget)
            is_window = widget is self
            contexts = Qt.ShortcutContext
            shortcut.setContext(
                contexts.WindowShortcut if is_window else contexts.WidgetWithChildrenShortcut
            )
            shortcut.activated.connect(act)

    # -- following the state ---------------------------------------------------------------------

    def _refresh(self) -> None:
        state = self._state
        root = state.root
        was_asking = self._stack.currentIndex() == 0
        self._stack.setCurrentIndex(0 if root is None else 1)
        self.undo_button.setEnabled(state.can_undo)
        self.redo_button.setEnabled(state.can_redo)
        if root is None:
            return
        self.title.setText(root.name)
        self.path.set_text(str(root))
        before = self.tree.names
        come = [one.name for one in state.classes if one.name and one.name not in before]
        self.tree.set_classes(state.classes, come[0] if len(come) == 1 else self.class_name)
        self._show_class(self.class_name)
        with_images = [one for one in state.classes if one.name and one.images]
        self.open_button.setEnabled(len(with_images) >= 2 and not self._session.run.active)
        self.advice.setText(self._advice())
        has_class = bool(state.classes)
        for button in (
            self.files_button,
            self.folder_button,
            self.paste_button,
            self.video_button,
            self.camera_button,
        ):
            button.setEnabled(has_class)
        if was_asking:
            (self.tree if has_class else self.new_class_button).setFocus()

    def _advice(self) -> str:
        """What the dataset still needs, in a sentence."""
        classes = [one for one in self._state.classes if one.name]
        if len(classes) < 2:
            return self.tr("Make two classes or more.")
        few = [one.name for one in classes if len(one.images) < FEW]
        if few:
            return self.tr(
                "Fewer than {count} images are too few to tell how good it is: {names}"
            ).format(count=FEW, names=", ".join(few))
        return self.tr("%n image(s) in all", "", self._state.count)

    def _show_class(self, name: str) -> None:
        images = self._state.of(name)
        self.grid.set_empty_text(
            self.tr("Drop images here, or take them from above.")
            if self._state.classes
            else self.tr("Make a class first, or drop folders here: each becomes one.")
        )
        self.grid.set_items([GridItem(image, caption=image.name) for image in images])
        self.remove_class_button.setEnabled(bool(name))
        self._on_selection_changed()

    def _on_selection_changed(self) -> None:
        count = len(self.grid.selection)
        for part in (self.chosen, self.move_button, self.remove_button):
            part.setVisible(count > 0)
        self.chosen.setText(self.tr("%n chosen", "", count))
        self.move_menu.clear()
        for name in self.tree.names:
            if name and name != self.class_name:
                action = self.move_menu.addAction(no_mnemonic(name))
                action.triggered.connect(partial(self.move_chosen, name))

    def _on_menu_wanted(self, at: QPoint) -> None:
        self.move_menu.popup(at)

    def _on_busy_changed(self, is_busy: bool) -> None:
        self.bar.setRange(0, 0)
        self.bar.setVisible(is_busy)
        if is_busy:
            self.status.clear()

    def _on_progressed(self, done: int, total: int) -> None:
        self.bar.setRange(0, max(1, total))
        self.bar.setValue(done)

    def _on_failed(self, error: TLStudioError) -> None:
        self._say(error_with_hint(error))

    def _on_told(self, change: Change) -> None:
        parts = []
        if change.copies:
            parts.append(self.tr("%n picture(s) were in the class already.", "", change.copies))
        if change.refused:
            reasons = ", ".join(dict.fromkeys(core_text(one.reason) for one in change.refused))
            text = self.tr("%n file(s) were not taken:", "", len(change.refused))
            parts.append(f"{text} {reasons}")
            self.status.setToolTip(plain_tip("\n".join(str(one.image) for one in change.refused)))
        if parts:
            self._say(" ".join(parts))

    def _say(self, text: str) -> None:
        self.status.setText(text)

    # -- sources ---------------------------------------------------------------------------------

    def _has_class(self) -> bool:
        if not self._state.classes:
            self._say(self.tr("Make a class first."))
            return False
        return True

    def _on_dropped(self, name: str, paths: list[Path]) -> None:
        if name or self.tree.names == [""]:
            self._state.add_images(name, paths)
        else:
            self._state.add_folders(paths)

    def _ask_class(self) -> None:
        question = QInputDialog(self)
        question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        question.setWindowTitle(self.tr("New class"))
        question.setLabelText(self.tr("What do its images show?"))
        question.textValueSelected.connect(self._add_class)
        question.open()

    def _add_class(self, name: str) -> None:
        self._state.add_class(name)

    def _remove_class(self) -> None:
        if self.class_name:
            self._state.remove_class(self.class_name)

    def _ask_files(self) -> None:
        title = self.tr("Images for “{name}”").format(name=self.class_name)
        file_dialogs.ask_files(
            self, self._session, title, (file_dialogs.IMAGES,), self._on_files_chosen
        )

    def _ask_folder(self) -> None:
        title = self.tr("Images for “{name}”").format(name=self.class_name)
        file_dialogs.ask_folder(
            self, self._session, title, self._on_folder_chosen, file_dialogs.Place.IMAGES
        )

    def _on_files_chosen(self, paths: list[Path]) -> None:
        self._state.add_images(self.class_name, paths)

    def _on_folder_chosen(self, folder: Path) -> None:
        self._state.add_images(self.class_name, [folder])

    def _ask_video(self) -> None:
        title = self.tr("A video for “{name}”").format(name=self.class_name)
        file_dialogs.ask_files(
            self,
            self._session,
            title,
            (file_dialogs.VIDEOS,),
            self._on_video_chosen,
            several=False,
        )

    def _on_video_chosen(self, paths: list[Path]) -> None:
        path, name = paths[0], self.class_name
        if path.suffix.lower() not in ANIMATED and not frames.has_multimedia():
            self._say(frames.needs_multimedia())
            return
        stem = path.stem
        words = self.tr("Frames of “{video}” go into “{name}”.")
        dialog = VideoDialog(
            path,
            words.format(video=path.name, name=name),
            lambda image, _: self._take(image, stem, "JPEG", name),
            video_source,
            self,
        )
        dialog.open()

    def _open_camera(self) -> None:
        if not frames.has_multimedia():
            self._say(frames.needs_multimedia())
            return
        names, name = list(frames.cameras()), self.class_name
        if not names:
            self._say(self.tr("No camera was found. Plug one in, and try again."))
            return
        stem = self.tr("camera")
        dialog = CameraDialog(
            name, lambda image: self._take(image, stem, "JPEG", name), names, CameraSource, self
        )
        dialog.open()

    def _take(self, image: QImage, stem: str, kind: str, class_name: str | None = None) -> None:
        suffix = ".png" if kind == "PNG" else ".jpg"
        name = self.class_name if class_name is None else class_name
        self._state.add_pictures(name, [frames.encoded(image, kind)], stem, suffix)

    def _drag(self) -> None:
        """Let what is chosen be dragged to another class, or out of the window as files."""
        images = [self.grid.items[number].image for number in self.grid.selection]
        data = QMimeData()
        data.setData(DRAGGED, QByteArray(b"1"))
        paths = [path for image in images if (path := image.path) is not None]
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
        drag = QDrag(self)
        drag.setMimeData(data)
        picture = self._session.thumbnails.get(images[0], 96) if images else None
        drag.setPixmap(picture.scaledToHeight(64) if picture is not None else QPixmap())
        drag.exec(Qt.DropAction.CopyAction)

    def _show_start(self) -> None:
        self._stack.setCurrentIndex(0)

    def _open(self) -> None:
        if self._state.root is not None and not self._session.run.active:
            self._session.datasets.open(self._state.root)
            self.close()
