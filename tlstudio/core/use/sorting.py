"""Where images go that are sorted by their answers: a folder for each class."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tlstudio.core.data.dataset import ExcludedFile
from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.core.storage import safe_file_name

NONE_FOLDER, UNSURE_FOLDER = "none of these", "unsure"


@dataclass(frozen=True, slots=True)
class SortFolders:
    """The names of the folders, fit for every system, no two of them equal.

    Attributes:
        classes: by class index.
        none_of_these: for what the classifier refused.
        unsure: for answers below `least_confidence`.
        least_confidence: fraction; 0 asks for nothing.
    """

    classes: tuple[str, ...]
    none_of_these: str
    unsure: str
    least_confidence: float = 0.0

    @classmethod
    def of(cls, classes: Sequence[str], least_confidence: float = 0.0) -> SortFolders:
        names: dict[str, str] = {}
        for name in (*classes, NONE_FOLDER, UNSURE_FOLDER):
            stem = wanted = safe_file_name(unicodedata.normalize("NFC", name))
            number = 1
            while wanted.casefold() in names:  # some disks do not tell capital letters apart
                number += 1
                wanted = f"{stem} ({number})"
            names[wanted.casefold()] = wanted
        *mine, none_of_these, unsure = names.values()
        return cls(tuple(mine), none_of_these, unsure, least_confidence)

    @property
    def all(self) -> tuple[str, ...]:
        return (*self.classes, self.none_of_these, self.unsure)

    def folder_of(self, record: PredictionRecord) -> str:
        """The name of the folder that an image goes to."""
        if not record.is_known:
            return self.none_of_these
        if record.confidence < self.least_confidence:
            return self.unsure
        return self.classes[record.predicted]


@dataclass(frozen=True, slots=True)
class SortProgressed:
    """So many images of so many are copied."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Sorted:
    """The end of sorting.

    Attributes:
        folder: that the class folders are in.
        log: the file that undoing goes by; None where nothing was copied.
        copied: how many images.
        failed: those that could not be read any more.
        is_whole: False where it was stopped.
    """

    folder: Path
    log: Path | None
    copied: int
    failed: tuple[ExcludedFile, ...] = ()
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class SortUndone:
    """The end of undoing.

    Attributes:
        removed: how many copies.
        kept: copies that were changed since, and stay.
    """

    folder: Path
    removed: int
    kept: tuple[Path, ...] = ()
