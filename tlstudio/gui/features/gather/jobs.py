"""Making a dataset, for the window."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from tlstudio.core.errors import TLStudioError
from tlstudio.gui.kit.later import later

if TYPE_CHECKING:
    from tlstudio.engine.gather.collection import Change as Change
    from tlstudio.engine.gather.collection import GatherClass as GatherClass
    from tlstudio.engine.gather.collection import add_class as add_class
    from tlstudio.engine.gather.collection import add_images as add_images
    from tlstudio.engine.gather.collection import add_pictures as add_pictures
    from tlstudio.engine.gather.collection import make_dataset as make_dataset
    from tlstudio.engine.gather.collection import move_images as move_images
    from tlstudio.engine.gather.collection import read_classes as read_classes
    from tlstudio.engine.gather.collection import redo as redo
    from tlstudio.engine.gather.collection import remove_class as remove_class
    from tlstudio.engine.gather.collection import remove_images as remove_images
    from tlstudio.engine.gather.collection import rename_class as rename_class
    from tlstudio.engine.gather.collection import undo as undo
else:
    _COLLECTION = "tlstudio.engine.gather.collection"
    add_class = later(_COLLECTION, "add_class")
    add_images = later(_COLLECTION, "add_images")
    add_pictures = later(_COLLECTION, "add_pictures")
    make_dataset = later(_COLLECTION, "make_dataset")
    move_images = later(_COLLECTION, "move_images")
    read_classes = later(_COLLECTION, "read_classes")
    redo = later(_COLLECTION, "redo")
    remove_class = later(_COLLECTION, "remove_class")
    remove_images = later(_COLLECTION, "remove_images")
    rename_class = later(_COLLECTION, "rename_class")
    undo = later(_COLLECTION, "undo")


def opened(root: Path, is_new: bool) -> tuple[GatherClass, ...]:
    """The classes in a folder, which is made before where it is new."""
    if is_new:
        make_dataset(root)
    found: tuple[GatherClass, ...] = read_classes(root)
    return found


def changed(
    root: Path, work: Callable[[], Change | None]
) -> tuple[Change | None, tuple[GatherClass, ...], TLStudioError | None]:
    """Change something and look again, also where it failed half-way."""
    change, error = None, None
    try:
        change = work()
    except TLStudioError as problem:
        error = problem
    return change, read_classes(root), error


def add_folders(root: Path, folders: Iterable[Path]) -> list[Change]:
    """A class for each folder, with the images in it; of a name that is there already, into that.

    Returns:
        The changes, in their order.
    """
    changes: list[Change] = []
    names = {one.name.casefold(): one.name for one in read_classes(root)}
    for folder in folders:
        name = names.get(folder.name.casefold())
        if name is None:
            name = folder.name
            changes.append(add_class(root, name))
        changes.append(add_images(root, name, [folder]))
    return changes
