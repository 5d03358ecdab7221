"""The engines of inference beside torch, each where its package is installed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import torch

from tlstudio.core.config import EngineWish
from tlstudio.engine.training.precision import Precision

Outputs = tuple[torch.Tensor, ...]
Forward = Callable[[torch.Tensor], Outputs]
"""Normalised images ``[B, C, H, W]`` -> tensors with a row for each image, float32 on the CPU."""


@dataclass(frozen=True, slots=True)
class InferenceEngine:
    """An engine.

    Attributes:
        name: of its package, and in the settings.
        precisions: in which it computes.
        open: an ONNX model, a precision and a number of threads -> what computes.
    """

    name: EngineWish
    precisions: tuple[Precision, ...]
    open: Callable[[bytes, Precision, int], Forward]

    @property
    def version(self) -> str:
        """Empty where it is not installed."""
        return version_of(self.name)


def version_of(engine: str) -> str:
    """The version of an engine's package; empty where it is not installed."""
    try:
        return version(engine)
    except PackageNotFoundError:
        return ""


def _open_onnxruntime(model: bytes, precision: Precision, threads: int) -> Forward:
    from tlstudio.engine.onnx.session import session

    runtime = session(model, threads)
    name = runtime.get_inputs()[0].name

    def forward(images: torch.Tensor) -> Outputs:
        values = runtime.run(None, {name: images.contiguous().numpy()})
        return tuple(torch.from_numpy(value) for value in values)

    return forward


def _open_openvino(model: bytes, precision: Precision, threads: int) -> Forward:
    import openvino

    options = {
        "INFERENCE_NUM_THREADS": threads,
        "INFERENCE_PRECISION_HINT": "bf16" if precision == "bfloat16" else "f32",
        "NUM_STREAMS": 1,
    }
    core = openvino.Core()
    request: Any = core.compile_model(core.read_model(model), "CPU", options).create_infer_request()

    def forward(images: torch.Tensor) -> Outputs:
        values = request.infer({0: images.contiguous().numpy()})  # of its own memory: copied
        return tuple(torch.from_numpy(value.copy()) for value in values.values())

    return forward


ENGINES = (
    InferenceEngine("onnxruntime", ("float32",), _open_onnxruntime),
    InferenceEngine("openvino", ("float32", "bfloat16"), _open_openvino),
)
ENGINE_NAMES = tuple(engine.name for engine in ENGINES)
