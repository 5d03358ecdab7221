"""The model catalog: one row per network, and the questions one asks of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from tlstudio.core.errors import ConfigError
from tlstudio.core.networks.preprocessing import Preprocessing
from tlstudio.core.texts import QT_TRANSLATE_NOOP


class WeightsPlace(StrEnum):
    """The places where pretrained weights can be."""

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


class Library(StrEnum):
    """The libraries that build networks."""

    TORCHVISION = "torchvision"
    TIMM = "timm"
    CLASSIC = "classic"  # the studio itself: what no library ships


LIBRARY_TITLES = {
    Library.TORCHVISION: "torchvision",
    Library.TIMM: "timm",
    Library.CLASSIC: QT_TRANSLATE_NOOP("core", "Classics"),
}


HASH_IN_NAME = re.compile(r"-([0-9a-f]{8,})\.")  # of a SHA-256, as torch.hub names its files


@dataclass(frozen=True, slots=True)
class WeightsSpec:
    """A set of pretrained weights, with what its library states about it.

    Attributes:
        name: as its library calls it, e.g. ``IMAGENET1K_V2`` or ``lvd142m``.
        place: where it is now.
        size_bytes: of the file; for what is still to download as stated, or four bytes a parameter.
        preprocessing: what its inputs must go through.
        num_classes: outputs of its head; 0 if it comes without a head.
        imagenet_top1: fraction 0..1 on ImageNet-1k where the library states it, else None.
        imagenet_top5: likewise, of the images whose class is among the five likeliest.
        gflops: billions of multiply-adds for one image of `preprocessing.crop_px`.
        url: where a download would come from; empty for on-board weights.
        hub: ``(repository, file)`` on the Hugging Face hub where `url` lies there, else None.
        licence: its name or a link to it, as stated; may be empty.
        recipe_url: how it was trained; may be empty.
    """

    name: str
    place: WeightsPlace
    size_bytes: int
    preprocessing: Preprocessing
    num_classes: int = 1000
    imagenet_top1: float | None = None
    imagenet_top5: float | None = None
    gflops: float = 0.0
    url: str = ""
    hub: tuple[str, str] | None = None
    licence: str = ""
    recipe_url: str = ""

    @property
    def ready(self) -> bool:
        """Whether training can start from it without a download."""
        return self.place in (WeightsPlace.ON_BOARD, WeightsPlace.CACHED)

    @property
    def has_checksum(self) -> bool:
        """Whether anybody states what the bytes of a download are to be."""
        return not self.url or self.hub is not None or bool(HASH_IN_NAME.search(self.url))


class SizeRule(StrEnum):
    """The rules for the input sizes that a network takes."""

    ANY = "any"  # from its minimum on
    INTERPOLATED = "interpolated"  # built for one size; its position embeddings can be resampled
    FIXED = "fixed"  # only the size that it was built for


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """A network of the catalog, with the facts that help to choose.

    Attributes:
        name: its name in the catalog, unique among all libraries.
        title: as papers write it.
        family: ResNet, VGG, ...
        library: who builds it.
        parameters: as counted, with the original head, without auxiliary classifiers; 0 while
            unknown.
        gflops: billions of multiply-adds of one forward pass, as the library states or as counted;
            0 while unknown.
        weights: all pretrained weights, the default ones first; empty if there are none.
        preprocessing: of a network without weights, and of the default weights otherwise.
        min_input_px: the smallest input side that it accepts.
        size_rule: which other sizes it takes.
        recommended: on the short list for a first look.
        family_id: of the note about its family.
        num_classes: outputs of its original head, with which it is counted.
        parameters_with_auxiliary: as the library states them where it counts the auxiliary
            classifiers as well; 0 otherwise.
    """

    name: str
    title: str
    family: str
    library: Library
    parameters: int
    gflops: float
    weights: tuple[WeightsSpec, ...]
    preprocessing: Preprocessing
    min_input_px: int
    size_rule: SizeRule = SizeRule.ANY
    recommended: bool = False
    family_id: str = ""
    num_classes: int = 1000
    parameters_with_auxiliary: int = 0

    def weights_named(self, name: str) -> WeightsSpec | None:
        """The weights called `name`, or the default ones for an empty name; None without any.

        Raises:
            ConfigError: there are weights, but none of that name.
        """
        if not name:
            return self.weights[0] if self.weights else None
        for weights in self.weights:
            if weights.name == name:
                return weights
        raise ConfigError(
            QT_TRANSLATE_NOOP("core", "{model} has no weights called “{name}”."),
            QT_TRANSLATE_NOOP("core", "Choose one of: {choices}."),
            model=self.title,
            name=name,
            choices=", ".join(weights.name for weights in self.weights) or "–",
        )

    def own_preprocessing(self, weights: str = "") -> Preprocessing:
        """What the weights of that name, or the default ones, were made for.

        Raises:
            ConfigError: see `weights_named`.
        """
        chosen = self.weights_named(weights)
        return chosen.preprocessing if chosen else self.preprocessing

    @property
    def imagenet_top1(self) -> float | None:
        """Top-1 accuracy of the default weights on ImageNet-1k, a fraction; None if not stated."""
        return self.weights[0].imagenet_top1 if self.weights else None

    @property
    def weights_place(self) -> WeightsPlace:
        """The place of the default weights."""
        return self.weights[0].place if self.weights else WeightsPlace.NONE

    @property
    def weights_bytes(self) -> int:
        """Size of the default weights."""
        return self.weights[0].size_bytes if self.weights else 0

    @property
    def weights_ready(self) -> bool:
        """Whether training can start from the default weights without a download."""
        return bool(self.weights) and self.weights[0].ready


def file_stem(model: str) -> str:
    """The model's name as the beginning of a file name: slashes, and lists of one's own, have none.

    A few of timm's names have a slash.
    """
    return re.sub(r"[^\w.+-]+", "-", model).strip("-")[:80]


def _matches(model: ModelSpec, words: list[str]) -> bool:
    weights = " ".join(row.name for row in model.weights)
    text = f"{model.name} {model.title} {model.family} {model.library} {weights}".casefold()
    return all(word in text for word in words)


@dataclass(frozen=True, slots=True)
class ModelFilter:
    """A filter of the catalog; fields that are None or empty let everything pass.

    Attributes:
        query: words that name, title, family, library or names of weights must hold.
        recommended: only the short list.
        library: only what this one builds.
        family: only this family.
        max_parameters: at most so many; models of unknown size do not pass.
        max_input_px: the default input is at most so large.
        with_weights: there are pretrained weights.
        ready: pretrained weights are on this machine.
    """

    query: str = ""
    recommended: bool = False
    library: Library | None = None
    family: str = ""
    max_parameters: int | None = None
    max_input_px: int | None = None
    with_weights: bool = False
    ready: bool = False

    def __call__(self, models: Iterable[ModelSpec]) -> tuple[ModelSpec, ...]:
        """The models that pass, in their order."""
        words = self.query.casefold().split()
        return tuple(model for model in models if self._passes(model, words))

    def _passes(self, model: ModelSpec, words: list[str]) -> bool:
        return (
            (model.recommended or not self.recommended)
            and self.library in (None, model.library)
            and self.family in ("", model.family)
            and (self.max_parameters is None or 0 < model.parameters <= self.max_parameters)
            and (self.max_input_px is None or model.preprocessing.crop_px <= self.max_input_px)
            and (bool(model.weights) or not self.with_weights)
            and (any(weights.ready for weights in model.weights) or not self.ready)
            and _matches(model, words)
        )
