"""Speeds of networks on this machine: plausible, remembered, stopped, refused."""

from __future__ import annotations

import gc
import json
import weakref
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from tlstudio.core.compare import TooLargeError
from tlstudio.core.errors import ConfigError
from tlstudio.core.runs.events import StopToken
from tlstudio.core.storage import cache_dir
from tlstudio.engine.compare import memory_use, model_speed
from tlstudio.engine.compare.memory_use import PeakMemory, free_bytes, step_bytes
from tlstudio.engine.compare.model_speed import known_speeds, measure_speed
from tlstudio.engine.device import processor_name
from tlstudio.engine.forecast.network_costs import MeasuringStopped
from tlstudio.engine.models.build import architecture

CPU = torch.device("cpu")
TINY = "mobilenet_v3_small"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_speed, "INFERENCE_S", 0.0)
    monkeypatch.setattr(model_speed, "TRAINING_S", 0.0)


def test_numbers_are_plausible_and_remembered() -> None:
    stages: list[tuple[int, int]] = []
    before = torch.random.get_rng_state()
    began = date.today()
    record = measure_speed(
        TINY,
        "float32",
        "cpu",
        on_progress=lambda done, total: stages.append((done, total)),
        image_px=64,
        batch=4,
    )
    assert torch.equal(torch.random.get_rng_state(), before)
    assert stages == [(done, 4) for done in range(5)]
    assert record.key == (TINY, 64) and record.batch == 4
    assert (record.device, record.precision) == (processor_name(), "float32")
    assert began.isoformat() <= record.measured_on <= date.today().isoformat()
    assert record.training_images_per_s > 0 and record.inference_images_per_s > 0
    if record.memory_bytes is not None:  # Linux
        assert record.memory_source == "resident"
        assert record.memory_bytes > 3 * 4 * 2_500_000  # weights, gradients, momentum
        assert record.memory_bytes < 2e9
    assert known_speeds("float32", "cpu") == (record,)


def test_a_later_measurement_takes_the_place_of_an_earlier_one() -> None:
    measure_speed(TINY, "float32", "cpu", image_px=32, batch=2)
    later = measure_speed(TINY, "float32", "cpu", image_px=32, batch=4)
    other = measure_speed(TINY, "float32", "cpu", image_px=64, batch=2)
    assert known_speeds("float32", "cpu") == (later, other)


def test_numbers_of_another_machine_or_precision_are_not_ours() -> None:
    record = measure_speed(TINY, "float32", "cpu", image_px=32, batch=2)
    model_speed._remember(replace(record, device="Another processor"))
    model_speed._remember(replace(record, torch_version="1.0"))
    assert known_speeds("float32", "cpu") == (record,)
    assert known_speeds("bfloat16", "cpu") == ()


@pytest.mark.parametrize(
    "content", ["", "[]", '{"records": 3}', '{"records": [{"model": "x"}, 7]}']
)
def test_a_broken_file_is_as_none(content: str) -> None:
    path = cache_dir() / "speeds.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    assert known_speeds("float32", "cpu") == ()
    record = measure_speed(TINY, "float32", "cpu", image_px=32, batch=2)
    assert known_speeds("float32", "cpu") == (record,)
    assert json.loads(path.read_text(encoding="utf-8"))["version"] == 1


def test_stops_between_layers_and_remembers_nothing() -> None:
    stop = StopToken()
    stop.stop()
    with pytest.raises(MeasuringStopped):
        measure_speed(TINY, "float32", "cpu", stop, image_px=32, batch=2)
    assert known_speeds("float32", "cpu") == ()


def test_stops_on_the_way_back_too() -> None:
    stop = StopToken()
    network = nn.Sequential(
        nn.Conv2d(3, 4, 3), nn.ReLU(inplace=True), nn.Flatten(), nn.Linear(144, 5)
    )
    work = model_speed._Work(network, (2, 3, 8, 8), "float32", CPU, stop)
    work.training_step()
    network[3].register_forward_hook(lambda *_: stop.stop())
    with pytest.raises(MeasuringStopped):
        work.training_step()


def test_networks_are_let_go_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    built = []

    def remembered(*args: Any) -> nn.Module:
        network = architecture(*args)
        built.append(weakref.ref(network))
        return network

    monkeypatch.setattr(model_speed, "architecture", remembered)
    measure_speed(TINY, "float32", "cpu", image_px=32, batch=2)
    assert not gc.isenabled()
    assert built and all(network() is None for network in built)


def test_what_is_too_large_is_refused_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_speed, "free_bytes", lambda _device: 2_000_000_000)
    with pytest.raises(TooLargeError) as refused:
        measure_speed("vit_h_14", "float32", "cpu", image_px=518)
    sentence = str(refused.value)
    assert "ViT-H/14" in sentence and "32 images of 518 px" in sentence
    assert "2.0 GB are free" in sentence
    assert not Path(cache_dir() / "speeds.json").exists()


def test_an_unknown_model() -> None:
    with pytest.raises(ConfigError):
        measure_speed("resnet17")


def test_a_dry_run_counts_what_is_kept_once() -> None:
    with torch.device("meta"):
        network = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1, bias=False), nn.ReLU(), nn.ReLU())
    images, maps = 2 * 3 * 16 * 16 * 4, 2 * 8 * 16 * 16 * 4
    weights = 8 * 3 * 9 * 4
    needed = step_bytes(network, (2, 3, 16, 16), is_short=False)
    # the input, and the outputs of both rectifiers
    kept = memory_use._WORKSPACE * (images + 2 * maps)
    assert needed == round(4 * weights + kept + images)
    assert step_bytes(network, (2, 3, 16, 16), is_short=True) < needed


def test_the_estimate_is_near_to_what_a_step_takes() -> None:
    """Enough to refuse what would not fit, and not what would by far."""
    record = measure_speed("resnet18", "float32", "cpu", image_px=160, batch=16)
    if record.memory_bytes is None:
        pytest.skip("this system does not tell how large a process is")
    with torch.device("meta"):
        network = architecture("resnet18", 1000).train()
    needed = step_bytes(network, (16, 3, 160, 160), is_short=False)
    assert 0.7 * record.memory_bytes < needed < 2 * record.memory_bytes


def test_peak_memory_sees_what_was_freed_again() -> None:
    with PeakMemory(CPU) as memory:
        torch.ones(50_000_000).sum().item()
    if memory.bytes is None:
        pytest.skip("this system does not tell how large a process is")
    assert 190e6 < memory.bytes < 400e6


def test_free_memory_is_less_than_all() -> None:
    free = free_bytes(CPU)
    assert free is None or 0 < free < 1 << 50
