"""What a network is given: images of another size, cut or colour than those it was made for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tlstudio.core.networks.build_config import BuildConfig, build_config
from tlstudio.core.networks.catalog import ModelSpec, SizeRule
from tlstudio.core.networks.preprocessing import Preprocessing
from tlstudio.core.notes import Note
from tlstudio.core.texts import QT_TRANSLATE_NOOP

if TYPE_CHECKING:
    from tlstudio.core.config.run_config import RunConfig
    from tlstudio.core.data.dataset import ImagesGlance

# The settings of a network's input: what images are made of, and the layers that take them.
INPUT_SETTINGS = ("image_px", "crop_mode", "colours", "stem")

_TINY = 0.75  # of the input: smaller images are worth a word


def input_preprocessing(config: RunConfig, spec: ModelSpec) -> Preprocessing:
    """Return the preprocessing under `config`: that of the weights, at the configured size and fit.

    Raises:
        ConfigError: see `build_config.build_config`.
    """
    own, build = spec.own_preprocessing(config.weights), build_config(config, spec)
    if build.image_px != own.crop_px:
        share = own.resize_px / own.crop_px
        own = replace(own, crop_px=build.image_px, resize_px=round(build.image_px * share))
    if config.crop_mode != "own":
        own = replace(own, crop_mode=config.crop_mode)
    return own if build.channels == own.channels else own.as_grey()


def input_notes(
    config: RunConfig, spec: ModelSpec, images: ImagesGlance | None = None
) -> tuple[Note, ...]:
    """Describe the changes at the network's input, one sentence each; empty for none.

    Args:
        config: the settings.
        spec: the model.
        images: what the images of the dataset look like, where there is one.

    Raises:
        ConfigError: see `build_config.build_config`.
    """
    own, build = spec.own_preprocessing(config.weights), build_config(config, spec)
    pretrained = config.initialisation == "pretrained" and bool(spec.weights)
    notes: list[Note] = []
    if build.image_px != own.crop_px:
        notes.append(
            Note(
                QT_TRANSLATE_NOOP("core", "Images are {side} px wide instead of {own} px."),
                {"side": build.image_px, "own": own.crop_px},
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
        notes += _notes_on_images(images, build)
    if build.channels == 1:
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
    if build.stem == "small":
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


def _notes_on_images(images: ImagesGlance, build: BuildConfig) -> list[Note]:
    notes: list[Note] = []
    if images.short_side_px < _TINY * build.image_px:
        notes.append(
            Note(
                QT_TRANSLATE_NOOP(
                    "core", "The images of the dataset, about {own} px, are enlarged to {side} px."
                ),
                {"own": images.short_side_px, "side": build.image_px},
            )
        )
    if images.is_grey and build.channels == 3:
        notes.append(
            Note(QT_TRANSLATE_NOOP("core", "Grey images are repeated into red, green and blue."))
        )
    return notes
