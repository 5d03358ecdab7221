"""Turns a photo into a network's input, as the weights demand."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Literal

from tlstudio.core.data.values import ValueRange

Interpolation = Literal["bilinear", "bicubic"]
CropMode = Literal["center", "squash"]

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
# Of the input, where it is shown as it is: all that most weights are given lies between them
SHOWN_NUMBERS = (-2.5, 2.5)


@dataclass(frozen=True, slots=True)
class SeenBox:
    """The part of a photo that a network sees, in shares of the photo's width and height, 0..1."""

    left: float
    top: float
    width: float
    height: float

    @property
    def is_whole(self) -> bool:
        """Whether the network sees all of it."""
        return self.width >= 1 and self.height >= 1


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """Resize the shorter side, crop the centre, scale to 0..1, subtract `mean`, divide by `std`.

    Attributes:
        resize_px: length of the shorter side after resizing.
        crop_px: side of the square that the network sees.
        crop_mode: ``squash`` resizes the whole image to that square instead, whatever its ratio;
            nothing is cut off. The words are timm's.
        mean: per channel R, G, B, of pixels scaled to 0..1.
        std: likewise.
        interpolation: how pixels are resampled (always antialiased).
        channels: 3, or 1 for pictures turned to grey; then the three entries of `mean` are equal,
            and those of `std`.
        values: what was black and white of the deep images that a network was trained with, so that
            new files are read alike; None leaves it to each image (`ImageRef.values`).
    """

    resize_px: int = 256
    crop_px: int = 224
    mean: tuple[float, float, float] = IMAGENET_MEAN
    std: tuple[float, float, float] = IMAGENET_STD
    interpolation: Interpolation = "bilinear"
    channels: int = 3
    values: ValueRange | None = None
    crop_mode: CropMode = "center"

    def as_grey(self) -> Preprocessing:
        """Return this preprocessing for grey images, scaled by the averages over the channels."""
        mean, std = sum(self.mean) / 3, sum(self.std) / 3
        return replace(self, mean=(mean,) * 3, std=(std,) * 3, channels=1)

    def seen_box(self, width: int, height: int) -> SeenBox:
        """The part of a photo of this size in pixels that is left after resizing and cropping."""
        if self.crop_mode == "squash":
            return SeenBox(0, 0, 1, 1)
        shorter = min(width, height)
        side = shorter * self.crop_px / self.resize_px
        wide, high = side / width, side / height
        return SeenBox((1 - wide) / 2, (1 - high) / 2, wide, high)

    def to_dict(self) -> dict[str, object]:
        """Return the preprocessing as plain JSON values.

        `values` and `crop_mode` are left out where they are as usual: digests of older files stay.
        """
        values = asdict(self)
        if self.values is None:
            del values["values"]
        if self.crop_mode == "center":
            del values["crop_mode"]
        return values

    @classmethod
    def from_dict(cls, values: dict[str, object]) -> Preprocessing:
        """Read what `to_dict` returned.

        Raises:
            ValueError, TypeError, KeyError: `values` is not what `to_dict` gives.
        """
        mean, std = values["mean"], values["std"]
        if not isinstance(mean, list | tuple) or not isinstance(std, list | tuple):
            raise TypeError("mean and std must be lists")
        if len(mean) != 3 or len(std) != 3 or not all(float(s) > 0 for s in std):
            raise ValueError("mean and std must have three entries, std positive")
        resize_px, crop_px = int(str(values["resize_px"])), int(str(values["crop_px"]))
        if not 1 <= crop_px <= resize_px <= 4096:
            raise ValueError("crop_px must be 1 to resize_px")
        interpolation = values["interpolation"]
        if interpolation not in ("bilinear", "bicubic"):
            raise ValueError("unknown interpolation")
        shown = values.get("values")
        if not isinstance(shown, dict | None):
            raise TypeError("values must be low and high")
        crop_mode = values.get("crop_mode", "center")
        if crop_mode not in ("center", "squash"):
            raise ValueError("unknown crop_mode")
        channels = values.get("channels", 3)
        if channels not in (1, 3):
            raise ValueError("channels must be 1 or 3")
        return cls(
            resize_px=resize_px,
            crop_px=crop_px,
            mean=(float(mean[0]), float(mean[1]), float(mean[2])),
            std=(float(std[0]), float(std[1]), float(std[2])),
            interpolation="bicubic" if interpolation == "bicubic" else "bilinear",
            channels=1 if channels == 1 else 3,
            values=ValueRange(float(shown["low"]), float(shown["high"])) if shown else None,
            crop_mode="squash" if crop_mode == "squash" else "center",
        )
