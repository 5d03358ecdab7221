"""The health check finds planted faults, tells them apart, and keeps its report."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from tests.engine.health.pictures import checked, dataset, features_of, names, picture, save
from tlstudio.core.health.finding import HealthReport
from tlstudio.core.runs.events import StopToken
from tlstudio.engine.data.sources import open_dataset
from tlstudio.engine.health.check import check_dataset
from tlstudio.engine.health.report_file import stored_report
from tlstudio.engine.runs.files import SPLIT, write_split


def test_nothing_is_found_where_nothing_is_wrong(tmp_path: Path) -> None:
    report = checked(dataset(tmp_path))
    assert report.findings == ()
    assert report.checked == 24


def test_copies_are_told_apart_by_where_they_lie(tmp_path: Path) -> None:
    root = dataset(tmp_path)
    shutil.copy(root / "train/ants/0.png", root / "train/ants/copy.png")
    shutil.copy(root / "train/ants/1.png", root / "val/ants/leak.png")
    shutil.copy(root / "train/bees/2.png", root / "train/ants/both.png")
    report = checked(root)
    assert {kind: [names(f) for f in found] for kind, found in report.by_kind.items()} == {
        "exact_copies": [["train/ants/0.png", "train/ants/copy.png"]],
        "leaks": [["train/ants/1.png", "val/ants/leak.png"]],
        "two_classes": [["train/ants/both.png", "train/bees/2.png"]],
    }


def test_a_run_knows_what_was_open_when_it_was_trained(tmp_path: Path) -> None:
    root = dataset(tmp_path)
    shutil.copy(root / "train/ants/1.png", root / "val/ants/leak.png")
    write_split(tmp_path, open_dataset(root))
    assert json.loads((tmp_path / SPLIT).read_text())["findings"] is None
    checked(root)
    index = open_dataset(root)
    write_split(tmp_path, index)
    assert json.loads((tmp_path / SPLIT).read_text())["findings"] == {"leaks": 1}
    write_split(tmp_path, index.edited(index.manifest.leaving_out(["train/ants/1.png"])))
    assert json.loads((tmp_path / SPLIT).read_text())["findings"] == {}


def test_a_placeholder_is_none_of_the_copies(tmp_path: Path) -> None:
    root = dataset(tmp_path)
    for number in range(5):
        shutil.copy(root / "train/ants/0.png", root / "train/bees" / f"copy{number}.png")
    shutil.copy(root / "val/ants/0.png", root / "val/bees/imageNotFound.png")
    found = checked(root).by_kind
    assert list(found) == ["placeholders"]
    assert [len(finding.images) for finding in found["placeholders"]] == [6, 2]


def test_the_report_is_there_when_the_dataset_is_opened_again(tmp_path: Path) -> None:
    root = dataset(tmp_path)
    shutil.copy(root / "train/ants/0.png", root / "train/ants/copy.png")
    assert stored_report(open_dataset(root)) is None
    report = checked(root)
    index = open_dataset(root)
    assert stored_report(index) == report
    edited = index.edited(index.manifest.leaving_out(["train/ants/copy.png"]))
    kept = stored_report(edited)
    assert kept == report
    assert kept is not None
    assert kept.open_in(edited).findings == ()
    shutil.copy(root / "train/ants/1.png", root / "train/ants/0.png")  # another content
    assert stored_report(open_dataset(root)) is None


def test_a_stopped_check_ends_without_a_report(tmp_path: Path) -> None:
    index, stop = open_dataset(dataset(tmp_path)), StopToken()
    steps = check_dataset(index, stop)
    next(steps)
    stop.stop()
    assert not any(isinstance(step, HealthReport) for step in steps)
    assert stored_report(index) is None


def kinds(root: Path) -> dict[str, list[list[str]]]:
    return {kind: [names(f) for f in found] for kind, found in checked(root).by_kind.items()}


FAULTS = {
    "blank": Image.new("RGB", (96, 80), (30, 90, 200)),
    "dark": picture(90).point(lambda value: value // 4),
    "bright": picture(91).point(lambda value: 243 + value // 21),
    "blurry": picture(92).filter(ImageFilter.GaussianBlur(9)),
    "tiny": picture(93, (12, 10)),
    "aspect": picture(94, (200, 40)),
}


@pytest.mark.parametrize("kind", FAULTS)
def test_an_image_that_is_hard_to_see_is_told(kind: str, tmp_path: Path) -> None:
    root = dataset(tmp_path)
    save(root / "train/ants/bad.png", FAULTS[kind])
    assert kinds(root) == {kind: [["train/ants/bad.png"]]}


def test_a_half_grey_photo_is_told(tmp_path: Path) -> None:
    root = dataset(tmp_path)
    path = save(root / "train/ants/bad.jpg", picture(95), quality=90)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2] + b"\xff\xd9")
    assert kinds(root) == {"cut_off": [["train/ants/bad.jpg"]]}


def test_what_most_images_have_is_no_fault(tmp_path: Path) -> None:
    root = dataset(tmp_path)
    for path in root.rglob("*.png"):
        with Image.open(path) as image:
            dark = image.point(lambda value: value // 4)
        dark.save(path)
    report = checked(root)
    assert report.findings == ()
    assert [str(row.reason) for row in report.skipped if row.kind == "dark"] == [
        "100 % of the images are so: it belongs to this dataset."
    ]


def test_files_that_are_not_used_are_told_by_reason(tmp_path: Path) -> None:
    root = dataset(tmp_path)
    for name in ("one", "two"):
        (root / f"train/ants/{name}.png").write_bytes(b"")
    report = checked(root)
    assert [str(f.note) for f in report.findings] == ["2 files: The file is empty."]
    assert report.serious == ()


def test_a_class_that_shows_in_its_files_is_told(tmp_path: Path) -> None:
    root = dataset(tmp_path, per_class=12)
    for path in root.glob("*/bees/*"):
        with Image.open(path) as image:
            image.save(path.with_suffix(".jpg"))
        path.unlink()
    [finding] = checked(root).by_kind["file_facts"]
    assert finding.values["percent"] == "100"
    assert finding.values["chance"] == "50"
    assert finding.values["class_name"] in ("ants", "bees")
    assert checked(dataset(tmp_path / "even", per_class=12)).serious == ()


def test_classes_of_very_different_size_are_told(tmp_path: Path) -> None:
    root = dataset(tmp_path, per_class=2)
    for number in range(30):
        save(root / "train/bees" / f"more{number}.png", picture(100 + number))
    [finding] = checked(root).by_kind["imbalance"]
    assert str(finding.note) == "“ants” has 2 training images, “bees” has 32"


def test_features_tell_doubtful_classes_strangers_and_copies(tmp_path: Path) -> None:
    root = dataset(tmp_path, per_class=9)
    index = open_dataset(root)
    plain = features_of(index)
    bees = plain.vectors[plain.targets == 1]
    (root / "train/ants/0.png").rename(root / "train/ants/wrong.png")
    (root / "train/ants/1.png").rename(root / "train/ants/stranger.png")
    (root / "train/ants/2.png").rename(root / "train/ants/near.png")
    (root / "val/ants/2.png").rename(root / "val/ants/again.png")
    index = open_dataset(root)
    stranger = np.random.default_rng(5).normal(0, 1, 24)
    near = plain.vectors[0] + stranger
    features = features_of(
        index, wrong=bees.mean(axis=0), stranger=stranger, near=near, again=near * 1.2
    )
    found = checked(index, features=features).by_kind
    assert names(found["labels"][0]) == ["train/ants/wrong.png"]
    assert found["labels"][0].values["suggested"] == "bees"
    assert names(found["strangers"][0]) == ["train/ants/stranger.png"]
    assert {*names(found["leaks"][0])} == {"train/ants/near.png", "val/ants/again.png"}
    assert checked(index).has_features is False
    assert [f for f in checked(index).findings if f.spec.needs_features] == []


def test_classes_that_no_probe_can_tell_are_not_doubted(tmp_path: Path) -> None:
    index = open_dataset(dataset(tmp_path, per_class=9))
    features = features_of(index)
    features.vectors[:] = np.random.default_rng(1).normal(0, 1, features.vectors.shape)
    report = checked(index, features=features)
    assert "labels" not in report.by_kind
    [skipped] = [row for row in report.skipped if row.kind == "labels"]
    assert "cannot tell these classes apart" in str(skipped.reason)


def test_crops_are_found_among_near_features(tmp_path: Path) -> None:
    root = dataset(tmp_path, per_class=9)
    whole = picture(70, (200, 150)).filter(ImageFilter.BLUR)
    save(root / "train/ants/whole.png", whole)
    save(root / "train/ants/crop.png", whole.crop((16, 12, 178, 136)))
    index = open_dataset(root)
    random = np.random.default_rng(3)
    place, aside = random.normal(0, 1, (2, 24))
    features = features_of(index, whole=place, crop=place + 0.2 * aside)
    [finding] = checked(index, features=features).by_kind["near_copies"]
    assert {*names(finding)} == {"train/ants/whole.png", "train/ants/crop.png"}
