"""A glance at a dataset tells how large its images are and whether they are grey."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from tlstudio.core.data.dataset import ImagesGlance
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.engine.data.glance import LOOKED_AT, glance


def write(folder: Path, name: str, mode: str, size: tuple[int, int]) -> ImageRef:
    path = folder / f"{name}.png"
    Image.new(mode, size).save(path)
    return ImageRef.of_file(path)


def test_grey_images_and_their_shorter_side(tmp_path: Path) -> None:
    images = [write(tmp_path, str(n), "L", (28, 30 + n)) for n in range(3)]
    images.append(write(tmp_path, "deep", "I;16", (40, 60)))
    assert glance(images) == ImagesGlance(short_side_px=28, is_grey=True)


def test_one_in_colour_is_enough(tmp_path: Path) -> None:
    images = [write(tmp_path, "a", "L", (50, 60)), write(tmp_path, "b", "RGB", (70, 90))]
    assert glance(images) == ImagesGlance(short_side_px=50, is_grey=False)


def test_unreadable_ones_are_passed_over_and_many_are_sampled(tmp_path: Path) -> None:
    broken = ImageRef.of_file(tmp_path / "broken.png")
    (tmp_path / "broken.png").write_bytes(b"no image")
    assert glance([broken]) is None and glance([]) is None
    small = [write(tmp_path, f"s{n}", "RGB", (10, 10)) for n in range(LOOKED_AT)]
    large = [write(tmp_path, f"l{n}", "RGB", (90, 90)) for n in range(2 * LOOKED_AT)]
    seen = glance([broken, *small, *large])
    assert seen is not None and seen.short_side_px == 90  # not only the first ones
