"""The models that the studio offers; their facts are asked of the libraries that build them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlparse

from tlstudio.core.catalog import ModelSpec, WeightsPlace
from tlstudio.core.preprocessing import Preprocessing
from tlstudio.core.registry import Registry
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.models.onboard import ON_BOARD, onboard_path

_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class CatalogRow:
    """What the libraries do not state: how a person calls the network, and whose it is."""

    name: str
    title: str
    family: str
    library: str = "torchvision"


MODELS = Registry(
    QT_TRANSLATE_NOOP("core", "model"),
    (
        CatalogRow("tf_efficientnet_lite0", "EfficientNet-Lite0", "EfficientNet", "timm"),
        CatalogRow("resnet18", "ResNet-18", "ResNet"),
        CatalogRow("resnet34", "ResNet-34", "ResNet"),
        CatalogRow("resnet50", "ResNet-50", "ResNet"),
        CatalogRow("mobilenet_v2", "MobileNetV2", "MobileNet"),
        CatalogRow("mobilenet_v3_small", "MobileNetV3-Small", "MobileNet"),
        CatalogRow("mobilenet_v3_large", "MobileNetV3-Large", "MobileNet"),
        CatalogRow("efficientnet_b0", "EfficientNet-B0", "EfficientNet"),
        CatalogRow("shufflenet_v2_x1_0", "ShuffleNetV2 1.0x", "ShuffleNet"),
        CatalogRow("squeezenet1_1", "SqueezeNet 1.1", "SqueezeNet"),
        CatalogRow("googlenet", "GoogLeNet (Inception v1)", "Inception"),
        CatalogRow("densenet121", "DenseNet-121", "DenseNet"),
        CatalogRow("alexnet", "AlexNet", "AlexNet"),
        CatalogRow("vgg11_bn", "VGG-11 with batch norm", "VGG"),
        CatalogRow("convnext_tiny", "ConvNeXt-Tiny", "ConvNeXt"),
        CatalogRow("swin_t", "Swin-T", "Swin Transformer"),
        CatalogRow("vit_b_16", "ViT-B/16", "Vision Transformer"),
    ),
)


def list_models() -> tuple[ModelSpec, ...]:
    """Every model of the catalog, the on-board one first.

    Imports torchvision and timm at the first call. Where weights are is looked up at each call.
    """
    return tuple(_spec(row) for row in MODELS)


def get_model(name: str) -> ModelSpec:
    """The facts about one model.

    Raises:
        ConfigError: the catalog has no such model; the hint names the nearest ones.
    """
    return _spec(MODELS[name])


def pretrained_path(model: str) -> Path | None:
    """The file of the model's pretrained weights on this machine; None while there is none.

    Raises:
        ConfigError: the catalog has no such model.
    """
    path = onboard_path(model) or checkpoint_path(get_model(model).weights_url)
    return path if path.is_file() else None


def checkpoint_path(url: str) -> Path:
    """Where the download of `url` lies or would lie: the folder that torchvision uses, too."""
    import torch

    return Path(torch.hub.get_dir()) / "checkpoints" / PurePosixPath(urlparse(url).path).name


@dataclass(frozen=True, slots=True)
class _Facts:
    """What a library states about a model; the fields are those of `ModelSpec`."""

    parameters: int
    gflops: float
    imagenet_top1: float | None
    preprocessing: Preprocessing
    min_input_px: int
    weights_bytes: int
    weights_url: str
    weights_title: str


def _spec(row: CatalogRow) -> ModelSpec:
    facts = _timm_facts(row.name) if row.library == "timm" else _torchvision_facts(row.name)
    place, size = _place(row.name, facts)
    return ModelSpec(
        name=row.name,
        title=row.title,
        family=row.family,
        library=row.library,
        parameters=facts.parameters,
        gflops=facts.gflops,
        imagenet_top1=facts.imagenet_top1,
        preprocessing=facts.preprocessing,
        min_input_px=facts.min_input_px,
        weights_place=place,
        weights_bytes=size,
        weights_url="" if place is WeightsPlace.ON_BOARD else facts.weights_url,
        weights_title=facts.weights_title,
    )


def _place(model: str, facts: _Facts) -> tuple[WeightsPlace, int]:
    on_board = onboard_path(model)
    if on_board is not None:
        return WeightsPlace.ON_BOARD, on_board.stat().st_size
    if not facts.weights_url:
        return WeightsPlace.NONE, 0
    cached = checkpoint_path(facts.weights_url)
    if cached.is_file():
        return WeightsPlace.CACHED, cached.stat().st_size
    return WeightsPlace.REMOTE, facts.weights_bytes


@cache
def _torchvision_facts(name: str) -> _Facts:
    from torchvision import models

    weights = models.get_model_weights(name).DEFAULT
    meta = weights.meta
    transforms = weights.transforms()
    return _Facts(
        parameters=meta["num_params"],
        gflops=meta["_ops"],
        imagenet_top1=round(meta["_metrics"]["ImageNet-1K"]["acc@1"] / 100, 5),
        preprocessing=Preprocessing(
            resize_px=transforms.resize_size[0],
            crop_px=transforms.crop_size[0],
            mean=tuple(transforms.mean),
            std=tuple(transforms.std),
            interpolation=transforms.interpolation.value,
        ),
        min_input_px=max(meta["min_size"]),
        weights_bytes=round(meta["_file_size"] * _MIB),
        weights_url=weights.url,
        weights_title=weights.name,
    )


@cache
def _timm_facts(name: str) -> _Facts:
    """timm states neither sizes nor accuracy in the package, so sizes are counted (0.2 s)."""
    import timm
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    with torch.device("meta"):
        network = timm.create_model(name).eval()
        with FlopCounterMode(display=False) as counter, torch.no_grad():
            network(torch.empty(1, *network.pretrained_cfg["input_size"]))
    on_board = ON_BOARD.get(name)
    return _Facts(
        parameters=sum(parameter.numel() for parameter in network.parameters()),
        gflops=counter.get_total_flops() / 2 / 1e9,
        imagenet_top1=None,
        preprocessing=on_board.preprocessing if on_board else _timm_preprocessing(network),
        min_input_px=network.pretrained_cfg.get("min_input_size", (3, 32, 32))[-1],
        weights_bytes=0,
        weights_url="",
        weights_title=on_board.title if on_board else "",
    )


def _timm_preprocessing(network: Any) -> Preprocessing:
    from timm.data import resolve_model_data_config

    config = resolve_model_data_config(network)
    crop = config["input_size"][-1]
    return Preprocessing(
        resize_px=round(crop / config["crop_pct"]),
        crop_px=crop,
        mean=tuple(config["mean"]),
        std=tuple(config["std"]),
        interpolation=config["interpolation"],
    )
