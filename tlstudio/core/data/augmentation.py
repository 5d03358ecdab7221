"""How training images are varied: what decides it, and what was done to one of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields

from tlstudio.core.notes import Note
from tlstudio.core.texts import QT_TRANSLATE_NOOP

VARIED = ("crop_flip", "rotate_flip", "pad_crop")  # the ways to cut that differ from epoch to epoch


@dataclass(frozen=True, slots=True)
class AugmentationOptions:
    """The part of the settings that decides how training images are varied.

    What has no meaning under the others has its default, so that equal options are equal views.

    Attributes:
        augmentation: how the square is cut: one of `VARIED`, or ``none`` for the plain view.
        crop_area: smallest share of the image in a random crop.
        rotation_degrees: at most, where the image is turned instead of cropped.
        crop_rotation_degrees: at most, besides a random crop.
        padding: share of the side that pad-and-crop adds at each edge.
        flips: ``horizontal``, ``vertical``, ``both`` or ``none``.
        auto_augment: ``rand_augment``, ``trivial_augment`` or ``none``.
        rand_augment_operations: changes in a row.
        rand_augment_strength: of 30.
        colour_jitter: brightness, contrast and saturation change by up to so much.
        hue_jitter: the hue, as a share of the colour wheel.
        blur: probability.
        blur_sigma: at most, in pixels of the input.
        erasing: probability.
        erasing_area: largest share of the view that is erased.
    """

    augmentation: str = "crop_flip"
    crop_area: float = 0.08
    rotation_degrees: float = 5.0
    crop_rotation_degrees: float = 0.0
    padding: float = 0.125
    flips: str = "horizontal"
    auto_augment: str = "none"
    rand_augment_operations: int = 2
    rand_augment_strength: int = 9
    colour_jitter: float = 0.0
    hue_jitter: float = 0.0
    blur: float = 0.0
    blur_sigma: float = 2.0
    erasing: float = 0.0
    erasing_area: float = 0.33

    @property
    def is_varied(self) -> bool:
        return self.augmentation != "none"

    @property
    def name(self) -> str:
        """Of such views, short where little is changed: ``crop_flip``, ``crop_flip,blur=0.5``."""
        usual = AugmentationOptions(self.augmentation)
        values = ((f.name, getattr(self, f.name)) for f in fields(self))
        changed = (f"{n}={value}" for n, value in values if value != getattr(usual, n))
        return ",".join((self.augmentation, *changed))

    @property
    def parts(self) -> Mapping[str, float]:
        """The parts that cost time besides the cut: how often each happens to an image."""
        often = self.rand_augment_operations / AugmentationOptions().rand_augment_operations
        times = {
            "rotation": float(
                self.augmentation != "rotate_flip" and self.crop_rotation_degrees > 0
            ),
            "rand_augment": often * (self.auto_augment == "rand_augment"),
            "trivial_augment": float(self.auto_augment == "trivial_augment"),
            "colour_jitter": float(self.colour_jitter > 0),
            "hue_jitter": float(self.hue_jitter > 0),
            "blur": self.blur,
            "erasing": self.erasing,
        }
        return {name: number for name, number in times.items() if number}


UNVARIED = AugmentationOptions("none")

# Each part by itself, as it is measured: what stands beside it has no part in its time.
PARTS: dict[str, AugmentationOptions] = {
    "rotation": AugmentationOptions(crop_rotation_degrees=15.0),
    "rand_augment": AugmentationOptions(auto_augment="rand_augment"),
    "trivial_augment": AugmentationOptions(auto_augment="trivial_augment"),
    "colour_jitter": AugmentationOptions(colour_jitter=0.4),
    "hue_jitter": AugmentationOptions(hue_jitter=0.1),
    "blur": AugmentationOptions(blur=1.0),
    "erasing": AugmentationOptions(erasing=1.0),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is done to an image, as it was drawn.

    Attributes:
        name: a key of `STEP_TEXTS`.
        values: what the function of torchvision takes.
        said: what is told of it; its values, if empty.
    """

    name: str
    values: tuple[float, ...] = ()
    said: tuple[float, ...] = ()

    @property
    def note(self) -> Note | None:
        """A few words on it; None where there is nothing to say, as it is by +0 %."""
        text, shown = STEP_TEXTS[self.name]
        pairs = zip(shown.items(), self.said or self.values, strict=False)
        values: dict[str, object] = {name: show(value) for (name, show), value in pairs}
        is_nothing = bool(values) and all(value in ("+0", "−0") for value in values.values())
        return Note(text, values) if text and not is_nothing else None


def _percent(value: float) -> str:
    return f"{100 * value:.0f}"


def _signed(value: float) -> str:
    return f"{value:+.0f}".replace("-", "−")


def _signed_percent(value: float) -> str:
    return _signed(100 * value)


def _change(factor: float) -> str:
    return _signed_percent(factor - 1)


def _whole(value: float) -> str:
    return f"{value:.0f}"


def _tenths(value: float) -> str:
    return f"{value:.1f}"


Shown = Mapping[str, Callable[[float], str]]

# What a person reads of each, and how its values are written; empty where there is nothing to say.
STEP_TEXTS: dict[str, tuple[str, Shown]] = {
    "resize": ("", {}),
    "center": ("", {}),
    "crop": (QT_TRANSLATE_NOOP("core", "cut to {share} %"), {"share": _percent}),
    "shift": (QT_TRANSLATE_NOOP("core", "moved by {x}, {y} px"), {"x": _signed, "y": _signed}),
    "rotate": (QT_TRANSLATE_NOOP("core", "rotated {degrees}°"), {"degrees": _signed}),
    "mirror": (QT_TRANSLATE_NOOP("core", "mirrored"), {}),
    "turn_over": (QT_TRANSLATE_NOOP("core", "upside down"), {}),
    "shear_x": (QT_TRANSLATE_NOOP("core", "sheared sideways {by} %"), {"by": _signed_percent}),
    "shear_y": (QT_TRANSLATE_NOOP("core", "sheared upright {by} %"), {"by": _signed_percent}),
    "translate_x": (QT_TRANSLATE_NOOP("core", "moved sideways {by} px"), {"by": _signed}),
    "translate_y": (QT_TRANSLATE_NOOP("core", "moved down {by} px"), {"by": _signed}),
    "brightness": (QT_TRANSLATE_NOOP("core", "brightness {by} %"), {"by": _change}),
    "saturation": (QT_TRANSLATE_NOOP("core", "saturation {by} %"), {"by": _change}),
    "contrast": (QT_TRANSLATE_NOOP("core", "contrast {by} %"), {"by": _change}),
    "sharpness": (QT_TRANSLATE_NOOP("core", "sharpness {by} %"), {"by": _change}),
    "hue": (QT_TRANSLATE_NOOP("core", "hue {by} %"), {"by": _signed_percent}),
    "posterize": (QT_TRANSLATE_NOOP("core", "{bits} bits a colour"), {"bits": _whole}),
    "solarize": (QT_TRANSLATE_NOOP("core", "inverted from {level} on"), {"level": _whole}),
    "autocontrast": (QT_TRANSLATE_NOOP("core", "contrast stretched"), {}),
    "equalize": (QT_TRANSLATE_NOOP("core", "brightness evened out"), {}),
    "blur": (QT_TRANSLATE_NOOP("core", "blurred by {sigma} px"), {"sigma": _tenths}),
    "erase": (QT_TRANSLATE_NOOP("core", "{share} % erased"), {"share": _percent}),
}
