"""Archives open as the folders that they were made of."""

from __future__ import annotations

import io
import pickle
import tarfile
import zipfile
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from tests.archives import zip_folder
from tests.helpers import make_photos, make_split_photos, photo
from tests.packed_files import pixels, write_cifar10, write_idx_pair
from tlstudio.core.data.dataset import Layout, Split
from tlstudio.core.errors import DatasetError
from tlstudio.core.storage import cache_dir
from tlstudio.engine.data import archives, unpacked
from tlstudio.engine.data.images import BROKEN, read_image, thumbnail
from tlstudio.engine.data.sources import is_dataset, open_dataset

TARS = {".tar": "w", ".tar.gz": "w:gz", ".tgz": "w:gz", ".tar.bz2": "w:bz2", ".tar.xz": "w:xz"}


def tar_folder(folder: Path, archive: Path, inside: str = "") -> Path:
    mode = next(mode for suffix, mode in TARS.items() if archive.name.endswith(suffix))
    with tarfile.open(archive, mode) as made:
        made.add(folder, arcname=inside or ".")
    return archive


def pack(folder: Path, archive: Path) -> Path:
    if archive.suffix == ".zip":
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as made:
            for path in sorted(folder.rglob("*")):
                made.write(path, path.relative_to(folder).as_posix())
        return archive
    return tar_folder(folder, archive)


@pytest.mark.parametrize("suffix", [".zip", *TARS])
def test_an_archive_is_the_folder_that_it_was_made_of(tmp_path: Path, suffix: str) -> None:
    folder = tmp_path / "folder"
    make_split_photos(folder / "hymenoptera_data")
    (folder / "hymenoptera_data" / "train" / "green" / "cut.png").write_bytes(b"\x89PNG")
    (folder / "__MACOSX" / "hymenoptera_data").mkdir(parents=True)
    (folder / "__MACOSX" / "hymenoptera_data" / "._0.png").write_bytes(b"litter")
    archive = pack(folder, tmp_path / f"hymenoptera_data{suffix}")
    assert is_dataset(archive)
    index, expected = open_dataset(archive), open_dataset(folder)
    assert index.layout is Layout.SPLIT_FOLDERS
    assert index.classes == expected.classes and index.counts == expected.counts
    assert index.fingerprint == expected.fingerprint
    assert [f.reason for f in index.excluded] == [f.reason for f in expected.excluded]
    for one, other in zip(index.samples, expected.samples, strict=True):
        assert one.image.key == other.image.key and one.image.path is None
        assert (thumbnail(one.image, 32) == thumbnail(other.image, 32)).all()
    image = pickle.loads(pickle.dumps(index.samples[0].image))
    assert image == index.samples[0].image and image.stat() == index.samples[0].image.stat()
    assert [str(w) for w in index.warnings] == [str(w) for w in expected.warnings]
    assert not list(tmp_path.glob("*/__MACOSX/*.png"))


def test_packed_datasets_open_inside_archives(tmp_path: Path) -> None:
    made = write_cifar10(tmp_path / "c" / "cifar-10-batches-py")
    expected = open_dataset(tmp_path / "c")
    for name in ("cifar-10-python.tar.gz", "cifar.zip"):
        index = open_dataset(pack(tmp_path / "c", tmp_path / name))
        assert index.layout is Layout.PACKED
        assert index.fingerprint == expected.fingerprint
        (image,) = [s.image for s in index.samples if s.image.key.endswith("_2/000003.png")]
        assert (np.asarray(read_image(image)) == made["data_batch_2"][3]).all()
    write_idx_pair(tmp_path / "m", "train", pixels(6, 28, 1), [0, 1] * 3, ".gz")
    index = open_dataset(pack(tmp_path / "m", tmp_path / "mnist.zip"))
    assert index.fingerprint == open_dataset(tmp_path / "m").fingerprint


def test_a_compressed_tar_is_unpacked_once_and_again_where_the_cache_was_emptied(
    tmp_path: Path,
) -> None:
    make_photos(tmp_path / "photos", per_class=4)
    archive = tar_folder(tmp_path / "photos", tmp_path / "photos.tar.gz")
    index = open_dataset(archive)
    (kept,) = (cache_dir() / "unpacked").iterdir()
    assert sum(1 for path in cache_dir().rglob("*.png")) == 0
    open_dataset(archive)
    assert list((cache_dir() / "unpacked").iterdir()) == [kept]
    kept.unlink()
    assert thumbnail(index.samples[0].image, 32).shape == (27, 32, 3)


def test_what_would_lead_out_of_an_archive_is_left_out(tmp_path: Path) -> None:
    make_photos(tmp_path / "photos", per_class=4)
    secret = tmp_path / "secret.png"
    photo().save(secret)
    archive = tmp_path / "photos.tar.gz"
    with tarfile.open(archive, "w:gz") as made:
        made.add(tmp_path / "photos", arcname="photos")
        for name in ("../up.png", "/tmp/root.png", "photos/red/../../../x.png"):
            info = tarfile.TarInfo(name)
            info.size = secret.stat().st_size
            made.addfile(info, io.BytesIO(secret.read_bytes()))
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE):
            link = tarfile.TarInfo("photos/red/link.png")
            link.type, link.linkname = kind, str(secret)
            made.addfile(link)
        device = tarfile.TarInfo("photos/red/fifo.png")
        device.type = tarfile.FIFOTYPE
        made.addfile(device)
    index = open_dataset(archive)
    assert len(index.samples) == 8
    assert "not used: 6" in str(index.warnings[-1])
    zipped = zip_folder(tmp_path / "photos", tmp_path / "photos.zip")
    with zipfile.ZipFile(zipped, "a") as made:
        made.write(secret, "../../up.png")
    assert "not used: 1" in str(open_dataset(zipped).warnings[-1])


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacked, "in_force", lambda: SimpleNamespace(images_limit_bytes=1 << 20))
    archive = tmp_path / "bomb.tar.gz"
    with tarfile.open(archive, "w:gz") as made:
        info = tarfile.TarInfo("a/zeros.png")
        info.size = 5 << 20
        made.addfile(info, io.BytesIO(bytes(5 << 20)))
    with pytest.raises(DatasetError, match="larger"):
        open_dataset(archive)
    assert not list((cache_dir() / "unpacked").iterdir())


def test_a_member_that_claims_another_size_is_damaged(tmp_path: Path) -> None:
    make_photos(tmp_path / "photos", per_class=3)
    (tmp_path / "photos" / "red" / "zeros.png").write_bytes(bytes(300_000))
    archive = pack(tmp_path / "photos", tmp_path / "photos.zip")
    data = bytearray(archive.read_bytes())
    size = (300_000).to_bytes(4, "little")
    at = data.rindex(size)
    data[at : at + 4] = (100).to_bytes(4, "little")
    archive.write_bytes(data)
    index = open_dataset(archive)
    assert len(index.samples) == 6
    assert [file.reason for file in index.excluded] == [BROKEN]


@pytest.mark.parametrize("name", ["x.zip", "x.tar", "x.tar.gz", "x.tar.xz", "x.tgz"])
@pytest.mark.parametrize("share", [0.0, 0.3, 0.7])
def test_a_damaged_archive_is_refused(tmp_path: Path, name: str, share: float) -> None:
    make_photos(tmp_path / "photos", per_class=8)
    archive = pack(tmp_path / "photos", tmp_path / name)
    data = archive.read_bytes()
    archive.write_bytes(data[: int(len(data) * share)] or b"nonsense")
    with pytest.raises(DatasetError):
        open_dataset(archive)


def test_members_too_deep_are_left_out_and_spaces_after_names_are_none(tmp_path: Path) -> None:
    make_photos(tmp_path / "photos", per_class=3)
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as made:
        for path in sorted((tmp_path / "photos").rglob("*.png")):
            made.write(path, f"{path.parent.name}/{path.name} ")
        made.write(path, "/".join("d" * 1200) + "/0.png")
    index = open_dataset(tmp_path / "x.zip")
    assert len(index.samples) == 6
    assert "not used: 1" in str(index.warnings[0])
    with zipfile.ZipFile(tmp_path / "out.zip", "w") as made:
        made.write(path, "../photos/red/0.png")
    with pytest.raises(DatasetError, match="no images") as refused:
        open_dataset(tmp_path / "out.zip")
    assert "not used: 1" in refused.value.hint_text


@pytest.mark.parametrize(
    ("made", "called"), [(".zip", "x.tgz"), (".tar.gz", "x.zip"), (".tar", "x.tar.gz")]
)
def test_the_content_says_the_kind_of_an_archive(tmp_path: Path, made: str, called: str) -> None:
    make_photos(tmp_path / "photos", per_class=3)
    archive = pack(tmp_path / "photos", tmp_path / f"photos{made}")
    assert len(open_dataset(archive.rename(tmp_path / called)).samples) == 6


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("x.zip", b"\n<!DOCTYPE html><html>Sign in</html>", "is a web page"),
        ("x.tar.gz", b"<html>", "is a web page"),
        ("x.zip", b"Rar!\x1a\x07\0", "of a kind that is not read"),
        ("x.7z", b"7z\xbc\xaf\x27\x1c", "of a kind that is not read"),
        ("x.tar.zst", b"\x28\xb5\x2f\xfd", "of a kind that is not read"),
    ],
)
def test_what_is_no_archive_says_what_it_is(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DatasetError, match=said) as refused:
        open_dataset(tmp_path / name)
    assert refused.value.hint


def test_a_locked_archive_says_so(tmp_path: Path) -> None:
    make_photos(tmp_path / "photos", per_class=2)
    archive = zip_folder(tmp_path / "photos", tmp_path / "photos.zip")
    data = archive.read_bytes()
    archive.write_bytes(
        data.replace(b"PK\1\2\x14\x03\x14\x00\x00\x00", b"PK\1\2\x14\x03\x14\x00\x01\x00")
    )
    with pytest.raises(DatasetError, match="password"):
        open_dataset(archive)


def test_names_from_korean_windows_are_read(tmp_path: Path) -> None:
    archive = tmp_path / "사진.zip"
    with zipfile.ZipFile(archive, "w") as made:
        for name in ("과일", "채소"):
            for number in range(3):
                file = io.BytesIO()
                photo(0, number).save(file, "PNG")
                odd = f"{name}/{number}.png".encode("cp949").decode("cp437")
                info = zipfile.ZipInfo(odd)
                made.writestr(info, file.getvalue())
    data = archive.read_bytes()
    for name in ("과일", "채소"):
        odd = name.encode("cp949").decode("cp437").encode()
        assert odd in data
    plain = _as_windows_writes(archive)
    assert open_dataset(plain).classes == ("과일", "채소")


def _as_windows_writes(archive: Path) -> Path:
    """The same zip with its names in code page 949 and without the flag of UTF-8."""

    class Info(zipfile.ZipInfo):
        def _encodeFilenameFlags(self) -> tuple[bytes, int]:
            return self.filename.encode("cp437"), self.flag_bits & ~0x800

    target = archive.with_name("windows.zip")
    with zipfile.ZipFile(archive) as source, zipfile.ZipFile(target, "w") as made:
        for info in source.infolist():
            made.writestr(Info(info.filename), source.read(info))
    return target


def test_the_members_are_listed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_photos(tmp_path / "photos", per_class=4)
    index = open_dataset(zip_folder(tmp_path / "photos", tmp_path / "photos.zip"))
    monkeypatch.setattr(archives, "_zip_members", lambda archive: pytest.fail("listed again"))
    for sample in index.samples:
        thumbnail(sample.image, 16)
    assert len(index.by_split[Split.TRAIN]) == 6
