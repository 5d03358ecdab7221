"""Numbers of 32 or 16 bits: which a run multiplies, by what this machine was measured to do."""

from __future__ import annotations

import contextlib
import json
import logging
import time
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any, Literal, assert_never

import torch
from torch.nn import functional as F  # noqa: N812 - its usual name
from torch.overrides import TorchFunctionMode

from tlstudio.core.config import Precision as PrecisionWish
from tlstudio.core.errors import StorageError
from tlstudio.core.storage import atomic_write, cache_dir, read_json
from tlstudio.engine.device import processor_name

Precision = Literal["float32", "bfloat16"]

_log = logging.getLogger(__name__)

DTYPES: dict[Precision, torch.dtype] = {"float32": torch.float32, "bfloat16": torch.bfloat16}
WORTHWHILE = 1.3  # times as fast
TOLERABLE_ERROR = 0.01  # of a convolution's outputs, relative; bfloat16 has 8 bits: about 0.003
_TRIES = 4


def resolve_precision(wish: PrecisionWish, device: torch.device) -> Precision:
    """The precision that a run on `device` takes.

    ``auto`` measures once per machine and version of torch, in a tenth of a second, and remembers
    the answer on disk, so that equal settings go on giving equal numbers.
    """
    match wish:
        case "float32" | "bfloat16":
            return wish
        case "auto":
            return "bfloat16" if _gains_from_bfloat16(device.type) else "float32"
        case _:
            assert_never(wish)


@contextlib.contextmanager
def autocast(device: torch.device, precision: Precision) -> Iterator[None]:
    """Within the block, torch multiplies in `precision` where that is safe and fast."""
    is_short = precision == "bfloat16"
    is_slow_back = is_short and device.type == "cpu" and torch.is_grad_enabled()
    with (
        torch.autocast(device.type, torch.bfloat16, enabled=is_short),
        _GroupsInFloat32() if is_slow_back else contextlib.nullcontext(),
    ):
        yield


class _GroupsInFloat32(TorchFunctionMode):
    """Convolutions in groups stay float32, where their way back through bfloat16 is slow.

    On CPUs it is so (torch 2.15, AMX: a training step of EfficientNet-Lite0 takes 1.20 s in
    float32, 1.99 s in bfloat16, 1.06 s so; of ConvNeXt-Tiny 4.8, 3.1 and 2.1 s).
    """

    def __torch_function__(
        self,
        function: Callable[..., Any],
        types: Iterable[type],
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        kwargs = kwargs or {}
        if function is not torch.conv2d or _groups(args, kwargs) == 1:
            return function(*args, **kwargs)
        with torch.autocast("cpu", enabled=False):
            return function(args[0].float(), *args[1:], **kwargs)


def _groups(args: tuple[Any, ...], kwargs: dict[str, Any]) -> int:
    return int(args[6] if len(args) > 6 else kwargs.get("groups", 1))


@contextlib.contextmanager
def fast_kernels(wish: PrecisionWish) -> Iterator[None]:
    """Within the block, graphics cards try which convolution is fastest for each shape.

    And multiply what stays float32 in TF32 (10 bits), unless float32 was asked for.
    """
    kernels, products = torch.backends.cudnn, torch.backends.cuda.matmul
    before = kernels.benchmark, kernels.allow_tf32, products.allow_tf32
    kernels.benchmark = True
    kernels.allow_tf32 = products.allow_tf32 = wish != "float32"
    try:
        yield
    finally:
        kernels.benchmark, kernels.allow_tf32, products.allow_tf32 = before


@cache
def _gains_from_bfloat16(device_type: str) -> bool:
    if device_type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if device_type != "cpu":
        return False
    path = cache_dir() / "precision.json"
    machine = f"{processor_name()} / torch {torch.__version__}"
    known = read_json(path)
    if isinstance(known, dict) and isinstance(known.get(machine), bool):
        return bool(known[machine])
    ratio, error = measure_bfloat16()
    gains = ratio >= WORTHWHILE and error <= TOLERABLE_ERROR
    _log.info("bfloat16 convolutions: %.1f times as fast, relative error %.4f", ratio, error)
    with contextlib.suppress(StorageError):  # then it is measured again the next time
        atomic_write(path, json.dumps({machine: gains}))
    return gains


def measure_bfloat16() -> tuple[float, float]:
    """Measure the speed-up of a bfloat16 convolution on the CPU, and its relative error."""
    generator = torch.Generator().manual_seed(0)
    images = torch.randn(8, 64, 56, 56, generator=generator)
    images = images.to(memory_format=torch.channels_last)
    kernels = torch.randn(64, 64, 3, 3, generator=generator)
    kernels = kernels.to(memory_format=torch.channels_last)
    exact = (images, kernels)
    short = (images.bfloat16(), kernels.bfloat16())
    best = {False: float("inf"), True: float("inf")}
    with torch.no_grad():
        for _ in range(_TRIES):  # in turn, so that a noisy moment hits both
            for is_short in (False, True):
                begin = time.perf_counter()
                F.conv2d(*(short if is_short else exact), padding=1)
                best[is_short] = min(best[is_short], time.perf_counter() - begin)
        right, rounded = F.conv2d(*exact, padding=1), F.conv2d(*short, padding=1).float()
    error = float((rounded - right).norm() / right.norm())
    return best[False] / best[True], error
