"""Making a dataset on a real disk: nothing is overwritten, everything can be undone."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.errors import DatasetError, StorageError
from tlstudio.engine.data.sources import open_dataset
from tlstudio.engine.gather import collection
from tlstudio.engine.gather.collection import (
    UNSORTED,
    Change,
    add_class,
    add_images,
    add_pictures,
    make_dataset,
    move_images,
    read_classes,
    redo,
    remove_class,
    remove_images,
    removed_dir,
    rename_class,
    undo,
)


def picture(path: Path, value: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (6, 6), (value, 40, 90)).save(path)
    return path


def tree(root: Path) -> dict[str, bytes]:
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file()}


@pytest.fixture
def root(tmp_path: Path, own_home: Path) -> Path:
    made = tmp_path / "새 데이터"
    make_dataset(made)
    return made


@pytest.fixture
def filled(root: Path, tmp_path: Path) -> Path:
    for name in ("고양이", "dog"):
        add_class(root, name)
        sources = [picture(tmp_path / name / f"{i}.png", i * 9 + len(name)) for i in range(3)]
        add_images(root, name, sources)
    return root


def images_of(root: Path, name: str) -> list[ImageRef]:
    [found] = [one for one in read_classes(root) if one.name == name]
    return list(found.images)


def test_what_was_gathered_opens_as_a_dataset(filled: Path) -> None:
    index = open_dataset(filled)
    assert index.classes == ("dog", "고양이")
    assert len(index.samples) == 6


def test_files_are_copied_and_folders_are_walked(root: Path, tmp_path: Path) -> None:
    source = picture(tmp_path / "photos" / "deep" / "a.png")
    add_class(root, "cat")
    change = add_images(root, "cat", [tmp_path / "photos"])
    assert len(change.moves) == 1
    assert source.exists()
    assert (root / "cat" / "a.png").read_bytes() == source.read_bytes()


def test_names_that_are_taken_get_a_number(root: Path, tmp_path: Path) -> None:
    add_class(root, "cat")
    for number in range(3):
        add_images(root, "cat", [picture(tmp_path / str(number) / "a.png", number)])
    assert sorted(path.name for path in (root / "cat").iterdir()) == [
        "a (2).png",
        "a (3).png",
        "a.png",
    ]


def test_the_same_picture_is_taken_once(root: Path, tmp_path: Path) -> None:
    add_class(root, "cat")
    source = picture(tmp_path / "a.png")
    add_images(root, "cat", [source])
    change = add_images(root, "cat", [source, picture(tmp_path / "b.png")])
    assert (len(change.moves), change.copies) == (0, 2)


def test_what_is_no_image_is_refused_with_its_reason(root: Path, tmp_path: Path) -> None:
    add_class(root, "cat")
    (tmp_path / "note.png").write_text("no image", "utf-8")
    change = add_images(root, "cat", [tmp_path / "note.png", tmp_path / "missing.png"])
    assert not change
    assert [bool(file.reason) for file in change.refused] == [True, True]
    assert not list((root / "cat").iterdir())


def to_dog(root: Path) -> Change:
    return move_images(root, images_of(root, "고양이")[:2], "dog")


CHANGES: dict[str, Callable[[Path], Change]] = {
    "add class": lambda root: add_class(root, "bird"),
    "rename class": lambda root: rename_class(root, "dog", "hound"),
    "rename its case": lambda root: rename_class(root, "dog", "Dog"),
    "remove class": lambda root: remove_class(root, "고양이"),
    "move images": to_dog,
    "remove images": lambda root: remove_images(root, images_of(root, "dog")[1:]),
    "paste": lambda root: add_pictures(root, "dog", [b"one", b"two"], "paste", ".png"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_every_change_can_be_undone_and_redone(name: str, filled: Path) -> None:
    before = (tree(filled), {path.name for path in filled.iterdir()})
    change = CHANGES[name](filled)
    after = (tree(filled), {path.name for path in filled.iterdir()})
    assert change and after != before
    for _ in range(2):
        undo(change)
        assert (tree(filled), {path.name for path in filled.iterdir()}) == before
        redo(change)
        assert (tree(filled), {path.name for path in filled.iterdir()}) == after


def test_removed_images_are_kept(filled: Path) -> None:
    contents = {image.path.read_bytes() for image in images_of(filled, "dog")}
    remove_class(filled, "dog")
    kept = [path for path in removed_dir().rglob("*") if path.is_file()]
    assert {path.read_bytes() for path in kept} == contents


def test_images_of_one_name_are_moved_beside_each_other(filled: Path) -> None:
    to_dog(filled)
    assert len(images_of(filled, "dog")) == 5
    assert len(images_of(filled, "고양이")) == 1


def test_a_move_that_fails_half_way_changes_nothing(
    filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, real, calls = tree(filled), collection._move, []

    def once(source: Path, target: Path) -> None:
        calls.append(target)
        if len(calls) == 2:
            raise StorageError("“{name}” cannot be written: {why}.", name=target, why="full")
        real(source, target)

    monkeypatch.setattr(collection, "_move", once)
    with pytest.raises(StorageError):
        to_dog(filled)
    assert tree(filled) == before


def test_undoing_replaces_nothing(filled: Path) -> None:
    change = to_dog(filled)
    blocked = change.moves[0][0]
    blocked.write_bytes(b"somebody else's")
    with pytest.raises(DatasetError, match="already"):
        undo(change)
    assert blocked.read_bytes() == b"somebody else's"
    assert len(images_of(filled, "dog")) == 5


@pytest.mark.parametrize("name", ["", "  ", "a/b", "..", ".hidden", "a:b", "x" * 101])
def test_a_name_that_no_folder_can_have(name: str, root: Path) -> None:
    with pytest.raises(DatasetError, match="cannot be the name"):
        add_class(root, name)


@pytest.mark.parametrize("name", ["DOG", " dog ", unicodedata.normalize("NFD", "고양이")])
def test_a_name_that_is_taken(name: str, filled: Path) -> None:
    with pytest.raises(DatasetError, match="already"):
        add_class(filled, name)


def test_loose_images_wait_to_be_sorted(filled: Path) -> None:
    picture(filled / "loose.png", 200)
    [unsorted] = [one for one in read_classes(filled) if one.name == UNSORTED]
    move_images(filled, unsorted.images, "dog")
    assert [one.name for one in read_classes(filled)] == ["dog", "고양이"]
    assert (filled / "dog" / "loose.png").exists()


def test_a_new_dataset_takes_no_other_folder(tmp_path: Path) -> None:
    picture(tmp_path / "mine" / "a.png")
    with pytest.raises(DatasetError, match="already"):
        make_dataset(tmp_path / "mine")
