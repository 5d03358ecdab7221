"""Readings: the ways in which a folder can be understood, where there is more than one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tlstudio.core.data.dataset import Split
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.errors import DatasetError
from tlstudio.core.notes import Note


@dataclass(frozen=True)
class Reading:
    """One way to understand a folder.

    Attributes:
        id: what `ReadOptions.reading` and ``--read-as`` call it.
        title: it in a sentence, e.g. that train and dev are splits of the same classes.
        classes: the class names that it finds.
        splits: the number of image files in each split that the folders say; all of them in
            `Split.TRAIN` where they say none.
        examples: an image or two of each class, by class name.
    """

    id: str
    title: Note
    classes: tuple[str, ...]
    splits: Mapping[Split, int]
    examples: Mapping[str, tuple[ImageRef, ...]] = field(default_factory=dict)


class AmbiguousDatasetError(DatasetError):
    """A folder that can be understood in several ways; a person has to say which."""

    @property
    def readings(self) -> Sequence[Reading]:
        """The ways, the likeliest first; empty where the error was stored and read back."""
        found = self.values.get("readings", ())
        return found if isinstance(found, tuple) else ()
