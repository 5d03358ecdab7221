"""A class pack: made in one home, opened in another, and refused where it is not what it says."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import stat
import struct
import zipfile
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from tests.helpers import make_photos
from tlstudio.core.classroom.pack import (
    MANIFEST,
    PackContents,
    PackedFile,
    PackMade,
    PackManifest,
    PackOpened,
    arrived,
)
from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import Split
from tlstudio.core.errors import (
    ConfigError,
    DatasetError,
    StorageError,
    TLStudioError,
    WeightsError,
)
from tlstudio.core.networks.downloads import WeightsName
from tlstudio.core.runs.events import StopToken
from tlstudio.engine.classroom.make import make_pack
from tlstudio.engine.classroom.open import RECEIPT, look_into_pack, open_pack
from tlstudio.engine.data.sources import open_dataset
from tlstudio.engine.models.build import build_network
from tlstudio.engine.models.catalog import pretrained_path
from tlstudio.engine.weights.import_file import import_weights

MODEL, WEIGHTS_NAME = "test_vit", "r160_in1k"
SETTINGS = RunConfig(model=MODEL, weights=WEIGHTS_NAME, epochs=3, device="cpu")
QUESTIONS = "Q: A pack is one file.\nA: true\n"


@cache
def network(model: str = MODEL) -> nn.Module:
    return build_network(model, 1000, initialisation="random", seed=0)


def last(events: Iterable[Any]) -> Any:
    return list(events)[-1]


def move_to(home: Path, patch: pytest.MonkeyPatch) -> None:
    """Another computer: other folders of the studio, other downloads."""
    patch.setenv("TLSTUDIO_HOME", str(home))
    patch.setenv("TORCH_HOME", str(home / "torch"))
    patch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(home / "hub"))


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a pack that has everything in it, made on the teacher's computer."""
    folder = tmp_path_factory.mktemp("taught")
    with pytest.MonkeyPatch.context() as patch:
        move_to(folder / "teacher", patch)
        file = folder / f"{MODEL}.{WEIGHTS_NAME}.safetensors"
        save_file(network().state_dict(), file)
        import_weights(file)
        quiz = folder / "my questions.txt"
        quiz.write_text(QUESTIONS, encoding="utf-8")
        index = open_dataset(make_photos(folder / "과일", ("사과", "pear"), 5))
        lesson, note = "lesson/convolution", "Bring headphones."
        contents = PackContents("Week 3: 합성곱", note, index, "", (), SETTINGS, lesson, quiz)
        target = folder / "week 3.tlspack"
        made = last(make_pack(contents, target, StopToken()))
    assert isinstance(made, PackMade)
    assert (made.path, made.missing, made.size_bytes) == (target, 0, target.stat().st_size)
    return folder


@pytest.fixture
def pack(taught: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The pack, on a student's computer."""
    move_to(tmp_path / "student", monkeypatch)
    return taught / "week 3.tlspack"


def test_opens_on_another_computer(pack: Path, tmp_path: Path) -> None:
    assert pretrained_path(MODEL, WEIGHTS_NAME) is None
    look = look_into_pack(pack)
    assert not (tmp_path / "student").exists()  # looking writes nothing
    assert look.manifest.title == "Week 3: 합성곱"
    assert look.known == ()
    opened = last(open_pack(pack, StopToken()))
    assert isinstance(opened, PackOpened)
    assert (
        opened.folder
        == look.folder
        == tmp_path / "student" / "documents" / "classes" / ("Week 3- 합성곱")
    )
    assert opened.taken == (WeightsName(MODEL, WEIGHTS_NAME),)
    assert opened.dataset is not None
    assert opened.quiz is not None
    assert opened.quiz.read_text(encoding="utf-8") == QUESTIONS
    assert opened.manifest.lesson == "lesson/convolution"
    index = open_dataset(opened.dataset)
    assert index.classes == ("pear", "사과")
    assert {s.value: len(index.by_split[s]) for s in Split} == {"train": 8, "val": 2, "test": 0}
    assert opened.config is not None
    assert arrived(opened.config, RunConfig(device="cpu")) == SETTINGS
    build_network(MODEL, 2, initialisation="pretrained")  # nobody is asked
    left = {str(p.relative_to(opened.folder)) for p in opened.folder.rglob("*") if p.is_file()}
    assert {"quiz.txt", "settings.json", RECEIPT} < left
    assert not any("weights" in name for name in left)


def test_opened_twice_it_is_there_once(pack: Path) -> None:
    first = last(open_pack(pack, StopToken()))
    image = next(first.dataset.rglob("*.png"))
    changed = image.stat().st_mtime_ns
    again = last(open_pack(pack, StopToken()))
    assert again.was_there
    assert again.folder == first.folder
    assert again.known == first.taken
    assert image.stat().st_mtime_ns == changed
    image.unlink()  # a person tidied up: theirs stays as it is, and the pack opens beside
    third = last(open_pack(pack, StopToken()))
    assert third.folder.name == f"{first.folder.name}-2"
    assert not image.exists()


def test_nothing_of_a_person_is_replaced(pack: Path, taught: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "notes.txt").write_text("mine")
    with pytest.raises(StorageError, match="There is something in “own” already"):
        last(open_pack(pack, StopToken(), own))
    place = look_into_pack(pack).folder
    place.mkdir(parents=True)
    assert look_into_pack(pack).folder.name == f"{place.name}-2"
    # weights that are there, whatever they are
    import_weights(taught / f"{MODEL}.{WEIGHTS_NAME}.safetensors")
    there = pretrained_path(MODEL, WEIGHTS_NAME)
    assert there is not None
    before = there.stat().st_mtime_ns
    opened = last(open_pack(pack, StopToken()))
    assert (opened.taken, opened.known) == ((), (WeightsName(MODEL, WEIGHTS_NAME),))
    assert there.stat().st_mtime_ns == before


def test_stopped_nothing_stays(pack: Path, taught: Path, tmp_path: Path) -> None:
    stop = StopToken()
    stop.stop()
    assert list(open_pack(pack, stop)) == []
    assert list((tmp_path / "student").rglob("*.part")) == []
    assert list((tmp_path / "student" / "documents" / "classes").iterdir()) == []
    contents = PackContents("x", sample="digits", quiz=taught / "my questions.txt")
    assert list(make_pack(contents, tmp_path / "x.tlspack", stop)) == []
    assert not list(tmp_path.glob("*x.tlspack*"))


def test_a_full_disk_is_told_before(pack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = type("Usage", (), {"free": 1 << 20})
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage)
    with pytest.raises(StorageError, match="The disk is too full"):
        last(open_pack(pack, StopToken()))


def test_where_training_starts_goes_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    start = tmp_path / "mine.pth"
    torch.save(network().state_dict(), start)
    config = RunConfig(model=MODEL, initialisation="file", start_from=str(start))
    target = tmp_path / "x.tlspack"
    last(make_pack(PackContents("Start", config=config), target, StopToken()))
    start.unlink()
    move_to(tmp_path / "student", monkeypatch)
    opened = last(open_pack(target, StopToken()))
    there = Path(opened.config.start_from)
    assert there == opened.folder / "start" / "mine.pth"
    assert there.is_file()


def test_what_cannot_be_packed(tmp_path: Path) -> None:
    target = tmp_path / "x.tlspack"
    with pytest.raises(DatasetError, match="nothing to put into the pack"):
        last(make_pack(PackContents("x"), target, StopToken()))
    with pytest.raises(WeightsError, match="are not on this machine"):
        last(make_pack(PackContents("x", config=SETTINGS), target, StopToken()))
    with pytest.raises(StorageError, match="cannot be read"):
        last(make_pack(PackContents("x", quiz=tmp_path / "gone.txt"), target, StopToken()))
    faulty = tmp_path / "faulty.txt"
    faulty.write_text("Q: x\nA: perhaps")
    with pytest.raises(ConfigError, match="line 2"):
        last(make_pack(PackContents("x", quiz=faulty), target, StopToken()))
    photos = make_photos(tmp_path / "gone", ("a", "b"), 2)
    index = open_dataset(photos)
    shutil.rmtree(photos)
    with pytest.raises(DatasetError, match="None of the images"):
        last(make_pack(PackContents("x", index=index), target, StopToken()))
    assert [path.name for path in tmp_path.iterdir()] == ["faulty.txt"]


@pytest.mark.parametrize(
    ("title", "folder"), [("CON", "_CON"), ("nul.x", "_nul.x"), ("\ud800x", "x")]
)
def test_titles_that_no_folder_can_have(
    title: str, folder: str, tmp_path: Path, own_home: Path
) -> None:
    pack = forged(tmp_path / "x.tlspack", {"quiz.txt": b"Q: x"}, title=title)
    assert last(open_pack(pack, StopToken())).folder.name == folder


def test_a_path_of_another_machine_stays_there(tmp_path: Path, own_home: Path) -> None:
    settings = SETTINGS.changed(initialisation="random", start_from="/etc/passwd").to_json()
    pack = forged(tmp_path / "x.tlspack", {"settings.json": settings.encode()})
    assert last(open_pack(pack, StopToken())).config.start_from == ""


# -- hostile ones --------------------------------------------------------------------------------


def forged(path: Path, packed: dict[str, bytes], /, **changed: Any) -> Path:
    """A pack that is in order but for what is changed in its manifest."""
    rows = tuple(PackedFile(n, len(d), hashlib.sha256(d).hexdigest()) for n, d in packed.items())
    values = json.loads(PackManifest("Forged", files=rows).to_json())
    values |= changed
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in packed.items():
            archive.writestr(name, data)
        archive.writestr(MANIFEST, json.dumps(values))
    return path


def dataset_of(folder: str) -> dict[str, Any]:
    return {"title": "x", "folder": folder, "sample": "", "images": 1}


QUIZ = {"quiz.txt": b"Q: x\nA: true\n"}


@pytest.mark.parametrize(
    "name",
    [
        "../quiz.txt",
        "/etc/passwd",
        "C:/x.png",
        "dataset/x/../../x.png",
        "dataset\\x\\y.png",
        "dataset/x/\0.png",
        "dataset/x/nul.png",
        "dataset/x/a\nb.png",
        "dataset/x/run.sh",
        "dataset/x/tlstudio-manifest.jsonl",
        "dataset/x/.hidden.png",
        "dataset/other/x.png",
        "dataset/x/" + "a/" * 20 + "x.png",
        "dataset/x/" + "a" * 300 + ".png",
        "start-me.exe",
        "weights/x/x.pth",
    ],
)
def test_names_that_no_pack_has(name: str, tmp_path: Path) -> None:
    path = forged(tmp_path / "x.tlspack", {name: b"x"}, dataset=dataset_of("dataset/x"))
    with pytest.raises(StorageError, match="does not belong there"):
        last(open_pack(path, StopToken()))
    assert not (tmp_path / "quiz.txt").exists()


def linked(path: Path, mode: int) -> Path:
    """A pack with an entry that is no plain file."""
    forged(path, QUIZ)
    with zipfile.ZipFile(path) as archive:
        texts = {info.filename: archive.read(info) for info in archive.infolist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in texts.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = (mode if name == "quiz.txt" else 0o644) << 16
            archive.writestr(info, data)
    return path


@pytest.mark.parametrize("mode", [stat.S_IFLNK | 0o777, stat.S_IFCHR | 0o666, stat.S_IFIFO])
def test_links_and_devices(mode: int, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"“quiz\.txt” in it does not belong there"):
        look_into_pack(linked(tmp_path / "x.tlspack", mode))


def doubled(path: Path) -> Path:
    forged(path, QUIZ)
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("quiz.txt", b"another")
    return path


def with_more(path: Path) -> Path:
    forged(path, QUIZ)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("more.txt", b"nobody told of it")
    return path


def bomb(path: Path) -> Path:
    """Half a megabyte that unpacks to half a gigabyte."""
    size = 500_000_000
    row = PackedFile("dataset/x/x.png", size, "0" * 64)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(row.name, bytes(1_000_000))
        archive.writestr(MANIFEST, PackManifest("Bomb", files=(row,)).to_json())
    data = path.read_bytes().replace(struct.pack("<L", 1_000_000), struct.pack("<L", size))
    path.write_bytes(data)
    return path


def counted(path: Path) -> Path:
    """The directory claims to be of four gigabytes."""
    forged(path, QUIZ)
    data = bytearray(path.read_bytes())
    end = data.rfind(b"PK\5\6")
    data[end + 12 : end + 16] = b"\xff\xff\xff\xff"
    path.write_bytes(data)
    return path


def cut(path: Path) -> Path:
    forged(path, QUIZ)
    path.write_bytes(path.read_bytes()[:-30])
    return path


def deep(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(MANIFEST, "[" * 100_000)
    return path


def of_bytes(data: bytes) -> Callable[[Path], Path]:
    def write(path: Path) -> Path:
        path.write_bytes(data)
        return path

    return write


def empty_zip() -> bytes:
    made = io.BytesIO()
    zipfile.ZipFile(made, "w").close()
    return made.getvalue()


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (of_bytes(b""), "is no class pack"),
        (of_bytes(b"\x89PNG not a zip"), "is no class pack"),
        (of_bytes(empty_zip()), "is no class pack"),
        (doubled, "is no class pack"),
        (with_more, "“more.txt” in it does not belong there"),
        (bomb, "is no class pack"),
        (counted, "is no class pack"),
        (cut, "is no class pack"),
        (deep, "is no class pack"),
        (lambda p: forged(p, QUIZ, tlstudio_pack=2), "made by a newer TLStudio"),
        (lambda p: forged(p, QUIZ, tlstudio_pack="1"), "is no class pack"),
        (lambda p: forged(p, QUIZ, title=""), "is no class pack"),
        (lambda p: forged(p, QUIZ, files=None), "is no class pack"),
        (lambda p: forged(p, QUIZ, files=[]), "“quiz.txt” in it does not belong there"),
        (lambda p: forged(p, {"settings.json": b"{}x"}), "none of this version"),
        (lambda p: forged(p, {"settings.json": b'{"epochs": -1}'}), "none of this version"),
        (lambda p: forged(p, {"settings.json": b'{"model": "nonsuch"}'}), "not known here"),
        (
            lambda p: forged(
                p, {"settings.json": b'{"initialisation": "file", "start_from": "/etc/passwd"}'}
            ),
            "“settings.json” in it does not belong there",
        ),
    ],
)
def test_what_is_no_pack_says_so(
    make: Callable[[Path], Path], sentence: str, tmp_path: Path, own_home: Path
) -> None:
    path = make(tmp_path / "x.tlspack")
    with pytest.raises(StorageError) as caught:
        last(open_pack(path, StopToken()))
    assert sentence in str(caught.value)
    assert not (own_home / "documents").exists()


def test_a_wrong_digest_and_a_file_that_is_swapped(tmp_path: Path, own_home: Path) -> None:
    rows = [{"name": "quiz.txt", "size_bytes": 13, "sha256": "0" * 64}]
    path = forged(tmp_path / "x.tlspack", QUIZ, files=rows)
    with pytest.raises(StorageError, match=r"“quiz\.txt” in “x\.tlspack” is not what was packed"):
        last(open_pack(path, StopToken()))
    assert list((own_home / "documents" / "classes").iterdir()) == []


def test_weights_that_do_not_fit_their_network(tmp_path: Path, own_home: Path) -> None:
    file = "weights/x/model.safetensors"
    rows = [{"model": MODEL, "weights": WEIGHTS_NAME, "file": file}]
    path = forged(tmp_path / "x.tlspack", {file: b"nothing of the kind"}, weights=rows)
    with pytest.raises(TLStudioError, match=r"model\.safetensors"):
        last(open_pack(path, StopToken()))
    assert pretrained_path(MODEL, WEIGHTS_NAME) is None
    assert list((own_home / "documents" / "classes").iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="no pipes in folders there")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.tlspack")
    with pytest.raises(StorageError, match="cannot be read"):
        look_into_pack(tmp_path / "x.tlspack")


@pytest.mark.skipif(os.name == "nt", reason="other devices there")
def test_folders_and_devices_are_no_packs(tmp_path: Path) -> None:
    (tmp_path / "zeros.tlspack").symlink_to("/dev/zero")
    for path in (tmp_path, tmp_path / "zeros.tlspack"):
        with pytest.raises(StorageError, match="cannot be read"):
            look_into_pack(path)


def test_what_nobody_can_read_is_not_said(tmp_path: Path) -> None:
    dataset = {**dataset_of("dataset/x"), "title": "\x1b[2J"}
    texts = {"title": "\ud800 a\x07b\u202ec", "note": "1\n2\x1b" + "x" * 30_000, "dataset": dataset}
    look = look_into_pack(forged(tmp_path / "x.tlspack", {"dataset/x/a/1.png": b"x"}, **texts))
    assert (look.manifest.title, look.folder.name) == ("a�b�c", "a�b�c")
    assert look.manifest.note.startswith("1\n2�x") and len(look.manifest.note) == 20_001
    assert look.manifest.dataset is not None and look.manifest.dataset.title == "�[2J"


@pytest.mark.parametrize("images", [1, 0, 3, -2, 10**30, 2.5, "two", None, [2]], ids=str)
def test_images_are_as_many_as_it_says(images: object, tmp_path: Path) -> None:
    packed = {f"dataset/x/a/{n}.png": b"x" for n in range(2)}
    path = tmp_path / "x.tlspack"
    look_into_pack(forged(path, packed, dataset={**dataset_of("dataset/x"), "images": 2}))
    forged(path, packed, dataset={**dataset_of("dataset/x"), "images": images})
    with pytest.raises(StorageError, match="is no class pack"):
        look_into_pack(path)


def test_a_dataset_is_somewhere(tmp_path: Path) -> None:
    for folder in ("", "dataset/none"):
        told = {**dataset_of(folder), "images": 0}
        with pytest.raises(StorageError, match="is no class pack"):
            look_into_pack(forged(tmp_path / "x.tlspack", QUIZ, dataset=told))


def test_an_image_that_is_gone_is_not_counted(tmp_path: Path, own_home: Path) -> None:
    photos = make_photos(tmp_path / "photos", ("a", "b"), 3)
    index = open_dataset(photos)
    next(photos.rglob("*.png")).unlink()
    made = last(make_pack(PackContents("x", index=index), tmp_path / "x.tlspack", StopToken()))
    look = look_into_pack(made.path)
    assert made.missing == 1
    assert look.manifest.dataset is not None and look.manifest.dataset.images == 5


@pytest.mark.parametrize(
    "names",
    [("a.png", "A.png"), ("\u00e9.png", "e\u0301.png"), ("a.png", "a.png/b.png")],
    ids=["case", "spelling", "a file within a file"],
)
def test_names_that_one_system_takes_for_one(names: tuple[str, str], tmp_path: Path) -> None:
    packed = {f"dataset/x/{name}": b"x" for name in names}
    dataset = {**dataset_of("dataset/x"), "images": 2}
    with pytest.raises(StorageError, match="does not belong there"):
        look_into_pack(forged(tmp_path / "x.tlspack", packed, dataset=dataset))


def test_cut_anywhere_nothing_is_left_behind(tmp_path: Path, own_home: Path) -> None:
    path = forged(tmp_path / "x.tlspack", QUIZ)
    whole = path.read_bytes()
    for tenth in range(10):
        path.write_bytes(whole[: len(whole) * tenth // 10])
        with pytest.raises(StorageError, match="is no class pack"):
            last(open_pack(path, StopToken()))
    assert not (own_home / "documents").exists()


def test_locked_ones_are_refused_and_long_forms_read(tmp_path: Path) -> None:
    path = forged(tmp_path / "x.tlspack", QUIZ)
    with zipfile.ZipFile(path) as archive:
        texts = {info.filename: archive.read(info) for info in archive.infolist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in texts.items():
            with archive.open(name, "w", force_zip64=True) as file:
                file.write(data)
    assert look_into_pack(path).manifest.title == "Forged"
    locked = path.read_bytes().replace(b"PK\1\2\x2d\3\x2d\0\0", b"PK\1\2\x2d\3\x2d\0\1")
    assert locked != path.read_bytes()
    path.write_bytes(locked)
    with pytest.raises(StorageError, match="is no class pack"):
        look_into_pack(path)
