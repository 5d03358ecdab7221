"""The zip archive that `torch.save` writes, checked before anything in it is used."""

from __future__ import annotations

import zipfile
from typing import BinaryIO

_MAX_ENTRIES = 100_000
_CHUNK = 1 << 20


class BrokenArchiveError(ValueError):
    """The archive is cut off, damaged, or not one that torch writes."""


class TorchArchive:
    """The entries of one torch file.

    Raises:
        BrokenArchiveError: it is no such archive, entries are compressed or overlap in size, or a
            checksum is wrong.
    """

    def __init__(self, file: BinaryIO, file_bytes: int) -> None:
        try:
            self._zip = zipfile.ZipFile(file)
            entries = self._zip.infolist()
            self._check(entries, file_bytes)
        except BrokenArchiveError:
            raise
        except Exception as error:  # zipfile raises many types on broken bytes
            raise BrokenArchiveError(str(error)) from error
        pickles = [e.filename for e in entries if e.filename.endswith("/data.pkl")]
        if len(pickles) != 1:
            raise BrokenArchiveError("it has no pickle of its own")
        self._folder = pickles[0].removesuffix("data.pkl")
        self._names = {entry.filename for entry in entries}

    def __contains__(self, name: str) -> bool:
        return self._folder + name in self._names

    def read(self, name: str) -> bytes:
        """The bytes of one entry.

        Raises:
            BrokenArchiveError: there is no such entry, or its checksum is wrong.
        """
        try:
            return self._zip.read(self._folder + name)
        except Exception as error:
            raise BrokenArchiveError(str(error)) from error

    @property
    def is_script(self) -> bool:
        """Whether it is TorchScript, which carries code."""
        return "constants.pkl" in self

    @property
    def byte_order(self) -> str:
        return (
            self.read("byteorder").decode("ascii", "replace") if "byteorder" in self else "little"
        )

    def _check(self, entries: list[zipfile.ZipInfo], file_bytes: int) -> None:
        """torch itself reads without looking at checksums, so a flipped bit would go unnoticed."""
        if len(entries) > _MAX_ENTRIES or len({e.filename for e in entries}) != len(entries):
            raise BrokenArchiveError("it has too many entries, or two of one name")
        if sum(entry.file_size for entry in entries) > file_bytes:
            raise BrokenArchiveError("its entries are larger than the file")
        for entry in entries:
            if entry.compress_type != zipfile.ZIP_STORED:
                raise BrokenArchiveError("torch does not compress its entries")
            with self._zip.open(entry) as stream:
                while stream.read(_CHUNK):
                    pass  # the last read compares the checksum
