"""Finding images, and the truth in the names of their folders."""

from __future__ import annotations

import zipfile
from pathlib import Path

from tests.helpers import make_photos, photo, tiny_classifier
from tlstudio.core.data.dataset import ExcludedFile
from tlstudio.core.data.image_ref import FolderContainer, ImageRef
from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.core.use.pictures import picture
from tlstudio.engine.inference import predict
from tlstudio.engine.use.finding import FolderTruth, find_images, with_truth


def test_archives_are_searched_like_folders(tmp_path: Path) -> None:
    folder = make_photos(tmp_path / "set", per_class=2)
    archive = tmp_path / "set.zip"
    with zipfile.ZipFile(archive, "w") as written:
        for path in sorted(folder.rglob("*.png")):
            written.write(path, path.relative_to(folder).as_posix())
        written.writestr("notes.txt", "no image")
    inside, outside = find_images([archive]), find_images([folder])
    assert [image.key for image in inside] == [image.key for image in outside]
    classifier = tiny_classifier()
    told = [list(predict(classifier, images)) for images in (inside, outside)]
    assert [r.probabilities for r in told[0] if isinstance(r, PredictionRecord)] == [
        r.probabilities for r in told[1] if isinstance(r, PredictionRecord)
    ]


def test_what_is_given_stays_in_its_place(tmp_path: Path) -> None:
    pasted = picture(b"", "Pasted.png")
    missing, lost = tmp_path / "missing.png", tmp_path / "missing.zip"
    found = find_images([missing, pasted, lost])
    assert found == [ImageRef.of_file(missing), pasted, ImageRef.of_file(lost)]


def test_the_innermost_folder_called_like_a_class_is_the_truth() -> None:
    truth = FolderTruth(("Red apple", "잎"))

    def of(folder: str, key: str) -> int | None:
        return truth.of(ImageRef(FolderContainer(Path(folder)), key))

    assert of("/photos", "red_apple/1.jpg") == 0
    assert of("/photos", "잎/day 1/2.jpg") == 1
    assert of("/photos/잎", "2.jpg") == 1
    assert of("/photos/잎", "RED APPLE/2.jpg") == 0
    assert of("/잎/photos", "2.jpg") is None  # nobody asked about that folder
    assert of("/photos", "red_apple.jpg") is None
    assert truth.of(picture(b"", "잎.png")) is None


def test_truth_is_added_to_answers(tmp_path: Path) -> None:
    folder = make_photos(tmp_path / "set", per_class=1)
    photo().save(folder / "loose.png")
    (folder / "red" / "bad.png").write_bytes(b"")
    classifier = tiny_classifier(("green", "red"))
    results = list(with_truth(predict(classifier, find_images([folder])), classifier.classes))
    told = {r.image.name: r.target for r in results if isinstance(r, PredictionRecord)}
    assert told == {"loose.png": None, "green_000.png": 0, "red_000.png": 1}
    assert [r.image.name for r in results if isinstance(r, ExcludedFile)] == ["bad.png"]
