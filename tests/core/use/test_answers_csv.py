"""Answers as a table."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from tlstudio.core.data.dataset import ExcludedFile
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.runs.predictions import Novelty, PredictionRecord
from tlstudio.core.use.answers_csv import answers_csv, plain_cell
from tlstudio.core.use.pictures import frame_name, picture, time_of

CLASSES = ("사과", "=leaf")


def table(text: str) -> list[dict[str, str]]:
    """The rows as a spreadsheet reads them."""
    assert text.encode("utf-8").startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_excel_sees_hangul_and_no_formula() -> None:
    evil = ImageRef.of_file(Path("/photos/=HYPERLINK(1).jpg"))
    named = ImageRef.of_file(Path("@SUM(1).jpg"))
    records = [PredictionRecord(evil, (0.25, 0.75)), PredictionRecord(named, (0.75, 0.25))]
    text = answers_csv(records, CLASSES)
    first, second = table(text)
    assert first == {
        "path": str(evil),
        "predicted": "'=leaf",
        "probability": "0.750000",
        "사과": "0.250000",
        "'=leaf": "0.750000",
    }
    assert second["predicted"] == "사과"
    cells = [cell for row in csv.reader(io.StringIO(text[1:])) for cell in row]
    assert not [cell for cell in cells if cell[:1] in "=+-@"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", " =", "＝", "\r@"])
def test_what_a_spreadsheet_would_compute_is_marked(start: str) -> None:
    assert plain_cell(f"{start}1+1") == f"'{start}1+1"


def test_ordinary_names_stay() -> None:
    assert plain_cell("a-b=c@d") == "a-b=c@d"
    assert plain_cell("") == ""


def test_columns_that_only_some_answers_have() -> None:
    leaf = ImageRef.of_file(Path("leaf/1.jpg"))
    odd, frame = ImageRef.of_file(Path("odd.jpg")), picture(b"", "f.jpg", "/clip.mp4", 2.5)
    records = [
        PredictionRecord(leaf, (0.9, 0.1), target=1),
        PredictionRecord(odd, (0.9, 0.1), novelty=Novelty(0.5, 0.01, 0.05)),
        PredictionRecord(frame, (0.1, 0.9)),
    ]
    bad = ExcludedFile(ImageRef.of_file(Path("bad.jpg")), "It is not an image.")
    rows = table(answers_csv(records, ("a", "b"), [bad]))
    assert [row["true"] for row in rows] == ["b", "", "", ""]
    assert [row["right"] for row in rows] == ["no", "", "", ""]
    assert [row["none_of_these"] for row in rows] == ["no", "yes", "no", ""]
    assert [row["distance"] for row in rows] == ["", "0.500000", "", ""]
    assert [row["time_s"] for row in rows] == ["", "", "2.500", ""]
    assert [row["problem"] for row in rows] == ["", "", "", "It is not an image."]
    assert rows[2]["path"] == "/clip.mp4/f.jpg"


def test_pictures_in_memory_are_images() -> None:
    image = picture(b"bytes", frame_name("clip", 7.25, ".jpg"), "/clip.mp4", 7.25)
    assert image.name == "clip 0007.25.jpg" and image.suffix == ".jpg"
    assert image.path is None and time_of(image) == 7.25
    with image.open() as opened:
        assert opened.read() == b"bytes"
    assert image.stat().size_bytes == 5
    assert image == picture(b"bytes", image.name, "/clip.mp4", 7.25)
    assert image != picture(b"other", image.name, "/clip.mp4", 7.25)
