"""What a downloaded file was when it first came: a checksum of our own where nobody states one.

torchvision names eight digits of a SHA-256, which two files can be made to share, and timm's files
by web address often name none. The first download is taken as it comes; each later one of the same
address must be the same file.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tlstudio.core.errors import WeightsError
from tlstudio.core.storage import cached_record, data_dir, write_record
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.downloads.web import host_of


@dataclass(frozen=True, slots=True)
class FirstSeen:
    """The file of an address as it first came.

    Attributes:
        address: where it came from.
        sha256: of its bytes, all 64 digits.
        on: the day.
    """

    address: str
    sha256: str
    on: str


def first_seen(address: str) -> FirstSeen | None:
    """What came from there first; None where nothing did, or nobody remembers."""
    return cached_record(_file(address), FirstSeen)


def compare_with_first(address: str, sha256: str, name: str) -> None:
    """Make sure that it is the file that first came from there; remember it if there was none.

    Args:
        address: of the file.
        sha256: of what has come now.
        name: title of the network or dataset.

    Raises:
        WeightsError: it is another file.
        StorageError: it cannot be remembered.
    """
    before = first_seen(address)
    if before is None:
        write_record(_file(address), FirstSeen(address, sha256, date.today().isoformat()))
    elif before.sha256 != sha256:
        raise WeightsError(
            QT_TRANSLATE_NOOP(
                "core", "{host} sent another file for {model} than on {day}; it was deleted."
            ),
            QT_TRANSLATE_NOOP(
                "core",
                "Ask those who made it whether it changed. To take the new one, delete “{file}” "
                "and download again.",
            ),
            host=host_of(address),
            model=name,
            day=before.on,
            file=_file(address),
            address=address,
        )


def _file(address: str) -> Path:
    return data_dir() / "downloads" / f"{hashlib.sha256(address.encode()).hexdigest()[:24]}.json"
