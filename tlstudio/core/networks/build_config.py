"""How a network of the catalog is built: size and colours of its input, stem, heads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tlstudio.core.errors import ConfigError
from tlstudio.core.networks.auxiliary import AUXILIARY_MIN_PX, wants_auxiliary
from tlstudio.core.networks.catalog import ModelSpec, SizeRule
from tlstudio.core.texts import QT_TRANSLATE_NOOP

if TYPE_CHECKING:
    from tlstudio.core.config.run_config import RunConfig, Stem


@dataclass(frozen=True, slots=True)
class HeadConfig:
    """The form of a head: one linear layer, or more.

    Attributes:
        hidden: units of a fully connected layer with ReLU before the last one; 0 for none.
        dropout: share of the last layer's inputs that are set to 0 in training, 0..0.9.
    """

    hidden: int = 0
    dropout: float = 0.0


LINEAR_HEAD = HeadConfig()


@dataclass(frozen=True, slots=True)
class BuildConfig:
    """How a network of the catalog is built, apart from its number of classes and its values.

    Attributes:
        image_px: side of the square input; 0 for the size that the network is built for.
        channels: 3 for colour, 1 for grey; 0 for what the network was made for.
        stem: ``small`` replaces a first convolution that halves the image, and the pooling after
            it, by one that keeps its size, as networks for CIFAR do (He et al. 2016, section 4.2).
        head: what stands before its last layer.
        auxiliary: with the auxiliary classifiers that it has for training, if it has any.
    """

    image_px: int = 0
    channels: int = 0
    stem: Stem = "original"
    head: HeadConfig = LINEAR_HEAD
    auxiliary: bool = False

    @classmethod
    def of(cls, config: RunConfig, image_px: int, channels: int) -> BuildConfig:
        """Return what `config` asks for, where size and channels are known."""
        head = HeadConfig(config.head_hidden, config.head_dropout)
        return cls(image_px, channels, config.stem, head, wants_auxiliary(config))

    def settings(self) -> dict[str, object]:
        """The settings of a run that ask for it."""
        colours = {1: "grey", 3: "rgb"}.get(self.channels)
        return {
            "image_px": self.image_px,
            "stem": self.stem,
            "head_hidden": self.head.hidden,
            "head_dropout": self.head.dropout,
        } | ({} if colours is None else {"colours": colours})


def build_config(config: RunConfig, spec: ModelSpec) -> BuildConfig:
    """Return how `config` asks for `spec` to be built.

    Raises:
        ConfigError: the model has no such weights, or does not take this size or these colours.
    """
    own = spec.own_preprocessing(config.weights)
    image_px = config.image_px or own.crop_px
    _check_size(image_px, own.crop_px, spec)
    channels = 1 if config.colours == "grey" else own.channels
    build = BuildConfig.of(config, image_px, channels)
    minimum = AUXILIARY_MIN_PX.get(spec.name, 0)
    if build.auxiliary and image_px < minimum:
        raise ConfigError(
            QT_TRANSLATE_NOOP(
                "core",
                "The auxiliary classifier of {model} takes images of {minimum} px and more, "
                "not of {side} px.",
            ),
            QT_TRANSLATE_NOOP(
                "core", "Choose a larger input size, or leave out the auxiliary classifier."
            ),
            model=spec.title,
            minimum=minimum,
            side=image_px,
        )
    return build


def _check_size(image_px: int, own_px: int, spec: ModelSpec) -> None:
    if spec.size_rule is SizeRule.FIXED:
        if image_px == own_px:
            return
        raise ConfigError(
            QT_TRANSLATE_NOOP("core", "{model} takes images of {own} px only."),
            QT_TRANSLATE_NOOP("core", "Leave the input size at 0, or choose another model."),
            model=spec.title,
            own=own_px,
        )
    if image_px < spec.min_input_px:
        raise ConfigError(
            QT_TRANSLATE_NOOP(
                "core", "{model} takes images of {minimum} px and more, not of {side} px."
            ),
            QT_TRANSLATE_NOOP("core", "Choose a larger input size: images are enlarged to it."),
            model=spec.title,
            minimum=spec.min_input_px,
            side=image_px,
        )
