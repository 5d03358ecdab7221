"""Whatever is in a file: one plain sentence or its tensors, soon, and nothing of it is run."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import timm.models._builder
import timm.models._helpers
import torch
from safetensors.torch import save_file

from tests.engine.weights import hostile
from tests.engine.weights.samples import classifier, same_weights
from tlstudio.core.errors import WeightsError
from tlstudio.engine import symbolic_pickle
from tlstudio.engine.weights import inert
from tlstudio.engine.weights.load import load_weights
from tlstudio.engine.weights.read import RawWeights, read_weights


def opened(path: Path, content: bytes) -> RawWeights | None:
    """What is read; None for a refusal in a plain sentence."""
    path.write_bytes(content)
    try:
        found = read_weights(path)
    except WeightsError as error:
        said = f"{error} {error.hint_text}"
        assert said.replace("\n", "").isprintable(), ascii(said)
        assert len(said) < 600
        return None
    hostile.walked(found.values)
    return found


@pytest.mark.parametrize("form", ["new", "old", "bare"])
def test_pickles(form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With lower limits than there are, for speed; the scorecard of weight files has those."""
    monkeypatch.setattr(symbolic_pickle, "_MAX_OPCODES", 100_000)
    monkeypatch.setattr(symbolic_pickle, "_MAX_OBJECTS", 40_000)
    monkeypatch.setattr(inert, "_MAX_VALUES", 50_000)
    make = {"new": hostile.torch_zip, "old": hostile.torch_old, "bare": bytes}[form]
    for name, data in hostile.PICKLES.items():
        if form == "new" or len(data) < 500:  # the large ones say nothing about the format
            found = opened(tmp_path / f"{name}.pth", make(data))
            if form == "bare" or name.startswith("many"):
                assert found is None, name


@pytest.mark.parametrize("length", [0x80, 0x280, 0x8B1F, 0x5A42])
def test_a_length_that_looks_like_another_format(length: int, tmp_path: Path) -> None:
    """It is the first thing in a file of safetensors, and may be what pickles or .gz begin with."""
    header = json.dumps({"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}).encode()
    content = hostile.safetensors(header.ljust(length), bytes(8))
    found = opened(tmp_path / "w.safetensors", content)
    assert found is not None
    assert found.source == "safetensors"


def test_safetensors(tmp_path: Path) -> None:
    for name, data in hostile.SAFETENSORS.items():
        opened(tmp_path / f"{name}.safetensors", data)


def test_archives(tmp_path: Path) -> None:
    for name, data in hostile.archives():
        assert opened(tmp_path / "w.zip", data) is None, name


def test_a_sparse_file_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "w.safetensors"
    with path.open("wb") as file:
        file.write(b"\x00\x00\x00\x7f\x00\x00\x00\x00{")
        file.truncate(8 << 30)
    monkeypatch.setattr(torch, "empty", lambda *args, **kwargs: pytest.fail("it was read"))
    with pytest.raises(WeightsError):
        read_weights(path)
    with pytest.raises(WeightsError):
        load_weights(path)


@pytest.fixture
def events() -> Iterator[list[str]]:
    """What Python's audit hooks hear of while the list is open."""
    heard: list[str] = []
    is_open = [True]

    def hear(event: str, arguments: tuple[object, ...]) -> None:
        if is_open[0] and event != "builtins.id":
            heard.append(f"{event} {arguments[:1]!r:.80}")

    sys.addaudithook(hear)
    yield heard
    is_open[0] = False


def test_no_call_is_made(tmp_path: Path, events: list[str]) -> None:
    marker = tmp_path / "marker"
    state = classifier().network.state_dict()
    for name, call in hostile.calls(str(marker)).items():
        for is_new in (True, False):
            path = tmp_path / f"{name}.pth"
            torch.save(
                {"x": call, "state_dict": state}, path, _use_new_zipfile_serialization=is_new
            )
            read_weights(path)  # what is imported late is imported now
            events.clear()
            found = read_weights(path)
            assert [event for event in events if not event.startswith("open ")] == []
            assert len(events) == 1
            assert found.values["state_dict"].keys() == state.keys()
    assert not marker.exists()


def test_no_library_is_given_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own_home: Path
) -> None:
    """timm 1.0.20 to 1.0.25 ran the code in a file, and torch's reader can be made to hang."""
    from tlstudio.engine.models.build import pretrained_from
    from tlstudio.engine.models.catalog import get_model

    def unsafe(path: str, *args: object, **kwargs: object) -> object:
        return torch.serialization.load(path, weights_only=False)

    def refused(*args: object, **kwargs: object) -> object:
        pytest.fail("a library was given a file")

    marker = tmp_path / "marker"
    spec = get_model("test_vit")
    weights = spec.weights[0]
    network = timm.create_model("test_vit", num_classes=weights.num_classes)
    value = {"harm": hostile.calls(str(marker))["system"], "state_dict": network.state_dict()}
    torch.save(value, tmp_path / "w.bin")
    monkeypatch.setattr(timm.models._builder, "load_state_dict", unsafe)
    monkeypatch.setattr(timm.models._helpers, "load_state_dict", unsafe)
    for name in ("load", "jit"):
        monkeypatch.setattr(torch, name, refused)
    built = pretrained_from(spec, weights, tmp_path / "w.bin")
    assert not marker.exists()
    assert torch.equal(built.patch_embed.proj.weight, network.patch_embed.proj.weight)
    assert "state_dict" not in built.pretrained_cfg  # it would be kept, and saved with the network


PACKED = {
    "w.pth.gz": gzip.compress,
    "w.zip": lambda data: hostile.zipped({"x/w.pth": data, "__MACOSX/._w.pth": b"x"}),
    "w.tar": lambda data: hostile.tar("x/w.pth", data),
    "w.tar.gz": lambda data: hostile.tar("x/w.pth", data, "w:gz"),
    "w.bz2": bz2.compress,
    "w.tar.xz": lambda data: lzma.compress(hostile.tar("x/w.ckpt", data), preset=0),
    "w.tar.zip": lambda data: hostile.zipped({"w.tar": hostile.tar("w.pth", data, "w:gz")}),
}


@pytest.mark.parametrize("name", PACKED)
def test_packed_files_are_opened(name: str, tmp_path: Path) -> None:
    ours = classifier("resnet20")  # to pack more takes long
    torch.save(ours.network.state_dict(), tmp_path / "w.pth")
    (tmp_path / name).write_bytes(PACKED[name]((tmp_path / "w.pth").read_bytes()))
    assert same_weights(load_weights(tmp_path / name).classifier, ours)


def test_an_unpacked_file_packed_again_is_opened(tmp_path: Path) -> None:
    ours = classifier()
    torch.save(ours.network.state_dict(), tmp_path / "w.pth")
    with (
        zipfile.ZipFile(tmp_path / "w.pth") as old,
        zipfile.ZipFile(tmp_path / "w.zip", "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(f"folder/{name}", old.read(name))
    assert same_weights(load_weights(tmp_path / "w.zip").classifier, ours)


OTHERS = {
    "x.h5": (b"\x89HDF\r\n\x1a\n" + bytes(99), "HDF5"),
    "x.keras": (hostile.zipped({"model.weights.h5": b"x", "config.json": b"{}"}), "Keras"),
    "x.onnx": (b"\x08\x07\x12\x07pytorch" + bytes(99), "ONNX"),
    "y.pth": (b"\x08\x07\x12\x07pytorch" + bytes(99), "ONNX"),
    "x.tflite": (b"\x1c\x00\x00\x00TFL3" + bytes(99), "TensorFlow Lite"),
    "x.pb": (b"\n\x0c\n\x05input" + bytes(99), "TensorFlow graph"),
    "x.mlmodel": (b"\x08\x04\x12\x10" + bytes(99), "Core ML"),
    "page.pth": (b"\n<!DOCTYPE html>\n<html><head>", "web page"),
    "lfs.bin": (b"version https://git-lfs.github.com/spec/v1\noid sha256:", "Git LFS"),
    "x.npz": (hostile.zipped({"a.npy": b"\x93NUMPY", "b.npy": b"\x93NUMPY"}), "numpy"),
    "script.pt": (hostile.zipped({"x/data.pkl": b"", "x/constants.pkl": b""}), "TorchScript"),
    "x.pt2": (hostile.zipped({"x/archive_format": b"pt2", "x/version": b"0"}), "torch.export"),
    "photo.pth": (b"\xff\xd8\xff\xe0" + bytes(99), "image"),
    "notes.txt": (b"epoch 1: 0.93\n" * 9, "text file"),
    "sk.pkl": (b"\x80\x04\x95\x02\x00\x00\x00\x00\x00\x00\x00}.", "another program"),
}


def test_foreign_files_are_named(tmp_path: Path) -> None:
    for name, (content, kind) in OTHERS.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(WeightsError, match=kind) as caught:
            read_weights(tmp_path / name)
        assert caught.value.hint_text


def test_a_folder_names_the_weights_in_it(tmp_path: Path) -> None:
    save_file({"a": torch.ones(1)}, tmp_path / "model.safetensors")
    with pytest.raises(WeightsError, match="folder") as caught:
        read_weights(tmp_path)
    assert "model.safetensors" in caught.value.hint_text
