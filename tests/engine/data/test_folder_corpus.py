"""A corpus of folder layouts from public reports: each opens right, asks or is refused.

Whatever opens, every image below the folder is used or named with the reason why it is not.
"""

from __future__ import annotations

import io
import os
import shutil
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePath

import pytest
from PIL import Image

from tlstudio.core.data.dataset import DatasetIndex, Split
from tlstudio.core.data.options import ReadOptions
from tlstudio.core.data.reading import AmbiguousDatasetError
from tlstudio.core.errors import DatasetError
from tlstudio.engine.data.images import SUFFIXES
from tlstudio.engine.data.sources import open_dataset
from tlstudio.engine.data.sources.folder_names import (
    SPLIT_WORDS,
    class_key,
    class_title,
    split_name,
)

NFD = unicodedata.normalize("NFD", "과일")
NFC = unicodedata.normalize("NFC", "과일")

Tree = Mapping[str, int]  # folder -> images in it; 0 makes the folder


def png() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(file, "PNG")
    return file.getvalue()


PNG = png()


def plant(root: Path, tree: Tree) -> Path:
    for folder, count in tree.items():
        (root / folder).mkdir(parents=True, exist_ok=True)
        for number in range(count):
            (root / folder / f"{number}.png").write_bytes(PNG)
    return root


def classes(*splits: str, names: tuple[str, ...] = ("cat", "dog"), per: int = 2) -> dict[str, int]:
    """The class folders in each of some folders."""
    return {f"{split}/{name}" if split else name: per for split in splits for name in names}


@dataclass(frozen=True)
class Case:
    """A tree with what it is read as.

    Attributes:
        classes: the right ones; empty where it asks or is refused.
        counts: images of train, val and test that the folders say; None where the studio splits.
        asks: ids of the readings that a person is asked about.
        refused: a part of the sentence.
        told: a part of each warning that must be there.
        unused: images that are not used.
    """

    tree: Tree
    classes: tuple[str, ...] = ("cat", "dog")
    counts: tuple[int, int, int] | None = None
    asks: tuple[str, ...] = ()
    refused: str = ""
    instead: str = ""
    told: tuple[str, ...] = ()
    unused: int = 0
    links: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)


TWO = (4, 4, 0)
TRAIN_TEST = (2, 2, 4)  # the studio takes one image of each class for validation

CASES = {
    # splits by name
    "train_dev": Case(classes("train", "dev"), counts=TWO),
    "train_eval": Case(classes("train", "eval"), counts=TWO),
    "train_eval_test": Case(classes("train", "eval", "test"), counts=(4, 4, 4)),
    "train_val_eval": Case(classes("train", "val", "eval"), counts=(4, 4, 4)),
    "train_set_test_set": Case(classes("train_set", "test_set"), counts=TRAIN_TEST),
    "seg": Case(classes("seg_train", "seg_test"), counts=TRAIN_TEST),
    "seg_twice": Case(classes("seg_train/seg_train", "seg_test/seg_test"), counts=TRAIN_TEST),
    "images_after": Case(classes("train_images", "val_images"), counts=TWO),
    "images_inside": Case(classes("train/images", "val/images"), counts=TWO),
    "long_names": Case(classes("training_data", "validation_data"), counts=TWO),
    "space_after": Case(classes("train", "Val "), counts=TWO),
    "years": Case(classes("train2017", "val2017"), counts=TWO),
    "one_word": Case(classes("trainset", "testset"), counts=TRAIN_TEST),
    "camel_case": Case(classes("TrainImages", "ValidationSet"), counts=TWO),
    "hold_out": Case(classes("train", "hold-out"), counts=TWO),
    "trainval": Case(classes("trainval", "test"), counts=TRAIN_TEST),
    "prefix_of_a_dataset": Case(classes("imagenet_train", "imagenet_val"), counts=TWO),
    "korean": Case(classes("학습", "검증", "시험"), counts=(4, 4, 4)),
    "korean_words": Case(classes("훈련용 데이터", "검증용 데이터", "평가용"), counts=(4, 4, 4)),
    "korean_decomposed": Case(
        classes(*(unicodedata.normalize("NFD", name) for name in ("훈련", "검증"))), counts=TWO
    ),
    "short_words": Case(classes("tr", "va", "te"), counts=(4, 4, 4)),
    "parts_in_splits": Case(classes("train/TS1", "train/TS2", "val/VS1"), counts=(8, 4, 0)),
    "split_in_shards": Case(classes("train1", "train2", "val"), counts=(8, 4, 0)),
    "splits_in_classes": Case(
        classes("cat", "dog", names=("train", "val", "test"), per=2),
        counts=(4, 4, 4),
    ),
    # val or test that say nothing
    "empty_val": Case(
        {**classes("train"), "val": 0}, counts=(2, 2, 0), told=("no validation folder",)
    ),
    "stray_in_train": Case({**classes("train", "val"), "train": 1}, counts=TWO, unused=1),
    "stray_in_val": Case(
        {**classes("train", "val"), "val": 1},
        counts=TWO,
        unused=1,
        told=("beside the class folders",),
    ),
    "stray_in_root": Case({**classes(""), "": 3}, unused=3, told=("3 in",)),
    "loose_test": Case(
        {**classes("train"), "test": 5}, counts=(2, 2, 0), unused=5, told=("5 in “test”",)
    ),
    "loose_val": Case({**classes("train"), "val": 5}, counts=(2, 2, 0), unused=5, told=("“val”",)),
    "loose_test_beside_val": Case(
        {**classes("train", "val"), "test": 5}, counts=TWO, unused=5, told=("5 in “test”",)
    ),
    "loose_test_in_a_folder": Case(
        {**classes("train"), "test/images": 5}, counts=(2, 2, 0), unused=5, told=("5 in “test”",)
    ),
    "unknown_test_images": Case(
        {**classes("train"), "test/unknown": 5},
        counts=(2, 2, 0),
        unused=5,
        told=("“unknown” has no training images",),
    ),
    "unknown_test_images_beside_val": Case(
        {**classes("train", "val"), **classes("test", names=("x", "y"))}, counts=TWO, unused=4
    ),
    "samples_of_the_splits": Case(
        {**classes("trainingSet/trainingSet", "trainingSample"), "testSet/testSet": 3},
        counts=(2, 2, 0),
        unused=7,
    ),
    "predictions_beside": Case(
        {**classes("seg_train/seg_train", "seg_test/seg_test"), "seg_pred/seg_pred": 3},
        counts=TRAIN_TEST,
        unused=3,
    ),
    "numbered_korean_english": Case(
        classes("1.Training/원천데이터", "2.Validation/원천데이터"), counts=TWO
    ),
    "the_archive_once_more": Case(
        {**classes("train", "val"), **classes("xray/train", "xray/val")}, counts=TWO, unused=8
    ),
    "other_folder_beside_splits": Case(
        {**classes("train", "val"), "extra": 3}, counts=TWO, unused=3, told=("3 in “extra”",)
    ),
    # classes that sound like splits
    "class_called_train": Case(
        classes("", names=("car", "plane", "train")), classes=("car", "plane", "train")
    ),
    "valid_and_invalid": Case(
        classes("", names=("valid", "invalid")), classes=("invalid", "valid")
    ),
    "stations": Case(
        classes("", names=("train station", "test tube")), classes=("test tube", "train station")
    ),
    "trains_by_kind_beside_cars": Case(
        {**classes("train", names=("steam", "electric")), "car": 2}, asks=("splits", "classes")
    ),
    "splits_without_common_classes": Case(
        {**classes("train", names=("a", "b")), **classes("dev", names=("c", "d"))},
        asks=("splits", "classes"),
    ),
    "only_loose_splits": Case({"train": 3, "test": 3}, asks=("classes",)),
    "only_loose_splits_in_images": Case({"train/images": 3, "val/images": 3}, asks=("classes",)),
    "class_called_images": Case(
        classes("", names=("images", "drawings")), classes=("drawings", "images")
    ),
    # folders around, beside and inside
    "one_wrapper": Case(classes("archive/train", "archive/val"), counts=TWO),
    "three_wrappers": Case(classes("a/b/c/train", "a/b/c/val"), counts=TWO),
    "five_wrappers": Case(classes("a/b/c/d/e")),
    "wrapper_beside_docs": Case({**classes("data/train", "data/val"), "docs": 0}, counts=TWO),
    "wrapper_with_a_picture": Case(
        {**classes("data/train", "data/val"), "": 1}, counts=TWO, unused=1
    ),
    "train_beside_labels": Case({**classes("train"), "labels": 0}, counts=(2, 2, 0)),
    "saved_beside": Case(
        {**classes("photos/train", "photos/val"), "saved": 2},
        counts=TWO,
        unused=2,
        told=("2 in “saved”",),
    ),
    "one_level_too_high": Case(
        {**classes("bees/train", "bees/val"), "holidays": 9},
        refused="among 9 images",
        instead="bees",
    ),
    "several_datasets": Case(
        classes("a/train", "a/val", "b/train", "b/val"), refused="several datasets", instead="a"
    ),
    "taxonomy": Case(
        {**classes("animal"), **classes("plant", names=("oak", "elm"))}, asks=("classes", "inner")
    ),
    "classes_beside_pictures": Case(
        {**classes("flowers", names=("rose", "tulip")), "screenshots": 2},
        asks=("inside", "classes"),
    ),
    "domains_of_images": Case(classes("amazon/images", "webcam/images"), asks=("classes", "inner")),
    "shoots_in_classes": Case(classes("cat", "dog", names=("shoot0", "shoot1"))),
    "dates_in_classes": Case(classes("cat", "dog", names=("2024-01", "2024-02"))),
    "nested_and_loose": Case(
        {"cat": 2, "dog": 2, "dog/small": 2, "dog/large": 2},
    ),
    "nothing": Case({"a": 0}, refused="no images"),
    "loose": Case({"": 3}, refused="lie loose"),
    "one_class": Case({"cat": 3, "dog": 0}, refused="only one class"),
    "val_without_train": Case(classes("val"), refused="no training folder", instead="val"),
    "val_and_test_without_train": Case(
        classes("val", "test"), refused="no training folder", instead="val"
    ),
    # what is not the person's
    "nas": Case(
        {
            **classes(""),
            "@eaDir": 1,
            "#recycle": 2,
            "lost+found": 1,
            ".Trash": 1,
            "cat/@eaDir/0.png": 1,
            "cat/.@__thumb": 2,
            "System Volume Information": 1,
        },
        told=("left alone: 5 (“#recycle”",),
    ),
    "own_output": Case(
        {**classes("train", "val"), "run/pictures": 2},
        counts=TWO,
        files={"run/run.json": b"{}", "run/config.json": b"{}"},
        told=("TLStudio wrote",),
    ),
    "own_output_beside_classes": Case(
        {**classes(""), "report": 2}, files={"report/.tlstudio-output": b""}
    ),
    "the_dataset_once_more": Case(
        {**classes(""), **classes("flowers")}, unused=4, told=("4 in “flowers”",)
    ),
    "a_clean_copy_inside": Case(
        {**classes(""), **classes("clean/train", "clean/val")}, unused=8, told=("8 in “clean”",)
    ),
    "a_clean_copy_beside_splits": Case(
        {**classes("train", "val"), **classes("clean/train", "clean/val")}, counts=TWO, unused=8
    ),
    "own_output_in_the_root": Case(
        classes("train", "val"), counts=TWO, files={"run.json": b"{}", "config.json": b"{}"}
    ),
    # names of classes
    "case_of_names": Case(
        {"Cat": 3, "cat": 2, "dog": 2},
        classes=("Cat", "dog"),
        told=("“Cat”, “cat” are read as one class, “Cat”",),
    ),
    "case_across_splits": Case(
        {**classes("train"), **classes("val", names=("Cat", "DOG"))}, counts=TWO
    ),
    "signs_across_splits": Case(
        {**classes("train", names=("hot_dog", "ice cream")), "val/Hot Dog": 1, "val/ice-cream": 1},
        classes=("hot_dog", "ice cream"),
        counts=(4, 2, 0),
    ),
    "letters": Case(classes("", names=("a", "A", "b")), classes=("A", "a", "b")),
    "signs": Case(classes("", names=("-1", "1", "+")), classes=("+", "-1", "1")),
    "space_in_a_name": Case(
        {**classes("train"), **classes("val", names=("cat ", " dog"))}, counts=TWO
    ),
    "two_spellings": Case({NFC: 2, NFD: 2, "b": 2}, classes=("b", NFC)),
    "class_only_in_val": Case(
        {**classes("train", "val"), "val/bird": 2},
        counts=TWO,
        unused=2,
        told=("“bird” has no training images",),
    ),
    # masks and annotations beside images
    "masks_of_classes": Case(
        {**classes("images"), **classes("masks")}, unused=4, told=("4 in “masks”",)
    ),
    "masks_in_classes": Case(
        classes("cat", "dog", names=("images", "masks")), unused=4, told=("4 in “masks”",)
    ),
    "masks_of_splits": Case({**classes("train", "val"), "train_masks": 3}, counts=TWO, unused=3),
    "masks_of_loose_images": Case(
        {"images": 3, "annotations/trimaps": 3}, refused="images in “images” lie loose"
    ),
    "masks_in_a_wrapper": Case(
        {"VOC/JPEGImages": 3, "VOC/SegmentationClass": 3}, refused="“JPEGImages” lie loose"
    ),
    "class_called_mask": Case(classes("", names=("mask", "no mask")), classes=("mask", "no mask")),
    "class_called_masks_beside_photos": Case(
        classes("", names=("masks", "photos", "statues")), classes=("masks", "photos", "statues")
    ),
    "korean_annotations": Case(
        {**classes("원천데이터"), "라벨링데이터": 2}, unused=2, told=("2 in “라벨링데이터”",)
    ),
    # what is of no use says why
    "only_raw_files": Case(
        {"cat": 0}, files={"cat/1.cr2": b"II*", "cat/2.dng": b"II*"}, refused="other files: 2"
    ),
    "only_an_archive": Case(
        {"": 0}, files={"all.zip": b"PK", "readme.txt": b""}, refused="no images", instead="all.zip"
    ),
    # links
    "loop": Case(classes(""), links={"cat/up": "."}, told=("circles", "“up”")),
    "class_in_another": Case(classes(""), links={"dog/cats": "cat"}, told=("two classes: 2",)),
    "file_in_another_class": Case(
        classes(""), links={"dog/same.png": "cat/0.png"}, told=("two classes: 1",)
    ),
    "file_in_another_split": Case(
        classes("train", "val"),
        counts=(4, 5, 0),
        links={"val/cat/same.png": "train/cat/0.png"},
        told=("two splits: 1",),
    ),
    "splits_of_links": Case(
        classes("all", names=("cat", "dog", "x", "y")),
        counts=TWO,
        links={
            "train/cat": "all/cat",
            "train/dog": "all/dog",
            "val/cat": "all/x",
            "val/dog": "all/y",
        },
    ),
}


def build(root: Path, case: Case) -> Path:
    plant(root, case.tree)
    for name, content in case.files.items():
        (root / name).write_bytes(content)
    for link, target in case.links.items():
        (root / link).parent.mkdir(parents=True, exist_ok=True)
        (root / link).symlink_to(root / target)
    return root


def files_below(root: Path) -> set[str]:
    """Images as a person counts them: none of hidden folders, of the system's or the studio's."""
    alone = {"@eaDir", "#recycle", "lost+found", "System Volume Information", "run", "report"}
    found = set()
    for folder, below, names in os.walk(root):
        below[:] = [name for name in below if name[0] != "." and name not in alone]
        inner = Path(folder).relative_to(root)
        found |= {(inner / n).as_posix() for n in names if Path(n).suffix in SUFFIXES}
    return found


def keys(index: DatasetIndex) -> list[str]:
    used = [index.key_of(sample.image) for sample in index.samples]
    return used + [index.key_of(file.image) for file in index.excluded]


def opened(root: Path, case: Case) -> DatasetIndex:
    index = open_dataset(root)
    assert index.classes == case.classes
    told = " ".join(str(warning) for warning in index.warnings)
    for part in case.told:
        assert part in told
    assert len(index.excluded) == case.unused and all(file.reason for file in index.excluded)
    return index


@pytest.mark.parametrize("name", CASES)
def test_it_opens_right_asks_or_is_refused(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    if case.links and os.name == "nt":
        pytest.skip("links need rights there")
    root = build(tmp_path / "data", case)
    if case.asks:
        with pytest.raises(AmbiguousDatasetError) as asked:
            open_dataset(root)
        readings = asked.value.readings
        assert tuple(reading.id for reading in readings) == case.asks
        for reading in readings:
            index = open_dataset(root, options=ReadOptions(reading.id))
            assert index.readings[:1] == ((reading,) if len(readings) > 1 else ())
            assert len(reading.classes) > 1 and set(index.classes) <= set(reading.classes)
            assert sorted(keys(index)) == sorted(files_below(root))
        return
    if case.refused:
        with pytest.raises(DatasetError, match=case.refused) as refused:
            open_dataset(root)
        assert refused.value.hint
        assert refused.value.instead == (root / case.instead if case.instead else None)
        return
    index = opened(root, case)
    if case.counts is not None:
        assert tuple(sum(index.counts[split]) for split in Split) == case.counts
    if not case.links:  # a link adds paths to files that are there already
        assert sorted(keys(index)) == sorted(files_below(root))


def test_what_was_opened_is_refused_nowhere_inside(tmp_path: Path) -> None:
    """A class folder alone says which dataset it is of; so does one in a split."""
    flat = plant(tmp_path / "flat", classes(""))
    split = plant(tmp_path / "split", classes("train", "val"))
    for folder, around in ((flat / "cat", flat), (split / "train" / "cat", split)):
        with pytest.raises(DatasetError, match="lie loose") as refused:
            open_dataset(folder)
        assert refused.value.instead == around
        assert open_dataset(around).classes == ("cat", "dog")


def test_many_classes_are_told_of_in_one_sentence_and_compared_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = plant(tmp_path / "data", {f"person {number:03}": 1 for number in range(200)})
    compared = []
    equal = PurePath.__eq__
    monkeypatch.setattr(PurePath, "__eq__", lambda a, b: compared.append(a) or equal(a, b))
    index = open_dataset(root)
    assert len(compared) < 60 * 200  # not each with every other one
    assert [str(warning) for warning in index.warnings[1:]] == [
        "200 classes have a single training image: “person 000”, “person 001”, “person 002” (+197)."
    ]


def test_where_images_cannot_be_read_the_reason_is_said(tmp_path: Path) -> None:
    root = plant(tmp_path / "data", {"cat": 2, "dog": 0})
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:a\nsize 9\n"
    (root / "dog" / "1.jpg").write_bytes(pointer)
    with pytest.raises(DatasetError, match="Only the class “cat” has images") as refused:
        open_dataset(root)
    assert "git lfs pull" in refused.value.hint
    (root / "cat" / "0.png").write_bytes(pointer)
    (root / "cat" / "1.png").write_bytes(pointer)
    with pytest.raises(DatasetError, match="No image in “data”") as refused:
        open_dataset(root)
    assert "git lfs pull" in refused.value.hint


def test_a_path_that_goes_up_leads_to_the_same_dataset(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = plant(tmp_path / "data", classes(""))
    monkeypatch.chdir(root / "cat")
    for path in (Path(".."), root / "dog" / ".."):
        assert open_dataset(path).classes == ("cat", "dog")
    with pytest.raises(DatasetError, match="no folder or file"):
        open_dataset(Path("no\0path"))


def test_a_split_opened_by_itself_tells_of_those_beside_it(tmp_path: Path) -> None:
    root = plant(tmp_path / "data", classes("train", "val", "docs"))
    (warning, *_) = map(str, open_dataset(root / "train").warnings)
    assert "without “val” beside it: open “data” for all" in warning


def test_the_studios_own_folders_are_not_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TLSTUDIO_HOME", str(tmp_path / "studio"))
    plant(tmp_path, {**classes("", per=4), "studio/cache/samples/digits/0": 2})
    index = open_dataset(tmp_path)
    assert index.classes == ("cat", "dog") and not index.excluded
    assert str(index.warnings[0]) == "Folders that TLStudio wrote: 1 (“cache”)."


def test_what_lies_in_an_archive_is_not_offered_instead(tmp_path: Path) -> None:
    tree = {**classes("bees/train", "bees/val"), "holidays": 9}
    archive = shutil.make_archive(str(tmp_path / "all"), "zip", plant(tmp_path / "data", tree))
    with pytest.raises(DatasetError, match="among 9 images") as refused:
        open_dataset(Path(archive))
    assert refused.value.instead is None


def test_a_choice_that_no_longer_fits_is_made_anew_and_an_unknown_one_refused(
    tmp_path: Path,
) -> None:
    root = plant(tmp_path / "data", classes("train", "val"))
    assert open_dataset(root, options=ReadOptions("inner")).classes == ("cat", "dog")
    with pytest.raises(DatasetError, match="no reading called “splitz”") as refused:
        open_dataset(root, options=ReadOptions("splitz"))
    assert "splits" in refused.value.hint_text


@pytest.mark.parametrize("word", SPLIT_WORDS)
def test_every_word_is_understood_with_what_stands_beside_it(word: str) -> None:
    expected = split_name(word)
    assert expected is not None and not expected.rest
    for name in (
        word.upper(),
        f" {word} ",
        f"{word}_set",
        f"seg-{word}",
        f"{word}2017",
        f"{word}images",
        f"{word} 데이터",
        f"{word}셋",
        unicodedata.normalize("NFD", word),
    ):
        assert split_name(name) == expected


@pytest.mark.parametrize("name", ["trains", "invalid", "contest", "latest", "시험지", "value", ""])
def test_other_words_say_no_split(name: str) -> None:
    assert split_name(name) is None


def test_names_of_one_class() -> None:
    def same(*names: str) -> bool:
        return len(set(map(class_key, names))) == 1

    assert same("Hot Dog", "hot_dog", "hot-dog ", "HOT  DOG")
    assert same(NFC, NFD)
    assert same("cat\n", "cat", "\u202ecat\x1b")
    assert class_title("\u202ered\ncat\t1") == "red cat 1"
    assert not same("a", "A") and not same("-1", "1") and not same("hotdog", "hot dog")
