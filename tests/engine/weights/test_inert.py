"""The inert reader takes the same tensors out that real unpickling would."""

import argparse
import datetime
import io
import pickle
import struct
import zipfile
from collections import OrderedDict, defaultdict
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import numpy as np
import pytest
import torch
from torch import nn
from torchvision import models

from tests.engine.weights import hostile
from tlstudio.core.errors import WeightsError
from tlstudio.engine.symbolic_pickle import GlobalRef, NotInertError, SymbolicObject, read_pickle
from tlstudio.engine.weights.inert import Unread
from tlstudio.engine.weights.read import read_weights

LIBRARY: dict[str, Callable[[], nn.Module]] = {
    "squeezenet1_1": models.squeezenet1_1,
    "mobilenet_v3_small": models.mobilenet_v3_small,
    "mnasnet0_5": models.mnasnet0_5,
    "swin": lambda: models.SwinTransformer([4, 4], 8, [1, 2], [1, 2], [7, 7]),
}


def same(state: dict[str, torch.Tensor], network: nn.Module) -> bool:
    real = network.state_dict()
    return state.keys() == real.keys() and all(torch.equal(state[n], real[n]) for n in real)


@pytest.mark.parametrize("model", LIBRARY)
def test_library_models(model: str, tmp_path: Path) -> None:
    network = LIBRARY[model]()
    torch.save(network, tmp_path / "w.pth")
    raw = read_weights(tmp_path / "w.pth")
    assert raw.source == "whole_model"
    assert same(dict(raw.values), network)


class Odd(nn.Module):
    """Everything that makes state dicts differ from a naive walk."""

    def __init__(self) -> None:
        super().__init__()
        self.shared = nn.Linear(3, 3, bias=False)
        self.again = self.shared
        self.missing = None
        self.register_module("nothing", None)
        self.register_parameter("no_parameter", None)
        self.register_buffer("kept", torch.arange(6).reshape(2, 3).t())
        self.register_buffer("passing", torch.ones(2), persistent=False)
        self.register_buffer("empty", torch.empty(0, 4))
        self.register_buffer("flag", torch.tensor([True, False]))
        self.scalar = nn.Parameter(torch.tensor(2.5, dtype=torch.float64))
        self.halves = nn.Parameter(torch.rand(4).bfloat16())
        self.inner = nn.ModuleDict({"a": nn.BatchNorm2d(2), "b": nn.Sequential(nn.ReLU())})
        self.note, self.count, self.text = "hello", 3, {"not": "plain"}


def test_an_odd_module(tmp_path: Path) -> None:
    network = Odd()
    torch.save({"epoch": 3, "model": network}, tmp_path / "w.pth")
    raw = read_weights(tmp_path / "w.pth")
    assert raw.values["epoch"] == 3
    values = raw.values["model"]
    assert same(values, network)
    assert raw.attributes["note"] == "hello"
    assert raw.attributes["count"] == 3
    assert "text" not in raw.attributes
    assert values["shared.weight"].data_ptr() == values["again.weight"].data_ptr()


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_plain_values_come_back_in_every_protocol(protocol: int) -> None:
    value = {
        "a": [1, -2, 2**70, 1.5, None, True, False],
        "b": (b"bytes", "tëxt", ()),
        3: {"c": [(1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)]},
    }
    result = read_pickle(pickle.dumps(value, protocol))
    if protocol < 3:  # bytes are written as a call there
        assert isinstance(result, dict)
        assert result["a"] == value["a"]
        assert result[3] == value[3]
    else:
        assert result == value


def test_globals_and_calls_are_written_down() -> None:
    result = read_pickle(pickle.dumps(OrderedDict(a=1), 2))
    assert isinstance(result, SymbolicObject)
    assert isinstance(result.maker, GlobalRef)
    assert str(result.maker) == "collections.OrderedDict"
    assert result.items == {"a": 1}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b".",
        b"\x80\x02",
        b"\x80\x02}",
        b"(((.",
        b"\x80\x02u.",
        b"\x80\x02h\x05.",
        b"\x82\x01.",  # an extension code
        b"\x80\x05\x97.",  # an out-of-band buffer
        b"I" + b"9" * 5000 + b"\n.",
        b"]K\x01K\x02s.",
        b"K\x01K\x02a.",
    ],
)
def test_broken_pickles_are_refused(data: bytes) -> None:
    with pytest.raises(NotInertError):
        read_pickle(data)


def test_every_cut_of_a_pickle_is_refused() -> None:
    data = pickle.dumps({"a": [1, (2, "x")], "b": OrderedDict(c=2.5)}, 2)
    for end in range(len(data)):
        with pytest.raises(NotInertError):
            read_pickle(data[:end])


def test_a_tower_of_shared_tuples_takes_no_time() -> None:
    """As a dict key, real unpickling would hash it for ages."""
    tower = b"\x80\x02)" + b"2\x86" * 60
    assert read_pickle(b"\x80\x02}" + tower[2:] + b"K\x01s.")


@pytest.mark.parametrize("is_new", [True, False])
def test_what_lies_beside_the_tensors_is_put_plainly(is_new: bool, tmp_path: Path) -> None:
    beside = {
        "best_acc": np.float64(0.93),
        "counts": np.int64(3),
        "flag": np.bool_(True),
        "args": argparse.Namespace(lr=0.1, name="x"),
        "path": PurePosixPath("/a/b"),
        "when": datetime.datetime(2024, 1, 2, 3, 4, 5),
        "history": defaultdict(list, loss=[1.0]),
        "classes": {"cat", "dog"},
        "matrix": np.eye(3),
        ("a", 1): 3,
        7: "seven",
    }
    shared = torch.arange(6.0)
    state = {"a": shared.reshape(2, 3).t(), "b": shared[2:4], "c": torch.ones(2).half()}
    torch.save({**beside, "w": state}, tmp_path / "w", _use_new_zipfile_serialization=is_new)
    values = dict(read_weights(tmp_path / "w").values)
    found = values.pop("w")
    assert all(torch.equal(found[name], value) for name, value in state.items())
    assert found["c"].dtype is torch.float16
    found["b"].zero_()
    assert found["a"].t().flatten().tolist() == [0, 1, 0, 0, 4, 5]  # their memory is one
    assert sorted(values.pop("classes")) == ["cat", "dog"]
    assert isinstance(values.pop("matrix"), Unread)
    assert values == {
        "best_acc": 0.93,
        "counts": 3,
        "flag": True,
        "args": {"lr": 0.1, "name": "x"},
        "path": "/a/b",
        "when": "2024-01-02 03:04:05",
        "history": {"loss": [1.0]},
        7: "seven",
    }


DTYPES = [
    *(torch.float64, torch.bfloat16, torch.int16, torch.uint8, torch.complex64),
    *(torch.uint16, torch.uint32, torch.uint64, torch.float8_e4m3fn, torch.float8_e5m2),
]


@pytest.mark.parametrize("is_new", [True, False])
def test_every_kind_of_number(is_new: bool, tmp_path: Path) -> None:
    state = {str(dtype): torch.arange(4.0).to(dtype) for dtype in DTYPES}
    torch.save(state, tmp_path / "w", _use_new_zipfile_serialization=is_new)
    values = read_weights(tmp_path / "w").values
    for name, value in state.items():
        assert values[name].dtype is value.dtype
        assert values[name].view(torch.uint8).tolist() == value.view(torch.uint8).tolist()


def test_tensors_of_other_kinds_are_named(tmp_path: Path) -> None:
    others = {
        "sparse": torch.eye(3).to_sparse(),
        "meta": torch.empty(3, device="meta"),
        "expanded": torch.ones(1).expand(10**6),
    }
    torch.save(others, tmp_path / "w")
    values = read_weights(tmp_path / "w").values
    assert values == {name: Unread(name, is_tensor=True) for name in others}


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_every_protocol_of_a_whole_old_model(protocol: int, tmp_path: Path) -> None:
    network = Odd()
    for is_new in (True, False):
        torch.save(
            network,
            tmp_path / "w",
            pickle_protocol=protocol,
            _use_new_zipfile_serialization=is_new,
        )
        assert same(dict(read_weights(tmp_path / "w").values), network)


def test_a_dictionary_of_python_2(tmp_path: Path) -> None:
    """Its pickles give the items of an ordered dictionary as a list of pairs."""
    torch.save(torch.ones(2), tmp_path / "one")
    with zipfile.ZipFile(tmp_path / "one") as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    (name,) = (name for name in entries if name.endswith("data.pkl"))
    tensor = entries[name][2:-1]
    entries[name] = b"\x80\x02ccollections\nOrderedDict\n]](U\x01a" + tensor + b"ea\x85R."
    with zipfile.ZipFile(tmp_path / "w", "w") as archive:
        for entry, content in entries.items():
            archive.writestr(entry, content)
    assert read_weights(tmp_path / "w").values["a"].tolist() == [1, 1]


@pytest.mark.parametrize("protocol", [3, 4, 5])
def test_what_pickle_dump_wrote(protocol: int, tmp_path: Path) -> None:
    """Each tensor is a whole file of torch within the pickle; arrays of numpy are bytes in it."""
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(9, 8), nn.BatchNorm1d(8)).half()
    arrays = {
        "large": np.arange(600, dtype="f8").reshape(20, 30),
        "turned": np.arange(600, dtype="f4").reshape(20, 30).T,
        "small": np.array([[1, 2], [3, 4]], dtype="i2"),
        "single": np.array(2.5, dtype="f4"),
        "true": np.array([True, False]),
        "none": np.zeros((0, 3), dtype="f4"),
    }
    kept = {
        "state_dict": network.state_dict(),
        "view": torch.arange(40.0)[3:9].view(2, 3).t(),
        "weight": nn.Parameter(torch.arange(3.0)),
        "arrays": arrays,
        "epoch": 3,
    }
    path = tmp_path / "w.pkl"
    path.write_bytes(pickle.dumps(kept, protocol))
    values = read_weights(path).values
    assert same(values["state_dict"], network)
    assert torch.equal(values["view"], kept["view"])  # type: ignore[arg-type]
    assert torch.equal(values["weight"], torch.arange(3.0))
    assert values["epoch"] == 3
    for name, array in arrays.items():
        read = values["arrays"][name]
        assert read.numpy().dtype == array.dtype
        assert np.array_equal(read.numpy(), array), name
    path.write_bytes(pickle.dumps(network, protocol))
    read_network = read_weights(path)
    assert same(dict(read_network.values), network)
    assert read_network.source == "whole_model"


def test_a_pickle_with_numbers_of_another_machine_says_which(tmp_path: Path) -> None:
    path = tmp_path / "w.pkl"
    path.write_bytes(pickle.dumps({"a": np.ones(99, dtype=">f4"), "b": torch.ones(99)}))
    assert read_weights(path).values["a"] == Unread("numpy.ndarray", is_tensor=True)


def _nested(data: bytes, references: int = 1) -> bytes:
    """A pickle with a tensor of two numbers, whose storage is said to be `data`."""
    storage = b"ctorch.storage\n_load_from_bytes\nB" + struct.pack("<I", len(data)) + data
    again = b"".join(
        hostile.text(f"a{n}") + hostile.tensor(b"ctorch.storage\n_load_from_bytes\nh\x00\x85R")
        for n in range(references - 1)
    )
    first = hostile.tensor(storage + b"q\x00\x85R")
    return b"\x80\x04}(" + hostile.text("a") + first + again + b"u."


def test_nested_files_that_were_made_to_harm(tmp_path: Path) -> None:
    target = io.BytesIO()
    numbers = torch.arange(2.0)
    torch.save(numbers._typed_storage(), target, _use_new_zipfile_serialization=False)
    whole = target.getvalue()
    path = tmp_path / "w.pkl"
    path.write_bytes(_nested(whole, references=2000))
    values = read_weights(path).values
    assert torch.equal(values["a1998"], numbers)
    harmful = {
        "cut": whole[:-4],
        "another count": whole[:-16] + bytes([9]) + whole[-15:],
        "no file": bytes(300),
        "a program": b"\x80\x02cos\nsystem\n" + hostile.text("touch x") + b"\x85R." + bytes(300),
        "long": b"\x80\x02" + b"N0" * 100_000 + b"N." + whole,
        "a file of its own": hostile.torch_zip(hostile.table(hostile.text("a") + b"K\x01")),
        "nested again": _nested(whole) + bytes(300),
    }
    for name, data in harmful.items():
        path.write_bytes(_nested(data))
        with pytest.raises(WeightsError):
            read_weights(path)
        assert not (tmp_path / "x").exists(), name
