"""The facts about a run that its script is written from."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn

from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import DatasetIndex, Split
from tlstudio.core.errors import ConfigError
from tlstudio.core.networks.build_config import BuildConfig, build_config
from tlstudio.core.networks.catalog import Library, ModelSpec, WeightsPlace, WeightsSpec
from tlstudio.core.networks.inputs import input_preprocessing
from tlstudio.core.networks.preprocessing import Preprocessing
from tlstudio.core.runs.execution_plan import ExecutionPlan, execution_plan
from tlstudio.core.strategies import FreezePlan
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.models.build import architecture
from tlstudio.engine.models.catalog import get_model
from tlstudio.engine.models.heads import head_paths
from tlstudio.engine.models.rows import CatalogRow, catalog_row
from tlstudio.engine.models.tree import layer_tree
from tlstudio.engine.training.planned_cuts import machine_limits, planned_rows
from tlstudio.engine.training.run_checks import run_plan


@dataclass(frozen=True)
class RunFacts:
    """A run and its network.

    Attributes:
        config: the settings.
        index: the dataset.
        spec: the model.
        row: how its library calls it.
        weights: the pretrained ones that it starts from; None for random values.
        build: how the network is built.
        preprocessing: what images go through.
        plan: what trains when.
        network: without values, on the meta device.
        heads: module paths of what makes the logits.
        execution: which epochs take turns with views that are kept.
    """

    config: RunConfig
    index: DatasetIndex
    spec: ModelSpec
    row: CatalogRow
    weights: WeightsSpec | None
    build: BuildConfig
    preprocessing: Preprocessing
    plan: FreezePlan
    network: nn.Module
    heads: tuple[str, ...]
    execution: ExecutionPlan

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
        """Augmented views of each training image that are kept; 0 for none."""
        is_kept = self.is_varied and len(self.live_epochs) < self.config.epochs
        return self.execution.views if is_kept else 0

    @property
    def is_varied(self) -> bool:
        """Whether training images are augmented."""
        return self.config.augmentation != "none"

    @property
    def live_epochs(self) -> tuple[int, ...]:
        """The epochs in which every view is new; in the others kept views take turns."""
        return self.execution.live_epochs

    @property
    def live_from(self) -> int | None:
        """The epoch from which on every view is new; None where kept views come again."""
        first = self.execution.live_from
        is_to_the_end = self.live_epochs == tuple(range(first, self.config.epochs + 1))
        return first if is_to_the_end else None

    @property
    def has_chance(self) -> bool:
        """Whether the network draws random numbers while it trains (dropout and the like)."""
        return any(_draws(module) for module in self.network.modules())

    @property
    def head_takes_places(self) -> bool:
        """Whether the head is given something for each place of the image: averaged afterwards."""
        node = layer_tree(self.row.name, len(self.classes), self.build).nodes[self.heads[0]]
        return len(node.output_shape) > 1


def run_facts(config: RunConfig, index: DatasetIndex, plan: FreezePlan | None = None) -> RunFacts:
    """Look at everything that decides a run; without a plan it follows from `config`.

    Raises:
        ConfigError, ModelError: the settings do not make a run.
    """
    spec = get_model(config.model)
    build = build_config(config, spec)
    classes = len(index.classes)
    with torch.device("meta"):
        network = architecture(spec.name, classes, build)
    plan = plan or run_plan(config, index.classes)
    preprocessing = input_preprocessing(config, spec)
    if config.initialisation == "file":
        raise ConfigError(
            QT_TRANSLATE_NOOP("core", "A script cannot begin with the values of a file or run."),
            QT_TRANSLATE_NOOP("core", "Choose pretrained or random starting values for it."),
        )
    is_pretrained = config.initialisation == "pretrained"
    return RunFacts(
        config=config,
        index=index,
        spec=spec,
        row=catalog_row(spec.name),
        weights=spec.weights_named(config.weights) if is_pretrained else None,
        build=build,
        preprocessing=preprocessing,
        plan=plan,
        network=network,
        heads=head_paths(network),
        execution=execution_plan(
            config,
            plan,
            planned_rows(config, classes, plan),
            (len(index.by_split[Split.TRAIN]), len(index.by_split[Split.VAL])),
            machine_limits(),
        ),
    )


def _draws(module: nn.Module) -> bool:
    if isinstance(module, nn.RReLU | nn.FractionalMaxPool2d | nn.FractionalMaxPool3d):
        return True
    kind = type(module).__name__.lower()
    is_named_so = "drop" in kind or "stochastic" in kind
    return any(
        (is_named_so or "drop" in name) and isinstance(value, float) and value > 0
        for name, value in vars(module).items()
    )
