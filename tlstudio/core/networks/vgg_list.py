"""Networks of one's own in the manner of VGG, written as lists: ``64 M 128 M 256 256 M | 512``.

A number is a 3x3 convolution with so many maps and a ReLU, ``M`` a max pooling that halves the
image. Numbers behind a bar are the units of fully connected layers; without a bar there are two
with 4096 units, as in VGG. Such a network goes by its list, ``vgg:64 M 128 M``, wherever a model is
named: in settings, files and on the terminal.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from tlstudio.core.errors import ConfigError
from tlstudio.core.networks.catalog import Library, ModelSpec
from tlstudio.core.networks.families import family_of
from tlstudio.core.networks.preprocessing import Preprocessing
from tlstudio.core.texts import QT_TRANSLATE_NOOP

PREFIX = "vgg:"
POOLING = "M"
VGG_UNITS = (4096, 4096)
ORIGINAL_CLASSES = 1000
POOLED_PX = 7  # side of the maps that the first fully connected layer is given

MOST_CONVOLUTIONS, MOST_POOLINGS, MOST_LAYERS = 50, 7, 4
MOST_MAPS, MOST_UNITS = 2048, 8192
_MOST_WORDS = MOST_CONVOLUTIONS + MOST_POOLINGS + 1

_TYPED = re.compile(r"(\d+\s+)*\d+\s*[mM]\b")  # numbers, and a pooling


@dataclass(frozen=True, slots=True)
class VggList:
    """A list that was read.

    Attributes:
        stages: maps of the convolutions up to each pooling; of the last stage, which may be empty,
            without one behind it.
        units: of the fully connected layers before the head.
    """

    stages: tuple[tuple[int, ...], ...]
    units: tuple[int, ...]

    @property
    def text(self) -> str:
        """The list in its one spelling."""
        words = f" {POOLING} ".join(" ".join(map(str, stage)) for stage in self.stages)
        units = "" if self.units == VGG_UNITS else f" | {' '.join(map(str, self.units))}"
        return " ".join(f"{words}{units}".split())  # poolings may follow each other

    @property
    def name(self) -> str:
        """The name in the catalog."""
        return PREFIX + self.text

    @property
    def least_px(self) -> int:
        """Side of the smallest image: each pooling halves it."""
        return int(2 ** (len(self.stages) - 1))

    def counts(self, num_classes: int, image_px: int) -> tuple[int, int]:
        """Parameters, and multiply-adds for one image."""
        maps, side, parameters, products = 3, image_px, 0, 0
        for number, stage in enumerate(self.stages):
            for width in stage:
                parameters += (9 * maps + 1) * width
                products += 9 * maps * width * side**2
                maps = width
            if number < len(self.stages) - 1:
                side //= 2
        inputs = maps * POOLED_PX**2
        for outputs in (*self.units, num_classes):
            parameters += (inputs + 1) * outputs
            products += inputs * outputs
            inputs = outputs
        return parameters, products

    @property
    def spec(self) -> ModelSpec:
        """Its row of the catalog."""
        preprocessing = Preprocessing()
        parameters, products = self.counts(ORIGINAL_CLASSES, preprocessing.crop_px)
        family = family_of("vgg")
        return ModelSpec(
            name=self.name,
            title=f"VGG {self.text}",
            family=family.title,
            library=Library.CLASSIC,
            parameters=parameters,
            gflops=products / 1e9,
            weights=(),
            preprocessing=preprocessing,
            min_input_px=self.least_px,
            family_id=family.id,
            num_classes=ORIGINAL_CLASSES,
        )


def is_vgg_list(model: str) -> bool:
    """Whether the name of a model is meant to be a list."""
    return model.lower().startswith(PREFIX)


def looks_like_vgg_list(text: str) -> bool:
    """Whether a text that somebody typed is one, with or without the beginning of its name."""
    return is_vgg_list(text.strip()) or bool(_TYPED.match(_plain(text)))


@lru_cache(maxsize=256)
def vgg_list(text: str) -> VggList:
    """Read a list, with or without the beginning of its name, as text or as Python writes it.

    Raises:
        ConfigError: it is none, or too large; says which word is wrong.
    """
    words, bar, rest = _plain(text).partition("|")
    stages: list[tuple[int, ...]] = [()]
    for word in words.split(maxsplit=_MOST_WORDS)[:_MOST_WORDS]:  # more are told of below
        if word.upper() == POOLING:
            stages.append(())
        else:
            stages[-1] += (_number(word, MOST_MAPS),)
    units: tuple[int, ...] = VGG_UNITS
    if bar:
        typed = rest.split(maxsplit=_MOST_WORDS)[:_MOST_WORDS]
        units = tuple(_number(word, MOST_UNITS) for word in typed)
    found = VggList(tuple(stages), units)
    convolutions = sum(map(len, found.stages))
    if not found.stages[0]:
        raise ConfigError(
            QT_TRANSLATE_NOOP("core", "A network of this kind begins with a convolution."),
            _HINT,
        )
    if (
        convolutions > MOST_CONVOLUTIONS
        or len(found.stages) - 1 > MOST_POOLINGS
        or len(units) > MOST_LAYERS
    ):
        raise ConfigError(
            QT_TRANSLATE_NOOP(
                "core",
                "At most {convolutions} convolutions, {poolings} poolings and {layers} fully "
                "connected layers make a network of this kind.",
            ),
            _HINT,
            convolutions=MOST_CONVOLUTIONS,
            poolings=MOST_POOLINGS,
            layers=MOST_LAYERS,
        )
    return found


def _plain(text: str) -> str:
    text = text.strip()
    text = text[len(PREFIX) :] if is_vgg_list(text) else text
    return re.sub(r"[\[\](),;'\"]+", " ", text).strip()


def _number(word: str, most: int) -> int:
    if word.isascii() and word.isdecimal() and 1 <= int(word[:9]) <= most:
        return int(word)
    raise ConfigError(
        QT_TRANSLATE_NOOP("core", "“{word}” is neither a number from 1 to {most} nor M."),
        _HINT,
        word=word[:40],
        most=most,
    )


_HINT = QT_TRANSLATE_NOOP(
    "core",
    "Write the maps of 3×3 convolutions and an M for each max pooling, for example "
    "64 M 128 M 256 256 M; behind a bar the units of fully connected layers.",
)
