"""The inert reader takes the same tensors out that real unpickling would."""

import pickle
from collections import OrderedDict
from pathlib import Path

import pytest
import torch
from torch import nn
from torchvision import models

from tlstudio.engine.symbolic_pickle import GlobalRef, NotInertError, SymbolicObject, read_pickle
from tlstudio.engine.weights.read import read_weights

LIBRARY = ["squeezenet1_1", "mobilenet_v3_small", "shufflenet_v2_x1_0", "mnasnet0_5", "swin_t"]


def same(state: dict[str, torch.Tensor], network: nn.Module) -> bool:
    real = network.state_dict()
    return state.keys() == real.keys() and all(torch.equal(state[n], real[n]) for n in real)


@pytest.mark.parametrize("model", LIBRARY)
def test_library_models(model: str, tmp_path: Path) -> None:
    network = models.get_model(model, weights=None)
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
