"""The name of a network's features: equal only where the vectors are."""

from __future__ import annotations

import hashlib
import json
from importlib.metadata import version
from typing import Any

import torch

from tlstudio.core.runs.execution import TORCH
from tlstudio.engine.acceleration.engines import version_of
from tlstudio.engine.models.build import has_input_transform
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.models.heads import head_paths, is_inside

FORMAT = 1  # to be raised when vectors are computed otherwise


def network_key(classifier: Classifier, precision: str = "", engine: str = TORCH) -> str:
    """A name for all that decides the vectors, apart from the image: 32 hex digits.

    The head does not belong to it: another one is given the same.
    """
    network, heads = classifier.network, head_paths(classifier.network)
    about: dict[str, Any] = {
        "format": FORMAT,
        "libraries": [version(name) for name in ("torch", "torchvision", "timm")],
        "device": classifier.device.type,
        "precision": precision,
        "model": classifier.model,
        "stem": classifier.config.stem,
        "transform": has_input_transform(network) and bool(network.transform_input),
        "preprocessing": classifier.preprocessing.to_dict(),
    }
    if engine != TORCH:
        about["engine"] = [engine, version_of(engine)]
    digest = hashlib.sha256(json.dumps(about, sort_keys=True).encode())
    for name, tensor in network.state_dict().items():
        if is_inside(name, heads):
            continue
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        values = tensor.detach().cpu().contiguous()
        digest.update(values.reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()[:32]
