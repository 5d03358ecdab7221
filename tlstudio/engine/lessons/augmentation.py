"""Views of one photo as training varies it, by how strongly, and what the network says of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from tlstudio.core.data.augmentation import AugmentationOptions
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.notes import Note
from tlstudio.engine.data.store import read_picture
from tlstudio.engine.data.transforms import normalise, sample_generator, view_after, view_pixels
from tlstudio.engine.data.variation import drawn_steps
from tlstudio.engine.lessons.answers import Said, most_likely
from tlstudio.engine.lessons.pretrained import (
    imagenet_inputs,
    imagenet_network,
    imagenet_preprocessing,
    imagenet_views,
)

VIEWS = 9


@dataclass(frozen=True, slots=True)
class View:
    """A view, uint8 ``[H, W, 3]``, with what was done to the photo."""

    pixels: NDArray[np.uint8]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class ViewAnswers:
    """What the network says of the photo as it is, and of each view."""

    plain: Said
    views: tuple[Said, ...]

    @property
    def same(self) -> int:
        """How many views get the answer of the photo as it is."""
        return sum(view.name == self.plain.name for view in self.views)


def options_of(strength: float) -> AugmentationOptions:
    """The settings of the studio for a strength from 0, nothing but mirroring, to 1."""
    return AugmentationOptions(
        augmentation="crop_flip",
        crop_area=1 - 0.92 * strength,
        crop_rotation_degrees=45 * strength,
        colour_jitter=0.8 * strength,
        hue_jitter=0.2 * strength,
        erasing=0.5 * strength,
    )


def varied_views(image: ImageRef, strength: float, seed: int) -> tuple[View, ...]:
    """The photo as it is, and `VIEWS` views as training draws them; equal for equal arguments.

    Raises:
        ImageError: the photo cannot be read.
    """
    plain = View(view_pixels(imagenet_views([image])[0]), ())
    drawn = _drawn(image, strength, seed)
    return plain, *(View(view_pixels(view), notes) for view, notes in drawn)


def view_answers(image: ImageRef, strength: float, seed: int) -> ViewAnswers:
    """Ask the on-board network about the same views.

    Raises:
        ImageError: the photo cannot be read.
    """
    views = torch.stack([view for view, _ in _drawn(image, strength, seed)])
    inputs = torch.cat((imagenet_inputs([image]), normalise(views, imagenet_preprocessing())))
    with torch.no_grad():
        plain, *others = imagenet_network()(inputs)
    return ViewAnswers(most_likely(plain, 1)[0], tuple(most_likely(one, 1)[0] for one in others))


def _drawn(
    image: ImageRef, strength: float, seed: int
) -> list[tuple[torch.Tensor, tuple[Note, ...]]]:
    preprocessing = imagenet_preprocessing()
    picture = read_picture(image, preprocessing)
    height, width = picture.shape[-2:]
    drawn = []
    for number in range(VIEWS):
        chance = sample_generator(seed, number, 0)
        steps = drawn_steps(options_of(strength), (height, width), preprocessing, chance)
        notes = tuple(step.note for step in steps if step.note is not None)
        drawn.append((view_after(picture, steps, preprocessing), notes))
    return drawn
