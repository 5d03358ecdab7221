"""The split on the terminal: by number and by group, written as a table and taken from one."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest
from PIL import Image

from tests.gui.fakes import make_images
from tlstudio.cli.main import main
from tlstudio.core.data.dataset import Split, SplitConfig
from tlstudio.core.data.manifest import Manifest
from tlstudio.core.data.split_config import GroupBy
from tlstudio.core.errors import DatasetError, SplitError, StorageError
from tlstudio.engine.data.groups import find_groups
from tlstudio.engine.data.sources import (
    open_dataset,
    store_manifest,
    store_split,
    stored_manifest,
    stored_split,
)
from tlstudio.engine.data.split_file import placed_by, split_csv
from tlstudio.engine.runs.store import RunStore


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    make_images(tmp_path / "photos", count=10)
    return tmp_path / "photos"


def told(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    values: dict[str, object] = json.loads(capsys.readouterr().out)
    return values


def test_the_split_is_printed_and_kept(photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flags = ["--val-images", "6", "--test-images", "3", "--split-seed", "4"]
    assert main(["split", str(photos), *flags, "--keep", "--json"]) == 0
    values = told(capsys)
    assert sum(values["counts"]["val"].values()) == 6  # type: ignore[index]
    assert stored_split(photos) == SplitConfig(seed=4, val_images=6, test_images=3)
    assert open_dataset(photos).fingerprint == values["fingerprint"]
    assert main(["split", str(photos), "--val-images", "40"]) == 2
    assert "40 images to validate and test with are too many of 30." in capsys.readouterr().err
    assert main(["split", str(photos), "--val-images", "0"]) == 2
    assert "val_images" in capsys.readouterr().err


def test_a_table_takes_a_split_to_another_copy(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (photos / "acorn" / "0.png").rename(photos / "acorn" / "=1+1,é.png")
    manifest = Manifest().placing(["leaf/1.png"], Split.TEST).leaving_out(["leaf/2.png"])
    store_manifest(photos, manifest.moving(["leaf/3.png"], "acorn").grouping(["leaf/4.png"], "-g"))
    file = tmp_path / "split.csv"
    assert main(["split", str(photos), "--split-seed", "9", "--out", str(file)]) == 0
    assert main(["split", str(photos), "--out", str(file)]) == 2  # it is there already
    assert main(["split", str(photos), "--split-seed", "9", "--out", str(file), "--overwrite"]) == 0
    index = open_dataset(photos, SplitConfig(seed=9))
    rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
    assert rows[0].keys() == {"image", "class", "split", "group"} and len(rows) == 29
    assert all(cell[0] not in "=+-@" for row in rows for cell in row.values() if cell)
    copy = tmp_path / "copy"
    shutil.copytree(photos, copy)
    (copy / "leaf" / "2.png").unlink()  # which was left out
    capsys.readouterr()
    assert main(["split", str(copy), "--split-from", str(file), "--json"]) == 0
    assert told(capsys)["fingerprint"] == index.fingerprint
    placed = open_dataset(copy)
    placed = placed.edited(placed_by(file, placed)[0])
    assert split_csv(placed).replace("'-g", "") == split_csv(index).replace("'-g", "")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\n1,2\n", "no columns"),
        ("image,split\nleaf/1.png,holdout\n", "line 2: “holdout” is no split"),
        ("image,split\nelse/1.png,val\n", "none of the images"),
        ("", "no columns"),
    ],
)
def test_a_table_that_is_none_is_refused(photos: Path, text: str, said: str) -> None:
    file = photos.parent / "split.csv"
    file.write_text(text)
    index = open_dataset(photos)
    with pytest.raises(DatasetError, match=said):
        placed_by(file, index)
    with pytest.raises(StorageError, match="There is no file"):
        placed_by(photos / "none.csv", index)


def test_images_of_a_folder_or_a_name_stay_together(tmp_path: Path) -> None:
    root = tmp_path / "photos"
    make_images(root, count=12)
    for folder in root.iterdir():
        for place, file in enumerate(sorted(folder.iterdir())):
            patient = f"p{place // 2}"
            (folder / patient).mkdir(exist_ok=True)
            file.rename(folder / patient / f"shot{place % 3}_{place}.png")
    index = open_dataset(root, SplitConfig(group_by=GroupBy.FOLDER))
    splits: dict[str, set[Split]] = {}
    for sample in index.samples:
        splits.setdefault(sample.image.key.split("/")[1], set()).add(sample.split)
    assert len(splits) == 6 and all(len(found) == 1 for found in splits.values())
    assert find_groups(index, SplitConfig(group_by=GroupBy.FOLDER)) == (6, 6, 0)
    assert find_groups(index, SplitConfig(group_by=GroupBy.PREFIX)) == (3, 12, 0)
    assert find_groups(index, SplitConfig()) == (0, 0, 36)


def test_images_of_a_burst_stay_together(tmp_path: Path) -> None:
    for name, first in (("sun", 0), ("rain", 40)):
        (tmp_path / "photos" / name).mkdir(parents=True)
        for number in range(12):
            exif = Image.Exif()
            minute, second = divmod(number // 3 * 90 + number % 3 * 4, 60)
            stamp = f"2026:05:01 10:{first // 2 + minute:02}:{second:02}"
            exif.get_ifd(0x8769)[0x9003] = stamp
            image = Image.new("RGB", (8, 8), (number * 20, first, 0))
            image.save(tmp_path / "photos" / name / f"{number:02}.jpg", exif=exif)
    config = SplitConfig(0.3, group_by=GroupBy.TIME)
    index = open_dataset(tmp_path / "photos", config)
    assert find_groups(index, config) == (8, 3, 0)
    splits: dict[tuple[str, int], set[Split]] = {}
    for sample in index.samples:
        name, number = sample.image.key.removesuffix(".jpg").split("/")
        splits.setdefault((name, int(number) // 3), set()).add(sample.split)
    assert all(len(found) == 1 for found in splits.values())


def test_a_stored_split_that_cannot_be_made_any_more_gives_way_to_the_usual(
    photos: Path,
) -> None:
    config = SplitConfig(val_images=12, seed=3)
    store_split(photos, config)
    assert open_dataset(photos).split_config == config
    for folder in photos.iterdir():
        for file in sorted(folder.iterdir())[4:]:
            file.unlink()
    index = open_dataset(photos)
    assert index.split_config == SplitConfig(seed=3)
    assert "12 images to validate" in str(index.warnings[-2])
    with pytest.raises(SplitError):
        open_dataset(photos, config)


def test_a_dataset_that_says_its_split_can_be_split_anew(photos: Path, tmp_path: Path) -> None:
    root = tmp_path / "split"
    for split, start, end in (("train", 0, 6), ("val", 6, 8), ("test", 8, 10)):
        for folder in photos.iterdir():
            (root / split / folder.name).mkdir(parents=True)
            for file in sorted(folder.iterdir())[start:end]:
                shutil.copy(file, root / split / folder.name)
    own = open_dataset(root)
    assert own.split_config is None
    anew = open_dataset(root, SplitConfig(0.5, 0.3, anew=True))
    assert {s.image for s in anew.by_split[Split.TEST]} == {
        s.image for s in own.by_split[Split.TEST]
    }
    assert len(anew.by_split[Split.VAL]) == 12 and len(anew.samples) == len(own.samples)
    assert anew.split_config == SplitConfig(0.5, 0.3, anew=True)
    by_hand = anew.edited(Manifest().placing(["train/leaf/0.png"], Split.TEST))
    assert len(by_hand.by_split[Split.TEST]) == 7


def test_a_run_goes_on_with_the_images_it_began_with(photos: Path, tmp_path: Path) -> None:
    manifest = Manifest().leaving_out(["acorn/0.png"]).placing(["leaf/1.png"], Split.VAL)
    store_manifest(photos, manifest)
    tiny = ["--model", "squeezenet1_1", "--initialisation", "random", "--image-px", "32"]
    tiny += ["--device", "cpu"]
    run = str(tmp_path / "run")
    assert main(["train", str(photos), *tiny, "--epochs", "1", "--out", run]) == 0
    (entry,) = RunStore().entries()
    assert RunStore().open(entry.id).manifest == manifest
    store_manifest(photos, Manifest().leaving_out(["leaf/5.png"]))  # for the next run
    assert main(["train", "--resume", run, "--epochs", "2"]) == 0
    assert stored_manifest(photos) == Manifest().leaving_out(["leaf/5.png"])
