"""The row type of the classic networks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tlstudio.core.networks.preprocessing import Preprocessing

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True, slots=True)
class Paper:
    """The publication of a network.

    Attributes:
        title: as printed.
        url: of the DOI or of arXiv.
    """

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class ClassicSpec:
    """A classic network: its title, paper, builder and inputs.

    Attributes:
        name: unique, also among the names of torchvision and timm.
        title: as papers write it.
        family: ResNet, VGG, ...
        year: of the paper's first version.
        build: from the number of classes to a network with random weights, initialised as its
            paper says; with ``auxiliary=True`` those that have auxiliary classifiers have them.
            The first call imports torch (for some rows torchvision, too).
        paper: the one that it follows.
        preprocessing: the paper's, for training from scratch.
        min_input_px: side of the smallest square image that runs.
        max_input_px: side of the largest one; None where there is no limit.
        num_classes: of the paper's data: ImageNet's thousand, or ten digits or kinds of things.
    """

    name: str
    title: str
    family: str
    year: int
    build: Callable[..., nn.Module]
    paper: Paper
    preprocessing: Preprocessing
    min_input_px: int
    max_input_px: int | None = None
    num_classes: int = 1000

    @property
    def image_px(self) -> int:
        """Side of the square image that the paper gives it."""
        return self.preprocessing.crop_px

    @property
    def channels(self) -> int:
        """The channels of its images: 3 (RGB) or 1 (grey)."""
        return self.preprocessing.channels
