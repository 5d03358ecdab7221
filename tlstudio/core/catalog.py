"""The model catalog: one row per network, and the questions one asks of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from tlstudio.core.preprocessing import Preprocessing
from tlstudio.core.texts import QT_TRANSLATE_NOOP


class WeightsPlace(StrEnum):
    """Where the pretrained weights of a model are."""

    ON_BOARD = "on_board"  # installed with the studio
    CACHED = "cached"  # downloaded before, on this machine
    REMOTE = "remote"  # to download
    NONE = "none"  # there are none


WEIGHTS_PLACE_TITLES = {
    WeightsPlace.ON_BOARD: QT_TRANSLATE_NOOP("core", "on board"),
    WeightsPlace.CACHED: QT_TRANSLATE_NOOP("core", "on this machine"),
    WeightsPlace.REMOTE: QT_TRANSLATE_NOOP("core", "to download"),
    WeightsPlace.NONE: QT_TRANSLATE_NOOP("core", "none"),
}


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """One network of the catalog, with the facts that help to choose.

    Attributes:
        name: the name by which its library builds it.
        title: as papers write it.
        family: ResNet, VGG, ...
        library: ``torchvision`` or ``timm``.
        parameters: with the original 1000-class head.
        gflops: billions of multiply-adds of one forward pass, as the library states or counts them.
        imagenet_top1: fraction 0..1 on ImageNet-1k where the library states it, else None.
        preprocessing: what its pretrained weights expect.
        min_input_px: the smallest input side that it accepts.
        weights_place: where its pretrained weights are now.
        weights_bytes: size of the weights file.
        weights_url: where a download would come from; empty for on-board weights.
        weights_title: the name of the weights, e.g. ``IMAGENET1K_V1``.
    """

    name: str
    title: str
    family: str
    library: str
    parameters: int
    gflops: float
    imagenet_top1: float | None
    preprocessing: Preprocessing
    min_input_px: int
    weights_place: WeightsPlace
    weights_bytes: int
    weights_url: str
    weights_title: str

    @property
    def weights_ready(self) -> bool:
        """Whether training can start from the pretrained weights without a download."""
        return self.weights_place in (WeightsPlace.ON_BOARD, WeightsPlace.CACHED)


def search_models(models: Iterable[ModelSpec], query: str) -> tuple[ModelSpec, ...]:
    """Models whose name, title, family or library holds every word of `query`, ignoring case."""
    words = query.casefold().split()
    return tuple(
        model
        for model in models
        if all(
            word in f"{model.name} {model.title} {model.family} {model.library}".casefold()
            for word in words
        )
    )
