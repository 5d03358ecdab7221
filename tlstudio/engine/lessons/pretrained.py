"""The pretrained network that lessons ask: the one on board, with ImageNet's 1,000 classes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache

import torch
from torch import nn

from tlstudio.core.data.image_ref import ImageRef, ImageStat
from tlstudio.core.networks.catalog import WeightsSpec
from tlstudio.core.networks.preprocessing import Preprocessing
from tlstudio.engine.data.store import read_view
from tlstudio.engine.data.transforms import normalise
from tlstudio.engine.models.build import missing_weights, pretrained_from
from tlstudio.engine.models.catalog import get_model, pretrained_path
from tlstudio.engine.models.onboard import ON_BOARD

IMAGENET_MODEL = next(iter(ON_BOARD))
_VIEWS_KEPT = 128  # of 150 KB each


@cache
def imagenet_network() -> nn.Module:
    """The on-board network as it was trained on ImageNet, the same one every time.

    It is in eval mode, and its parameters want no gradients.

    Whoever changes its modes or values takes a copy.

    Raises:
        WeightsError: its package is missing or damaged.
    """
    spec, path = get_model(IMAGENET_MODEL), pretrained_path(IMAGENET_MODEL, "")
    if path is None:
        raise missing_weights(spec, None)
    return pretrained_from(spec, _weights(), path).eval().requires_grad_(False)


def imagenet_preprocessing() -> Preprocessing:
    """What `imagenet_network` was trained with."""
    return _weights().preprocessing


@cache
def imagenet_names() -> tuple[str, ...]:
    """ImageNet's 1,000 classes in English, in the order of the outputs."""
    from torchvision.models import ResNet18_Weights

    return tuple(ResNet18_Weights.IMAGENET1K_V1.meta["categories"])


def imagenet_views(images: Sequence[ImageRef]) -> torch.Tensor:
    """The images as `imagenet_network` sees them in true colours, uint8 ``[N, 3, H, W]``.

    Raises:
        ImageError: one cannot be read.
    """
    return torch.stack([_view(image, _stat(image)) for image in images])


def imagenet_inputs(images: Sequence[ImageRef]) -> torch.Tensor:
    """The inputs of `imagenet_network`, float32 ``[N, 3, H, W]``.

    Raises:
        ImageError: one cannot be read.
    """
    return normalise(imagenet_views(images), imagenet_preprocessing())


def _weights() -> WeightsSpec:
    weights = get_model(IMAGENET_MODEL).weights_named("")
    assert weights is not None  # the catalog has a row for what is on board
    return weights


def _stat(image: ImageRef) -> ImageStat | None:
    """What tells a file that was written anew; None where it is gone, which its reader will say."""
    try:
        return image.stat()
    except OSError:
        return None


@lru_cache(maxsize=_VIEWS_KEPT)
def _view(image: ImageRef, _stat: ImageStat | None) -> torch.Tensor:
    return read_view(image, imagenet_preprocessing())
