"""Images left out or moved by hand: what a dataset is then, and how it comes back."""

from __future__ import annotations

from pathlib import Path

from tlstudio.core.data.dataset import DatasetIndex, Layout, Sample, Split
from tlstudio.core.data.image_ref import FolderContainer, ImageRef
from tlstudio.core.data.manifest import Manifest, manifest_key

ROOT = Path("photos")


def image(key: str) -> ImageRef:
    return ImageRef(FolderContainer(ROOT), key)


def make_index() -> DatasetIndex:
    samples = [
        Sample(image(f"{name}/{number}.png"), index, split)
        for split in (Split.TRAIN, Split.VAL)
        for index, name in enumerate("ab")
        for number in ((1, 2) if split is Split.TRAIN else (3,))
    ]
    return DatasetIndex(ROOT, "photos", Layout.CLASS_FOLDERS, ("a", "b"), tuple(samples))


def test_an_image_is_known_by_its_place_in_the_dataset() -> None:
    assert manifest_key(ROOT, image("a/1.png")) == "a/1.png"
    assert manifest_key(ROOT, ImageRef.of_file(ROOT / "a" / "1.png")) == "a/1.png"
    assert manifest_key(ROOT, ImageRef.of_file(Path("else") / "1.png")) == "else/1.png"


def test_what_is_left_out_is_in_no_split_and_is_told() -> None:
    index = make_index()
    edited = index.edited(Manifest().leaving_out(["a/1.png", "gone.png"]))
    assert [s.image.key for s in edited.by_split[Split.TRAIN]] == ["a/2.png", "b/1.png", "b/2.png"]
    assert [e.image.key for e in edited.excluded] == ["a/1.png"]
    assert edited.by_split[Split.VAL] == index.by_split[Split.VAL]
    assert edited.fingerprint != index.fingerprint and not edited.is_same_as(index)


def test_what_is_moved_keeps_its_split_and_lies_with_its_new_class() -> None:
    index = make_index()
    edited = index.edited(Manifest().moving(["a/1.png"], "b").moving(["a/3.png"], "nothing"))
    train = [(s.image.key, s.class_index) for s in edited.by_split[Split.TRAIN]]
    assert train == [("a/2.png", 0), ("a/1.png", 1), ("b/1.png", 1), ("b/2.png", 1)]
    assert edited.by_split[Split.VAL] == index.by_split[Split.VAL]
    assert edited.fingerprint != index.fingerprint
    assert edited.counts[Split.TRAIN] == (1, 3)


def test_changes_replace_each_other_and_can_be_taken_back() -> None:
    index = make_index()
    moved = Manifest().moving(["a/1.png"], "b")
    both = moved.leaving_out(["a/1.png", "b/1.png"])
    assert (len(moved), len(both)) == (1, 2) and not both.moved
    edited = index.edited(both).edited(moved)
    assert len(edited.samples) == 6 and not edited.excluded
    back = edited.edited(moved.restoring(["a/1.png"]))
    assert back == index and back.fingerprint == index.fingerprint


def test_images_placed_in_a_split_stay_there_whatever_their_class() -> None:
    index = make_index()
    placed = Manifest().placing(["a/1.png"], Split.VAL).moving(["a/1.png"], "b")
    edited = index.edited(placed)
    val = [(s.image.key, s.class_index) for s in edited.by_split[Split.VAL]]
    assert val == [("a/3.png", 0), ("a/1.png", 1), ("b/3.png", 1)]
    assert edited.fingerprint != index.fingerprint
    back = placed.restoring(["a/1.png"])
    assert not back and index.edited(back) == index
    used = Manifest().leaving_out(["a/1.png"]).placing(["a/1.png"], Split.TEST)
    assert not used.left_out and len(used) == 1


def test_groups_and_accepted_findings_are_no_changes_to_images_but_are_kept() -> None:
    manifest = Manifest().grouping(["a/1.png", "a/2.png"], "twins").accepting(["dark"])
    assert manifest and len(manifest) == 0
    assert manifest.restoring(["a/1.png"]) == manifest
    assert not manifest.grouping(["a/1.png", "a/2.png"], "").accepting(["dark"], False)
