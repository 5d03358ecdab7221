"""A dataset source that serves images without paths: a zip archive of class folders."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from tlstudio.core.data.dataset import (
    DatasetIndex,
    ExcludedFile,
    Layout,
    Split,
    SplitConfig,
)
from tlstudio.core.data.image_ref import ImageRef, ImageStat
from tlstudio.core.data.options import ReadOptions
from tlstudio.core.runs.events import StopToken
from tlstudio.engine.data.images import check_image
from tlstudio.engine.data.sources.indexing import ProgressReport, make_index, raise_if_stopped
from tlstudio.engine.data.sources.source import Progress


@dataclass(frozen=True, slots=True)
class ZipContainer:
    """The members of a zip archive; opened anew for every image."""

    archive: Path

    @property
    def id(self) -> str:
        return str(self.archive)

    def open(self, key: str) -> BinaryIO:
        with zipfile.ZipFile(self.archive) as archive:
            try:
                return io.BytesIO(archive.read(key))
            except KeyError as error:
                raise FileNotFoundError(key) from error

    def stat(self, key: str) -> ImageStat:
        status = self.archive.stat()
        with zipfile.ZipFile(self.archive) as archive:
            try:
                size = archive.getinfo(key).file_size
            except KeyError as error:
                raise FileNotFoundError(key) from error
        return ImageStat(size, status.st_mtime_ns, status.st_ino)

    def path_of(self, key: str) -> None:
        return None


class ZipSource:
    """``class/name.png`` in an archive; the studio splits."""

    name = "zip"

    def recognises(self, path: Path) -> bool:
        return path.is_file() and zipfile.is_zipfile(path)

    def index(
        self,
        path: Path,
        split: SplitConfig,
        options: ReadOptions,
        *,
        stop: StopToken | None = None,
        on_progress: Progress | None = None,
    ) -> DatasetIndex:
        container = ZipContainer(path)
        with zipfile.ZipFile(path) as archive:
            keys = sorted(name for name in archive.namelist() if not name.endswith("/"))
        progress = ProgressReport(len(keys), on_progress)
        readable: dict[str, list[ImageRef]] = {}
        excluded = []
        for key in keys:
            raise_if_stopped(stop)
            image = ImageRef(container, key)
            reason = check_image(image)
            if reason is None:
                readable.setdefault(PurePosixPath(key).parts[0], []).append(image)
            else:
                excluded.append(ExcludedFile(image, reason))
            progress.add(1)
        return make_index(
            path, Layout.CLASS_FOLDERS, {Split.TRAIN: readable}, split, excluded=excluded
        )


def zip_folder(folder: Path, archive: Path) -> Path:
    """All files in and below `folder`, as members of a new `archive`."""
    with zipfile.ZipFile(archive, "w") as made:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                made.write(path, path.relative_to(folder).as_posix())
    return archive
