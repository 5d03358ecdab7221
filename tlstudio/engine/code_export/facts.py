"""The facts about a run that its script is written from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import nn

from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import DatasetIndex, Split
from tlstudio.core.networks.catalog import Library, ModelSpec, WeightsPlace, WeightsSpec
from tlstudio.core.networks.inputs import InputConfig, input_config, input_preprocessing
from tlstudio.core.networks.preprocessing import Preprocessing
from tlstudio.core.strategies import FreezePlan, PlanPhase
from tlstudio.engine.features.cut import cut_shapes
from tlstudio.engine.features.table import MAX_DISK_BYTES
from tlstudio.engine.models.build import architecture
from tlstudio.engine.models.catalog import get_model
from tlstudio.engine.models.heads import head_paths
from tlstudio.engine.models.rows import CatalogRow, catalog_row
from tlstudio.engine.models.tree import layer_tree
from tlstudio.engine.training.freezing import apply_phase, set_train_mode
from tlstudio.engine.training.run_checks import run_plan

_FLOAT_BYTES = 4


@dataclass(frozen=True)
class RunFacts:
    """A run and its network.

    Attributes:
        config: the settings.
        index: the dataset.
        spec: the model.
        row: how its library calls it.
        weights: the pretrained ones that it starts from; None for random values.
        inputs: what is changed at the network's entrance.
        preprocessing: what images go through.
        plan: what trains when.
        network: without values, on the meta device.
        heads: module paths of what makes the logits.
        live_from: the epoch from which on every view is new; before it, views that are kept take
            turns. 1 where none are kept.
    """

    config: RunConfig
    index: DatasetIndex
    spec: ModelSpec
    row: CatalogRow
    weights: WeightsSpec | None
    inputs: InputConfig
    preprocessing: Preprocessing
    plan: FreezePlan
    network: nn.Module
    heads: tuple[str, ...]
    live_from: int

    @property
    def classes(self) -> tuple[str, ...]:
        return self.index.classes

    @property
    def has_val(self) -> bool:
        """Whether there are validation images."""
        return bool(self.index.by_split[Split.VAL])

    @property
    def is_on_board(self) -> bool:
        """Whether the weights come with a package."""
        return self.weights is not None and self.weights.place is WeightsPlace.ON_BOARD

    @property
    def is_timm(self) -> bool:
        return self.row.library is Library.TIMM

    @property
    def kept_views(self) -> int:
        """Views of each training image that are kept at first; 0 for none."""
        return min(self.config.cached_views, self.config.epochs) if self.live_from > 1 else 0

    @property
    def has_chance(self) -> bool:
        """Whether the network draws random numbers while it trains (dropout and the like)."""
        return any(_draws(module) for module in self.network.modules())

    @property
    def head_takes_places(self) -> bool:
        """Whether the head is given something for each place of the image: averaged afterwards."""
        node = layer_tree(self.row.name, len(self.classes), self.inputs).nodes[self.heads[0]]
        return len(node.output_shape) > 1


def run_facts(config: RunConfig, index: DatasetIndex, plan: FreezePlan | None = None) -> RunFacts:
    """Look at everything that decides a run; without a plan it follows from `config`.

    Raises:
        ConfigError, ModelError: the settings do not make a run.
    """
    spec = get_model(config.model)
    inputs = input_config(config, spec)
    classes = len(index.classes)
    with torch.device("meta"):
        network = architecture(spec.name, classes, inputs)
    plan = plan or run_plan(config, index.classes)
    preprocessing = input_preprocessing(config, spec)
    is_pretrained = config.initialisation == "pretrained"
    return RunFacts(
        config=config,
        index=index,
        spec=spec,
        row=catalog_row(spec.name),
        weights=spec.weights_named(config.weights) if is_pretrained else None,
        inputs=inputs,
        preprocessing=preprocessing,
        plan=plan,
        network=network,
        heads=head_paths(network),
        live_from=_live_from(config, index, plan, inputs, preprocessing),
    )


def _live_from(
    config: RunConfig,
    index: DatasetIndex,
    plan: FreezePlan,
    inputs: InputConfig,
    preprocessing: Preprocessing,
) -> int:
    if config.augmentation == "none" or config.views == "live" or config.mixing != "none":
        return 1
    views = min(config.cached_views, config.epochs)
    train, val = (len(index.by_split[split]) for split in (Split.TRAIN, Split.VAL))
    for phase in plan.phases:
        row_bytes = _kept_bytes(
            config.model,
            len(index.classes),
            inputs,
            (preprocessing.crop_px, preprocessing.channels),
            tuple(sorted(phase.rates)),
            tuple(sorted(phase.statistics)),
        )
        if not row_bytes or (views * train + val) * row_bytes > MAX_DISK_BYTES:
            return phase.first_epoch
    return config.epochs + 1


@lru_cache(maxsize=64)
def _kept_bytes(
    model: str,
    classes: int,
    inputs: InputConfig,
    image: tuple[int, int],
    trainable: tuple[str, ...],
    statistics: tuple[str, ...],
) -> int:
    """Of the outputs of the frozen layers for one image, as the studio keeps them; 0 for none."""
    with torch.device("meta"):
        network = architecture(model, classes, inputs)
    phase = PlanPhase(1, dict.fromkeys(trainable, 1.0), frozenset(statistics), 0)
    apply_phase(network, phase)
    set_train_mode(network, phase)
    shapes = cut_shapes(network, *image)
    return sum(_FLOAT_BYTES * _product(shape) for shape in shapes or ())


def _product(shape: Sequence[int]) -> int:
    elements = 1
    for size in shape:
        elements *= size
    return elements


def _draws(module: nn.Module) -> bool:
    if isinstance(module, nn.RReLU | nn.FractionalMaxPool2d | nn.FractionalMaxPool3d):
        return True
    kind = type(module).__name__.lower()
    is_named_so = "drop" in kind or "stochastic" in kind
    return any(
        (is_named_so or "drop" in name) and isinstance(value, float) and value > 0
        for name, value in vars(module).items()
    )
