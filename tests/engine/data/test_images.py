"""Image files, good and bad."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.helpers import photo
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.errors import ImageError
from tlstudio.engine.data import images, kinds
from tlstudio.engine.data.images import check_image, image_details, read_image, thumbnail


def rgb(path: Path) -> tuple[int, ...]:
    return tuple(int(v) for v in np.asarray(read_image(ImageRef.of_file(path)))[0, 0])


@pytest.mark.parametrize(
    "suffix",
    [".jpg", ".png", ".bmp", ".gif", ".webp", ".tif", ".ppm", ".jfif", ".jp2", ".ico", ".avif"],
)
def test_every_format_is_read(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"사진{suffix}"
    sizes = {"sizes": [(48, 40)]} if suffix == ".ico" else {}
    photo().save(path, **sizes)
    assert check_image(ImageRef.of_file(path)) is None
    image = read_image(ImageRef.of_file(path))
    assert (image.mode, image.size) == ("RGB", (48, 40))
    assert thumbnail(ImageRef.of_file(path), 16).shape == (13, 16, 3)
    details = image_details(ImageRef.of_file(path))
    assert (details.width_px, details.height_px) == (48, 40)
    assert details.file_bytes == path.stat().st_size


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif"])  # Pillow turns a TIFF by itself
@pytest.mark.parametrize("orientation", range(1, 9))
def test_photos_are_turned_upright(tmp_path: Path, orientation: int, suffix: str) -> None:
    stored = photo(size=(64, 32))
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / f"turned{suffix}"
    stored.save(path, exif=exif)
    from PIL import ImageOps

    with Image.open(path) as opened:
        expected = np.asarray(ImageOps.exif_transpose(opened))
    assert np.array_equal(np.asarray(read_image(ImageRef.of_file(path))), expected)
    details = image_details(ImageRef.of_file(path))
    assert (details.width_px, details.height_px) == (expected.shape[1], expected.shape[0])


def test_transparency_lies_on_white(tmp_path: Path) -> None:
    for mode, value in (("RGBA", (0, 0, 0, 0)), ("LA", (0, 0))):
        path = tmp_path / f"{mode}.png"
        Image.new(mode, (4, 4), value).save(path)
        assert rgb(path) == (255, 255, 255)
    palette = Image.new("P", (4, 4), 0)
    palette.putpalette([10, 20, 30, 40, 50, 60])
    palette.save(tmp_path / "p.png", transparency=0)
    assert rgb(tmp_path / "p.png") == (255, 255, 255)
    palette.save(tmp_path / "opaque.png")
    assert rgb(tmp_path / "opaque.png") == (10, 20, 30)


def test_deep_grey_and_print_colours(tmp_path: Path) -> None:
    Image.fromarray(np.full((4, 4), 257 * 100, dtype=np.uint16)).save(tmp_path / "deep.png")
    assert rgb(tmp_path / "deep.png") == (100, 100, 100)
    Image.fromarray(np.full((4, 4), 0.5, dtype=np.float32)).save(tmp_path / "float.tif")
    assert rgb(tmp_path / "float.tif") == (128, 128, 128)
    Image.new("CMYK", (4, 4), (0, 0, 0, 0)).save(tmp_path / "print.jpg")
    assert rgb(tmp_path / "print.jpg") == (255, 255, 255)


def test_the_first_frame_of_an_animation(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("white", "black")]
    frames[0].save(tmp_path / "moving.gif", save_all=True, append_images=frames[1:])
    assert rgb(tmp_path / "moving.gif") == (255, 255, 255)


def _cut(path: Path, size: int) -> Path:
    photo(size=(200, 160)).save(path)
    path.write_bytes(path.read_bytes()[:size])
    return path


def test_what_cannot_be_used_and_why(tmp_path: Path) -> None:
    empty = tmp_path / "empty.jpg"
    empty.touch()
    text = tmp_path / "text.png"
    text.write_text("this is no image", encoding="utf-8")
    folder = tmp_path / "folder.png"
    folder.mkdir()
    cases = {
        tmp_path / "missing.png": images.MISSING,
        empty: images.EMPTY,
        text: images.NOT_AN_IMAGE,
        folder: images.NOT_A_FILE,
        _cut(tmp_path / "cut.jpg", 3000): images.BROKEN,
        _cut(tmp_path / "cut.png", 3000): images.BROKEN,
    }
    for path, reason in cases.items():
        assert check_image(ImageRef.of_file(path)) == reason
        with pytest.raises(ImageError, match=reason[:10]):
            read_image(ImageRef.of_file(path))


def test_a_jpeg_with_something_behind_its_end_is_fine(tmp_path: Path) -> None:
    path = tmp_path / "motion.jpg"
    photo(size=(200, 160)).save(path)
    path.write_bytes(path.read_bytes() + b"\0" * 5000)
    assert check_image(ImageRef.of_file(path)) is None


def test_too_many_pixels_are_refused_before_decoding(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.png"
    Image.new("1", (18000, 18000)).save(bomb)
    assert check_image(ImageRef.of_file(bomb)) == images.TOO_LARGE


def _chunk(kind: bytes, content: bytes) -> bytes:
    body = kind + content
    return len(content).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")


def test_large_metadata_is_no_fault_but_a_bomb_is(tmp_path: Path) -> None:
    path = tmp_path / "photo.png"
    photo().save(path)
    whole = path.read_bytes()
    for kind, start, size, reason in (
        (b"iCCP", b"p\0\0", 2_000_000, None),
        (b"zTXt", b"Comment\0\0", 3_000_000, None),
        (b"zTXt", b"Comment\0\0", 101_000_000, images.TEXT_BOMB),
    ):
        squeezed = zlib.compress(bytes(size), 1)
        path.write_bytes(whole[:33] + _chunk(kind, start + squeezed) + whole[33:])
        assert check_image(path) == reason


def test_content_decides_whatever_the_name_says(tmp_path: Path) -> None:
    for name in ("photo.png", "photo.bmp", "photo"):
        photo().save(tmp_path / name, "JPEG")
        assert check_image(tmp_path / name) is None
    cases = {
        b"%PDF-1.7": kinds.DRAWING,
        b"\0\0\0\x18ftypisom": kinds.VIDEO,
        b"GARBAGE!": images.NOT_AN_IMAGE,
    }
    if not kinds.can_read_heic():
        cases[b"\0\0\0\x18ftypheic"] = kinds.HEIC
    for head, reason in cases.items():
        (tmp_path / "other.jpg").write_bytes(head + bytes(40))
        assert check_image(tmp_path / "other.jpg") == reason


def _saved(path: Path, picture: Image.Image, **how: object) -> bytes:
    picture.save(path, **how)
    return path.read_bytes()


def test_what_is_cut_off_is_found_on_opening(tmp_path: Path) -> None:
    """Whatever fails to be read is found by the check, and the whole file is fine."""
    noise = photo(size=(200, 160))
    deep = Image.fromarray(np.arange(32000, dtype=np.uint16).reshape(160, 200))
    for number, (suffix, picture, how) in enumerate(
        (
            (".jpg", noise, {}),
            (".jpg", noise, {"progressive": True}),
            (".png", noise, {}),
            (".bmp", noise, {}),
            (".gif", noise, {}),
            (".webp", noise, {}),
            (".ppm", noise, {}),
            (".avif", noise, {}),
            (".jp2", noise, {}),
            (".tif", noise, {}),
            (".tif", noise, {"compression": "tiff_lzw"}),
            (".tif", noise, {"compression": "jpeg"}),
            (".tif", deep, {}),
        )
    ):
        path = tmp_path / f"{number}{suffix}"
        whole = _saved(path, picture, **how)
        assert check_image(path) is None, (suffix, how)
        size = len(whole)
        for part in (
            whole[: size // 2],
            whole[: size * 9 // 10],
            whole[: size // 2] + bytes(size - size // 2),  # room that was never written to
        ):
            path.write_bytes(part)
            if check_image(path) is None:
                read_image(path)
        path.write_bytes(whole[: size // 2])
        assert check_image(path) is not None, (suffix, how)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs here")
def test_a_lossless_jpeg_is_refused_on_opening(tmp_path: Path) -> None:
    """Pillow reads its header and no more; without tables for quantization it is told apart."""
    path = tmp_path / "x.jpg"
    Image.new("RGB", (16, 16)).save(path)
    data = path.read_bytes().replace(b"\xff\xc0", b"\xff\xc3")
    while (start := data.find(b"\xff\xdb")) >= 0:
        end = start + 2 + int.from_bytes(data[start + 2 : start + 4], "big")
        data = data[:start] + data[end:]
    path.write_bytes(data)
    assert check_image(path) == "The image is damaged or cut off."


def test_a_fifo_is_never_opened(tmp_path: Path) -> None:
    path = tmp_path / "pipe.png"
    os.mkfifo(path)
    assert check_image(ImageRef.of_file(path)) == images.NOT_A_FILE


def test_smaller_decoding_keeps_the_wanted_side(tmp_path: Path) -> None:
    path = tmp_path / "large.jpg"
    photo(size=(800, 600)).save(path)
    image = read_image(ImageRef.of_file(path), min_side_px=100)
    assert 100 <= min(image.size) < 600
    assert thumbnail(ImageRef.of_file(path), 64).shape == (48, 64, 3)


def test_no_torch_needed_to_open_and_show() -> None:
    code = (
        "import sys, tlstudio.engine.data.sources, tlstudio.engine.data.images, "
        "tlstudio.engine.data.samples, tlstudio.engine.data.stored_splits; "
        "sys.exit('torch' in sys.modules or 'sklearn' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=300).returncode == 0


def test_a_photo_of_a_phone_in_heic(tmp_path: Path) -> None:
    pytest.importorskip("pi_heif")
    path, half = tmp_path / "photo.heic", tmp_path / "half.heic"
    shutil.copy(Path(__file__).parent / "grey.heic", path)
    assert check_image(path) is None
    assert read_image(path).size == (29, 100)
    half.write_bytes(path.read_bytes()[:600])
    assert check_image(half) == images.BROKEN
