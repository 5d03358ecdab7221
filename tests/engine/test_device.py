"""Devices: what is found, and what is taken."""

import pytest
import torch

from tlstudio.core.errors import DeviceError
from tlstudio.engine.device import available_devices, resolve_device


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
