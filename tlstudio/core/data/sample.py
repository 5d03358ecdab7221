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
    """A readable image of the dataset.

    Attributes:
        group: images of one group stay in one split; empty for an image on its own. It is what the
            dataset or `SplitConfig.group_by` says; a manifest may join more.
    """

    image: ImageRef
    class_index: int
    split: Split
    group: str = ""

    @property
    def path(self) -> Path | None:
        """The image's own file; None where it lies in something else."""
        return self.image.path
