"""The layer table: totals that torch's own counter and the papers confirm, for every network."""

from __future__ import annotations

import pytest
import timm
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - its usual name
from torchvision import models

from tests.engine.models.flops import flops_of
from tlstudio.core.networks.layer_table import FieldNote, LayerTable
from tlstudio.engine.inspection.layer_table import layer_table
from tlstudio.engine.models.classic import CLASSICS
from tlstudio.engine.models.libraries import library_network
from tlstudio.engine.models.library_facts import torchvision_facts


def one_of_each() -> list[str]:
    """The smallest network of each of torchvision's modules; test_walk counts in all of them."""
    smallest: dict[str, str] = {}
    for name in models.list_models(module=models):
        facts = torchvision_facts(name)
        other = smallest.setdefault(facts.module, name)
        if facts.gflops < torchvision_facts(other).gflops:
            smallest[facts.module] = name
    return list(smallest.values())


def torchvision_table(name: str) -> tuple[LayerTable, nn.Module]:
    own_px = torchvision_facts(name).preprocessing.crop_px
    side = own_px if name.startswith(("vit_", "inception")) else 224
    with torch.device("meta"):
        network = library_network(name, 1000)
    return layer_table(network, side), network


def assert_sums(table: LayerTable, network: nn.Module) -> None:
    """Every row is the sum of what it holds itself and of the rows below it."""
    assert table.parameters == sum(p.numel() for p in network.parameters())
    for record in table.root.walk():
        below = record.children
        assert record.parameters == record.own_parameters + sum(c.parameters for c in below)
        assert record.multiply_adds == record.own_multiply_adds + sum(
            c.multiply_adds for c in below
        )
    assert {record.path for record in table.root.walk()} == {p for p, _ in network.named_modules()}


@pytest.mark.parametrize("name", one_of_each())
def test_totals_of_torchvision_are_those_of_its_own_metadata(name: str) -> None:
    table, network = torchvision_table(name)
    assert_sums(table, network)
    for weights in models.get_model_weights(name):
        crop = weights.transforms().crop_size[0]
        if crop == table.image_px:
            assert table.multiply_adds / 1e9 == pytest.approx(weights.meta["_ops"], abs=6e-4)


def test_alexnet_of_2012() -> None:
    """The paper: 55-27-27-13-13-13-13-6 and 60 million parameters."""
    table = layer_table(CLASSICS["alexnet_2012"].build(1000), 227)
    names = ("conv1", "pool1", "conv2", "pool2", "conv3", "conv4", "conv5", "pool5")
    sides = [table.by_path[name].output_shape[-1] for name in names]
    assert sides == [55, 27, 27, 13, 13, 13, 13, 6]
    assert table.parameters == 60_965_224
    second = table.by_path["conv2"].window
    assert second is not None
    assert (second.kernel_text, second.padding_text, second.groups) == ("5×5", "2", 2)


def test_vgg16() -> None:
    table, _ = torchvision_table("vgg16")
    assert table.parameters == 138_357_544
    assert table.parameter_share(table.by_path["classifier.0"]) == pytest.approx(0.743, abs=1e-3)
    assert table.multiply_add_share(table.by_path["classifier"]) < 0.01


INCEPTION = {  # Szegedy et al. 2014, table 1: parameters in 1,024, millions of multiply-adds
    "3a": (159, 128),
    "3b": (380, 304),
    "4a": (364, 73),
    "4b": (437, 88),
    "4c": (498, 100),  # 463 is printed, which does not follow from the printed widths
    "4d": (580, 119),
    "4e": (840, 170),
    "5a": (1019, 51),  # 1072 and 54 are printed, as above
    "5b": (1388, 71),
}


def test_googlenet_by_module() -> None:
    table = layer_table(CLASSICS["googlenet_2014"].build(1000), 224)
    for name, (parameters, millions) in INCEPTION.items():
        record = table.by_path[f"inception_{name}"]
        assert record.parameters / 1024 == pytest.approx(parameters, rel=0.02), name
        assert record.multiply_adds / 1e6 == pytest.approx(millions, abs=0.7), name


@pytest.mark.parametrize(
    ("name", "published"),
    [
        ("resnet18", 1.8),
        ("resnet34", 3.6),
        ("resnet50", 3.8),
        ("resnet101", 7.6),
        ("resnet152", 11.3),
    ],
)
def test_resnets(name: str, published: float) -> None:
    """Billions of multiply-adds and stage sizes of He et al. 2015, table 1.

    torchvision's bottlenecks have the stride in the 3x3 convolution ("v1.5"), the paper's in the
    first 1x1: a little cheaper. With the strides moved, the published numbers come out.
    """
    with torch.device("meta"):
        network = models.get_model(name, weights=None)
        for block in network.modules():
            if isinstance(block, models.resnet.Bottleneck):
                block.conv1.stride, block.conv2.stride = block.conv2.stride, (1, 1)
    table = layer_table(network, 224)
    assert table.multiply_adds / 1e9 == pytest.approx(published, abs=0.07)
    stages = ("conv1", "layer1", "layer2", "layer3", "layer4")
    assert [table.by_path[stage].output_shape[-1] for stage in stages] == [112, 56, 28, 14, 7]


def test_resnet50_of_torchvision_has_its_strides_elsewhere() -> None:
    table, _ = torchvision_table("resnet50")
    assert table.multiply_adds / 1e9 == pytest.approx(4.09, abs=0.005)


def test_operations_count_for_the_innermost_module_that_runs() -> None:
    class Functional(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = nn.Linear(8, 8, bias=False)
            self.weight = nn.Parameter(torch.ones(4, 8))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            x = self.inner(x.mean((2, 3)).repeat(1, 8)[:, :8])
            x = self.inner(x)
            return F.linear(x, self.weight)

    table = layer_table(Functional(), 4, channels=1)
    assert table.by_path["inner"].multiply_adds == 2 * 64
    assert table.by_path["inner"].calls == 2
    assert table.root.own_multiply_adds == 32
    assert table.multiply_adds == 160


def test_products_of_attention_count_for_the_module_that_calls_them() -> None:
    table, _ = torchvision_table("vit_b_32")
    block = "encoder.layers.encoder_layer_0"
    tokens, width = 50, 768
    record = table.by_path[f"{block}.self_attention"]
    assert record.own_multiply_adds == 4 * tokens * width**2 + 2 * tokens**2 * width
    assert table.by_path[f"{block}.self_attention.out_proj"].field_note is FieldNote.NOT_RUN
    table, _ = torchvision_table("swin_t")
    windows, tokens, width = 64, 49, 96
    expected = windows * (4 * tokens * width**2 + 2 * tokens**2 * width)
    assert table.by_path["features.1.0.attn"].own_multiply_adds == expected


@pytest.mark.parametrize("name", ["vit_b_32", "swin_t", "sequencer2d_s", "convnext_tiny"])
def test_real_tensors_and_meta_tensors_give_the_same_table(name: str) -> None:
    """Fast paths that run as one operation on a CPU count as much as what they stand for."""
    build = timm.create_model if name in timm.list_models() else models.get_model
    with torch.device("meta"):
        light = build(name)
    real = build(name)
    assert layer_table(real, 224).rows == layer_table(light, 224).rows


def test_encoder_layers_in_one_operation() -> None:
    class Encoder(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            layer = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True)
            self.layers = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.layers(x.flatten(2))

    network = Encoder()
    fast, slow = layer_table(network, 4, 6), layer_table(network.to("meta"), 4, 6)
    each = 6 * (4 * 16 * 16 + 2 * 16 * 32) + 2 * 6 * 6 * 16
    assert fast.multiply_adds == slow.multiply_adds == 2 * each


def test_modes_and_hooks_are_left_alone_even_if_the_pass_fails() -> None:
    class Failing(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.norm = nn.BatchNorm2d(3)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            self.norm(x)
            raise ValueError("no")

    network = Failing().train()
    network.norm.eval()
    with pytest.raises(ValueError, match="no"):
        layer_table(network, 4)
    assert network.training
    assert not network.norm.training
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in network.modules())
    assert network.norm.num_batches_tracked == 0
    assert torch.is_grad_enabled()


def test_recurrence_without_its_steps_counts_as_much_as_with_them() -> None:
    class Rows(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.forth = nn.LSTM(3, 4, num_layers=2, bidirectional=True, batch_first=True)
            self.back = nn.LSTM(8, 6, proj_size=2, bias=False)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            x, _ = self.forth(x[:, :, 0].transpose(1, 2))
            return self.back(x.transpose(0, 1))[0]

    with torch.device("meta"):
        network = Rows()
    table = layer_table(network, 5)
    assert 2 * table.multiply_adds == flops_of(network, 5)
    assert table.by_path["back"].output_shape == (1, 2)
    assert table.by_path["forth"].field_note is FieldNote.WHOLE


def test_shared_parameters_count_once() -> None:
    network = nn.Sequential(nn.Conv2d(3, 3, 1), nn.Conv2d(3, 3, 1))
    network[1].weight = network[0].weight
    table = layer_table(network, 4)
    assert [row.parameters for row in table.rows] == [12, 3]
    assert_sums(table, network)


def test_windows_are_those_that_ran() -> None:
    network = nn.Sequential(
        nn.Conv2d(4, 8, (3, 1), (2, 1), padding=(1, 0), dilation=(2, 1), groups=2),
        nn.Conv2d(8, 8, 3, padding="same"),
        nn.MaxPool2d(3, 2, 1),
        nn.AvgPool2d(2),
        nn.ReLU(),
    )
    texts = [
        (w.kernel_text, w.stride_text, w.padding_text, w.dilation_text, w.groups) if w else None
        for w in (row.window for row in layer_table(network, 16, 4).rows)
    ]
    assert texts == [
        ("3×1", "2×1", "1×0", "2×1", 2),
        ("3×3", "1", "1", "1", 1),
        ("3×3", "2", "1", "1", 1),
        ("2×2", "2", "0", "1", 1),
        None,
    ]
