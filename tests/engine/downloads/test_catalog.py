"""Datasets of the catalog, made small, from a server on this machine."""

from __future__ import annotations

import hashlib
import io
import json
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.engine.downloads.servers import FileServer
from tests.packed_files import pixels, write_cifar10, write_idx_pair
from tlstudio.core.data.catalog import CATALOG, CatalogDataset, CatalogFile, CatalogProgress
from tlstudio.core.data.dataset import DatasetIndex, Split
from tlstudio.core.errors import ConfigError, DatasetError, WeightsError
from tlstudio.core.registry import Registry
from tlstudio.core.runs.events import StopToken
from tlstudio.core.storage import cached_record
from tlstudio.engine.data.sources import open_dataset
from tlstudio.engine.downloads import catalog
from tlstudio.engine.downloads.catalog import (
    NOTE,
    SourceNote,
    download_dataset,
    downloaded,
    remove_dataset,
)


def picture(number: int, kind: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), (number * 7 % 256, number * 13 % 256, 90)).save(buffer, kind)
    return buffer.getvalue()


def zipped(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def tarred(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def mat(**vectors: list[int]) -> bytes:
    """A level 5 MAT-file with compressed variables, as MATLAB writes them."""

    def element(kind: int, body: bytes) -> bytes:
        if len(body) <= 4:
            return struct.pack("<HH", kind, len(body)) + body.ljust(4, b"\0")
        return struct.pack("<II", kind, len(body)) + body + b"\0" * (-len(body) % 8)

    out = b"MATLAB 5.0 MAT-file".ljust(124) + struct.pack("<H", 0x0100) + b"IM"
    for name, values in vectors.items():
        body = element(6, struct.pack("<II", 9, 0)) + element(5, struct.pack("<ii", 1, len(values)))
        body += element(1, name.encode()) + element(4, np.array(values, "<u2").tobytes())
        packed = zlib.compress(element(14, body))
        out += struct.pack("<II", 15, len(packed)) + packed
    return out


def pictures(template: str, count: int = 2, **values: object) -> dict[str, bytes]:
    return {template.format(i=i, **values): picture(i + len(template)) for i in range(count)}


def ants_bees() -> dict[str, bytes]:
    files = {"hymenoptera_data/.DS_Store": b"x", "__MACOSX/x": b"x"}
    for split in ("train", "val"):
        for name in ("ants", "bees"):
            files |= pictures("hymenoptera_data/{s}/{n}/{i}.jpg", s=split, n=name)
    return {"hymenoptera_data.zip": zipped(files)}


def pets() -> dict[str, bytes]:
    images = pictures("images/Abyssinian_{i}.jpg", 3) | pictures("images/basset_hound_{i}.jpg", 3)
    lists = {
        "annotations/trainval.txt": b"Abyssinian_0 1 1 1\nAbyssinian_1 1 1 1\n"
        b"basset_hound_0 2 2 1\nbasset_hound_1 2 2 1\n",
        "annotations/test.txt": b"Abyssinian_2 1 1 1\nbasset_hound_2 2 2 1\n",
    }
    return {"images.tar.gz": tarred(images), "annotations.tar.gz": tarred(lists)}


def flowers() -> dict[str, bytes]:
    return {
        "102flowers.tgz": tarred({f"jpg/image_{i:05d}.jpg": picture(i) for i in range(1, 9)}),
        "imagelabels.mat": mat(labels=[1, 1, 1, 1, 2, 2, 2, 2]),
        "setid.mat": mat(trnid=[1, 2, 5, 6], valid=[3, 7], tstid=[4, 8]),
    }


def food() -> dict[str, bytes]:
    files = {}
    for name in ("apple_pie", "sushi"):
        files |= pictures("food-101/images/{n}/{i}.jpg", 3, n=name)
    for split, numbers in (("train", (0, 1)), ("test", (2,))):
        listed = {n: [f"{n}/{i}" for i in numbers] for n in ("apple_pie", "sushi")}
        files[f"food-101/meta/{split}.json"] = json.dumps(listed).encode()
    return {"food-101.tar.gz": tarred(files)}


def textures() -> dict[str, bytes]:
    files = {}
    for name in ("banded", "woven"):
        files |= pictures("dtd/images/{n}/{n}_{i}.jpg", 3, n=name)
    for i, split in enumerate(("train", "val", "test")):
        lines = [f"{name}/{name}_{i}.jpg" for name in ("banded", "woven")]
        files[f"dtd/labels/{split}1.txt"] = "\n".join(lines).encode()
    return {"dtd-r1.0.1.tar.gz": tarred(files)}


def signs() -> dict[str, bytes]:
    training = pictures("GTSRB/Training/00001/0000{i}_00000.ppm") | pictures(
        "GTSRB/Training/00014/0000{i}_00000.ppm"
    )
    table = b"Filename;Width;Height;ClassId\n00000.ppm;8;8;1\n00001.ppm;8;8;14\n"
    return {
        "GTSRB-Training_fixed.zip": zipped(training),
        "GTSRB_Final_Test_Images.zip": zipped(pictures("GTSRB/Final_Test/Images/0000{i}.ppm")),
        "GTSRB_Final_Test_GT.zip": zipped({"GT-final_test.csv": table}),
    }


def eurosat() -> dict[str, bytes]:
    files = pictures("2750/Forest/Forest_{i}.jpg", 5) | pictures("2750/River/River_{i}.jpg", 5)
    return {"EuroSAT.zip": zipped(files)}


MADE = {
    "ants_bees": (ants_bees, {"ants", "bees"}, (4, 4, 0)),
    "oxford_pets": (pets, {"Abyssinian", "Basset Hound"}, (2, 2, 2)),
    "flowers102": (flowers, {"pink primrose", "hard-leaved pocket orchid"}, (4, 2, 2)),
    "food101": (food, {"apple pie", "sushi"}, (2, 2, 2)),
    "eurosat": (eurosat, {"Forest", "River"}, (8, 2, 0)),
    "dtd": (textures, {"banded", "woven"}, (2, 2, 2)),
    "gtsrb": (signs, {"01 Speed limit 30", "14 Stop"}, (2, 2, 2)),
}


@pytest.fixture
def offered(server: FileServer, monkeypatch: pytest.MonkeyPatch):
    """Serves the files of one dataset and gives the catalog their addresses and digests."""

    def offer(name: str, files: Mapping[str, bytes], **manners: object) -> None:
        for path, body in files.items():
            server.put(f"/{path}", body, **manners)
        row = CATALOG[name]
        here = tuple(
            CatalogFile(f"{server.address}/{file}", hashlib.md5(body).hexdigest())
            for file, body in files.items()
        )
        rows: Registry[CatalogDataset] = Registry(
            "dataset", [replace(row, files=here, download_mb=1)]
        )
        monkeypatch.setattr(catalog, "CATALOG", rows)

    return offer


def counts(index: DatasetIndex) -> tuple[int, ...]:
    return tuple(len(index.by_split[split]) for split in Split)


@pytest.mark.parametrize("name", MADE)
def test_a_dataset_opens_as_its_makers_split_it(name: str, offered, own_home: Path) -> None:
    make, classes, expected = MADE[name]
    offered(name, make())
    told: list[CatalogProgress] = []
    place = download_dataset(name, on_progress=told.append)
    assert downloaded(name) == place
    index = open_dataset(place)
    assert set(index.classes) == classes
    assert counts(index) == expected
    assert not index.excluded
    assert told[0].done_bytes <= told[-1].done_bytes and told[-1].is_unpacking
    note = cached_record(place / NOTE, SourceNote)
    assert note is not None and len(note.sha256) == len(make())
    assert [path.name for path in place.parent.iterdir()] == [name]  # nothing is left beside it


def idx_files(folder: Path, start: str = "", **ends: str) -> dict[str, bytes]:
    """The four files of MNIST's family by name, two classes of three and one image each."""
    for name, labels in zip(ends.values(), ([0, 9] * 3, [0, 9]), strict=True):
        images = pixels(len(labels), 28, 1, seed=len(labels))
        write_idx_pair(folder, f"{start}{name}", images, labels, ".gz")
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_fashion_mnist_has_the_names_of_its_classes(offered, tmp_path: Path) -> None:
    files = idx_files(tmp_path / "made", train="train", test="t10k")
    assert set(files) == {file.name for file in CATALOG["fashion_mnist"].files}
    offered("fashion_mnist", files)
    index = open_dataset(download_dataset("fashion_mnist", tmp_path / "here"))
    assert set(index.classes) == {"T-shirt or top", "Ankle boot"}
    assert len(index.by_split[Split.TEST]) == 2


def test_emnist_is_taken_out_of_its_archive(offered, tmp_path: Path) -> None:
    files = idx_files(tmp_path / "made", "emnist-balanced-", train="train", test="test")
    files["emnist-balanced-mapping.txt"] = b"0 48\n9 57\n"
    others = {"gzip/emnist-letters-mapping.txt": b"1 65 97\n"}
    offered("emnist", {"gzip.zip": zipped({f"gzip/{k}": v for k, v in files.items()} | others)})
    place = download_dataset("emnist", tmp_path / "here")
    assert set(open_dataset(place).classes) == {"0", "9"}
    assert not list(place.glob("*letters*"))


def test_cifar_stays_the_archive_that_it_is(offered, tmp_path: Path) -> None:
    write_cifar10(tmp_path / "cifar-10-batches-py")
    made = {
        f"cifar-10-batches-py/{path.name}": path.read_bytes()
        for path in (tmp_path / "cifar-10-batches-py").iterdir()
    }
    offered("cifar10", {"cifar-10-python.tar.gz": tarred(made)})
    place = download_dataset("cifar10", tmp_path / "here")
    assert place.name == "cifar-10-python.tar.gz"
    assert len(open_dataset(place).samples) == 18


def test_a_dataset_is_fetched_once(server: FileServer, offered, tmp_path: Path) -> None:
    offered("ants_bees", ants_bees())
    place = download_dataset("ants_bees", tmp_path / "mine")
    asked = len(server.asked)
    assert download_dataset("ants_bees", tmp_path / "mine") == place
    assert len(server.asked) == asked


def test_a_broken_download_goes_on(server: FileServer, offered, tmp_path: Path) -> None:
    offered("eurosat", eurosat(), cut_bytes=1500)
    with pytest.raises(WeightsError, match="broke off"):
        download_dataset("eurosat", tmp_path)
    assert downloaded("eurosat", tmp_path) is None
    server.files["/EuroSAT.zip"].cut_bytes = 0
    assert set(open_dataset(download_dataset("eurosat", tmp_path)).classes) == {"Forest", "River"}
    assert server.ranges_asked() == ["", "bytes=1500-"]


def test_a_wrong_file_is_thrown_away(server: FileServer, offered, tmp_path: Path) -> None:
    offered("eurosat", eurosat())
    server.put("/EuroSAT.zip", zipped({"2750/Forest/other.jpg": picture(3)}))
    with pytest.raises(WeightsError, match="another file"):
        download_dataset("eurosat", tmp_path)
    assert downloaded("eurosat", tmp_path) is None
    assert not list(tmp_path.rglob("*.zip*"))


def test_stopping_keeps_what_has_come(server: FileServer, offered, tmp_path: Path) -> None:
    offered("gtsrb", signs())
    stop = StopToken()

    def after_the_first(progress: CatalogProgress) -> None:
        if progress.is_unpacking:
            stop.stop()

    with pytest.raises(WeightsError, match="stopped"):
        download_dataset("gtsrb", tmp_path, stop=stop, on_progress=after_the_first)
    assert downloaded("gtsrb", tmp_path) is None
    asked = len(server.asked)
    assert counts(open_dataset(download_dataset("gtsrb", tmp_path))) == (2, 2, 2)
    assert len(server.asked) == asked


@pytest.mark.parametrize("name", ["../../outside.jpg", "/outside.jpg", "a/../../../outside.jpg"])
def test_nothing_is_written_outside(name: str, offered, tmp_path: Path) -> None:
    offered("ants_bees", {"hymenoptera_data.zip": zipped({name: picture(1)})})
    place = download_dataset("ants_bees", tmp_path / "inner")
    assert not list(tmp_path.rglob("outside.jpg"))
    assert [path.name for path in place.iterdir()] == [NOTE]


def test_a_link_in_an_archive_is_passed_over(offered, tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        link = tarfile.TarInfo("dtd/images/banded/link.jpg")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    offered("dtd", {"dtd-r1.0.1.tar.gz": buffer.getvalue()})
    with pytest.raises(DatasetError, match="not as they used to be"):
        download_dataset("dtd", tmp_path)
    assert not [path for path in tmp_path.rglob("*") if path.is_symlink()]


@pytest.mark.parametrize("cut", [100, -30])
def test_a_damaged_archive_is_told(cut: int, offered, tmp_path: Path) -> None:
    offered("food101", {"food-101.tar.gz": food()["food-101.tar.gz"][:cut]})
    with pytest.raises(DatasetError, match="damaged"):
        download_dataset("food101", tmp_path)


def test_another_folder_is_not_touched(offered, tmp_path: Path) -> None:
    offered("ants_bees", ants_bees())
    mine = tmp_path / "ants_bees" / "mine.txt"
    mine.parent.mkdir()
    mine.write_text("mine", "utf-8")
    with pytest.raises(DatasetError, match="another folder"):
        download_dataset("ants_bees", tmp_path)
    assert mine.read_text("utf-8") == "mine"
    remove_dataset("ants_bees", tmp_path)
    assert mine.exists()


def test_removing(offered, tmp_path: Path) -> None:
    offered("ants_bees", ants_bees())
    download_dataset("ants_bees", tmp_path)
    remove_dataset("ants_bees", tmp_path)
    assert not list(tmp_path.iterdir())


def test_an_unknown_dataset_names_the_nearest() -> None:
    with pytest.raises(ConfigError) as caught:
        download_dataset("cifar11")
    assert "cifar10" in caught.value.hint_text


def test_addresses_are_those_of_torchvision() -> None:
    from torchvision import datasets as theirs

    pairs = dict(theirs.OxfordIIITPet._RESOURCES)
    pairs[theirs.CIFAR10.url] = theirs.CIFAR10.tgz_md5
    pairs[theirs.CIFAR100.url] = theirs.CIFAR100.tgz_md5
    pairs[theirs.EMNIST.url] = theirs.EMNIST.md5
    pairs[theirs.Food101._URL] = theirs.Food101._MD5
    pairs[theirs.DTD._URL] = theirs.DTD._MD5
    fashion = theirs.FashionMNIST
    pairs |= {f"{fashion.mirrors[0]}{name}": md5 for name, md5 in fashion.resources}
    flowers = theirs.Flowers102
    pairs |= {
        f"{flowers._download_url_prefix}{name}": md5 for name, md5 in flowers._file_dict.values()
    }
    ours = {file.url: file.md5 for row in CATALOG for file in row.files}
    assert {url: ours.get(url) for url in pairs} == pairs
