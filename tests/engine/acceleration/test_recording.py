"""Networks of attention as ONNX, for batches of any size."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from timm.models.swin_transformer import SwinTransformer as TimmSwin
from timm.models.vision_transformer import VisionTransformer as TimmViT
from torch import nn
from torchvision.models import SwinTransformer, VisionTransformer

from tests.engine.features.networks import images, seeded
from tlstudio.engine.acceleration.engines import ENGINES
from tlstudio.engine.acceleration.recording import recorded

PX = 64
NETWORKS: dict[str, Callable[[], nn.Module]] = {
    "class token": lambda: VisionTransformer(PX, 16, 2, 2, 24, 32, num_classes=3),
    "class token of timm": lambda: TimmViT(PX, 16, embed_dim=24, depth=2, num_heads=2),
    "shifted windows": lambda: SwinTransformer([4, 4], 12, [2, 2], [2, 2], [4, 4], num_classes=3),
    "shifted windows of timm": lambda: TimmSwin(
        PX, window_size=4, embed_dim=12, depths=(2, 2), num_heads=(2, 2)
    ),
}


@pytest.mark.parametrize("name", NETWORKS)
@torch.no_grad()
def test_networks_of_attention(name: str) -> None:
    seeded()
    network = NETWORKS[name]().eval()
    for parameter in network.parameters():  # some heads begin as zeros
        parameter.requires_grad_(False).normal_(0, 0.2)
    model = recorded(network, images(4, PX))
    engine = next(engine for engine in ENGINES if engine.version)
    forward = engine.open(model, "float32", 1)
    for count in (1, 4, 7):
        batch = images(count, PX, seed=count)
        wanted = network(batch)
        (given,) = forward(batch)
        assert float((given - wanted).abs().max()) <= 1e-5 * float(wanted.abs().max())
