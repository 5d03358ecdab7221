"""The folder of a dataset that a person is making. Every change is of real files, and undoable.

No file is ever overwritten or deleted: what is removed moves to a folder of the studio, and comes
back from there. A change is a list of moves, so that undoing is moving back.
"""

from __future__ import annotations

import contextlib
import errno
import filecmp
import os
import shutil
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import count
from pathlib import Path

from tlstudio.core.data.dataset import ExcludedFile
from tlstudio.core.data.image_ref import FolderContainer, ImageRef
from tlstudio.core.errors import DatasetError
from tlstudio.core.storage import atomic_write, data_dir, unwritable
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.data.files import FolderScan, find_images, is_folder
from tlstudio.engine.data.images import check_image
from tlstudio.engine.data.sources.folder_names import class_key, class_title

UNSORTED = ""  # the class of images that lie in the folder itself
_NAME_LENGTH = 100
_NOT_IN_NAMES = '<>:"/\\|?*'


class What(StrEnum):
    """The kinds of changes."""

    ADD_CLASS = "add_class"
    RENAME_CLASS = "rename_class"
    REMOVE_CLASS = "remove_class"
    ADD_IMAGES = "add_images"
    MOVE_IMAGES = "move_images"
    REMOVE_IMAGES = "remove_images"


@dataclass(frozen=True, slots=True)
class GatherClass:
    """A class of the dataset that is being made.

    Attributes:
        name: that of its folder; `UNSORTED` for images beside the class folders.
        images: in and below its folder, in order.
    """

    name: str
    images: tuple[ImageRef, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to files and folders.

    Attributes:
        what: kind of the change.
        moves: from where to where; a new file or folder comes from a place that nothing is at yet.
        refused: files that were not taken, each with the reason.
        copies: how many were in the class already, with the same content.
    """

    what: What
    moves: tuple[tuple[Path, Path], ...]
    refused: tuple[ExcludedFile, ...] = ()
    copies: int = 0

    def __bool__(self) -> bool:
        return bool(self.moves)


def read_classes(root: Path) -> tuple[GatherClass, ...]:
    """Return the classes in a folder, unsorted images first where there are any.

    Raises:
        DatasetError: there is no such folder.
    """
    if not is_folder(root):
        raise DatasetError(
            QT_TRANSLATE_NOOP("core", "There is no folder “{path}”."),
            QT_TRANSLATE_NOOP("core", "It was moved or removed; make a new one."),
            path=root,
        )
    scan, container = FolderScan(), FolderContainer(root)

    def below(folder: Path) -> list[ImageRef]:
        blocks = scan.images_below(folder)
        return [image for block in blocks for image in block.images_in(container, root)]

    folders = scan.folders_in(root)
    names = {folder.name for folder in folders}
    loose = tuple(image for image in below(root) if image.key.partition("/")[0] not in names)
    classes = [GatherClass(class_title(folder.name), tuple(below(folder))) for folder in folders]
    return (*([GatherClass(UNSORTED, loose)] if loose else []), *classes)


def make_dataset(root: Path) -> None:
    """Make the folder of a new dataset.

    Raises:
        DatasetError: there is something else at that place.
        StorageError: it cannot be made.
    """
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise DatasetError(
            QT_TRANSLATE_NOOP("core", "There is another folder “{name}” already."),
            QT_TRANSLATE_NOOP("core", "Choose another name, or add images to that folder."),
            name=root,
        )
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(root, error) from error


def add_class(root: Path, name: str) -> Change:
    """Make the folder of a class.

    Raises:
        DatasetError: the name cannot be one, or is taken.
        StorageError: it cannot be made.
    """
    folder = root / _free_name(root, name)
    _make(folder)
    return Change(What.ADD_CLASS, ((_removed() / folder.name, folder),))


def rename_class(root: Path, before: str, after: str) -> Change:
    """Give a class another name.

    Raises:
        DatasetError: the name cannot be one, or is taken.
        StorageError: the folder cannot be renamed.
    """
    folder = _folder_of(root, before)
    target = root / _free_name(root, after, besides=folder.name)
    if target == folder:
        return Change(What.RENAME_CLASS, ())
    return _moved(What.RENAME_CLASS, [(folder, target)])


def remove_class(root: Path, name: str) -> Change:
    """Take a class away with all its images; they are kept by the studio.

    Raises:
        StorageError: the folder cannot be moved.
    """
    folder = _folder_of(root, name)
    return _moved(What.REMOVE_CLASS, [(folder, _removed() / folder.name)])


def add_images(
    root: Path,
    class_name: str,
    paths: Iterable[Path],
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> Change:
    """Copy images, and those in and below folders, into a class; their files stay as they are.

    Raises:
        StorageError: one cannot be written; those before it are there.
    """
    images = find_images(paths)
    folder = _folder_of(root, class_name)
    known = _by_size(folder)
    moves, refused, copies = [], [], 0
    removed = _removed()
    for number, image in enumerate(images):
        on_progress(number, len(images))
        reason = check_image(image)
        if reason is not None:
            refused.append(ExcludedFile(image, reason))
            continue
        source = image.path
        assert source is not None
        size = source.stat().st_size
        if any(filecmp.cmp(source, other, shallow=False) for other in known.get(size, ())):
            copies += 1
            continue
        target = _free_file(folder, source.name)
        atomic_write(target, source.read_bytes())
        known.setdefault(size, []).append(target)
        moves.append((removed / class_name / target.name, target))
    on_progress(len(images), len(images))
    return Change(What.ADD_IMAGES, tuple(moves), tuple(refused), copies)


def add_pictures(
    root: Path, class_name: str, pictures: Sequence[bytes], stem: str, suffix: str
) -> Change:
    """Write pictures that have no file yet, from the clipboard or a camera, into a class.

    Args:
        pictures: files' contents, encoded as `suffix` says.
        stem: what their names begin with; a number follows.
        suffix: with its dot.

    Raises:
        StorageError: one cannot be written.
    """
    folder, removed = _folder_of(root, class_name), _removed()
    moves = []
    for content in pictures:
        target = _numbered(folder, stem, suffix)
        atomic_write(target, content)
        moves.append((removed / class_name / target.name, target))
    return Change(What.ADD_IMAGES, tuple(moves))


def move_images(root: Path, images: Sequence[ImageRef], class_name: str) -> Change:
    """Move images to another class.

    Raises:
        StorageError: one cannot be moved; those before it are moved back.
    """
    folder = _folder_of(root, class_name)
    paths = [path for image in images if (path := image.path) is not None]
    moves: list[tuple[Path, Path]] = []
    taken: set[str] = set()
    for path in paths:
        if path.is_relative_to(folder) and folder != root:
            continue
        target = _free_file(folder, path.name, taken)
        taken.add(target.name)
        moves.append((path, target))
    return _moved(What.MOVE_IMAGES, moves)


def remove_images(root: Path, images: Sequence[ImageRef]) -> Change:
    """Take images out of the dataset; the studio keeps them.

    Raises:
        StorageError: one cannot be moved; those before it are moved back.
    """
    removed = _removed()
    paths = [path for image in images if (path := image.path) is not None]
    return _moved(What.REMOVE_IMAGES, [(path, removed / path.relative_to(root)) for path in paths])


def undo(change: Change) -> None:
    """Bring back what was before a change.

    Raises:
        StorageError, DatasetError: something cannot be moved back; nothing is changed then.
    """
    _move_all([(target, source) for source, target in reversed(change.moves)])


def redo(change: Change) -> None:
    """Make a change once more.

    Raises:
        StorageError, DatasetError: something cannot be moved; nothing is changed then.
    """
    _move_all(change.moves)


def removed_dir() -> Path:
    """The folder of what was removed, kept until a person deletes it."""
    return data_dir() / "removed"


def _moved(what: What, moves: Sequence[tuple[Path, Path]]) -> Change:
    _move_all(moves)
    return Change(what, tuple(moves))


def _move_all(moves: Sequence[tuple[Path, Path]]) -> None:
    done: list[tuple[Path, Path]] = []
    try:
        for source, target in moves:
            _move(source, target)
            done.append((source, target))
    except Exception:
        for source, target in reversed(done):
            _move(target, source)
        raise


def _move(source: Path, target: Path) -> None:
    """To another disk as well; what is there already is not replaced."""
    if os.path.lexists(target) and not _is_same(source, target):
        raise DatasetError(
            QT_TRANSLATE_NOOP("core", "There is another “{name}” already."),
            QT_TRANSLATE_NOOP("core", "Move or rename it first."),
            name=target,
        )
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            source.rename(target)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            shutil.move(source, target)
    except OSError as error:
        raise unwritable(target, error) from error


def _is_same(source: Path, target: Path) -> bool:
    """Whether both are one thing, as `Cat` and `cat` are on some disks."""
    with contextlib.suppress(OSError):
        return source.samefile(target)
    return False


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        raise unwritable(folder, error) from error


def _removed() -> Path:
    """A new place for what is removed now; it is made when something comes."""
    stamp = time.strftime("%Y-%m-%d %H.%M.%S")
    for number in count(1):
        place = removed_dir() / (stamp if number == 1 else f"{stamp} ({number})")
        if not place.exists():
            return place
    raise AssertionError


def _folder_of(root: Path, class_name: str) -> Path:
    """Return the folder of a class, however its name is spelled on the disk."""
    if class_name == UNSORTED:
        return root
    for folder in FolderScan().folders_in(root):
        if class_title(folder.name) == class_name:
            return folder
    return root / class_name


def _free_name(root: Path, name: str, besides: str = "") -> str:
    name = class_title(" ".join(name.split()))
    if not name or name[0] == "." or set(name) & set(_NOT_IN_NAMES) or len(name) > _NAME_LENGTH:
        raise DatasetError(
            QT_TRANSLATE_NOOP("core", "“{name}” cannot be the name of a class."),
            QT_TRANSLATE_NOOP(
                "core",
                'It is a folder’s name: without < > : " / \\ | ? *, and no dot at its start.',
            ),
            name=name[:_NAME_LENGTH],
        )
    taken = {class_key(folder.name) for folder in FolderScan().folders_in(root)}
    if class_key(name) in taken - {class_key(besides)}:
        raise DatasetError(
            QT_TRANSLATE_NOOP("core", "There is a class “{name}” already."),
            QT_TRANSLATE_NOOP("core", "Choose another name, or put the images into that one."),
            name=name,
        )
    return name


def _free_file(folder: Path, name: str, taken: Iterable[str] = ()) -> Path:
    """Return a path that nothing is at: ``photo.jpg``, else ``photo (2).jpg``."""
    wanted, occupied = Path(name), set(taken)
    for number in count(1):
        path = folder / (name if number == 1 else f"{wanted.stem} ({number}){wanted.suffix}")
        if path.name not in occupied and not os.path.lexists(path):
            return path
    raise AssertionError


def _numbered(folder: Path, stem: str, suffix: str) -> Path:
    for number in count(len(list(folder.glob(f"{stem}-*"))) + 1):
        path = folder / f"{stem}-{number:04d}{suffix}"
        if not os.path.lexists(path):
            return path
    raise AssertionError


def _by_size(folder: Path) -> dict[int, list[Path]]:
    found: dict[int, list[Path]] = {}
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_file():
                found.setdefault(entry.stat().st_size, []).append(Path(entry.path))
    return found
