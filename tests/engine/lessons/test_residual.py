"""The residual sum equals what the network itself computes, with its blocks and without them."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.engine.lessons.pretrained import imagenet_inputs, imagenet_network
from tlstudio.engine.lessons.residual import paths, residual_blocks, residual_sum


@pytest.fixture(scope="module")
def residual() -> list[str]:
    return [block.path for block in residual_blocks() if block.has_shortcut]


def test_with_all_blocks_it_is_the_network(pumpkin: ImageRef, residual: list[str]) -> None:
    with torch.no_grad():
        likeliest = imagenet_network()(imagenet_inputs([pumpkin]))[0].softmax(0).max()

    seen = residual_sum(pumpkin, residual[0], {})

    assert seen.usual.name == seen.answers[0].name == "acorn squash"
    assert seen.usual.probability == pytest.approx(float(likeliest), abs=1e-4)
    assert seen.now == pytest.approx(seen.usual.probability, abs=1e-6)


def test_the_sum_is_that_of_the_block(pumpkin: ImageRef, residual: list[str]) -> None:
    passed: list[torch.Tensor] = []
    block = imagenet_network().get_submodule(residual[1])
    hook = block.register_forward_hook(lambda _block, _inputs, output: passed.append(output[0]))
    with torch.no_grad():
        imagenet_network()(imagenet_inputs([pumpkin]))
    hook.remove()

    seen = residual_sum(pumpkin, residual[1], {})

    distances = (passed[0] - torch.from_numpy(seen.y)).abs().amax((1, 2))
    assert float(distances.min()) < 1e-4
    assert seen.y == pytest.approx(seen.x + seen.added)


def test_a_dropped_block_is_an_identity(pumpkin: ImageRef, residual: list[str]) -> None:
    network = copy.deepcopy(imagenet_network())
    network.set_submodule(residual[2], nn.Identity())
    with torch.no_grad():
        probabilities = network(imagenet_inputs([pumpkin]))[0].softmax(0)

    seen = residual_sum(pumpkin, residual[2], {residual[2]: 0})

    assert seen.answers[0].probability == pytest.approx(float(probabilities.max()), abs=1e-4)
    assert not seen.added.any()
    assert seen.share == 0


def test_every_block_doubles_the_paths(residual: list[str]) -> None:
    assert len(residual) == 9
    assert paths({}) == 2**9
    assert paths({residual[0]: 0.5}) == 2**9
    assert paths({residual[0]: 0, residual[4]: 0}) == 2**7
    assert paths(dict.fromkeys(residual, 0)) == 1


def test_without_any_residual_block_the_network_knows_nothing(
    pumpkin: ImageRef, residual: list[str]
) -> None:
    seen = residual_sum(pumpkin, residual[0], dict.fromkeys(residual, 0))

    assert seen.now < seen.usual.probability / 10
