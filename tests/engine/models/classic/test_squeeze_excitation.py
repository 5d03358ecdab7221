"""SE blocks weigh maps, and find their place in residual and Inception networks."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torchvision import models

from tests.engine.models.classic.measures import multiply_adds, on_meta, parameters, printed
from tlstudio.core.lessons.printed import Quantity
from tlstudio.engine.models.classic.inception import googlenet_naive
from tlstudio.engine.models.classic.resnet_cifar import resnet_cifar
from tlstudio.engine.models.classic.squeeze_excitation import (
    SqueezeExcitation,
    add_squeeze_excitation,
    se_googlenet,
)


def se_blocks(network: nn.Module) -> dict[str, SqueezeExcitation]:
    return {p: m for p, m in network.named_modules() if isinstance(m, SqueezeExcitation)}


def test_each_map_of_each_image_gets_one_factor() -> None:
    block = SqueezeExcitation(32, reduction=4)
    maps = torch.randn(3, 32, 5, 6)
    factors = block.excitation(maps)
    assert factors.shape == (3, 32)
    assert ((factors > 0) & (factors < 1)).all()
    assert torch.equal(block(maps), maps * factors.reshape(3, 32, 1, 1))
    assert parameters(block) == 2 * 32 * 32 // 4


def test_a_factor_depends_on_the_mean_of_all_maps_only() -> None:
    block = SqueezeExcitation(16, reduction=2)
    maps = torch.randn(1, 16, 4, 4)
    shuffled = maps.flatten(2)[:, :, torch.randperm(16)].reshape(maps.shape)
    torch.testing.assert_close(block.excitation(shuffled), block.excitation(maps))
    louder = maps.clone()
    louder[:, 3] += 2
    assert (block.excitation(louder) != block.excitation(maps)).any()


def test_the_formula() -> None:
    block = SqueezeExcitation(2, reduction=2)
    with torch.no_grad():
        block.reduce.weight.copy_(torch.tensor([[1.0, -1.0]]))
        block.expand.weight.copy_(torch.tensor([[2.0], [-2.0]]))
    maps = torch.tensor([[[[1.0, 3.0]], [[0.0, 2.0]]]])  # means 2 and 1, so the inner unit is 1
    expected = torch.sigmoid(torch.tensor([[2.0, -2.0]]))
    torch.testing.assert_close(block.excitation(maps), expected)


def test_se_resnet50_adds_what_the_paper_counts() -> None:
    with torch.device("meta"):
        plain = models.resnet50().eval()
    network = on_meta("se_resnet50")
    added = parameters(network) - parameters(plain)
    stages = ((3, 256), (4, 512), (6, 1024), (3, 2048))
    assert added == 2 / 16 * sum(blocks * maps**2 for blocks, maps in stages)
    assert added / parameters(plain) == pytest.approx(0.10, abs=0.005)
    more = multiply_adds(network, 224) / multiply_adds(plain, 224) - 1
    before, after = (
        printed("senet", name, Quantity.MULTIPLY_ADDS).number
        for name in ("resnet50", "se_resnet50")
    )
    assert before is not None and after is not None
    assert 0 < more < after / before - 1


@pytest.mark.parametrize(
    ("name", "last_norm"), [("resnet18", "bn2"), ("resnet50", "bn3"), ("cifar", "bn2")]
)
def test_in_a_residual_block_it_stands_before_the_addition(name: str, last_norm: str) -> None:
    network = resnet_cifar(20) if name == "cifar" else models.get_model(name)
    block = network.layer1[1].eval()  # has the input itself as its shortcut
    maps_in = block.conv1.in_channels
    norm = block.get_submodule(last_norm)
    nn.init.uniform_(norm.weight, 0.5, 1.5)
    seen: list[torch.Tensor] = []
    hook = norm.register_forward_hook(lambda _m, _i, output: seen.append(output.clone()))
    maps = torch.randn(2, maps_in, 8, 8)
    block(maps)
    hook.remove()
    add_squeeze_excitation(network)
    for se in se_blocks(block).values():
        nn.init.zeros_(se.expand.weight)  # all factors are a half
    assert torch.equal(block(maps), (maps + seen[0] / 2).relu())


def test_in_an_inception_network_it_stands_behind_the_concatenation() -> None:
    network = se_googlenet(3).eval()
    assert len(se_blocks(network)) == 9
    for path, se in se_blocks(network).items():
        module = network.get_submodule(path.rpartition(".")[0])
        assert [name for name, _ in module.named_children()] == ["inner", "squeeze_excitation"]
        assert se.reduce.in_features == module.inner.maps_out
    maps = torch.randn(1, 192, 7, 7)
    module = network.inception_3a
    joined = module.inner(maps)
    assert torch.equal(module(maps), module.squeeze_excitation(joined))
    assert torch.equal(module(maps)[0, 5], joined[0, 5] * module[1].excitation(joined)[0, 5])


@pytest.mark.parametrize(
    ("name", "blocks"),
    [("resnet34", 16), ("resnext50_32x4d", 16), ("wide_resnet50_2", 16), ("googlenet", 9)],
)
def test_networks_of_torchvision_take_it(name: str, blocks: int) -> None:
    extra = {"aux_logits": False, "init_weights": False} if name == "googlenet" else {}
    with torch.device("meta"):
        network = add_squeeze_excitation(models.get_model(name, **extra)).eval()
        assert len(se_blocks(network)) == blocks
        assert network(torch.empty(1, 3, 64, 64)).shape == (1, 1000)


def test_naive_modules_take_it_and_other_networks_do_not() -> None:
    with torch.device("meta"):
        assert len(se_blocks(add_squeeze_excitation(googlenet_naive()))) == 9
        with pytest.raises(ValueError, match="VGG has no residual"):
            add_squeeze_excitation(models.vgg11())


def test_a_block_is_of_the_type_of_its_network() -> None:
    network = add_squeeze_excitation(resnet_cifar(20).half())
    assert {p.dtype for p in network.parameters()} == {torch.float16}
