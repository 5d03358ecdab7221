"""Measuring a network and a dataset: what is told, not how long it takes."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from tlstudio.core.config import RunConfig
from tlstudio.core.config.run_config import ON_BOARD_MODEL
from tlstudio.core.data.augmentation import PARTS, VARIED
from tlstudio.core.data.dataset import DatasetIndex, Layout, Sample, Split
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.networks.build_config import BuildConfig
from tlstudio.core.networks.preprocessing import Preprocessing
from tlstudio.core.runs.events import StopToken
from tlstudio.engine.forecast import costs, network_costs
from tlstudio.engine.forecast.costs import measure_costs, measure_images, run_costs
from tlstudio.engine.forecast.module_times import DeviceClock, ModuleTimes
from tlstudio.engine.forecast.network_costs import BATCH, MeasuringStopped, measure_network

CPU = torch.device("cpu")
SIDE_PX = 16


class Block(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(8, 8, 3, padding=1)
        self.norm = nn.BatchNorm2d(8)
        self.act = nn.ReLU(inplace=True)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return images + self.act(self.norm(self.conv(images)))


def tiny() -> nn.Sequential:
    parts: list[tuple[str, nn.Module]] = [
        ("stem", nn.Conv2d(3, 8, 3)),
        ("norm", nn.BatchNorm2d(8)),
        ("block", Block()),
        ("pool", nn.AdaptiveAvgPool2d(1)),
        ("flat", nn.Flatten()),
        ("head", nn.Linear(8, 2)),
    ]
    network = nn.Sequential()
    for name, module in parts:
        network.add_module(name, module)
    return network


@pytest.fixture
def images(tmp_path: Path) -> list[ImageRef]:
    found = []
    for number in range(3):
        found.append(tmp_path / f"{number}.png")
        Image.fromarray(np.full((40, 50, 3), 90, dtype=np.uint8)).save(found[-1])
    return [ImageRef.of_file(path) for path in found]


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The models that were built: a tiny one in place of each."""
    models: list[str] = []

    def architecture(model: str, num_classes: int, build: BuildConfig) -> nn.Module:
        models.append(model)
        return tiny()

    monkeypatch.setattr(costs, "architecture", architecture)
    monkeypatch.setattr(costs, "_measured", {})
    monkeypatch.setattr(network_costs, "STEADY", math.inf)
    return models


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_every_module_has_its_costs(precision: str) -> None:
    found = measure_network(tiny(), SIDE_PX, precision, CPU, StopToken())  # type: ignore[arg-type]
    by_path = {layer.path: layer for layer in found.layers}
    assert list(by_path) == [path for path, _ in tiny().named_modules()]
    for path in ("stem", "block.conv", "head"):
        cost = by_path[path]
        assert cost.forward_s > 0 and cost.eval_s > 0 and cost.train_forward_s > 0
        assert cost.backward_s > 0 and cost.input_backward_s > 0
    assert found.update_s > 0


def test_the_time_of_a_module_is_told_once() -> None:
    network, clock = tiny(), DeviceClock()
    images = torch.rand(BATCH, 3, SIDE_PX, SIDE_PX)
    with ModuleTimes(network, clock, wants_backward=True) as times:
        clock.restart()
        loss = network(images).sum()
        forward_s = clock.restart()
        times.begin_backward()
        loss.backward()
        times.end_backward()
        backward_s = clock.restart()
    assert 0 < sum(times.forward.values()) <= forward_s
    assert 0 < sum(times.backward.values()) <= backward_s
    assert set(times.forward) == {path for path, _ in network.named_modules()}
    again = dict(times.forward)
    network(images)
    assert times.forward == again  # the hooks are gone


def test_frozen_layers_are_told_apart_from_trained_ones() -> None:
    network = tiny().requires_grad_(False)
    images = torch.rand(BATCH, 3, SIDE_PX, SIDE_PX, requires_grad=True)
    with ModuleTimes(network, DeviceClock(), wants_backward=True) as times:
        loss = network(images).sum()
        times.begin_backward()
        loss.backward()
        times.end_backward()
    assert times.backward["stem"] > 0  # of its input alone


def test_measuring_stops() -> None:
    stop = StopToken()
    stop.stop()
    with pytest.raises(MeasuringStopped):
        measure_network(tiny(), SIDE_PX, "float32", CPU, stop)


def test_a_network_is_measured_once(built: list[str], images: list[ImageRef]) -> None:
    state = torch.random.get_rng_state()
    first = measure_costs(RunConfig(), 2, "float32", CPU, images)
    again = measure_costs(RunConfig(), 2, "float32", CPU, images)
    assert first is not None and again is not None
    assert first.layers == again.layers and first.precision == "float32"
    assert built == [ON_BOARD_MODEL]
    measure_costs(RunConfig(), 2, "bfloat16", CPU, images)
    assert len(built) == 2
    assert torch.equal(torch.random.get_rng_state(), state)


def test_what_was_measured_on_a_busy_machine_is_not_kept(
    built: list[str], images: list[ImageRef], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network_costs, "STEADY", 0.0)
    found = measure_costs(RunConfig(), 2, "float32", CPU, images)
    assert found is not None and not found.is_steady
    monkeypatch.setattr(network_costs, "STEADY", math.inf)
    found = measure_costs(RunConfig(), 2, "float32", CPU, images)
    assert found is not None and found.is_steady and len(built) == 2


def test_stopping_gives_nothing_and_remembers_nothing(
    built: list[str], images: list[ImageRef]
) -> None:
    stop = StopToken()
    stop.stop()
    assert measure_costs(RunConfig(), 2, "float32", CPU, images, stop) is None
    assert measure_costs(RunConfig(), 2, "float32", CPU, images) is not None


def test_images_that_cannot_be_read_are_passed_over(images: list[ImageRef], tmp_path: Path) -> None:
    preprocessing = Preprocessing(resize_px=20, crop_px=SIDE_PX)
    missing = ImageRef.of_file(tmp_path / "missing.png")
    found = measure_images([missing, *images], preprocessing, StopToken())
    assert found is not None
    assert found.picture_bytes == 3 * 20 * 25
    assert {*VARIED, "none", *PARTS} == set(found.vary_s)
    assert measure_images([missing], preprocessing, StopToken()) is None


def test_what_a_configuration_would_use(built: list[str], images: list[ImageRef]) -> None:
    samples = tuple(Sample(image, 0, Split.TRAIN) for image in images)
    index = DatasetIndex(images[0].path.parent, "x", Layout.CLASS_FOLDERS, ("a", "b"), samples)
    found = run_costs(RunConfig(precision="float32", device="cpu"), index, StopToken())
    assert found is not None and found.precision == "float32"
    assert run_costs(RunConfig(device="cpu", precision="bfloat16"), index, StopToken()) is not None
    empty = DatasetIndex(images[0].path.parent, "x", Layout.CLASS_FOLDERS, ("a", "b"), ())
    assert run_costs(RunConfig(device="cpu"), empty, StopToken()) is None
