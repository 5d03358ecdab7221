"""A catalog to compare, and measuring without an engine."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from tests.gui.networks import make_spec, make_weights, no_engine
from tlstudio.core.compare import SpeedRecord, TooLargeError
from tlstudio.core.networks.catalog import WeightsPlace
from tlstudio.core.networks.preprocessing import Preprocessing
from tlstudio.core.runs.events import StopToken
from tlstudio.gui.state import jobs

LARGE = replace(
    make_weights(WeightsPlace.REMOTE, 0.81, "LARGE"),
    gflops=6.0,
    preprocessing=Preprocessing(crop_px=320),
)
COMPARED = (
    make_spec("tf_efficientnet_lite0", "EfficientNet-Lite0", top1=None, gflops=0.39),
    replace(
        make_spec("resnet18", "ResNet-18", parameters=11_689_512, gflops=1.81, top1=0.698),
        family_id="resnet",
        weights=(make_weights(WeightsPlace.REMOTE, 0.698), LARGE),
    ),
    replace(
        make_spec("vgg11_bn", "VGG-11", parameters=132_868_840, gflops=7.61, top1=0.704),
        family_id="vgg",
    ),
    replace(
        make_spec(
            "alexnet",
            "AlexNet",
            parameters=61_100_840,
            gflops=0.71,
            top1=0.565,
            place=WeightsPlace.CACHED,
        ),
        family_id="alexnet",
    ),
)
RATES = {"resnet18": 9.5, "alexnet": 100.0}


def make_record(model: str, image_px: int = 224, *, is_steady: bool = True) -> SpeedRecord:
    rate = RATES.get(model, 50.0)
    return SpeedRecord(
        model, image_px, 32, "Processor", "float32", "2", rate, rate / 4, 1_500_000_000,
        "resident", "2026-01-02", is_steady,
    )  # fmt: skip


class Machine:
    """Stands for the measuring engine; VGG is too large for it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        no_engine(monkeypatch)
        monkeypatch.setattr(jobs, "list_models", lambda: COMPARED)
        monkeypatch.setattr(jobs, "known_speeds", lambda *_: self.known)
        monkeypatch.setattr(jobs, "measure_speed", self._measure)
        self.known: tuple[SpeedRecord, ...] = ()
        self.asked: list[tuple[str, int]] = []
        self.goes_on = threading.Event()
        self.goes_on.set()

    def _measure(
        self,
        model: str,
        image_px: int,
        precision: str,
        device: str,
        *,
        stop: StopToken,
        on_progress: jobs.Progress,
    ) -> SpeedRecord | None:
        self.asked.append((model, image_px))
        on_progress(1, 4)
        while not self.goes_on.wait(0.01):
            if stop.stopped:
                return None
        if model == "vgg11_bn":
            raise TooLargeError("Does not fit: {model}", model=model)
        return make_record(model, image_px)
