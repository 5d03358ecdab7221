"""The interface of packed formats: each recognises its files in a folder and lists its images."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tlstudio.core.data.dataset import Split
from tlstudio.core.errors import DatasetError
from tlstudio.core.notes import Note
from tlstudio.core.runs.events import StopToken
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.data.data_files import DataFile
from tlstudio.engine.data.pixels import PixelBlock
from tlstudio.engine.data.trees import FileTree

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAX_NAMES_BYTES = 1 << 20
MAX_IMAGES = 20_000_000
MAX_SIDE_PX = 4096


@dataclass(frozen=True, slots=True)
class PackedPart:
    """The images of one file with their labels, int64 ``[N]``, counting into the class names."""

    split: Split
    block: PixelBlock
    labels: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Packed:
    """A packed dataset.

    Attributes:
        parts: one a file of images.
        names: those of the classes by label; a label beyond them is an error. Empty where the
            dataset has none: then the labels are the names.
        left_out: how many images have no label.
    """

    parts: Sequence[PackedPart]
    names: Sequence[str] = ()
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class PackedFormat:
    """A packed format: a row of `source.FORMATS`.

    Attributes:
        title: what it is called.
        recognises: whether a folder with files of these names is of this format.
        read: reads labels and names, and finds where the images lie.
            Raises DatasetError where a file is damaged or missing, OSError where one may not be
            read.
    """

    title: str
    recognises: Callable[[frozenset[str]], bool]
    read: Callable[[FolderOfFiles, StopToken | None], Packed]


@dataclass(frozen=True, slots=True)
class FolderOfFiles:
    """The files of one folder of a tree.

    Attributes:
        tree: all files.
        opened: what a person opened.
        folder: the key of the folder; empty for the tree's root.
        files: their names, in order.
    """

    tree: FileTree
    opened: Path
    folder: str
    files: tuple[str, ...]

    def file(self, name: str) -> DataFile:
        return DataFile(self.tree.root, f"{self.folder}/{name}" if self.folder else name)

    def text_lines(self, name: str) -> list[str]:
        """The lines of a small text file; empty where it is not there."""
        if name not in self.files:
            return []
        data = self.file(name).place().read(0, MAX_NAMES_BYTES)
        return data.decode("utf-8", "replace").splitlines()

    def names_in(self, name: str) -> list[str]:
        """The class names in a text file, one a line; empty where it is not there."""
        return [line.strip() for line in self.text_lines(name) if line.strip()]


def no_labels(name: str, wanted: str) -> DatasetError:
    """The images are there, their labels are not."""
    return DatasetError(
        QT_TRANSLATE_NOOP("core", "The labels for “{name}” are missing."),
        QT_TRANSLATE_NOOP("core", "They belong in a file “{wanted}” beside it."),
        name=name,
        wanted=wanted,
    )


def unequal(name: str, images: int, labels: int) -> DatasetError:
    """There are more images than labels, or the other way round."""
    return DatasetError(
        QT_TRANSLATE_NOOP("core", "“{name}” has {images} images, but {labels} labels."),
        QT_TRANSLATE_NOOP("core", "The two files do not belong together, or one is damaged."),
        name=name,
        images=images,
        labels=labels,
    )


def no_pixels(name: str) -> DatasetError:
    """It is a file of the format, but what is in it is no images."""
    return DatasetError(
        QT_TRANSLATE_NOOP("core", "“{name}” holds no images of whole numbers from 0 to 255."),
        QT_TRANSLATE_NOOP("core", "Save them as PNG files in one folder per class instead."),
        name=name,
    )


def no_training(name: str) -> DatasetError:
    """Only test images are there."""
    return DatasetError(
        QT_TRANSLATE_NOOP("core", "There are no training images in “{name}”."), name=name
    )


def unlabelled(count: int) -> Note:
    """Images of the dataset that nobody said the class of."""
    return Note(
        QT_TRANSLATE_NOOP("core", "{count} images have no label and are left out."),
        {"count": count},
    )
