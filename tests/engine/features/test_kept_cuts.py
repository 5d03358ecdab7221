"""A cut is checked once; another network, other weights or a broken file are checked again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from tests.engine.features.networks import PX, conv_net, images, prepared
from tlstudio.engine.features import kept_cuts
from tlstudio.engine.features.cut import Cut, cut_network


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many images each pass through a convolution had."""
    counts: list[int] = []
    forward = nn.Conv2d.forward

    def counted(self: nn.Conv2d, values: torch.Tensor) -> torch.Tensor:
        counts.append(len(values))
        return forward(self, values)

    monkeypatch.setattr(nn.Conv2d, "forward", counted)
    return counts


def cut(
    change: Callable[[nn.Sequential], object] | None = None, *trainable: str, px: int = PX
) -> Cut:
    network = conv_net()
    if change is not None:
        with torch.no_grad():
            change(network)
    found = cut_network(prepared(network, *(trainable or ("8",))), px)
    assert found is not None
    return found


def test_a_second_cut_is_not_checked_and_is_the_same(passes: list[int]) -> None:
    first = cut()
    assert passes
    passes.clear()
    again = cut()
    assert passes == []
    assert (again.boundary, again.shapes, again.strides) == (
        first.boundary,
        first.shapes,
        first.strides,
    )
    batch = images()
    (a,), (b,) = first.below(batch), again.below(batch)
    assert torch.equal(a, b)
    for layers in ("train_above", "eval_above"):
        assert torch.equal(getattr(first, layers)(a), getattr(again, layers)(b))


@pytest.mark.parametrize(
    ("change", "trainable", "px"),
    [
        (lambda n: n[0].weight[0, 0, 0, 0].add_(1e-6), (), PX),
        (lambda n: n[8].bias.add_(1), (), PX),
        (lambda n: n[1].running_var.add_(1e-3), (), PX),
        (lambda n: setattr(n[4], "eps", 1e-3), (), PX),
        (lambda n: n.__setitem__(2, nn.ReLU6()), (), PX),
        (lambda n: n.to(memory_format=torch.channels_last), (), PX),
        (lambda n: n[3].register_forward_hook(lambda *_: None), (), PX),
        (None, ("4", "8"), PX),
        (None, (), PX + 8),
    ],
)
def test_another_network_is_checked(
    passes: list[int], change: Any, trainable: tuple[str, ...], px: int
) -> None:
    cut()
    passes.clear()
    cut(change, *trainable, px=px)
    assert passes


def test_other_code_is_checked(passes: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    cut()
    passes.clear()
    for digest in ("other", ""):
        monkeypatch.setattr(kept_cuts, "code_digest", lambda digest=digest: digest)
        cut()
        assert passes
        passes.clear()
    cut()
    assert passes  # nothing is kept where the version is not known


def test_modules_of_unknown_code_are_checked(passes: list[int]) -> None:
    class Own(nn.Conv2d):
        pass

    def change(network: nn.Sequential) -> None:
        network[3].__class__ = Own

    cut(change)
    passes.clear()
    cut(change)
    assert passes


@pytest.mark.parametrize("damage", ["cut short", "other strides", "of another network"])
def test_a_damaged_or_foreign_file(passes: list[int], own_home: Path, damage: str) -> None:
    wanted = cut()
    (file,) = (own_home / "cache" / "cuts").iterdir()
    text = file.read_text()
    if damage == "cut short":
        file.write_text(text[: len(text) // 2])
    elif damage == "other strides":
        file.write_text(text.replace("48", "49"))
    else:
        cut(lambda n: n[8].bias.add_(1))
        (other,) = set(file.parent.iterdir()) - {file}
        file.write_text(other.read_text())
    passes.clear()
    found = cut()
    assert passes
    assert (found.shapes, found.strides) == (wanted.shapes, wanted.strides)
    passes.clear()
    cut()
    assert passes == []


def test_without_a_cache_folder(passes: list[int], own_home: Path) -> None:
    (own_home / "cache").write_text("in the way")
    cut()
    passes.clear()
    cut()
    assert passes
