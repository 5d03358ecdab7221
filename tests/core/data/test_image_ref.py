"""An image is named by where it is kept and which one it is there."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tlstudio.core.data.image_ref import FolderContainer, ImageRef, NotARegularFileError


def test_a_file_in_a_folder(tmp_path: Path) -> None:
    (tmp_path / "train" / "cat").mkdir(parents=True)
    (tmp_path / "train" / "cat" / "Tom.JPG").write_bytes(b"miaow")
    image = ImageRef(FolderContainer(tmp_path), "train/cat/Tom.JPG")
    assert (image.name, image.suffix) == ("Tom.JPG", ".jpg")
    assert image.path == tmp_path / "train" / "cat" / "Tom.JPG"
    assert str(image) == str(image.path)
    with image.open() as file:
        assert file.read() == b"miaow"
    status = image.path.stat()
    assert image.stat() == (5, status.st_mtime_ns, status.st_ino, status.st_ctime_ns)


def test_it_is_opened_on_any_thread_and_after_pickling(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"one")
    image = pickle.loads(pickle.dumps(ImageRef.of_file(tmp_path / "a.png")))

    def read(ref: ImageRef) -> bytes:
        with ref.open() as file:
            return file.read()

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(read, [image] * 4)) == [b"one"] * 4


def test_two_looks_at_a_folder_name_the_same_image() -> None:
    one, two = (ImageRef(FolderContainer(Path("photos")), "cat/1.png") for _ in range(2))
    assert one == two and hash(one) == hash(two) and len({one, two}) == 1
    assert one != ImageRef(FolderContainer(Path("others")), "cat/1.png")
    assert one != ImageRef(FolderContainer(Path("photos")), "cat/2.png")


def test_many_of_a_folder_are_small(tmp_path: Path) -> None:
    container = FolderContainer(tmp_path)
    images = [ImageRef(container, f"cat/{number:06}.png") for number in range(1000)]
    assert not hasattr(images[0], "__dict__")
    assert len(pickle.dumps(images)) < 60 * len(images)  # the folder is written once


def test_they_are_ordered_as_their_paths() -> None:
    keys = [
        "b/1.png",
        "a/b/1.png",
        "a-b/1.png",
        "a/1.png",
        "a/B.png",
        "a/10.png",
        "a.png",
        "a/가.png",
    ]
    images = [ImageRef(FolderContainer(Path("photos")), key) for key in keys]
    by_path = sorted(images, key=lambda image: image.path)
    assert sorted(images, key=lambda image: image.sort_key) == by_path


def test_what_is_missing_or_no_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        ImageRef.of_file(tmp_path / "missing.png").open()
    with pytest.raises(NotARegularFileError):
        ImageRef.of_file(tmp_path).stat()


@pytest.mark.parametrize("path", ["a.png", "folder/a.png", "/photos/a.png"])
def test_a_path_stays_as_it_was_given(path: str) -> None:
    assert str(ImageRef.of_file(Path(path))) == str(Path(path))
