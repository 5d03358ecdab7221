"""One notion of the same dataset: what it is made of, and where."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from tlstudio.core.data.dataset import LAYOUT_TITLES, DatasetIndex, Layout, Sample, Split
from tlstudio.core.data.image_ref import FolderContainer, ImageRef

ROOT = Path("photos")


def sample(key: str, class_index: int = 0, split: Split = Split.TRAIN, root: Path = ROOT) -> Sample:
    return Sample(ImageRef(FolderContainer(root), key), class_index, split)


def dataset(*samples: Sample, root: Path = ROOT) -> DatasetIndex:
    return DatasetIndex(root, "photos", Layout.CLASS_FOLDERS, ("cat", "dog"), samples)


ONE = dataset(sample("cat/1.png"), sample("dog/1.png", 1), sample("cat/2.png", 0, Split.VAL))


def test_another_look_finds_the_same() -> None:
    again = dataset(sample("cat/1.png"), sample("dog/1.png", 1), sample("cat/2.png", 0, Split.VAL))
    assert again.fingerprint == ONE.fingerprint
    assert again.is_same_as(ONE) and ONE.is_same_as(ONE) and not ONE.is_same_as(None)
    named = replace(ONE, name="Holidays", excluded=(), folders=(ROOT / "cat",))
    assert named.is_same_as(ONE)


def test_whatever_makes_it_another_one() -> None:
    first, second, third = ONE.samples
    others = [
        dataset(first, second),
        dataset(first, second, third, sample("cat/3.png", 0, Split.VAL)),
        dataset(first, second, sample("cat/2.png", 0, Split.TEST)),
        dataset(first, second, sample("cat/2.png", 1, Split.VAL)),
        dataset(first, second, sample("cat/3.png", 0, Split.VAL)),
        dataset(second, first, third),
        replace(ONE, classes=("cat", "wolf")),
    ]
    found = {index.fingerprint for index in others}
    assert len(found) == len(others) and ONE.fingerprint not in found
    assert not any(index.is_same_as(ONE) for index in others)


def test_a_moved_folder_is_made_of_the_same_but_lies_elsewhere() -> None:
    root = Path("elsewhere")
    samples = [
        Sample(ImageRef(FolderContainer(root), s.image.key), s.class_index, s.split)
        for s in ONE.samples
    ]
    moved = dataset(*samples, root=root)
    assert moved.fingerprint == ONE.fingerprint and not moved.is_same_as(ONE)


def test_images_that_were_named_one_by_one_count_by_their_place_in_the_folder() -> None:
    single = [Sample(ImageRef.of_file(s.image.path), s.class_index, s.split) for s in ONE.samples]
    assert dataset(*single).fingerprint == ONE.fingerprint
    assert ONE.key_of(ImageRef.of_file(Path("outside") / "a.png")) == str(Path("outside/a.png"))


def test_a_list_of_images_names_them_from_its_own_folder_on() -> None:
    listed = dataset(*ONE.samples, root=ROOT / "list.csv")
    assert listed.fingerprint == ONE.fingerprint
    assert listed.key_of(ONE.samples[0].image) == "cat/1.png"
    assert listed.key_of(ImageRef.of_file(ROOT / "cat" / "1.png")) == "cat/1.png"
    assert not listed.is_same_as(ONE)


def test_every_layout_has_its_title() -> None:
    assert set(LAYOUT_TITLES) == set(Layout)


def test_it_is_the_same_in_another_process() -> None:
    code = "from tests.core.data.test_fingerprint import ONE; print(ONE.fingerprint)"
    found = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": ":".join(sys.path), "PYTHONHASHSEED": "7"},
    )
    assert found.stdout.strip() == ONE.fingerprint
    assert json.dumps(ONE.fingerprint) and len(ONE.fingerprint) == 32
