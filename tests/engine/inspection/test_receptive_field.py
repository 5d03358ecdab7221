"""Receptive fields are what the gradients of real networks say, pixel by pixel."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import timm
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - its usual name
from torchvision import models
from torchvision.ops.misc import SqueezeExcitation

from tlstudio.core.networks.layer_table import FieldNote, LayerRecord
from tlstudio.engine.inspection.layer_table import layer_table

LEFT_OUT = (nn.BatchNorm2d, nn.LayerNorm, nn.ReLU, nn.ReLU6, nn.Hardswish, nn.GELU)


class _Reached(Exception):  # noqa: N818 - the rest of the network is of no interest
    pass


def made_smooth(network: nn.Module) -> nn.Module:
    """All that decides by values gone, so that a value has a gradient wherever it looks.

    Weights are positive; maxima become means; gates are taken for constant, as the table does.
    """
    for module in list(network.modules()):
        for name, child in module.named_children():
            if isinstance(child, nn.MaxPool2d):
                pool = nn.AvgPool2d(
                    child.kernel_size, child.stride, child.padding, ceil_mode=child.ceil_mode
                )
                setattr(module, name, pool)
            elif isinstance(child, LEFT_OUT):
                setattr(module, name, nn.Identity())
            elif isinstance(child, SqueezeExcitation):
                setattr(module, name, _Gated(child))
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.fill_(1.0 / max(1, parameter[0].numel()))
    return network.double().eval()


class _Gated(nn.Module):
    def __init__(self, gate: SqueezeExcitation) -> None:
        super().__init__()
        self.gate = gate

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * self.gate._scale(x.detach())


def measured_px(network: nn.Module, path: str, side: int) -> int:
    """Side of the box of pixels that the middle value of the output of `path` depends on."""

    def reached(_module: nn.Module, _inputs: object, output: torch.Tensor) -> None:
        raise _Reached(output)

    hook = network.get_submodule(path).register_forward_hook(reached)
    image = torch.ones(1, 3, side, side, dtype=torch.float64, requires_grad=True)
    with pytest.raises(_Reached) as caught:
        network(image)
    hook.remove()
    output = caught.value.args[0]
    if output.shape[1] == output.shape[2]:  # channels last
        output = output.permute(0, 3, 1, 2)
    output[0, :, output.shape[2] // 2, output.shape[3] // 2].sum().backward()
    assert image.grad is not None
    rows, columns = image.grad[0].sum(0).nonzero().T
    box = (rows.min(), columns.min(), rows.max(), columns.max())
    assert min(box) > 0, "the border cuts it off: choose a larger image"
    assert max(box) < side - 1, "the border cuts it off: choose a larger image"
    return int(max(rows.max() - rows.min(), columns.max() - columns.min())) + 1


def plain_stack() -> nn.Module:
    """Even and odd kernels, dilation, strides, ceil mode, one axis longer than the other."""
    return nn.Sequential(
        nn.Conv2d(3, 4, 5, 2, 1),
        nn.MaxPool2d(2, 2, ceil_mode=True),
        nn.Conv2d(4, 4, 3, padding=2, dilation=2),
        nn.Conv2d(4, 4, (1, 7), padding=(0, 3)),
        nn.AvgPool2d(3, 1, 1),
        nn.ZeroPad2d((0, 1, 0, 1)),
        nn.Conv2d(4, 4, 4, 2),
        nn.Conv2d(4, 4, 3, groups=4),
    )


class Tricky(nn.Module):
    """Branches that see unequal, shifted parts; slices; space to depth; a channel shuffle."""

    def __init__(self) -> None:
        super().__init__()
        self.wide = nn.Conv2d(3, 4, 4, 2, 1)
        self.narrow = nn.Conv2d(3, 4, 1, 2)
        self.first = nn.Identity()
        self.deep = nn.Conv2d(32, 8, 3, padding=1)
        self.second = nn.Identity()
        self.merge = nn.Linear(32, 6)
        self.third = nn.Identity()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = torch.cat([self.wide(x), self.narrow(x)], 1)
        x = self.first(x)
        b, c, h, w = x.shape
        x = x.view(b, c, h // 2, 2, w // 2, 2).permute(0, 3, 5, 1, 2, 4)
        x = self.second(self.deep(x.reshape(b, 4 * c, h // 2, w // 2)))
        x = x.view(b, 2, 4, h // 2, w // 2).transpose(1, 2).flatten(1, 2).permute(0, 2, 3, 1)
        pieces = [x[:, n::2, m::2] for n in (0, 1) for m in (0, 1)]
        return self.third(self.merge(torch.cat(pieces, -1)).permute(0, 3, 1, 2))


def torchvision_network(name: str) -> Callable[[], nn.Module]:
    extra = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
    return lambda: models.get_model(name, weights=None, **extra)


@pytest.mark.parametrize(
    ("build", "paths", "side"),
    [
        (plain_stack, [str(n) for n in range(8)], 96),
        (Tricky, ["first", "second", "third"], 64),
        (
            torchvision_network("resnet18"),
            ["conv1", "layer1.0", "layer1.1", "layer2.0.downsample", "layer2.0", "layer2.1.conv1"],
            224,
        ),
        (
            torchvision_network("googlenet"),
            ["conv3", "maxpool2", "inception3a", "inception3b.branch2", "inception3b"],
            224,
        ),
        (torchvision_network("inception_v3"), ["Mixed_6b"], 448),
        (torchvision_network("mobilenet_v2"), ["features.1", "features.3", "features.6"], 224),
        (torchvision_network("mobilenet_v3_small"), ["features.1", "features.4"], 224),
        (torchvision_network("shufflenet_v2_x1_0"), ["stage2.0", "stage2.3"], 256),
        (torchvision_network("densenet121"), ["features.denseblock1", "features.transition1"], 224),
        (torchvision_network("convnext_tiny"), ["features.1", "features.2"], 288),
    ],
    ids=lambda value: getattr(value, "__name__", "") or None,
)
def test_fields_are_those_of_the_gradients(
    build: Callable[[], nn.Module], paths: list[str], side: int
) -> None:
    network = build()
    table = layer_table(network, side)
    network = made_smooth(network)
    for path in paths:
        assert table.by_path[path].receptive_field_px == measured_px(network, path, side), path


def test_same_padding_of_the_on_board_network() -> None:
    """Padding that is unequal before and after, worked out while it runs."""
    network = timm.create_model("tf_efficientnet_lite0")
    table = layer_table(network, 224)
    stem = table.by_path["conv_stem"].window
    assert stem is not None
    assert (stem.kernel_text, stem.stride_text, stem.padding_text) == ("3×3", "2", "0/1")
    for module in network.modules():
        if hasattr(module, "drop") and isinstance(module, nn.BatchNorm2d):
            module.act = nn.Identity()
    for parameter in network.parameters():
        nn.init.constant_(parameter, 1 / max(1, parameter[0].numel()))
    network = network.double().eval()
    for path in ("conv_stem", "blocks.1.0", "blocks.2.0", "blocks.2.1"):
        assert table.by_path[path].receptive_field_px == measured_px(network, path, 224), path


def field_of(name: str, side: int, path: str) -> LayerRecord:
    with torch.device("meta"):
        network = models.get_model(name, weights=None)
    return layer_table(network, side).by_path[path]


@pytest.mark.parametrize(
    ("name", "path", "px"),
    [("alexnet", "features.12", 195), ("vgg16", "features.30", 212), ("resnet50", "layer4", 427)],
)
def test_published_fields(name: str, path: str, px: int) -> None:
    """As in https://distill.pub/2019/computing-receptive-fields/ (VGG-16: its last pooling).

    ResNet-50 has 483 there, from another network: torchvision's strides lie elsewhere.
    """
    assert field_of(name, 224, path).receptive_field_px == px


def test_pooling_over_everything_and_flattening_see_the_whole_image() -> None:
    with torch.device("meta"):
        resnet, vgg = models.resnet18(), models.vgg11()
    table = layer_table(resnet, 224)
    assert table.by_path["layer4"].field_note is FieldNote.NO_NOTE
    assert table.by_path["layer4"].receptive_field_px == 435  # more than the image: zeros around
    for path in ("avgpool", "fc"):
        assert table.by_path[path].field_note is FieldNote.WHOLE
        assert table.by_path[path].receptive_field_px == 224
    table = layer_table(vgg, 224)
    assert table.by_path["avgpool"].receptive_field_px == 150  # 7×7 onto 7×7 averages nothing
    assert table.by_path["classifier.0"].field_note is FieldNote.WHOLE


def test_global_attention_sees_the_whole_image_and_windows_are_not_told() -> None:
    with torch.device("meta"):
        vit, swin = models.vit_b_16(), models.swin_t()
    table = layer_table(vit, 224)
    assert table.by_path["conv_proj"].receptive_field_px == 16
    block = "encoder.layers.encoder_layer_0"
    assert table.by_path[f"{block}.ln_1"].receptive_field_px == 16
    assert table.by_path[f"{block}.self_attention"].field_note is FieldNote.WHOLE
    table = layer_table(swin, 224)
    assert table.by_path["features.0"].receptive_field_px == 4
    assert table.by_path["features.1.0.attn"].field_note is FieldNote.WINDOWS
    assert table.by_path["features.1.0.attn"].receptive_field_px is None
    assert table.by_path["head"].field_note is FieldNote.WHOLE


def test_gates_and_statistics_of_norms_are_left_aside() -> None:
    class Gated(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(3, 4, 3)
            self.norm = nn.GroupNorm(2, 4)
            self.gate = SqueezeExcitation(4, 2)
            self.add = nn.Identity()

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            x = self.gate(self.norm(self.conv(x)))
            return self.add(x + x.mean((2, 3), keepdim=True))

    table = layer_table(Gated(), 16)
    assert table.by_path["gate.fc2"].field_note is FieldNote.WHOLE
    for path in ("conv", "norm", "gate"):
        assert table.by_path[path].receptive_field_px == 3
    assert table.by_path["add"].field_note is FieldNote.WHOLE  # added, it is no gate


def test_what_cannot_be_told_is_not_guessed() -> None:
    class Odd(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.up = nn.Upsample(scale_factor=2)
            self.after_up = nn.Conv2d(3, 3, 3)
            self.turned = nn.Identity()
            self.sorted = nn.Identity()
            self.constant = nn.Linear(2, 2)
            self.idle = nn.Linear(2, 2)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            self.after_up(self.up(x))
            self.turned(x.flip(-1))
            self.sorted(x.sort(-1).values)
            self.constant(torch.ones(1, 2))
            return x

    notes = {path: record.field_note for path, record in layer_table(Odd(), 8).by_path.items()}
    assert notes["up"] is notes["after_up"] is FieldNote.ENLARGED
    assert notes["turned"] is FieldNote.MOVED
    assert notes["sorted"] is FieldNote.UNTOLD
    assert notes["constant"] is FieldNote.NO_IMAGE
    assert notes["idle"] is FieldNote.NOT_RUN


def test_attention_in_one_operation_is_followed_as_well() -> None:
    """`nn.MultiheadAttention` on a CPU in eval mode, and attention written out, agree."""

    class Tokens(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.patches = nn.Conv2d(3, 8, 4, 4)
            self.fast = nn.MultiheadAttention(8, 2, batch_first=True)
            self.sdpa = nn.Identity()

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            tokens = self.patches(x).flatten(2).transpose(1, 2)
            heads = tokens.unsqueeze(1)
            self.sdpa(F.scaled_dot_product_attention(heads, heads, heads))
            return self.fast(tokens, tokens, tokens, need_weights=False)[0]

    network = Tokens()
    for device in ("cpu", "meta"):
        table = layer_table(network.to(device), 16)
        assert table.by_path["patches"].receptive_field_px == 4
        assert table.by_path["fast"].field_note is FieldNote.WHOLE
        assert table.by_path["sdpa"].field_note is FieldNote.WHOLE
        tokens, width = 16, 8
        expected = 4 * tokens * width * width + 2 * tokens * tokens * width
        assert table.by_path["fast"].multiply_adds == expected
