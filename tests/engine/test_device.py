"""Devices: what is found, and what is taken."""

import os

import pytest
import torch

from tlstudio.core.devices import DeviceRecord
from tlstudio.core.errors import DeviceError
from tlstudio.core.storage import preferences_path, write_preferences
from tlstudio.engine import device as device_module
from tlstudio.engine.device import available_devices, resolve_device
from tlstudio.engine.threads import limit_threads, set_threads


def test_the_processor_is_always_there_and_comes_last() -> None:
    devices = available_devices()
    assert devices[-1].name == "cpu"
    assert devices[-1].title
    assert [device.name for device in devices].count("cpu") == 1


def test_auto_takes_the_first_one() -> None:
    assert str(resolve_device("auto")) == available_devices()[0].name


def test_every_device_found_resolves() -> None:
    for device in available_devices():
        assert str(resolve_device(device.name)) == device.name
    assert resolve_device("cpu") == torch.device("cpu")


def test_a_device_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(DeviceError) as caught:
        resolve_device("cuda:99")
    assert "cuda:99" in str(caught.value)
    assert "cpu" in caught.value.hint_text


def test_auto_takes_the_preferred_one_where_it_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    found = (DeviceRecord("cuda:0", "Card"), DeviceRecord("cpu", "Processor"))
    monkeypatch.setattr(device_module, "available_devices", lambda: found)
    for preferred, taken in (("auto", "cuda:0"), ("cpu", "cpu"), ("mps", "cuda:0")):
        write_preferences({"device": preferred}, preferences_path())
        assert str(resolve_device("auto")) == taken
        assert str(resolve_device("cuda")) == "cuda:0"


def test_torch_computes_with_the_preferred_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        monkeypatch.delenv(name, raising=False)
    limit_threads()
    assert "OMP_NUM_THREADS" not in os.environ
    write_preferences({"threads": 3}, preferences_path())
    monkeypatch.setenv("MKL_NUM_THREADS", "2")
    limit_threads()  # before torch is loaded
    assert (os.environ["OMP_NUM_THREADS"], os.environ["MKL_NUM_THREADS"]) == ("3", "2")
    before = torch.get_num_threads()
    try:
        set_threads(1)
        assert torch.get_num_threads() == 1
        set_threads(0)
        assert torch.get_num_threads() >= 1
    finally:
        torch.set_num_threads(before)
