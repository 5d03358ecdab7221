"""Text files that somebody wrote, in the encoding that their editor keeps them in."""

from __future__ import annotations

import codecs
import errno
import os
from pathlib import Path

from tlstudio.core.errors import StorageError
from tlstudio.core.storage import open_regular
from tlstudio.core.texts import QT_TRANSLATE_NOOP

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LOOKED_AT = 1000  # bytes, for zeros


def decoded(data: bytes) -> str:
    """The text, in UTF-8 or what its first bytes say, else as Korean or western Windows writes.

    Raises:
        UnicodeDecodeError: it is no text.
    """
    marked = next((encoding for mark, encoding in _BOMS if data.startswith(mark)), None)
    if marked is None and 0 in data[:_LOOKED_AT]:  # no text of one byte a character
        first, second = (data[at:_LOOKED_AT:2].count(0) for at in (0, 1))
        marked = "utf-16-be" if first > second else "utf-16-le"
    for encoding in (marked,) if marked else ("utf-8", "cp949"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("cp1252" if marked is None else marked)


def read_text_file(path: Path, most_bytes: int) -> str:
    """Read a text file of a person; it may be anything.

    Raises:
        StorageError: it cannot be read, is larger than that, or is no text.
    """
    try:
        with open(path, "rb", opener=open_regular) as file:
            data = file.read(most_bytes + 1)
        if data is None:  # one of the system's own, which would be waited for
            raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))
    except (OSError, ValueError) as error:
        raise StorageError(
            QT_TRANSLATE_NOOP("core", "“{name}” cannot be read: {why}."),
            QT_TRANSLATE_NOOP("core", "Choose a text file that is still there."),
            name=path.name[:80],
            why=getattr(error, "strerror", "") or str(error),
        ) from error
    if len(data) > most_bytes:
        raise StorageError(
            QT_TRANSLATE_NOOP("core", "“{name}” is too large: {most} MB are read at most."),
            QT_TRANSLATE_NOOP("core", "Choose another file, or split this one."),
            name=path.name,
            most=most_bytes // 1_000_000,
        )
    try:
        text = decoded(data)
        if "\0" in text:
            raise ValueError("bytes of no text")
    except ValueError as error:
        raise StorageError(
            QT_TRANSLATE_NOOP("core", "“{name}” is no text file."),
            QT_TRANSLATE_NOOP("core", "Save it as plain text in UTF-8."),
            name=path.name,
        ) from error
    return text
