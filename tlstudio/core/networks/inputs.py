"""Fits a network to images of another size or colour than those it was made for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tlstudio.core.errors import ConfigError
from tlstudio.core.networks.auxiliary import AUXILIARY_MIN_PX, wants_auxiliary
from tlstudio.core.networks.catalog import ModelSpec, SizeRule
from tlstudio.core.networks.preprocessing import Preprocessing
from tlstudio.core.notes import Note
from tlstudio.core.texts import QT_TRANSLATE_NOOP

if TYPE_CHECKING:
    from tlstudio.core.config.run_config import RunConfig, Stem
    from tlstudio.core.data.dataset import ImagesGlance

# The settings that say how images become what a network is given, and what its entrance is.
ENTRANCE = ("image_px", "crop_mode", "colours", "stem")

_TINY = 0.75  # of the input: smaller images are worth a word


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
class InputConfig:
    """What is changed of a network of the catalog: its entrance, and the form of its heads.

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
    def of(cls, config: RunConfig, image_px: int, channels: int) -> InputConfig:
        """Return the changes that `config` asks for, where size and channels are known."""
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


def input_config(config: RunConfig, spec: ModelSpec) -> InputConfig:
    """Return the changes at the entrance of `spec` that `config` asks for.

    Raises:
        ConfigError: the model has no such weights, or does not take this size or these colours.
    """
    own = _own(config, spec)
    image_px = config.image_px or own.crop_px
    _check_size(image_px, own.crop_px, spec)
    channels = 1 if config.colours == "grey" else own.channels
    inputs = InputConfig.of(config, image_px, channels)
    minimum = AUXILIARY_MIN_PX.get(spec.name, 0)
    if inputs.auxiliary and image_px < minimum:
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
    return inputs


def input_preprocessing(config: RunConfig, spec: ModelSpec) -> Preprocessing:
    """Return the preprocessing under `config`: that of the weights, at the configured size and fit.

    Raises:
        ConfigError: see `input_config`.
    """
    own, inputs = _own(config, spec), input_config(config, spec)
    if inputs.image_px != own.crop_px:
        share = own.resize_px / own.crop_px
        own = replace(own, crop_px=inputs.image_px, resize_px=round(inputs.image_px * share))
    if config.crop_mode != "own":
        own = replace(own, crop_mode=config.crop_mode)
    return own if inputs.channels == own.channels else own.as_grey()


def input_notes(
    config: RunConfig, spec: ModelSpec, images: ImagesGlance | None = None
) -> tuple[Note, ...]:
    """Describe the changes at the entrance of the network, one sentence each; empty for none.

    Args:
        config: the settings.
        spec: the model.
        images: what the images of the dataset look like, where there is one.

    Raises:
        ConfigError: see `input_config`.
    """
    own, inputs = _own(config, spec), input_config(config, spec)
    pretrained = config.initialisation == "pretrained" and bool(spec.weights)
    notes: list[Note] = []
    if inputs.image_px != own.crop_px:
        notes.append(
            Note(
                QT_TRANSLATE_NOOP("core", "Images are {side} px wide instead of {own} px."),
                {"side": inputs.image_px, "own": own.crop_px},
            )
        )
        if spec.size_rule is SizeRule.INTERPOLATED and pretrained:
            notes.append(
                Note(
                    QT_TRANSLATE_NOOP(
                        "core", "The pretrained position embeddings are resampled to that size."
                    )
                )
            )
    if images is not None:
        notes += _notes_on_images(images, inputs)
    if inputs.channels == 1:
        if own.channels == 1:
            sentence = QT_TRANSLATE_NOOP("core", "Images are turned to grey: it has one channel.")
        elif pretrained:
            sentence = QT_TRANSLATE_NOOP(
                "core",
                "Images are turned to grey, and the weights of the first convolution are summed "
                "over red, green and blue.",
            )
        else:
            sentence = QT_TRANSLATE_NOOP(
                "core", "Images are turned to grey, and the first convolution takes one channel."
            )
        notes.append(Note(sentence))
    if inputs.stem == "small":
        sentence = (
            QT_TRANSLATE_NOOP(
                "core",
                "The first convolution keeps the size of the image (the centres of its pretrained "
                "kernels), and the pooling after it is left out.",
            )
            if pretrained
            else QT_TRANSLATE_NOOP(
                "core",
                "The first convolution keeps the size of the image, and the pooling after it is "
                "left out.",
            )
        )
        notes.append(Note(sentence))
    return tuple(notes)


def _notes_on_images(images: ImagesGlance, inputs: InputConfig) -> list[Note]:
    notes: list[Note] = []
    if images.short_side_px < _TINY * inputs.image_px:
        notes.append(
            Note(
                QT_TRANSLATE_NOOP(
                    "core", "The images of the dataset, about {own} px, are enlarged to {side} px."
                ),
                {"own": images.short_side_px, "side": inputs.image_px},
            )
        )
    if images.is_grey and inputs.channels == 3:
        notes.append(
            Note(QT_TRANSLATE_NOOP("core", "Grey images are repeated into red, green and blue."))
        )
    return notes


def _own(config: RunConfig, spec: ModelSpec) -> Preprocessing:
    weights = spec.weights_named(config.weights)
    return weights.preprocessing if weights else spec.preprocessing


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
