"""Decoding within a bound of memory: plans, parts, and the gate for all decoders."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter, ImageOps

from tests.helpers import photo
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.errors import ImageError
from tlstudio.engine.data import decoding, images
from tlstudio.engine.data.decoding import Gate, decode_plan
from tlstudio.engine.data.images import check_image, read_image, thumbnail

SIZE = (903, 601)  # more than a part, and no multiple of anything


def _photo(number: int = 0) -> Image.Image:
    return photo(number, number, SIZE).filter(ImageFilter.GaussianBlur(8))


def _picture(mode: str) -> Image.Image:
    if mode == "I;16":
        count = SIZE[0] * SIZE[1]
        values = np.arange(count) * 65535 // (count - 1)
        return Image.fromarray(values.astype(np.uint16).reshape(SIZE[::-1]))
    channels = [_photo(n).getchannel(n % 3) for n in range(len(mode))]
    return channels[0] if mode in ("L", "P") else Image.merge(mode, channels)


def _on_white(picture: Image.Image) -> Image.Image:
    paper = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(paper, picture.convert("RGBA")).convert("RGB")


def test_parts_make_the_same_picture_as_the_whole(tmp_path: Path) -> None:
    for mode in ("L", "LA", "RGBA", "CMYK"):
        picture = _picture(mode)
        path = tmp_path / f"{mode}{'.tif' if mode == 'CMYK' else '.png'}"
        picture.save(path)
        expected = _on_white(picture) if mode in ("LA", "RGBA") else picture.convert("RGB")
        assert np.array_equal(np.asarray(read_image(path)), np.asarray(expected)), mode
    deep = _picture("I;16")
    deep.save(tmp_path / "deep.png")
    levels = np.round(np.asarray(deep) / 65535 * 255).astype(np.uint8)
    assert np.array_equal(np.asarray(read_image(tmp_path / "deep.png"))[..., 1], levels)


def test_what_does_not_fit_is_read_smaller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {
        "rgba.png": (_picture("RGBA"), {}),
        "palette.png": (_photo().convert("P"), {"transparency": 0}),
        "deep.tif": (_picture("I;16"), {}),
        "print.jpg": (_picture("CMYK"), {}),
        "photo.jpg": (_photo(), {}),
        "alpha.webp": (_picture("RGBA"), {"method": 0}),
    }
    for name, (picture, how) in files.items():
        picture.save(tmp_path / name, **how)
    monkeypatch.setattr(decoding, "_PART_BYTES", 0)
    monkeypatch.setattr(decoding, "_REDUCED_SIDE_PX", 300)
    for name in files:
        path = tmp_path / name
        whole = read_image(path)
        with Image.open(path) as opened:
            plan = decode_plan(opened, path.stat().st_size, orientation=1)
        with monkeypatch.context() as patch:
            patch.setattr(decoding, "BUDGET_BYTES", plan.size_bytes - 1)
            small = read_image(path)
        assert small.width < SIZE[0], name
        like = whole.resize(small.size, Image.Resampling.BOX)
        assert np.abs(np.asarray(like, int) - np.asarray(small, int)).mean() < 5, name


def test_more_than_fits_even_then_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoding, "BUDGET_BYTES", 100_000)
    for suffix in (".png", ".bmp", ".webp", ".tif", ".gif"):
        photo(size=SIZE).save(tmp_path / f"large{suffix}")
        assert check_image(tmp_path / f"large{suffix}") == images.TOO_LARGE
        with pytest.raises(ImageError, match="too large"):
            read_image(tmp_path / f"large{suffix}")


@pytest.mark.parametrize("size", [(12000, 9000), (16384, 4000), (16320, 12240), (9000, 7000)])
def test_photos_of_phones_and_panoramas_fit(tmp_path: Path, size: tuple[int, int]) -> None:
    path = tmp_path / "photo.jpg"
    Image.new("RGB", (64, 48)).save(path)
    content = path.read_bytes()  # only its header is read
    start = content.index(b"\xff\xc0") + 5
    sides = size[1].to_bytes(2, "big") + size[0].to_bytes(2, "big")
    path.write_bytes(content[:start] + sides + content[start + 4 :])
    with Image.open(path) as opened:
        plan = decode_plan(opened, len(content), orientation=6)
        turned = decode_plan(opened, len(content), 6, min_side_px=256)
    assert plan.size_bytes <= decoding.BUDGET_BYTES
    assert plan.reduce == (1, 1)
    assert turned.scale == 8


def test_a_row_of_millions_of_pixels_keeps_its_height(tmp_path: Path) -> None:
    Image.new("L", (3_000_000, 1), 100).save(tmp_path / "row.png")
    across, down = decoding._factors(64_000_000, 1)
    assert down == 1
    assert 64_000_000 / across < 4_000_000
    assert thumbnail(ImageRef.of_file(tmp_path / "row.png"), 64).shape == (1, 64, 3)


def test_a_turned_photo_is_turned_by_parts_as_well(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = _picture("RGBA")
    picture.save(tmp_path / "turned.png", exif=exif)
    with Image.open(tmp_path / "turned.png") as opened:
        expected = _on_white(ImageOps.exif_transpose(opened))
    assert np.array_equal(np.asarray(read_image(tmp_path / "turned.png")), np.asarray(expected))


def test_the_gate_never_lets_in_more_than_its_budget() -> None:
    gate = Gate(100)
    inside, most, lock = 0, 0, threading.Lock()

    def work(size: int) -> None:
        nonlocal inside, most
        for _ in range(20):
            with gate.room(size):
                with lock:
                    inside += min(size, 100)
                    most = max(most, inside)
                with lock:
                    inside -= min(size, 100)

    threads = [threading.Thread(target=work, args=(size,)) for size in (30, 40, 60, 90, 500)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads)
    assert most <= 100


def test_a_large_image_is_not_starved_by_small_ones() -> None:
    gate, order = Gate(100), []
    first = gate.room(60)
    first.__enter__()
    is_waiting = threading.Event()

    def large() -> None:
        is_waiting.set()
        with gate.room(90):
            order.append("large")

    def small() -> None:
        with gate.room(10):
            order.append("small")

    threads = [threading.Thread(target=large)]
    threads[0].start()
    is_waiting.wait(10)
    while not gate._waiting:
        pass
    threads.append(threading.Thread(target=small))
    threads[1].start()
    first.__exit__(None, None, None)
    for thread in threads:
        thread.join(10)
    assert order == ["large", "small"]
