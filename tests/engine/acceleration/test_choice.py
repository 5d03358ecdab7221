"""Engines of inference: what they compute is torch's, and where it is not, torch computes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

from tests.engine.features.networks import PREPROCESSING, conv_net, cut_of, images
from tlstudio.core.config import EngineWish
from tlstudio.engine.acceleration import choice, engines
from tlstudio.engine.acceleration.choice import choose_engine, remembered_engine
from tlstudio.engine.acceleration.engines import ENGINES, Forward, InferenceEngine
from tlstudio.engine.acceleration.recording import NotRecordable, recorded
from tlstudio.engine.features.frozen import FrozenPart
from tlstudio.engine.models.build import build_network

MANY = 10_000

# Depthwise steps that are squeezed, branches, shuffled channels
ARCHITECTURES = ["mobilenet_v3_small", "squeezenet1_1", "shufflenet_v2_x0_5"]


@pytest.fixture(autouse=True)
def always_worth_a_trial(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "WORTH_S", 0.0)
    monkeypatch.setattr(choice, "TRIAL_S", 0.0)


def taken(monkeypatch: pytest.MonkeyPatch, name: EngineWish) -> None:
    """Let the trial's clock find that engine ten times as fast as all others."""

    def seconds(run: Callable[[torch.Tensor], object], batch: torch.Tensor) -> float:
        return 0.1 if name in getattr(run, "__qualname__", "") else 1.0

    monkeypatch.setattr(choice, "_seconds", seconds)


def distorted(
    monkeypatch: pytest.MonkeyPatch, change: Callable[[torch.Tensor], torch.Tensor]
) -> None:
    """Install nothing but an engine that is onnxruntime, but for `change` of what it gives."""

    def open_distorted(model: bytes, precision: Any, threads: int) -> Forward:
        forward = ENGINES[0].open(model, precision, threads)
        return lambda batch: tuple(change(value) for value in forward(batch))

    monkeypatch.setattr(
        choice, "ENGINES", (InferenceEngine("onnxruntime", ("float32",), open_distorted),)
    )


@pytest.mark.parametrize("model", ARCHITECTURES)
def test_a_recorded_network_gives_what_torch_gives(model: str) -> None:
    network = build_network(model, 7, initialisation="random").eval()
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d) and module.running_mean is not None:
            module.running_mean.normal_(0, 0.1)
    batch = torch.randn(3, 3, 64, 64)
    with torch.no_grad():
        wanted = network(batch)
    made = choose_engine(network, batch[:2], wish="onnxruntime", images=3)
    assert (made.engine, made.refused) == ("onnxruntime", ())
    assert made.forward is not None
    [logits] = made.forward(batch)
    assert torch.allclose(logits, wanted, rtol=0, atol=1e-5 * float(wanted.abs().max()))
    assert torch.equal(logits.argmax(1), wanted.argmax(1))


def test_features_have_a_name_of_their_own_and_are_near() -> None:
    cut = cut_of(conv_net(), "8")
    exact = FrozenPart(cut, "float32", images())
    fast = FrozenPart(cut, "float32", images(), engine="onnxruntime", images=1)
    assert (fast.engine, fast.is_exact, exact.engine) == ("onnxruntime", False, "torch")
    a, b = exact.rows(images(5)), fast.rows(images(5))
    assert float((a - b).abs().max()) <= 1e-5 * float(a.abs().max())
    key = fast.key(PREPROCESSING, 4)
    assert key == fast.key(PREPROCESSING, 8) != exact.key(PREPROCESSING, 4)


def test_what_an_engine_kept_is_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    cut = cut_of(conv_net(), "8")
    opened: list[int] = []
    own = choice.recorded
    monkeypatch.setattr(choice, "recorded", lambda *a: opened.append(1) or own(*a))
    part = FrozenPart(cut, "float32", images(), lambda part: 9, engine="onnxruntime", images=9)
    assert (part.engine, opened) == ("onnxruntime", [])
    assert part.rows(images(2)).shape == (2, part.elements)
    assert opened == [1]


def test_the_fastest_is_taken_and_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    taken(monkeypatch, "onnxruntime")
    network = conv_net().eval()
    assert remembered_engine(network, images(), "auto", "float32") is None
    assert choose_engine(network, images(), wish="auto", images=MANY).engine == "onnxruntime"
    assert remembered_engine(network, images(), "auto", "float32") == ("onnxruntime", "float32")
    assert choose_engine(network, images(), wish="torch", images=MANY).engine == "torch"

    monkeypatch.setattr(choice, "_fastest", lambda *a: pytest.fail("tried again"))
    assert choose_engine(network, images(), wish="auto", images=MANY).engine == "onnxruntime"
    few = choose_engine(network, images(), wish="auto", images=choice.MIN_IMAGES - 1)
    assert few.engine == "torch"


def test_where_nothing_is_gained_torch_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "_seconds", lambda run, batch: 1.0)
    network = conv_net().eval()
    made = choose_engine(network, images(), wish="auto", images=MANY)
    assert (made.engine, made.forward) == ("torch", None)
    assert remembered_engine(network, images(), "auto", "float32") == ("torch", "float32")


@pytest.mark.parametrize(
    "change",
    [
        lambda value: value * (1 + 1e-4),
        lambda value: torch.full_like(value, float("nan")),
        lambda value: value[:, :1],
    ],
)
def test_an_engine_that_is_too_far_off_is_refused(
    monkeypatch: pytest.MonkeyPatch, change: Callable[[torch.Tensor], torch.Tensor]
) -> None:
    distorted(monkeypatch, change)
    for wish in ("auto", "onnxruntime"):
        part = FrozenPart(cut_of(conv_net(), "8"), "float32", images(), engine=wish, images=MANY)
        assert (part.engine, part.refused) == ("torch", ("onnxruntime",))
        assert part.is_exact


def test_what_an_engine_does_not_know_stays_torch() -> None:
    class Sorts(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x.flatten(1).sort(dim=1).values

    with pytest.raises(NotRecordable):
        recorded(Sorts(), images())
    assert choose_engine(Sorts(), images(), wish="onnxruntime", images=MANY).engine == "torch"


def test_an_engine_that_is_not_installed_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "version_of", lambda name: "")
    for wish in ("auto", "openvino"):
        assert choose_engine(conv_net().eval(), images(), wish=wish, images=MANY).engine == "torch"


def test_other_batch_sizes_are_other_rows_not_other_values() -> None:
    network = conv_net().eval()
    made = choose_engine(network, images(2), wish="onnxruntime", images=1)
    assert made.forward is not None
    one = torch.cat([made.forward(image[None])[0] for image in images(4)])
    assert torch.allclose(one, made.forward(images(4))[0], atol=1e-6)
