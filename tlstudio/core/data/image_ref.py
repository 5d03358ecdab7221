"""References to images: the container that keeps an image, and its key there."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import BinaryIO, ClassVar, NamedTuple, Protocol, runtime_checkable

from tlstudio.core.data.values import ValueRange


class ImageStat(NamedTuple):
    """The size and times of an image's bytes; where one changed, the bytes may have changed.

    Attributes:
        ctime_ns: when the system last noted a change of the file. Programs that turn photos put the
            modification time back to what it was; this one they cannot. On Windows it is the time
            at which the file was made.
    """

    size_bytes: int
    mtime_ns: int
    inode: int
    ctime_ns: int = 0

    @classmethod
    def of(cls, facts: os.stat_result) -> ImageStat:
        """What the system says of a file."""
        return cls(facts.st_size, facts.st_mtime_ns, facts.st_ino, facts.st_ctime_ns)


class NotARegularFileError(OSError):
    """A folder, a FIFO or the like, which must not be opened: reading it might never end."""


@runtime_checkable
class ImageContainer(Protocol):
    """A container of images: a folder, an archive, a pickle.

    Every reference holds its container, so that it can be opened on any thread and after pickling.
    A container is therefore small, hashable and picklable, equal to any other one of the same
    place, and may be used by several threads at once; whatever it has to keep open, it opens again
    where it is needed.
    """

    @property
    def id(self) -> str:
        """The identity of the container, e.g. the path of the archive."""

    def open(self, key: str) -> BinaryIO:
        """The bytes of one image, to be closed by the caller; can be sought.

        Raises:
            OSError: there is no such image, or it may not be read.
        """

    def stat(self, key: str) -> ImageStat:
        """Return size and times of the bytes, without reading them.

        Raises:
            OSError: there is no such image.
        """

    def path_of(self, key: str) -> Path | None:
        """The file that holds this image and nothing else; None where there is none."""


@dataclass(frozen=True, slots=True)
class FolderContainer:
    """The files in and below a folder; a key is the path from the folder on, with ``/``."""

    folder: Path

    @property
    def id(self) -> str:
        return str(self.folder)

    def open(self, key: str) -> BinaryIO:
        return open(self._file(key), "rb")  # noqa: PTH123 - as fast as can be, often

    def stat(self, key: str) -> ImageStat:
        """Return size and times of a file. Raises `NotARegularFileError` where it is none."""
        status = os.stat(self._file(key))  # noqa: PTH116 - likewise
        if not stat.S_ISREG(status.st_mode):
            raise NotARegularFileError(self._file(key))
        return ImageStat.of(status)

    def path_of(self, key: str) -> Path:
        return self.folder / key

    def _file(self, key: str) -> str:
        return f"{self.folder}{os.sep}{key}"


@dataclass(frozen=True, slots=True)
class ImageRef:
    """A reference to an image, whether it is a file of its own or a part of something else.

    Attributes:
        container: where it is kept.
        key: which one it is there; parts are separated by ``/``.
        values: what is shown as black and white of a deep image of a dataset, so that every reader
            shows the same; None for ordinary images, and where no dataset says it.
    """

    container: ImageContainer
    key: str
    values: ValueRange | None = None

    # Records that hold images are stored without them; pydantic wants to know their types even so.
    __pydantic_config__: ClassVar[dict[str, bool]] = {"arbitrary_types_allowed": True}

    @classmethod
    def of_file(cls, path: Path) -> ImageRef:
        """The image in a file by itself."""
        return cls(FolderContainer(path.parent), path.name)

    @classmethod
    def of(cls, image: ImageRef | Path) -> ImageRef:
        """Return a reference as it is, or the one to the image in a file."""
        return image if isinstance(image, ImageRef) else cls.of_file(image)

    def shown_in(self, values: ValueRange | None) -> ImageRef:
        """This image with another range of values; as it is for None."""
        return self if values is None or values == self.values else replace(self, values=values)

    @property
    def name(self) -> str:
        """The name that a person reads: that of the file."""
        return self.key.rpartition("/")[2]

    @property
    def suffix(self) -> str:
        """The end of its name in lower case, with the dot; empty without one."""
        return PurePosixPath(self.name).suffix.lower()

    @property
    def path(self) -> Path | None:
        """The file that holds it and nothing else; None e.g. for a member of an archive."""
        return self.container.path_of(self.key)

    @property
    def sort_key(self) -> str:
        """Puts images in the order in which the paths of their files would be, part by part."""
        return os.path.normcase(self.key).replace(os.sep, "\0")  # before all that names have

    def open(self) -> BinaryIO:
        """Open the bytes for reading; the caller closes them.

        Raises:
            OSError: it is gone, or may not be read.
        """
        return self.container.open(self.key)

    def stat(self) -> ImageStat:
        """Return size and times of the bytes, without reading them.

        Raises:
            OSError: it is gone.
        """
        return self.container.stat(self.key)

    def __str__(self) -> str:
        """The path of its file; else that of the container and the key, which is as unique."""
        return str(self.path or f"{self.container.id}/{self.key}")

    def __hash__(self) -> int:
        return hash(self.key)  # references are looked up by the hundred thousand
