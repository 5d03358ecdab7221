"""What is done to a training image, drawn by a generator of its own before a pixel is touched.

The numbers are drawn as torchvision's transforms draw theirs (RandomResizedCrop, RandomErasing,
ColorJitter, RandAugment, TrivialAugmentWide), but not from torch's global generator: a view follows
from its seed whatever other threads do.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, replace

from tlstudio.core.data.augmentation import AugmentationOptions, Step
from tlstudio.core.networks.preprocessing import Preprocessing

CROP_RATIO = (3 / 4, 4 / 3)  # torchvision's defaults of RandomResizedCrop
ERASING_RATIO = (0.3, 3.3)  # and of RandomErasing
ERASING_FROM = 0.02
BLUR_FROM = 0.1  # of GaussianBlur
BINS = 31  # of RandAugment's and TrivialAugment's strengths

Box = tuple[int, int, int, int]  # top, left, height, width

RESIZE, CENTER = Step("resize"), Step("center")


def drawn_steps(
    options: AugmentationOptions,
    size: tuple[int, int],
    preprocessing: Preprocessing,
    chance: random.Random,
) -> tuple[Step, ...]:
    """What is done, in this order, to a picture of `size`, which is (height, width)."""
    if not options.is_varied:
        return (RESIZE, CENTER)
    side = preprocessing.crop_px
    return (
        *_cut(options, size, side, chance),
        *_flips(options, chance),
        *_auto(options, side, chance),
        *_jitter(options, chance),
        *_blur(options, chance),
        *_erased(options, side, chance),
    )


def _cut(
    options: AugmentationOptions, size: tuple[int, int], side: int, chance: random.Random
) -> tuple[Step, ...]:
    if options.augmentation == "rotate_flip":
        return RESIZE, _turned(options.rotation_degrees, chance), CENTER
    degrees = options.crop_rotation_degrees
    turned = (_turned(degrees, chance),) if degrees else ()
    if options.augmentation == "pad_crop":
        edge = round(options.padding * side)
        x, y = chance.randint(-edge, edge), chance.randint(-edge, edge)
        return RESIZE, *turned, CENTER, Step("shift", (x, y))
    box = crop_box(*size, options.crop_area, chance)
    share = box[2] * box[3] / (size[0] * size[1])
    return *turned, Step("crop", box, (share,))


def _turned(degrees: float, chance: random.Random) -> Step:
    return Step("rotate", (chance.uniform(-degrees, degrees),))


def crop_box(height: int, width: int, smallest: float, chance: random.Random) -> Box:
    """Top, left, height, width of a crop, drawn as torchvision's RandomResizedCrop does."""
    box = _fitting_box(height, width, (smallest, 1.0), CROP_RATIO, chance)
    if box is not None:
        return box
    w = min(width, max(1, round(height * CROP_RATIO[1])))
    h = min(height, max(1, round(width / CROP_RATIO[0])))
    return (height - h) // 2, (width - w) // 2, h, w


def _fitting_box(
    height: int,
    width: int,
    shares: tuple[float, float],
    ratios: tuple[float, float],
    chance: random.Random,
) -> Box | None:
    """A box of a share of the area; None where ten that were drawn are too wide or too high."""
    area = height * width
    low, high = math.log(ratios[0]), math.log(ratios[1])
    for _ in range(10):
        target = area * chance.uniform(*shares)
        ratio = math.exp(chance.uniform(low, high))
        w, h = round(math.sqrt(target * ratio)), round(math.sqrt(target / ratio))
        if 0 < w <= width and 0 < h <= height:
            return chance.randint(0, height - h), chance.randint(0, width - w), h, w
    return None


def _flips(options: AugmentationOptions, chance: random.Random) -> list[Step]:
    wanted = []
    if options.flips in ("horizontal", "both"):
        wanted.append(Step("mirror"))
    if options.flips in ("vertical", "both"):
        wanted.append(Step("turn_over"))
    return [step for step in wanted if chance.random() < 0.5]


# -- RandAugment and TrivialAugment ---------------------------------------------------------------

OPERATIONS = (  # in torchvision's order
    *("identity", "shear_x", "shear_y", "translate_x", "translate_y", "rotate"),
    *("brightness", "saturation", "contrast", "sharpness"),
    *("posterize", "solarize", "autocontrast", "equalize"),
)


@dataclass(frozen=True, slots=True)
class Strongest:
    """The most that each operation does.

    Attributes:
        shear: sideways, as a share of the height.
        shift_px: movement.
        degrees: rotation.
        colour: change of brightness, saturation, contrast and sharpness, as a share.
        fewer_bits: that a colour loses of its 8.
    """

    shear: float
    shift_px: float
    degrees: float
    colour: float
    fewer_bits: int


RAND_AUGMENT = Strongest(0.3, 150.0, 30.0, 0.9, 4)  # moves for images of 331 pixels
RAND_AUGMENT_PX = 331
TRIVIAL_AUGMENT = Strongest(0.99, 32.0, 135.0, 0.99, 6)


def _auto(options: AugmentationOptions, side: int, chance: random.Random) -> list[Step]:
    if options.auto_augment == "none":
        return []
    if options.auto_augment == "rand_augment":
        number = options.rand_augment_strength
        strongest = replace(RAND_AUGMENT, shift_px=RAND_AUGMENT.shift_px / RAND_AUGMENT_PX * side)
        steps = [
            _operation(chance.choice(OPERATIONS), strongest, number / (BINS - 1), chance)
            for _ in range(options.rand_augment_operations)
        ]
    else:
        name = chance.choice(OPERATIONS)
        share = chance.randrange(BINS) / (BINS - 1)
        steps = [_operation(name, TRIVIAL_AUGMENT, share, chance)]
    return [step for step in steps if step.name != "identity"]


def _operation(name: str, strongest: Strongest, share: float, chance: random.Random) -> Step:
    """The operation with a share of its greatest strength, from 0 to 1."""

    def either(most: float) -> float:
        return -most * share if chance.random() < 0.5 else most * share

    match name:
        case "shear_x" | "shear_y":
            return Step(name, (either(strongest.shear),))
        case "translate_x" | "translate_y":
            return Step(name, (int(either(strongest.shift_px)),))
        case "rotate":
            return Step(name, (either(strongest.degrees),))
        case "brightness" | "saturation" | "contrast" | "sharpness":
            return Step(name, (1 + either(strongest.colour),))
        case "posterize":
            return Step(name, (8 - round(strongest.fewer_bits * share),))
        case "solarize":
            return Step(name, (255 * (1 - share),))
        case _:
            return Step(name)


# -- what is adjusted by hand ------------------------------------------------------------------


def _jitter(options: AugmentationOptions, chance: random.Random) -> list[Step]:
    names: list[str] = []
    if options.colour_jitter:
        names += ["brightness", "contrast", "saturation"]
    if options.hue_jitter:
        names.append("hue")
    chance.shuffle(names)
    return [Step(name, (_amount(name, options, chance),)) for name in names]


def _amount(name: str, options: AugmentationOptions, chance: random.Random) -> float:
    if name == "hue":
        return chance.uniform(-options.hue_jitter, options.hue_jitter)
    return chance.uniform(max(0.0, 1 - options.colour_jitter), 1 + options.colour_jitter)


def _blur(options: AugmentationOptions, chance: random.Random) -> list[Step]:
    if not options.blur or chance.random() >= options.blur:
        return []
    return [Step("blur", (chance.uniform(BLUR_FROM, max(BLUR_FROM, options.blur_sigma)),))]


def _erased(options: AugmentationOptions, side: int, chance: random.Random) -> list[Step]:
    if not options.erasing or chance.random() >= options.erasing:
        return []
    shares = (min(ERASING_FROM, options.erasing_area), options.erasing_area)
    box = _fitting_box(side, side, shares, ERASING_RATIO, chance)
    return [] if box is None else [Step("erase", box, (box[2] * box[3] / side**2,))]
