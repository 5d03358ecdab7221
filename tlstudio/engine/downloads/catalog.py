"""Fetching a well-known dataset, only when asked to, and putting its images into folders."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from tlstudio.core.data.catalog import CATALOG, CatalogDataset, CatalogFile, CatalogProgress
from tlstudio.core.errors import DatasetError
from tlstudio.core.networks.downloads import DownloadProgress
from tlstudio.core.runs.events import StopToken
from tlstudio.core.storage import atomic_write, cached_record, data_dir, unwritable, write_record
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.downloads.catalog_folders import ARRANGEMENTS, Arrangement
from tlstudio.engine.downloads.fetch import Wanted, check_room, fetch, stopped_error
from tlstudio.engine.downloads.partial import PartialFile, PartialNote
from tlstudio.engine.downloads.unpacking import unpack

OnProgress = Callable[[CatalogProgress], None]

NOTE = ".tlstudio-source.json"  # hidden: it is no image that could be missed
CLASS_NAMES = "class_names.txt"
_ARRIVING, _UNPACKED = "arriving", "unpacked"  # folders inside the unfinished one
_MB = 10**6


@dataclass(frozen=True, slots=True)
class SourceNote:
    """Where a downloaded dataset came from, kept beside its images.

    Attributes:
        name, title, licence, page: of the catalog.
        sha256: of each file as it came, by address. It tells whether a later download of a file
            for which nobody states a digest is the same.
    """

    name: str
    title: str
    licence: str
    page: str
    sha256: dict[str, str] = field(default_factory=dict)


def datasets_dir() -> Path:
    """The folder of downloaded datasets."""
    return data_dir() / "datasets"


def downloaded(name: str, parent: Path | None = None) -> Path | None:
    """What is to be opened of a downloaded dataset; None where it is not on this machine.

    Args:
        name: of the catalog.
        parent: the folder around it; None for the studio's own.

    Raises:
        ConfigError: the catalog has no such dataset.
    """
    folder = (parent or datasets_dir()) / CATALOG[name].name
    note = cached_record(folder / NOTE, SourceNote)
    return folder / ARRANGEMENTS[name].opens if note is not None else None


def download_dataset(
    name: str,
    parent: Path | None = None,
    *,
    stop: StopToken | None = None,
    on_progress: OnProgress | None = None,
    address_of: Callable[[CatalogFile], str] = lambda file: file.url,
) -> Path:
    """Fetch a dataset of the catalog, unless it is there already.

    Its folder appears when every file has arrived, its digest is right and every image is in its
    place. What has come when it is stopped or breaks off is kept, and gone on with the next time.

    Args:
        name: of the catalog.
        parent: the folder around the dataset's own; None for the studio's.
        stop: ends it within a moment.
        on_progress: told every now and then.
        address_of: another place for each file, e.g. a mirror.

    Returns:
        What is to be opened: the folder, or the one file in it.

    Raises:
        ConfigError: the catalog has no such dataset.
        WeightsError: no connection, a refusal, a broken-off or wrong file, or it was stopped.
        DatasetError: an archive is damaged, or the folder belongs to something else.
        StorageError: it cannot be written, or the disk is too small.
    """
    row, parent = CATALOG[name], parent or datasets_dir()
    present = downloaded(name, parent)
    if present is not None:
        return present
    job = _Job(row, ARRANGEMENTS[name], parent / row.name, stop or StopToken(), on_progress)
    if job.target.exists():
        raise DatasetError(
            QT_TRANSLATE_NOOP("core", "There is another folder “{name}” already."),
            QT_TRANSLATE_NOOP("core", "Choose another place for the dataset, or move the folder."),
            name=job.target,
        )
    with PartialFile(job.target).held(row.title):
        present = downloaded(name, parent)  # another program was just done
        if present is None:
            digests = job.fetch_all(address_of)
            job.arrange(digests)
    return job.target / job.arrangement.opens


def remove_dataset(name: str, parent: Path | None = None) -> None:
    """Delete a downloaded dataset, and what is left of an unfinished download of it.

    Raises:
        ConfigError: the catalog has no such dataset.
        StorageError: something cannot be deleted.
    """
    folder = (parent or datasets_dir()) / CATALOG[name].name
    if downloaded(name, parent) is not None:
        _remove(folder)
    _remove(_unfinished(folder))


@dataclass(frozen=True)
class _Job:
    """A dataset on its way."""

    row: CatalogDataset
    arrangement: Arrangement
    target: Path
    stop: StopToken
    on_progress: OnProgress | None

    @property
    def part(self) -> Path:
        return _unfinished(self.target)

    def fetch_all(self, address_of: Callable[[CatalogFile], str]) -> dict[str, str]:
        """Complete every file; returns the SHA-256 of each by its address."""
        factor = 1 if self.arrangement.place is None else 2  # packed and unpacked
        check_room(self.target.parent, factor * self.row.download_mb * _MB)
        before, digests = 0, {}
        for file in self.row.files:
            part = PartialFile(self.part / _ARRIVING / file.name)
            if not part.target.exists():
                wanted = Wanted(self.row.title, address_of(file), md5=file.md5)
                note = PartialNote(self.row.name, file.name, file.url)
                path = fetch(wanted, part, note, stop=self.stop, on_progress=self._told(before))
                digests[file.url] = _sha256(path)
                self._rename(path, part.target)
                part.discard()
            else:
                digests[file.url] = _sha256(part.target)
            before += part.target.stat().st_size
        return digests

    def arrange(self, digests: dict[str, str]) -> None:
        """Unpack what needs it, put every file where it belongs, and let the folder appear."""
        arriving, whole = self.part / _ARRIVING, self.part / self.row.name
        _remove(whole)  # of an attempt that was killed
        if self.arrangement.place is None:
            for path in sorted(arriving.iterdir()):
                self._rename(path, whole / path.name)
        else:
            unpacked = self.part / _UNPACKED
            _remove(unpacked)
            self._unpack(arriving, unpacked)
            for source, target in self._placed(unpacked):
                self._raise_if_stopped()
                self._rename(source, whole / target)
        if self.arrangement.class_names:
            atomic_write(whole / CLASS_NAMES, "\n".join(self.arrangement.class_names) + "\n")
        row = self.row
        write_record(whole / NOTE, SourceNote(row.name, row.title, row.licence, row.page, digests))
        self._rename(whole, self.target)
        _remove(self.part)

    def _unpack(self, arriving: Path, unpacked: Path) -> None:
        paths = sorted(arriving.iterdir())
        total = sum(path.stat().st_size for path in paths)
        done = 0
        for path in paths:
            if path.name.endswith(".mat"):
                self._rename(path, unpacked / path.name)
                continue
            before = done

            def told(read_bytes: int, before: int = before) -> None:
                self._tell(CatalogProgress(True, before + read_bytes, total))

            unpack(path, unpacked, self.arrangement.wants, self.stop, told)
            self._raise_if_stopped()
            done += path.stat().st_size

    def _placed(self, unpacked: Path) -> Iterator[tuple[Path, PurePosixPath]]:
        assert self.arrangement.place is not None
        try:
            for source, target in self.arrangement.place(unpacked):
                if source.exists():  # some makers' lists name files that they never packed
                    yield source, PurePosixPath(target)
        except (OSError, ValueError, KeyError, IndexError) as error:
            raise DatasetError(
                QT_TRANSLATE_NOOP("core", "The files of {name} are not as they used to be."),
                QT_TRANSLATE_NOOP("core", "Download it from its own page instead: {page}"),
                name=self.row.title,
                page=self.row.page,
            ) from error

    def _rename(self, source: Path, target: Path) -> None:
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            source.replace(target)
        except OSError as error:
            raise unwritable(target, error) from error

    def _told(self, before: int) -> Callable[[DownloadProgress], None]:
        total = self.row.download_mb * _MB

        def told(progress: DownloadProgress) -> None:
            is_last_word = len(self.row.files) == 1 and progress.total_bytes
            whole = progress.total_bytes if is_last_word else max(total, before)
            done = before + progress.done_bytes
            self._tell(CatalogProgress(False, done, max(whole, done), progress.bytes_per_s))

        return told

    def _tell(self, progress: CatalogProgress) -> None:
        if self.on_progress is not None:
            self.on_progress(progress)

    def _raise_if_stopped(self) -> None:
        if self.stop.stopped:
            raise stopped_error(self.row.title)


def _unfinished(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.unfinished")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _remove(folder: Path) -> None:
    """Raises `StorageError` where it cannot be deleted."""
    with contextlib.suppress(FileNotFoundError):
        try:
            shutil.rmtree(folder)
        except FileNotFoundError:
            raise
        except OSError as error:
            raise unwritable(folder, error) from error
