"""Decoding within a bound of memory: how much an image takes, and smaller ways where it is a lot.

All decoders of the process together stay within `BUDGET_BYTES`: each takes what it needs from one
gate before it decodes, and gives it back when the picture is as small as it is wanted. What would
not fit even alone is decoded smaller: a JPEG by its own scales, anything else part by part.
"""

from __future__ import annotations

import threading
import warnings
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from PIL import Image

from tlstudio.core.data.values import ValueRange, usual_range
from tlstudio.engine.data.deep import grey8, is_deep, value_facts

BUDGET_BYTES = 290_000_000  # of the 300 MB that are promised; the rest is for what is not counted
MAX_PIXELS = 1_000_000_000  # a matter of time rather than of memory

# Its own limit counts pixels, whatever they take; ours follow from the bytes.
Image.MAX_IMAGE_PIXELS = None

TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

_SCALES = (1, 2, 4, 8)  # at which a JPEG can be decoded
_RGB_BYTES = 4  # Pillow keeps a byte more
_PART_PIXELS = 1 << 19
_PART_BYTES = 32 * _PART_PIXELS  # while a part is converted
_REDUCED_SIDE_PX = 1600  # what is decoded part by part becomes about so large
_ALPHA_MODES = ("RGBA", "LA", "PA", "RGBa", "La")

# Beside the picture itself, bytes a pixel, as measured.
_CODEC_BYTES = {"WEBP": 12.5, "AVIF": 6, "HEIF": 8, "JPEG2000": 16, "GIF": 1, "ICO": 4}


class TooLargeError(Exception):
    """An image that cannot be decoded within the budget, however small."""


class Gate:
    """Lets work in, first come, first served, while the bytes of all of it are within a budget."""

    def __init__(self, budget_bytes: int) -> None:
        self._free = budget_bytes
        self._budget = budget_bytes
        self._waiting: deque[object] = deque()
        self._changed = threading.Condition()

    @contextmanager
    def room(self, size_bytes: int) -> Iterator[None]:
        """Wait for room; what is larger than the budget waits until it is alone."""
        size_bytes = min(size_bytes, self._budget)
        ticket = object()
        with self._changed:
            self._waiting.append(ticket)
            self._changed.wait_for(lambda: self._waiting[0] is ticket and size_bytes <= self._free)
            self._waiting.popleft()
            self._free -= size_bytes
            self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._free += size_bytes
                self._changed.notify_all()


DECODERS = Gate(BUDGET_BYTES)


@dataclass(frozen=True, slots=True)
class DecodePlan:
    """How an image is decoded.

    Attributes:
        size_bytes: memory that it takes meanwhile, at most.
        scale: at which a JPEG is decoded, e.g. 2 for half.
        reduce: by which factors its width and height are reduced part by part.
        is_lean: whether torchvision decodes it: its WebP takes a fifth of Pillow's memory.
    """

    size_bytes: int
    scale: int = 1
    reduce: tuple[int, int] = (1, 1)
    is_lean: bool = False


def decode_plan(
    image: Image.Image, file_bytes: int, orientation: int, min_side_px: int | None = None
) -> DecodePlan:
    """How `image`, of which only the header was read, is decoded within the budget.

    Raises:
        TooLargeError: it cannot be.
    """
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise TooLargeError
    is_jpeg = image.format in ("JPEG", "MPO")
    wanted = _wanted_scale(image.size, min_side_px) if is_jpeg else 1
    whole = [
        DecodePlan(_bytes(image, file_bytes, orientation, scale), scale)
        for scale in (_SCALES if is_jpeg else (1,))
        if scale >= wanted
    ]
    if whole[0].size_bytes <= BUDGET_BYTES:
        return whole[0]
    small = [plan for plan in whole[1:] if plan.size_bytes <= BUDGET_BYTES]
    if small:  # others are to be decoded beside it
        return next((plan for plan in small if plan.size_bytes <= BUDGET_BYTES // 3), small[-1])
    across, down = _factors(width, height)
    reduced = _RGB_BYTES * -(-width // across) * -(-height // down)
    lean = len(image.getbands()) * width * height + 2 * file_bytes
    ways = [(_native_bytes(image, file_bytes, orientation), False)]
    if image.format == "WEBP" and not getattr(image, "is_animated", False):
        ways.append((lean, True))
    for native, is_lean in ways:
        size_bytes = int(native + _PART_BYTES + 2 * reduced)
        if size_bytes <= BUDGET_BYTES:
            return DecodePlan(size_bytes, 1, (across, down), is_lean)
    raise TooLargeError


class LeanWebp:
    """A WebP that torchvision decodes, in boxes.

    Raises:
        TooLargeError: this torchvision decodes none.
    """

    def __init__(self, file: BinaryIO) -> None:
        import torch  # only for the few that are so large

        with warnings.catch_warnings():  # of its going away some day: then they are refused
            warnings.simplefilter("ignore")
            try:
                from torchvision.io import decode_webp
            except ImportError as error:
                raise TooLargeError from error
            encoded = torch.frombuffer(bytearray(file.read()), dtype=torch.uint8)
            self._pixels = decode_webp(encoded)  # uint8 [3 or 4, H, W]
        self.info: dict[str, object] = {}
        self.mode = "RGBA" if len(self._pixels) == len("RGBA") else "RGB"
        self.height, self.width = self._pixels.shape[1:]

    def crop(self, box: tuple[int, int, int, int]) -> Image.Image:
        left, top, right, bottom = box
        part = self._pixels[:, top:bottom, left:right].permute(1, 2, 0)
        return Image.fromarray(part.contiguous().numpy())


def finished(
    image: Image.Image | LeanWebp, plan: DecodePlan, values: ValueRange | None, orientation: int
) -> Image.Image:
    """The decoded image as RGB, upright, on white where it is transparent, reduced as planned."""
    is_plain = image.mode == "RGB" and "transparency" not in image.info
    if isinstance(image, Image.Image) and is_plain and plan.reduce == (1, 1):
        upright = image
    else:
        upright = _by_parts(image, plan.reduce, values)
    del image
    return upright.transpose(TURNS[orientation]) if orientation in TURNS else upright


def set_scale(image: Image.Image, plan: DecodePlan) -> None:
    """Let a JPEG be decoded at the planned scale."""
    if plan.scale > 1:
        width, height = image.size
        image.draft(None, (width // plan.scale, height // plan.scale))


def _wanted_scale(size: tuple[int, int], min_side_px: int | None) -> int:
    """The scale that leaves the shorter side so many pixels, as `draft` chooses it."""
    if min_side_px is None:
        return 1
    most = min(size) // min_side_px
    return max((scale for scale in _SCALES if scale <= most), default=1)


def _bytes(image: Image.Image, file_bytes: int, orientation: int, scale: int) -> int:
    """Memory for decoding it whole, at a scale, and for turning it."""
    pixels = -(-image.width // scale) * -(-image.height // scale)
    native = _native_bytes(image, file_bytes, orientation, scale)
    core = _core_bytes(image.mode) * pixels
    is_plain = image.mode == "RGB" and "transparency" not in image.info
    converted = core if is_plain else core + _RGB_BYTES * pixels + _PART_BYTES
    turned = 2 * _RGB_BYTES * pixels if orientation in TURNS else 0
    return int(max(native, converted, turned))


def _native_bytes(image: Image.Image, file_bytes: int, orientation: int, scale: int = 1) -> float:
    """Memory until it is decoded, in its own mode."""
    width, height = image.size
    core = _core_bytes(image.mode) * -(-width // scale) * -(-height // scale)
    more = _CODEC_BYTES.get(image.format or "", 0) * width * height
    if image.format == "PNG":
        more += 2 * width * _png_pixel_bytes(image)  # a row and the one before
    elif image.format in ("JPEG", "MPO") and "progressive" in image.info:
        more += _coefficient_bytes(image)
    elif image.format == "TIFF":
        if image.info.get("compression", "raw") != "raw":
            more += file_bytes  # is mapped into memory
        if orientation in TURNS:  # Pillow turns it while it decodes
            more += core
    elif image.format in ("WEBP", "AVIF", "HEIF", "JPEG2000"):
        more += file_bytes
    return core + more


def _png_pixel_bytes(image: Image.Image) -> int:
    tiles = getattr(image, "tile", None)
    raw = str(tiles[0][3]) if tiles else ""
    return len(image.getbands()) * (2 if "16" in raw else 1)


def _coefficient_bytes(image: Image.Image) -> int:
    """A progressive JPEG is read whole before any of it is decoded."""
    layers = getattr(image, "layer", ())
    widest = max((layer[1] for layer in layers), default=1)
    highest = max((layer[2] for layer in layers), default=1)
    shares = sum(layer[1] * layer[2] for layer in layers) / (widest * highest)
    return int(2 * shares * image.width * image.height)


def _core_bytes(mode: str) -> int:
    if mode in ("1", "L", "P"):
        return 1
    return 2 if mode.startswith("I;16") else 4


def _factors(width: int, height: int) -> tuple[int, int]:
    """By how much each side is reduced, neither below a few hundred pixels."""
    k, least = max(1, round((width * height) ** 0.5 / _REDUCED_SIDE_PX)), _REDUCED_SIDE_PX // 4
    across, down = min(k, max(1, width // least)), min(k, max(1, height // least))
    if across < k:
        down = min(max(1, height // least), k * k // across)
    elif down < k:
        across = min(max(1, width // least), k * k // down)
    return across, down


def _by_parts(
    image: Image.Image | LeanWebp, reduce: tuple[int, int], values: ValueRange | None
) -> Image.Image:
    """RGB, converted and reduced one box after another, so that little is in memory at a time."""
    if values is None and isinstance(image, Image.Image) and is_deep(image.mode):
        facts = value_facts(image)
        values = usual_range(facts) if facts else ValueRange(0, 1)
    across, down = reduce
    width = min(image.width, _PART_PIXELS // across * across)
    height = max(1, _PART_PIXELS // width // down) * down
    is_small = image.width <= width and image.height <= height
    if isinstance(image, Image.Image) and is_small and reduce == (1, 1):
        return _rgb(image, values)
    result = Image.new("RGB", (-(-image.width // across), -(-image.height // down)))
    for top in range(0, image.height, height):
        for left in range(0, image.width, width):
            right, bottom = min(image.width, left + width), min(image.height, top + height)
            part = _rgb(image.crop((left, top, right, bottom)), values)
            if reduce != (1, 1):
                part = part.reduce(reduce)
            result.paste(part, (left // across, top // down))
    return result


def _rgb(image: Image.Image, values: ValueRange | None) -> Image.Image:
    if is_deep(image.mode):
        return grey8(image, values).convert("RGB")
    if image.mode in _ALPHA_MODES or "transparency" in image.info:
        layered = image.convert("RGBA")
        paper = Image.new("RGBA", layered.size, (255, 255, 255, 255))
        return Image.alpha_composite(paper, layered).convert("RGB")
    return _from_lab(image) if image.mode == "LAB" else image.convert("RGB")


def _from_lab(image: Image.Image) -> Image.Image:
    from PIL import ImageCms

    profiles = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
    converted = ImageCms.profileToProfile(image, *profiles, outputMode="RGB")
    assert converted is not None  # it would be None in place
    return converted
