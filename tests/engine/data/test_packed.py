"""CIFAR, MNIST and their like: files of bare pixels, opened as they are."""

from __future__ import annotations

import gzip
import os
import pickle
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.packed_files import (
    Pixels,
    pixels,
    planes,
    python2_pickle,
    write_cifar10,
    write_idx,
    write_idx_pair,
    write_pickle,
)
from tlstudio.core.data.dataset import DatasetIndex, Layout, Split
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.errors import DatasetError
from tlstudio.core.storage import cache_dir
from tlstudio.engine.data.images import image_details, read_image
from tlstudio.engine.data.sources import is_dataset, open_dataset

LABELS = [0, 1, 2] * 4


def image_of(index: DatasetIndex, end: str) -> ImageRef:
    (found,) = [s.image for s in index.samples if s.image.key.endswith(end)]
    return found


def shows(image: ImageRef, expected: Pixels) -> bool:
    """Whether an image is exactly these pixels."""
    rgb = expected if expected.ndim == 3 else np.stack([expected] * 3, axis=-1)
    return np.array_equal(np.asarray(read_image(image)), rgb)


def class_of(index: DatasetIndex, end: str) -> str:
    (found,) = [s for s in index.samples if s.image.key.endswith(end)]
    return index.classes[found.class_index]


def counts(index: DatasetIndex) -> dict[Split, int]:
    return {split: len(found) for split, found in index.by_split.items() if found}


def test_cifar10_python_version(tmp_path: Path) -> None:
    made = write_cifar10(tmp_path / "data" / "cifar-10-batches-py")
    index = open_dataset(tmp_path / "data")
    assert index.layout is Layout.PACKED
    assert index.classes == ("airplane", "automobile", "bird")
    assert sum(counts(index).values()) == 18 and counts(index)[Split.TEST] == 6
    assert not index.excluded and not index.warnings
    for name, images in made.items():
        for number, expected in enumerate(images):
            image = image_of(index, f"{name}/{number:06d}.png")
            assert shows(image, expected)
            assert class_of(index, image.key) == index.classes[number % 3]
    again = pickle.loads(pickle.dumps(image))
    assert again == image and image.path is None and shows(again, expected)
    details = image_details(image)
    assert (details.width_px, details.height_px, details.mode) == (32, 32, "RGB")
    folder = open_dataset(tmp_path / "data" / "cifar-10-batches-py")
    assert folder.fingerprint == index.fingerprint
    one_file = open_dataset(tmp_path / "data" / "cifar-10-batches-py" / "data_batch_1")
    assert one_file.fingerprint == index.fingerprint


@pytest.mark.parametrize("protocol", [3, 4, 5])
def test_what_is_packed_the_same_way_by_python_3(tmp_path: Path, protocol: int) -> None:
    images = pixels(12, side=28, channels=1)
    values = {b"data": images.reshape(12, -1), b"labels": np.array(LABELS)}
    write_pickle(tmp_path / "train", values, protocol)
    images_2 = pixels(3, side=20, channels=3, seed=5)
    write_pickle(tmp_path / "test", {"data": images_2, "labels": [0, 1, 2]}, protocol)
    write_pickle(tmp_path / "meta", {b"label_names": [b"coat", b"bag", b"boot"]}, protocol)
    index = open_dataset(tmp_path)
    assert index.classes == ("bag", "boot", "coat")
    image = image_of(index, "train/000004.png")
    assert shows(image, images[4]) and class_of(index, image.key) == "bag"
    assert image_details(image).mode == "L"
    assert shows(image_of(index, "test/000002.png"), images_2[2])


def test_labels_from_one_on_and_a_missing_file(tmp_path: Path) -> None:
    for name in ("data_batch_1", "data_batch_3", "test_batch"):
        data = {"data": np.zeros((6, 3072), np.uint8), "labels": [1, 2, 3] * 2}
        (tmp_path / name).write_bytes(pickle.dumps(data))
    (tmp_path / "batches.meta").write_bytes(pickle.dumps({"label_names": ["a", "b", "c"]}))
    index = open_dataset(tmp_path)
    assert index.classes == ("a", "b", "c")
    assert class_of(index, "test_batch/000000.png") == "a"
    assert str(index.warnings[0]) == "Files of the dataset that are missing: “data_batch_2”."


def test_cifar100_has_its_fine_classes(tmp_path: Path) -> None:
    images = pixels(4)
    for name in ("train", "test"):
        data = python2_pickle(planes(images), [0, 1, 0, 1], "fine_labels")
        (tmp_path / name).write_bytes(data)
    names = {"fine_label_names": ["apple", "bear"], "coarse_label_names": ["plant", "animal"]}
    write_pickle(tmp_path / "meta", names)
    assert open_dataset(tmp_path).classes == ("apple", "bear")


class Harm:
    def __reduce__(self) -> tuple[object, ...]:
        return os.system, ("touch harmed",)


@pytest.mark.parametrize(
    "content",
    [
        pickle.dumps(Harm()),
        pickle.dumps({"data": Harm(), "labels": [0]}),
        pickle.dumps({"data": [[0] * 3072], "labels": [0]}),
        pickle.dumps({"data": np.zeros((2, 3072)), "labels": [0, 1]}),
        pickle.dumps({"data": np.zeros((2, 5), np.uint8), "labels": [0, 1]}),
        pickle.dumps({"data": np.zeros((3072, 2), np.uint8).T, "labels": [0, 1]}),
        pickle.dumps({"data": np.zeros((2, 3072), np.uint8)}),
        pickle.dumps({"data": np.zeros((2, 3072), np.uint8), "labels": [0]}),
        pickle.dumps({"data": np.zeros((2, 3072), np.uint8), "labels": ["a", -1]}),
        pickle.dumps({"data": np.zeros((2, 3072), np.uint8), "labels": [0, 9]}),
        python2_pickle(planes(pixels(2)), [0, 1])[:3000],
        b"",
        b"\x80\x02",
        b"\x80\x04\x8e" + b"\xff" * 8,
        b"\x80\x02X" + b"\xff" * 4,
        b"\x80\x02\x8b" + b"\xff" * 3 + b"\x7f",
        b"(" * 1000 + b".",
        b"no pickle",
    ],
)
def test_pickles_that_are_none_of_it(
    tmp_path: Path, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_cifar10(tmp_path / "c")
    (tmp_path / "c" / "data_batch_2").write_bytes(content)
    with pytest.raises(DatasetError) as caught:
        open_dataset(tmp_path / "c")
    assert "data_batch_2" in str(caught.value)
    assert not list(tmp_path.rglob("harmed"))


def test_cifar_binary_version(tmp_path: Path) -> None:
    images, folder = pixels(6), tmp_path / "cifar-10-batches-bin"
    folder.mkdir()
    records = np.concatenate([np.array([[n % 2] for n in range(6)], np.uint8), planes(images)], 1)
    (folder / "data_batch_1.bin").write_bytes(records.tobytes())
    (folder / "test_batch.bin").write_bytes(records[:2].tobytes())
    (folder / "batches.meta.txt").write_text("cat\ndog\n\n")
    index = open_dataset(tmp_path)
    assert index.classes == ("cat", "dog")
    assert counts(index) == {Split.TRAIN: 4, Split.VAL: 2, Split.TEST: 2}
    assert shows(image_of(index, "data_batch_1/000005.png"), images[5])
    assert class_of(index, "data_batch_1/000005.png") == "dog"
    (folder / "data_batch_1.bin").write_bytes(records.tobytes()[:-1])
    with pytest.raises(DatasetError, match=r"data_batch_1\.bin"):
        open_dataset(tmp_path)


def test_cifar100_binary_version(tmp_path: Path) -> None:
    images = pixels(4)
    labels = np.array([[7, 0], [7, 1], [7, 0], [7, 1]], np.uint8)
    records = np.concatenate([labels, planes(images)], 1)
    (tmp_path / "train.bin").write_bytes(records.tobytes())
    (tmp_path / "fine_label_names.txt").write_text("apple\nbear\n")
    (tmp_path / "coarse_label_names.txt").write_text("plant\nanimal\n")
    index = open_dataset(tmp_path)
    assert index.classes == ("apple", "bear")
    assert shows(image_of(index, "train/000003.png"), images[3])


def test_stl10(tmp_path: Path) -> None:
    images, folder = pixels(4, side=96), tmp_path / "stl10_binary"
    folder.mkdir()
    for name in ("train", "test", "unlabeled"):
        data = images.transpose(0, 3, 2, 1).tobytes()
        (folder / f"{name}_X.bin").write_bytes(data)
        (folder / f"{name}_y.bin").write_bytes(bytes([1, 2, 1, 2]))
    (folder / "unlabeled_y.bin").unlink()
    (folder / "class_names.txt").write_text("airplane\nbird\n")
    index = open_dataset(tmp_path)
    assert index.classes == ("airplane", "bird")
    assert sum(counts(index).values()) == 8
    assert "4 images have no label" in str(index.warnings[0])
    assert shows(image_of(index, "train/000001.png"), images[1])
    (folder / "train_y.bin").unlink()
    with pytest.raises(DatasetError, match="labels"):
        open_dataset(tmp_path)


@pytest.mark.parametrize("end", ["", ".gz"])
@pytest.mark.parametrize("middle", ["-images-idx3-ubyte", "-images.idx3-ubyte"])
def test_idx(tmp_path: Path, end: str, middle: str) -> None:
    images = pixels(12, side=28, channels=1)
    folder = tmp_path / "MNIST" / "raw"
    write_idx(folder / f"train{middle}{end}", images)
    labels = middle.replace("images", "labels").replace("3", "1")
    write_idx(folder / f"train{labels}{end}", np.array(LABELS, np.uint8))
    write_idx(folder / f"t10k{middle}{end}", images[:3])
    write_idx(folder / f"t10k{labels}{end}", np.array([0, 1, 2], np.uint8))
    index = open_dataset(tmp_path)
    assert index.classes == ("0", "1", "2")
    assert counts(index) == {Split.TRAIN: 9, Split.VAL: 3, Split.TEST: 3}
    for number, expected in enumerate(images):
        image = image_of(index, f"train/{number:06d}.png")
        assert shows(image, expected) and class_of(index, image.key) == str(LABELS[number])
    assert open_dataset(folder / f"train{middle}{end}").fingerprint == index.fingerprint
    (folder / "class_names.txt").write_text("shirt\ntrousers\npullover\n")
    assert open_dataset(tmp_path).classes == ("pullover", "shirt", "trousers")


def test_idx_is_unpacked_once_and_again_where_the_cache_was_emptied(tmp_path: Path) -> None:
    images = pixels(12, side=28, channels=1)
    write_idx_pair(tmp_path, "train", images, LABELS, ".gz")
    index = open_dataset(tmp_path)
    made = sorted((cache_dir() / "unpacked").iterdir())
    open_dataset(tmp_path)
    assert sorted((cache_dir() / "unpacked").iterdir()) == made and len(made) == 2
    for path in made:
        path.unlink()
    assert shows(image_of(index, "train/000007.png"), images[7])
    write_idx_pair(tmp_path, "train", images[::-1].copy(), LABELS, ".gz")
    os.utime(tmp_path / "train-images-idx3-ubyte.gz", (1, 1))
    assert shows(image_of(open_dataset(tmp_path), "train/000000.png"), images[11])


def test_emnist_is_turned_and_has_its_letters(tmp_path: Path) -> None:
    images = pixels(4, side=28, channels=1)
    for name in ("emnist-letters", "emnist-digits"):
        write_idx_pair(tmp_path, f"{name}-train", images, [1, 2, 1, 2])
    (tmp_path / "emnist-letters-mapping.txt").write_text("1 65 97\n2 66 98\n99999999999 3\n")
    with pytest.raises(DatasetError, match="emnist-digits, emnist-letters"):
        open_dataset(tmp_path)
    index = open_dataset(tmp_path / "emnist-letters-train-images-idx3-ubyte")
    assert index.classes == ("Aa", "Bb")
    assert shows(image_of(index, "train/000002.png"), images[2].T)


def break_images(change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def change_it(folder: Path) -> None:
        path = folder / "train-images-idx3-ubyte"
        path.write_bytes(change(path.read_bytes()))

    return change_it


@pytest.mark.parametrize(
    "spoil",
    [
        break_images(lambda data: data[:-1]),
        break_images(lambda data: data[:9]),
        break_images(lambda data: b""),
        break_images(lambda data: b"\0\0\x0d" + data[3:]),
        break_images(lambda data: b"\x7fELF" + data[4:]),
        break_images(lambda data: data[:4] + b"\xff" * 12 + data[16:]),
        break_images(lambda data: data[:8] + bytes(8)),
        lambda folder: (folder / "train-labels-idx1-ubyte").unlink(),
        lambda folder: write_idx(folder / "train-labels-idx1-ubyte", np.zeros(5, np.uint8)),
        lambda folder: (folder / "train-images-idx3-ubyte.gz").write_bytes(b"\x1f\x8b\x08cut"),
    ],
)
def test_idx_that_is_damaged(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    write_idx_pair(tmp_path, "train", pixels(12, side=28, channels=1), LABELS)
    spoil(tmp_path)
    if (tmp_path / "train-images-idx3-ubyte.gz").exists():
        (tmp_path / "train-images-idx3-ubyte").unlink()
    with pytest.raises(DatasetError, match="train-images-idx3-ubyte"):
        open_dataset(tmp_path)


def test_a_packed_file_that_would_fill_the_disk_is_not_unpacked(tmp_path: Path) -> None:
    """Four bytes say that there are few images; what follows is of no end."""
    write_idx_pair(tmp_path, "train", pixels(12, side=28, channels=1), LABELS, ".gz")
    path = write_idx(tmp_path / "x.gz", np.zeros((3000, 28, 28), np.uint8))
    data = gzip.decompress(path.read_bytes())
    (tmp_path / "train-images-idx3-ubyte.gz").write_bytes(
        gzip.compress(data[:4] + (12).to_bytes(4, "big") + data[8:])
    )
    with pytest.raises(DatasetError, match="larger"):
        open_dataset(tmp_path)
    assert len(list((cache_dir() / "unpacked").iterdir())) == 0


def test_folders_of_images_are_none_of_it(tmp_path: Path) -> None:
    """Files called like parts of CIFAR, beside class folders."""
    for number, name in enumerate(("a", "b")):
        for n in range(3):
            path = tmp_path / name / f"{n}.png"
            path.parent.mkdir(exist_ok=True)
            Image.fromarray(pixels(1, seed=number * 10 + n)[0]).save(path)
    (tmp_path / "train").mkdir()
    (tmp_path / "test").write_text("notes")
    index = open_dataset(tmp_path)
    assert index.layout is not Layout.PACKED
    assert Counter(s.class_index for s in index.samples) == {0: 3, 1: 3}
    assert is_dataset(tmp_path)
