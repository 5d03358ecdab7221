"""The file of an unfinished download, and the note beside it that lets it go on."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tlstudio.core.errors import WeightsError
from tlstudio.core.storage import cached_record, remove_file, unwritable, write_record
from tlstudio.core.texts import QT_TRANSLATE_NOOP

SUFFIX = ".part"
NOTE_SUFFIX = ".part.json"
_LOCK_SUFFIX = ".part.lock"


@dataclass(frozen=True, slots=True)
class PartialNote:
    """The facts about an unfinished download that are needed to continue it.

    Attributes:
        model, weights: what the file will be, by the names of the catalog.
        address: where it comes from.
        version: what the server calls this version of the file, its ETag or date; may be empty.
        total_bytes: 0 if the server did not say.
    """

    model: str
    weights: str
    address: str
    version: str = ""
    total_bytes: int = 0


@dataclass(frozen=True, slots=True)
class PartialFile:
    """Files beside `target`, the file that they will become."""

    target: Path

    @property
    def path(self) -> Path:
        """The file with the bytes that have arrived."""
        return self.target.with_name(self.target.name + SUFFIX)

    @property
    def note_path(self) -> Path:
        return self.target.with_name(self.target.name + NOTE_SUFFIX)

    @property
    def done_bytes(self) -> int:
        """The number of bytes that have arrived; 0 without a file."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0

    def note(self) -> PartialNote | None:
        """The stored note; None if there is none, or if it cannot be read."""
        return cached_record(self.note_path, PartialNote, version=None)

    def remember(self, note: PartialNote) -> None:
        """Store `note` beside the file.

        Raises:
            StorageError: it cannot be written.
        """
        write_record(self.note_path, note, version=None)

    def discard(self) -> None:
        """Delete the file and its note.

        Raises:
            StorageError: something cannot be deleted.
        """
        remove_file(self.path)
        remove_file(self.note_path)

    @contextlib.contextmanager
    def held(self, model: str) -> Iterator[None]:
        """No other program or thread may work on it meanwhile.

        Raises:
            WeightsError: another one does.
            StorageError: the folder cannot be written to.
        """
        import filelock

        lock_path = self.target.with_name(self.target.name + _LOCK_SUFFIX)
        try:
            lock_path.parent.mkdir(parents=True, exist_ok=True)
            lock = filelock.FileLock(lock_path, timeout=0)
            lock.acquire()
        except filelock.Timeout as error:
            raise WeightsError(
                QT_TRANSLATE_NOOP("core", "Another program is downloading {model} right now."),
                QT_TRANSLATE_NOOP("core", "Wait until it is done."),
                model=model,
            ) from error
        except OSError as error:
            raise unwritable(lock_path.parent, error) from error
        try:
            yield
        finally:
            # While it is held, so that nobody's newer lock is deleted; Windows cannot.
            with contextlib.suppress(OSError):
                lock_path.unlink()
            lock.release()
            with contextlib.suppress(OSError):  # it is not empty, as a rule
                lock_path.parent.rmdir()


def partial_files(folder: Path) -> Iterator[PartialFile]:
    """List the unfinished downloads directly in `folder`."""
    for note_path in sorted(folder.glob(f"*{NOTE_SUFFIX}")):
        yield PartialFile(note_path.with_name(note_path.name.removesuffix(NOTE_SUFFIX)))
