"""Facts about images: right, remembered by content, and stoppable."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from tests.engine.health.pictures import picture, save
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.runs.events import StopToken
from tlstudio.engine.health import image_facts as module
from tlstudio.engine.health.image_facts import FactsTable, ImageFacts, image_facts


def table_of(*paths: Path, database: Path | None = None) -> FactsTable:
    images = [ImageRef.of_file(path) for path in paths]
    last = list(image_facts(images, StopToken(), database))[-1]
    assert isinstance(last, FactsTable)
    return last


def facts_of(path: Path) -> ImageFacts:
    facts = table_of(path).facts(0)
    assert facts is not None
    return facts


def test_they_are_those_of_the_upright_picture(tmp_path: Path) -> None:
    about = Image.Exif()
    about[0x0112], about[0x010F], about[0x0110] = 6, "Nikon", "Nikon D70"
    about.get_ifd(0x8769)[0x9003] = "2024:05:06 07:08:09"
    facts = facts_of(save(tmp_path / "a.jpg", picture(1, (96, 64)), exif=about))
    assert (facts.width_px, facts.height_px, facts.format) == (64, 96, "JPEG")
    assert facts.captured == datetime(2024, 5, 6, 7, 8, 9)
    assert facts.camera == "Nikon D70"
    assert facts.file_bytes == (tmp_path / "a.jpg").stat().st_size


def test_light_and_colour_are_measured(tmp_path: Path) -> None:
    half = Image.new("RGB", (40, 40), (255, 0, 0))
    half.paste((0, 0, 255), (0, 0, 40, 20))
    facts = facts_of(save(tmp_path / "half.png", half))
    assert facts.means == pytest.approx((0.5, 0, 0.5))
    assert facts.stds == pytest.approx((0.5, 0, 0.5))
    assert facts.captured is None
    assert facts.camera == ""
    frame = Image.new("RGB", (50, 50), (0, 255, 0))
    frame.paste((0, 0, 0), (5, 5, 45, 45))
    facts = facts_of(save(tmp_path / "frame.png", frame))
    assert facts.border == pytest.approx((0, 1, 0))
    assert facts.border_contrast == pytest.approx(0, abs=1e-6)


def test_blur_lowers_the_sharpness_and_a_low_contrast_does_not(tmp_path: Path) -> None:
    sharp = picture(3)
    pale = Image.fromarray((np.asarray(sharp) // 4 + 90).astype(np.uint8))
    blurred = sharp.filter(ImageFilter.GaussianBlur(3))
    paths = [save(tmp_path / f"{n}.png", image) for n, image in enumerate((sharp, pale, blurred))]
    rows = table_of(*paths).rows["sharpness"]
    assert rows[1] == pytest.approx(rows[0], rel=0.2)
    assert rows[2] < rows[0] / 10


def test_a_cut_off_photo_has_a_grey_end(tmp_path: Path) -> None:
    path = save(tmp_path / "a.jpg", picture(4, (128, 128)), quality=90)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2] + b"\xff\xd9")  # the end mark is there
    assert 0.3 < facts_of(path).grey_end < 0.7
    assert facts_of(save(tmp_path / "b.jpg", picture(4, (128, 128)))).grey_end == 0


def test_what_is_known_is_not_looked_at_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [save(tmp_path / f"{n}.png", picture(n)) for n in range(3)]
    database = tmp_path / "facts.sqlite3"
    first = table_of(*paths, database=database)
    monkeypatch.delattr(module, "look")
    (moved := tmp_path / "moved.png").write_bytes(paths[0].read_bytes())
    second = table_of(moved, *paths[1:], database=database)
    assert second.from_memory == 3
    assert second.rows.tobytes() == first.rows.tobytes()


def test_a_broken_database_is_made_anew(tmp_path: Path) -> None:
    path, database = save(tmp_path / "a.png", picture(1)), tmp_path / "facts.sqlite3"
    database.write_bytes(b"no database at all" * 100)
    assert len(table_of(path, database=database)) == 1
    assert table_of(path, database=database).from_memory == 1


def test_an_unreadable_image_has_a_reason_and_no_facts(tmp_path: Path) -> None:
    (bad := tmp_path / "bad.png").write_bytes(b"nothing")
    table = table_of(bad, save(tmp_path / "good.png", picture(1)), tmp_path / "gone.png")
    assert list(table.reasons) == [0, 2]
    assert table.facts(0) is None
    assert table.is_read.tolist() == [False, True, False]


def test_it_stops_at_once(tmp_path: Path) -> None:
    images = [ImageRef.of_file(save(tmp_path / f"{n}.png", picture(n))) for n in range(3)]
    stop = StopToken()
    stop.stop()
    assert list(image_facts(images, stop)) == []
