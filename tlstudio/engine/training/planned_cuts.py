"""Finds before a run where each phase will cut the network, and how much room there is."""

from __future__ import annotations

import copy
import math
from functools import lru_cache

import torch
from torch import nn

from tlstudio.core.config import RunConfig
from tlstudio.core.errors import DeviceError
from tlstudio.core.networks.build_config import BuildConfig, build_config
from tlstudio.core.networks.inputs import input_preprocessing
from tlstudio.core.preferences import in_force
from tlstudio.core.runs.execution_plan import FeatureRow, Limits
from tlstudio.core.storage import cache_dir
from tlstudio.core.strategies import FreezePlan, PlanPhase
from tlstudio.engine.data.spill import default_disk_budget
from tlstudio.engine.data.store import default_budget
from tlstudio.engine.device import resolve_device
from tlstudio.engine.features.cut import cut_shapes
from tlstudio.engine.models.build import architecture
from tlstudio.engine.models.catalog import get_model
from tlstudio.engine.training.freezing import apply_phase, set_train_mode
from tlstudio.engine.training.precision import Precision, resolve_precision


def machine_limits() -> Limits:
    """Return the room for a run on this machine now."""
    try:
        folder = cache_dir()
        folder.mkdir(parents=True, exist_ok=True)
        image_disk_bytes = default_disk_budget(folder)
    except OSError:  # without a cache folder images are decoded again
        image_disk_bytes = 0
    return Limits(in_force().features_limit_bytes, default_budget(), image_disk_bytes)


def expected_precision(config: RunConfig) -> Precision:
    """The precision of a run here; of the processor where this machine lacks the device.

    A run whose bfloat16 features turn out too far from the exact ones takes float32 after all.
    """
    try:
        device = resolve_device(config.device)
    except DeviceError:
        device = torch.device("cpu")
    return resolve_precision(config.precision, device)


def catalog_rows(
    config: RunConfig, num_classes: int, plan: FreezePlan, precision: Precision
) -> tuple[FeatureRow, ...]:
    """The features at the cut of each phase, of the catalog's network as `config` changes it.

    Raises:
        ConfigError: the catalog has no such model.
        ModelError: the plan names a layer that it does not have.
    """
    spec = get_model(config.model)
    own = input_preprocessing(config, spec)
    build = build_config(config, spec)
    return tuple(
        FeatureRow(
            _catalog_elements(
                config.model,
                num_classes,
                build,
                (own.crop_px, own.channels),
                tuple(sorted(phase.rates)),
                tuple(sorted(phase.statistics)),
            ),
            precision,
        )
        for phase in plan.phases
    )


def planned_rows(config: RunConfig, num_classes: int, plan: FreezePlan) -> tuple[FeatureRow, ...]:
    """`catalog_rows` as a run with `config` would store them on this machine."""
    return catalog_rows(config, num_classes, plan, expected_precision(config))


def network_rows(
    network: nn.Module, plan: FreezePlan, image_px: int, channels: int, precision: Precision
) -> tuple[FeatureRow, ...]:
    """The features at the cut of each phase of `plan`; `network` itself is left as it is."""
    empty = _without_values(network)
    return tuple(
        FeatureRow(_elements(empty, phase, image_px, channels), precision) for phase in plan.phases
    )


@lru_cache(maxsize=512)
def _catalog_elements(
    model: str,
    num_classes: int,
    build: BuildConfig,
    image: tuple[int, int],
    trainable: tuple[str, ...],
    statistics: tuple[str, ...],
) -> int:
    with torch.device("meta"):
        network = architecture(model, num_classes, build)
    phase = PlanPhase(1, dict.fromkeys(trainable, 1.0), frozenset(statistics), 0)
    return _elements(network, phase, *image)


def _elements(network: nn.Module, phase: PlanPhase, image_px: int, channels: int) -> int:
    """Numbers at the cut for one image; 0 where there is none."""
    apply_phase(network, phase)
    set_train_mode(network, phase)
    shapes = cut_shapes(network, image_px, channels)
    return sum(math.prod(shape) for shape in shapes or ())


def _without_values(network: nn.Module) -> nn.Module:
    """A copy on the meta device, which takes no memory."""
    memo: dict[int, object] = {}
    for module in network.modules():
        for tensor in (*module._parameters.values(), *module._buffers.values()):
            if tensor is None or id(tensor) in memo:
                continue
            empty = torch.empty_like(tensor, device="meta")
            if isinstance(tensor, nn.Parameter):
                empty = nn.Parameter(empty, requires_grad=tensor.requires_grad)
            memo[id(tensor)] = empty
    return copy.deepcopy(network, memo)
