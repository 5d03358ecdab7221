"""The frozen layers at speed: exact in float32, close in bfloat16, named by all that decides."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import nn

from tests.engine.features.networks import PREPROCESSING, conv_net, cut_of, frozen_part, images
from tests.engine.features.test_cut import ManyTokens, TinyTransformer, TwoWays
from tlstudio.core.networks.preprocessing import Preprocessing
from tlstudio.engine.features import frozen
from tlstudio.engine.features.frozen import FrozenPart

NETWORKS = [conv_net, TwoWays, ManyTokens, TinyTransformer]


def part_of(make: Callable[[], nn.Module], probe: torch.Tensor | None = None) -> FrozenPart:
    network = make()
    head = "8" if isinstance(network, nn.Sequential) else "head"
    middle = ["middle"] if hasattr(network, "middle") else []
    return frozen_part(network, *middle, head, probe=probe)


def test_float32_is_the_networks_own() -> None:
    network = conv_net()
    part = frozen_part(network, "8")
    with torch.no_grad():
        assert torch.equal(part(images())[0], network[:8](images()))
    assert part.precision == "float32"
    assert part.row.bytes == 4 * part.elements == 4 * 48


def test_bfloat16_is_close() -> None:
    exact, rounded = frozen_part(), frozen_part(precision="bfloat16")
    assert rounded.precision == "bfloat16"
    assert rounded.row.bytes * 2 == exact.row.bytes
    a, b = exact(images())[0], rounded(images())[0]
    assert b.dtype == torch.float32
    assert not torch.equal(a, b)
    assert float((a - b).norm() / a.norm()) < 0.03


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
@pytest.mark.parametrize("count", [1, 3, 32])
@pytest.mark.parametrize("probes", [1, 4])
@pytest.mark.parametrize("make", NETWORKS)
def test_rows_are_unpacked_to_what_they_were(
    make: Callable[[], nn.Module], probes: int, count: int, precision: str
) -> None:
    part = part_of(make, images(probes))
    batch = images(count)
    values, rows = part(batch), part.rows(batch)
    assert rows.shape == (count, part.elements)
    assert rows.untyped_storage().nbytes() == rows.nbytes  # holds on to nothing else
    unpacked = part.unpack(rows)
    assert len(unpacked) == len(values) == len(part.shapes)
    for mine, value, shape in zip(unpacked, values, part.shapes, strict=True):
        assert mine.shape == (count, *shape)
        assert torch.equal(mine, value)
        assert mine.is_contiguous() == value.is_contiguous()
        if count > 1:
            assert mine.stride() == value.stride()


def test_what_loses_precision_stays_exact() -> None:
    class Subtracts(nn.Module):
        """Nothing remains of 8 bits."""

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return (x + 4096) - 4096

    network = conv_net()
    network[3] = nn.Sequential(network[3], Subtracts())
    part = frozen_part(network, "8", precision="bfloat16")
    assert part.precision == "float32"


def test_what_has_no_bfloat16_stays_exact() -> None:
    class Picky(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            if x.dtype != torch.float32:
                raise RuntimeError("not implemented for 'BFloat16'")
            return x

    network = conv_net()
    network[3] = nn.Sequential(network[3], Picky())
    assert frozen_part(network, "8", precision="bfloat16").precision == "float32"


def test_what_is_not_finite_stays_exact() -> None:
    network = conv_net()
    with torch.no_grad():
        network[3].weight.fill_(3e38)
    assert frozen_part(network, "8", precision="bfloat16").precision == "float32"


def test_where_folding_changes_something_norms_stay_beside() -> None:
    class Shortcut(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv, self.norm = nn.Conv2d(8, 12, 3), nn.BatchNorm2d(12)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            x = self.conv(x)
            out: torch.Tensor = self.norm(x) * 0.01 + x
            return out

    network = conv_net()
    network[3] = Shortcut()
    network[3].norm.running_var.fill_(0.5)
    part = frozen_part(network, "8", precision="bfloat16")
    exact = frozen_part(network, "8")
    assert part.precision == "bfloat16"
    assert any(isinstance(m, nn.BatchNorm2d) for m in part._layers.modules())
    a, b = exact(images())[0], part(images())[0]
    assert float((a - b).norm() / a.norm()) < 0.02


# Names


def name_of(part: FrozenPart, preprocessing: Preprocessing = PREPROCESSING, batch: int = 4) -> str:
    return part.key(preprocessing, batch)


def changed(change: Callable[[nn.Sequential], object]) -> str:
    network = conv_net()
    with torch.no_grad():
        change(network)
    return name_of(frozen_part(network, "8"))


def test_the_same_again_has_the_same_name() -> None:
    assert name_of(frozen_part()) == name_of(frozen_part(probe=images(2, seed=9)))


def test_the_head_does_not_matter() -> None:
    assert changed(lambda n: n[8].weight.zero_()) == name_of(frozen_part())


@pytest.mark.parametrize(
    "change",
    [
        lambda n: n[0].weight[0, 0, 0, 0].add_(1e-3),
        lambda n: n[1].running_mean[0].add_(1e-3),
        lambda n: setattr(n[1], "eps", 1e-3),
        lambda n: setattr(n[3], "stride", (1, 1)),
        lambda n: n.__setitem__(2, nn.ReLU6()),
        lambda n: setattr(n[6], "hidden_setting", 3),
        lambda n: n[2].register_buffer("unsaved", torch.ones(1), persistent=False),
    ],
)
def test_the_name_says_what_the_layers_are(change: Callable[[nn.Sequential], object]) -> None:
    assert changed(change) != name_of(frozen_part())


def test_the_name_says_all_else_that_decides() -> None:
    names = [
        name_of(frozen_part()),
        name_of(frozen_part(precision="bfloat16")),
        name_of(frozen_part(None, "4", "8")),
        name_of(frozen_part(), batch=8),
        name_of(frozen_part(), Preprocessing(resize_px=41, crop_px=32)),
        name_of(frozen_part(), Preprocessing(resize_px=40, crop_px=32, mean=(0.1, 0.2, 0.3))),
    ]
    assert len(set(names)) == len(names)


def test_batches_do_not_matter_to_bfloat16() -> None:
    part = frozen_part(precision="bfloat16")
    assert name_of(part) == name_of(part, batch=8)


def test_the_name_is_the_same_in_another_process() -> None:
    program = (
        "from tests.engine.features.networks import PREPROCESSING, frozen_part\n"
        "print(frozen_part(precision='bfloat16').key(PREPROCESSING, 4))"
    )
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == name_of(frozen_part(precision="bfloat16"))


def test_a_network_that_was_cut_is_not_held_by_copies() -> None:
    network = conv_net()
    part = FrozenPart(cut_of(network, "8"), "float32", images())
    with torch.no_grad():
        network[0].weight.mul_(2)
    assert torch.equal(part(images())[0], network[:8](images()).detach())


def test_a_trusted_copy_is_made_when_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    make = frozen._fast_copy
    monkeypatch.setattr(frozen, "_fast_copy", lambda *args: made.append(1) or make(*args))
    cut = cut_of(conv_net(), "8")
    keys: list[str] = []

    def trust(part: FrozenPart) -> bool:
        keys.append(part.key(PREPROCESSING, 4))
        return True

    part = FrozenPart(cut, "bfloat16", images(), trust)
    assert (part.precision, made) == ("bfloat16", [])
    assert keys == [part.key(PREPROCESSING, 4)]
    expected = FrozenPart(cut, "bfloat16", images()).rows(images(3))
    assert torch.equal(part.rows(images(3)), expected)
    assert made == [1, 1]
