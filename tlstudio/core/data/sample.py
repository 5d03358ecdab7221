"""An image of a dataset with its class and its split."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tlstudio.core.data.image_ref import ImageRef


class Split(StrEnum):
    """The three parts of a dataset."""

    TRAIN = "train"
    VAL = "val"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Sample:
    """A readable image of the dataset."""

    image: ImageRef
    class_index: int
    split: Split

    @property
    def path(self) -> Path | None:
        """The image's own file; None where it lies in something else."""
        return self.image.path
