"""Which precision a run takes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import nn

from tlstudio.engine.training import precision
from tlstudio.engine.training.precision import autocast, measure_bfloat16, resolve_precision

CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def forgetful() -> Iterator[None]:
    precision._gains_from_bfloat16.cache_clear()
    yield
    precision._gains_from_bfloat16.cache_clear()


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[tuple[float, float]]:
    """What measuring says next, at the end; one is taken away each time."""
    answers: list[tuple[float, float]] = []
    monkeypatch.setattr(precision, "measure_bfloat16", answers.pop)
    return answers


def auto() -> str:
    precision._gains_from_bfloat16.cache_clear()  # as a new start of the program
    return resolve_precision("auto", CPU)


def test_a_wish_is_taken_as_it_is(measured: list[tuple[float, float]]) -> None:
    assert resolve_precision("float32", CPU) == "float32"
    assert resolve_precision("bfloat16", CPU) == "bfloat16"


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [((2.5, 0.003), "bfloat16"), ((1.1, 0.003), "float32"), ((2.5, 0.2), "float32")],
)
def test_automatic_measures_once(
    measured: list[tuple[float, float]], answer: tuple[float, float], wanted: str
) -> None:
    measured.append(answer)
    assert [auto() for _ in range(3)] == [wanted] * 3
    assert measured == []


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "null", '{"another machine": true}', b"\xff\xfe\x00"]
)
def test_another_or_a_broken_file(
    own_home: Path, measured: list[tuple[float, float]], content: str | bytes
) -> None:
    path = own_home / "cache" / "precision.json"
    path.parent.mkdir()
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    measured.append((2.5, 0.003))
    assert auto() == auto() == "bfloat16"
    assert list(json.loads(path.read_text()).values()) == [True]


def test_answers_of_another_kind_are_measured_again(
    own_home: Path, measured: list[tuple[float, float]]
) -> None:
    measured += [(1.0, 0.003), (2.5, 0.003)]
    assert auto() == "bfloat16"
    path = own_home / "cache" / "precision.json"
    path.write_text(json.dumps(dict.fromkeys(json.loads(path.read_text()), "yes")))
    assert auto() == "float32"


def test_without_a_cache_folder(own_home: Path, measured: list[tuple[float, float]]) -> None:
    (own_home / "cache").write_text("in the way")
    measured += [(2.5, 0.003), (2.5, 0.003)]
    assert auto() == auto() == "bfloat16"
    assert measured == []


def test_measuring() -> None:
    ratio, error = measure_bfloat16()
    assert ratio > 0
    assert 0.0005 < error < 0.02


def test_autocast() -> None:
    layer = torch.nn.Linear(4, 4)
    with autocast(CPU, "bfloat16"):
        assert layer(torch.zeros(1, 4)).dtype == torch.bfloat16
    with autocast(CPU, "float32"):
        assert layer(torch.zeros(1, 4)).dtype == torch.float32
    assert not torch.is_autocast_enabled("cpu")


def test_training_in_bfloat16_leaves_convolutions_in_groups_alone() -> None:
    network = nn.Sequential(nn.Conv2d(4, 8, 1), nn.Conv2d(8, 8, 3, groups=8), nn.Conv2d(8, 2, 1))
    seen: list[torch.dtype] = []
    for layer in network:
        layer.register_forward_hook(lambda _module, _inputs, output: seen.append(output.dtype))
    images = torch.rand(2, 4, 8, 8)
    with autocast(CPU, "bfloat16"):
        network(images).float().sum().backward()
    assert seen == [torch.bfloat16, torch.float32, torch.bfloat16]
    assert all(p.grad is not None and p.grad.dtype == torch.float32 for p in network.parameters())
    seen.clear()
    with torch.no_grad(), autocast(CPU, "bfloat16"):
        network(images)
    assert seen == [torch.bfloat16] * 3
    seen.clear()
    with autocast(CPU, "float32"):
        network(images)
    assert seen == [torch.float32] * 3
