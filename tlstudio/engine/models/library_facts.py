"""Facts that torchvision and timm state about networks and weights; none is typed in by hand."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Any

from tlstudio.core.networks.catalog import WeightsPlace, WeightsSpec
from tlstudio.core.networks.preprocessing import Preprocessing
from tlstudio.engine.models.onboard import ON_BOARD, onboard_path
from tlstudio.engine.models.places import HUB_FILES, HUB_URL

_MIB = 1024 * 1024
_BYTES_PER_VALUE = 4
SMALLEST_PX = 32  # most networks shrink the image 32 times


@dataclass(frozen=True, slots=True)
class LibraryFacts:
    """The facts that a library states about a network.

    Attributes:
        parameters: with the original head, and with the auxiliary classifiers that the default
            weights were trained with; 0 if it does not say.
        gflops: billions of multiply-adds; 0 if it does not say.
        weights: as if nothing had been downloaded, the default ones first.
        preprocessing: preprocessing of the default weights, or what the network is built for.
        min_input_px: the smallest input side.
        module: the library's module that defines it, its family in the code.
        num_classes: outputs of its original head.
    """

    parameters: int
    gflops: float
    weights: tuple[WeightsSpec, ...]
    preprocessing: Preprocessing
    min_input_px: int
    module: str
    num_classes: int = 1000


@cache
def torchvision_facts(name: str) -> LibraryFacts:
    """Read the facts and weights of one of torchvision's networks."""
    from torchvision import models

    enum = models.get_model_weights(name)
    default = enum.DEFAULT
    # VGG-16 has weights without classes, whose hidden layers behind the convolutions are not
    # numbers; they are meant for detectors.
    others = (e for e in enum if e is not default and e.meta["categories"])
    every = [default, *others]
    meta = default.meta
    weights = tuple(_torchvision_weights(entry) for entry in every)
    return LibraryFacts(
        parameters=meta["num_params"],
        gflops=meta["_ops"],
        weights=weights,
        preprocessing=weights[0].preprocessing,
        min_input_px=max(meta["min_size"]),
        module=models.get_model_builder(name).__module__.rpartition(".")[2],
    )


def _torchvision_weights(entry: Any) -> WeightsSpec:
    meta, transforms = entry.meta, entry.transforms()
    stated = meta["_metrics"].get("ImageNet-1K", {})
    top1, top5 = stated.get("acc@1"), stated.get("acc@5")
    return WeightsSpec(
        name=entry.name,
        place=WeightsPlace.REMOTE,
        size_bytes=round(meta["_file_size"] * _MIB),
        preprocessing=Preprocessing(
            resize_px=transforms.resize_size[0],
            crop_px=transforms.crop_size[0],
            mean=tuple(transforms.mean),
            std=tuple(transforms.std),
            interpolation=transforms.interpolation.value,
        ),
        num_classes=len(meta["categories"]),
        imagenet_top1=None if top1 is None else round(top1 / 100, 5),
        imagenet_top5=None if top5 is None else round(top5 / 100, 5),
        gflops=meta["_ops"],
        url=entry.url,
        licence=meta.get("license", ""),
        recipe_url=meta.get("recipe", ""),
    )


@cache
def timm_facts(plain: str, parameters: int = 0) -> LibraryFacts:
    """Read the facts and pretrained tags of one of timm's networks.

    Args:
        plain: its name in timm.
        parameters: for the size of files, which timm does not state; 0 while unknown.
    """
    from timm.models import get_arch_pretrained_cfgs, get_pretrained_cfg
    from timm.models._registry import _model_to_module

    first = get_pretrained_cfg(plain)  # of the default tag
    tags = list(get_arch_pretrained_cfgs(plain).values())
    tags.sort(key=lambda cfg: first is None or cfg.tag != first.tag)  # stable
    stated = (_timm_weights(cfg, parameters) for cfg in tags if cfg.has_weights)
    weights = (*_on_board_weights(plain), *stated)
    own = _timm_preprocessing(first) if first is not None else Preprocessing()
    minimum = first.min_input_size[-1] if first is not None and first.min_input_size else 0
    preprocessing = weights[0].preprocessing if weights else own
    return LibraryFacts(
        parameters=parameters,
        gflops=0.0,
        weights=weights,
        preprocessing=preprocessing,
        min_input_px=min(minimum or SMALLEST_PX, preprocessing.crop_px),
        module=_model_to_module.get(plain, ""),
    )


def _on_board_weights(plain: str) -> tuple[WeightsSpec, ...]:
    path, row = onboard_path(plain), ON_BOARD.get(plain)
    if path is None or row is None:
        return ()
    size = path.stat().st_size
    place, licence = WeightsPlace.ON_BOARD, row.licence
    return (WeightsSpec(row.title, place, size, row.preprocessing, licence=licence),)


def _timm_weights(cfg: Any, parameters: int) -> WeightsSpec:
    hub = (cfg.hf_hub_id, cfg.hf_hub_filename or "") if cfg.hf_hub_id else None
    address = cfg.url or ""
    if hub is not None:
        address = HUB_URL.format(repository=hub[0], file=hub[1] or HUB_FILES[0])
    return WeightsSpec(
        name=cfg.tag or "default",
        place=WeightsPlace.REMOTE,
        size_bytes=_BYTES_PER_VALUE * parameters,
        preprocessing=_timm_preprocessing(cfg),
        num_classes=cfg.num_classes or 0,
        url=address,
        hub=hub,
        licence=cfg.license or "",
        recipe_url=cfg.origin_url or "",
    )


def _timm_preprocessing(cfg: Any) -> Preprocessing:
    """Return timm's evaluation preprocessing.

    One set of weights in fourteen squashes the whole image into the square. For six it adds a
    border; here these get a centre crop. Where it squashes to more than the square and crops then
    (eleven sets), nothing is cropped here.
    """
    channels, _, crop = cfg.input_size
    return Preprocessing(
        resize_px=max(crop, math.floor(crop / cfg.crop_pct)),
        crop_px=crop,
        mean=tuple(cfg.mean) if channels == 3 else (cfg.mean[0],) * 3,
        std=tuple(cfg.std) if channels == 3 else (cfg.std[0],) * 3,
        interpolation="bilinear" if cfg.interpolation == "bilinear" else "bicubic",
        crop_mode="squash" if cfg.crop_mode == "squash" else "center",
    )
