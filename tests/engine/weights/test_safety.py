"""Files made to do harm do nothing; broken files are refused in one sentence."""

import io
import os
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from tests.engine.weights.samples import SMALL, classifier, same_weights
from tlstudio.core.errors import WeightsError
from tlstudio.engine.weights.load import load_weights
from tlstudio.engine.weights.save import save_model, save_weights

FORMATS = ("w.pth", "w.safetensors", "whole.pth", "legacy.pth")


class Harm:
    """What unpickling would turn into a call."""

    def __init__(self, call: Callable[..., object], *arguments: object) -> None:
        self.call = (call, arguments)

    def __reduce__(self) -> tuple[object, ...]:
        return self.call


def harms(marker: Path) -> dict[str, Harm]:
    command = f"touch '{marker}'"
    return {
        "system": Harm(os.system, command),
        "eval": Harm(eval, f"open({str(marker)!r}, 'w')"),
        "setattr": Harm(setattr, torch.nn.Linear, "forward", os.system),
    }


HARMS = tuple(harms(Path("x")))


def places(harm: Harm) -> dict[str, Any]:
    """Where in a file it can hide."""
    state = classifier().network.state_dict()
    in_module = classifier().network
    in_module.innocent = harm  # type: ignore[assignment]
    in_metadata = classifier().network.state_dict()
    in_metadata._metadata["tlstudio"] = harm
    return {
        "alone": harm,
        "in a state dict": {**state, "harm": harm},
        "as a key": {**state, harm: 1},
        "nested": {"state_dict": state, "epoch": harm},
        "in metadata": in_metadata,
        "in a module": in_module,
    }


PLACES = tuple(places(Harm(len, "")))


@pytest.mark.parametrize("harm", HARMS)
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("new_format", [True, False])
def test_no_pickle_runs(harm: str, place: str, new_format: bool, tmp_path: Path) -> None:
    marker = tmp_path / "harm was done"
    forward = torch.nn.Linear.forward
    value = places(harms(marker)[harm])[place]
    torch.save(value, tmp_path / "w.pth", _use_new_zipfile_serialization=new_format)
    try:
        loaded = load_weights(tmp_path / "w.pth")
    except WeightsError:
        loaded = None
    assert not marker.exists()
    assert torch.nn.Linear.forward is forward
    if loaded is not None:  # the tensors were taken out, and nothing else
        assert same_weights(loaded.classifier, classifier())


def test_a_bare_pickle_is_refused(tmp_path: Path) -> None:
    marker = tmp_path / "harm was done"
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        data = pickle.dumps(Harm(os.system, f"touch '{marker}'"), protocol)
        (tmp_path / "w.pth").write_bytes(data)
        with pytest.raises(WeightsError):
            load_weights(tmp_path / "w.pth")
    assert not marker.exists()


def written(name: str, folder: Path) -> bytes:
    path = folder / name
    if name == "whole.pth":
        save_model(classifier(), path)
    elif name == "legacy.pth":
        state = classifier().network.state_dict()
        torch.save(state, path, _use_new_zipfile_serialization=False)
    else:
        save_weights(classifier(), path)
    return path.read_bytes()


@pytest.mark.parametrize("name", FORMATS)
def test_files_that_were_cut_off_are_refused(name: str, tmp_path: Path) -> None:
    whole = written(name, tmp_path)
    size = len(whole)
    for end in (0, 1, 7, 9, 100, size // 10, size // 2, size - 10_000, size - 100, size - 1):
        (tmp_path / name).write_bytes(whole[:end])
        with pytest.raises(WeightsError) as caught:
            load_weights(tmp_path / name)
        assert "weights_only" not in str(caught.value) + caught.value.hint_text
        assert name in str(caught.value)


@pytest.mark.parametrize("name", FORMATS[:3])
def test_a_flipped_bit_is_noticed(name: str, tmp_path: Path) -> None:
    """The old format has no checksum; the others do, or carry ours."""
    whole = written(name, tmp_path)
    for number in range(8):
        position = len(whole) // 4 + number * len(whole) // 16
        data = bytearray(whole)
        data[position] ^= 1 << number
        (tmp_path / name).write_bytes(data)
        try:
            loaded = load_weights(tmp_path / name)
        except WeightsError:
            continue
        # It fell on padding between two entries.
        assert same_weights(loaded.classifier, classifier())


@pytest.mark.parametrize(
    "content",
    [b"hello", b"\x89PNG\r\n\x1a\n", b"\x80\x02.", b"PK\x03\x04", b"\xff" * 64, b"{}" * 9],
)
def test_other_files_are_refused(content: bytes, tmp_path: Path) -> None:
    for name in ("w.pth", "w.safetensors"):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(WeightsError):
            load_weights(tmp_path / name)


@pytest.mark.parametrize("value", [3, "text", [1, 2], {}, {"a": 1}, torch.ones(3), None])
def test_torch_files_without_weights_are_refused(value: object, tmp_path: Path) -> None:
    torch.save(value, tmp_path / "w.pth")
    with pytest.raises(WeightsError):
        load_weights(tmp_path / "w.pth")


def test_missing_files_folders_and_pipes_are_refused(tmp_path: Path) -> None:
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.pth")
    (tmp_path / "folder.pth").mkdir()
    for name in ("none.pth", "folder.pth", *(["pipe.pth"] if hasattr(os, "mkfifo") else [])):
        with pytest.raises(WeightsError):
            load_weights(tmp_path / name)


def test_torchscript_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "w.pt", "w") as archive:
        for name in ("w/data.pkl", "w/constants.pkl", "w/code/__torch__.py", "w/version"):
            archive.writestr(name, pickle.dumps({}))
    with pytest.raises(WeightsError, match="TorchScript"):
        load_weights(tmp_path / "w.pt")


def test_compressed_archives_are_refused(tmp_path: Path) -> None:
    """A few kilobytes could unpack to gigabytes."""
    with zipfile.ZipFile(tmp_path / "w.pth", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("w/data.pkl", bytes(1 << 20))
    with pytest.raises(WeightsError):
        load_weights(tmp_path / "w.pth")


def repacked(path: Path, change: Callable[[str, bytes], bytes]) -> None:
    """Rewrite an archive with valid checksums but other contents."""
    with zipfile.ZipFile(path) as archive:
        entries = {entry.filename: archive.read(entry) for entry in archive.infolist()}
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, change(name, content))
    path.write_bytes(data.getvalue())


@pytest.mark.parametrize("name", ["w.pth", "whole.pth"])
def test_tensors_that_reach_beyond_their_storage_are_refused(name: str, tmp_path: Path) -> None:
    written(name, tmp_path)
    repacked(
        tmp_path / name, lambda entry, content: content[:8] if entry.endswith("data/0") else content
    )
    with pytest.raises(WeightsError):
        load_weights(tmp_path / name)


def test_a_failed_load_touches_nothing(tmp_path: Path) -> None:
    live = classifier()
    before = {name: value.clone() for name, value in live.network.state_dict().items()}
    state = classifier(seed=3).network.state_dict()
    state["classifier.1.weight"] = torch.zeros(3, 4, 1, 1)
    torch.save(state, tmp_path / "w.pth")
    with pytest.raises(WeightsError):
        load_weights(tmp_path / "w.pth", model=SMALL, classes=live.classes)
    for name, value in live.network.state_dict().items():
        assert torch.equal(value, before[name])


def test_a_tiny_file_cannot_ask_for_a_huge_tensor(tmp_path: Path) -> None:
    state = classifier().network.state_dict()
    state["classifier.1.weight"] = torch.zeros(1).expand(10**8, 512, 1, 1)
    state["classifier.1.bias"] = torch.zeros(1).expand(10**8)
    torch.save(state, tmp_path / "w.pth")
    with pytest.raises(WeightsError):
        load_weights(tmp_path / "w.pth")


@pytest.mark.parametrize("text", ["{", "{}", '{"sha256": "0"}'])
def test_safetensors_of_ours_need_their_digest(text: str, tmp_path: Path) -> None:
    state = classifier().network.state_dict()
    save_file(state, tmp_path / "ours.safetensors", metadata={"tlstudio": text})
    save_file(state, tmp_path / "plain.safetensors", metadata={"format": "pt"})
    with pytest.raises(WeightsError, match="checksum"):
        load_weights(tmp_path / "ours.safetensors")
    assert same_weights(load_weights(tmp_path / "plain.safetensors").classifier, classifier())
