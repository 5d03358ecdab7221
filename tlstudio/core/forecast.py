"""How long a run will take, for each way to vary its training images; pure arithmetic.

The engine measures once what one image costs on this machine (`RunCosts`); from then on a forecast
is instant, so that it can follow every tick in the layer tree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import prod

from tlstudio.core.config import RunConfig
from tlstudio.core.layers import LayerNode, LayerTree
from tlstudio.core.strategies import FreezePlan
from tlstudio.core.variation import DEFAULT_AUGMENTATION, Variation

SLOW = 1.3  # first epochs that take this many later ones are told of
_BYTES = {"float32": 4, "bfloat16": 2}


@dataclass(frozen=True, slots=True)
class LayerCost:
    """Seconds that one module takes for one image, its children not counted.

    Attributes:
        path: of the module.
        forward_s: frozen, with all that makes inference fast.
        eval_s: in validation, where it does not always belong to the frozen layers at the start.
        train_forward_s: trained, with what the way back needs being kept.
        backward_s: gradients of its parameters and of its input.
        input_backward_s: gradients of its input alone, as of a frozen layer above a trained one.
    """

    path: str
    forward_s: float
    eval_s: float
    train_forward_s: float
    backward_s: float
    input_backward_s: float


@dataclass(frozen=True, slots=True)
class ImageCosts:
    """What it takes to bring one image of a dataset before the network.

    Attributes:
        decode_s: from its file to a picture that can be varied.
        view_s: from its file to the plain view of validation.
        vary_s: one varied view of the picture, by the name of the augmentation.
        stack_s: a view made a part of a batch.
        picture_bytes: of one decoded picture.
        store_bytes: how much of decoded pictures is kept; the rest is decoded in every epoch.
    """

    decode_s: float
    view_s: float
    vary_s: Mapping[str, float]
    stack_s: float
    picture_bytes: int = 0
    store_bytes: int = 0


@dataclass(frozen=True)
class RunCosts:
    """What a run's pieces cost on this machine, in the precision that the run will use.

    Attributes:
        precision: ``float32`` or ``bfloat16``.
        layers: every module that ran.
        images: of the dataset.
        step_s: one training step whatever the network, once per batch.
        update_s: the optimizer's step, for each parameter that trains.
        epoch_s: remembering the best weights, for each parameter that trains, once per epoch.
        byte_s: bringing a byte of kept features before the layers that train.
        prediction_s: remembering what the network says of a validation image.
        cut_s: dividing the network where training begins, once.
        is_steady: whether equal work took equal time; else the machine was busy with other things.
    """

    precision: str
    layers: tuple[LayerCost, ...]
    images: ImageCosts
    step_s: float = 0.0
    update_s: float = 0.0
    epoch_s: float = 0.0
    byte_s: float = 0.0
    prediction_s: float = 0.0
    cut_s: float = 0.0
    is_steady: bool = True

    @cached_property
    def by_path(self) -> dict[str, LayerCost]:
        return {layer.path: layer for layer in self.layers}


@dataclass(frozen=True, slots=True)
class VariationForecast:
    """Seconds of a run under one choice.

    Attributes:
        epochs: of the run.
        first_epochs: how many at its start read images and compute what is kept.
        first_epoch_s: mean of those.
        later_epoch_s: each of the others.
        setup_s: before the first epoch.
    """

    epochs: int
    first_epochs: int
    first_epoch_s: float
    later_epoch_s: float
    setup_s: float = 0.0

    @property
    def total_s(self) -> float:
        """The whole run."""
        later = self.epochs - self.first_epochs
        return self.setup_s + self.first_epochs * self.first_epoch_s + later * self.later_epoch_s

    @property
    def usual_epoch_s(self) -> float:
        """One of the later epochs, where there are any."""
        return self.later_epoch_s if self.epochs > self.first_epochs else self.first_epoch_s

    @property
    def has_slow_start(self) -> bool:
        """Whether the first epochs are worth telling apart."""
        return self.first_epoch_s > SLOW * self.usual_epoch_s


@dataclass(frozen=True, slots=True)
class RunForecast:
    """What each choice would take.

    Attributes:
        by_variation: for each of the three.
        can_keep: whether keeping views changes anything; else cached is the same as live.
        precision: of what is multiplied.
    """

    by_variation: Mapping[Variation, VariationForecast]
    can_keep: bool
    precision: str

    def of(self, config: RunConfig) -> VariationForecast:
        """What a run with `config` takes."""
        return self.by_variation[Variation.of(config)]


def first_trained(tree: LayerTree, plan: FreezePlan) -> int:
    """Place in the order of execution of the first layer that trains."""
    return min(tree.nodes[path].order for path in plan.trainable)


def has_frozen_prefix(tree: LayerTree, plan: FreezePlan) -> bool:
    """Whether layers are frozen before the first one that trains: a fixed function, worth keeping.

    Where not, there are no views to keep.
    """
    start = first_trained(tree, plan)
    return any(layer.order < start for layer in tree.layers)


def forecast(
    costs: RunCosts,
    tree: LayerTree,
    plan: FreezePlan,
    config: RunConfig,
    train_samples: int,
    val_samples: int,
) -> RunForecast:
    """Add up a run with `config` on so many images, for each choice of variation.

    Everything that runs before the first trained layer is computed once per image and view where
    views are kept, else once per image and epoch; of validation images always once.
    """
    parts = _Parts.of(costs, tree, plan)
    images = costs.images
    epochs = config.epochs
    steps = -(-train_samples // config.batch_size)
    augmentation = DEFAULT_AUGMENTATION if config.augmentation == "none" else config.augmentation
    load_s = parts.feature_bytes * costs.byte_s
    parameters = plan.trainable_parameters

    learn_s = (
        train_samples * (load_s + parts.train_s)
        + steps * (costs.step_s + parameters * costs.update_s)
        + parameters * costs.epoch_s
    )
    check_s = val_samples * (load_s + parts.eval_s + costs.prediction_s)
    see_s = images.stack_s + parts.frozen_s
    start_s = val_samples * images.view_s
    if parts.has_prefix:
        start_s += val_samples * see_s
    else:
        check_s += val_samples * images.stack_s
    every_s = learn_s + check_s
    setup_s = costs.cut_s if parts.has_prefix else 0.0

    vary_s = train_samples * (images.vary_s[augmentation] + see_s)
    again_s = train_samples * images.decode_s * _share_not_kept(images, train_samples)
    decode_s = train_samples * images.decode_s - again_s
    live = _add_up(epochs, 1, setup_s, start_s + decode_s, 0.0, every_s + vary_s + again_s)
    cached = live
    if parts.has_prefix:
        views = min(config.cached_views, epochs)
        cached = _add_up(epochs, views, setup_s, start_s + decode_s, vary_s + again_s, every_s)
    plain_s = train_samples * see_s
    start_s += train_samples * images.view_s
    none = (
        _add_up(epochs, 1, setup_s, start_s, plain_s, every_s)
        if parts.has_prefix
        else _add_up(epochs, 1, setup_s, start_s, 0.0, every_s + plain_s)
    )
    return RunForecast(
        {Variation.CACHED: cached, Variation.LIVE: live, Variation.NONE: none},
        can_keep=parts.has_prefix,
        precision=costs.precision,
    )


def _add_up(
    epochs: int,
    first_epochs: int,
    setup_s: float,
    once_s: float,
    first_s: float,
    every_s: float,
) -> VariationForecast:
    """`once_s` in all, `first_s` more in each of the first epochs, `every_s` in each epoch."""
    first_epoch_s = once_s / first_epochs + first_s + every_s
    return VariationForecast(epochs, first_epochs, first_epoch_s, every_s, setup_s)


def _share_not_kept(images: ImageCosts, samples: int) -> float:
    """Of the decoded pictures, those that the store has no room for."""
    wanted = images.picture_bytes * samples
    return max(0.0, 1 - images.store_bytes / wanted) if wanted else 0.0


@dataclass(frozen=True, slots=True)
class _Parts:
    """Seconds per image of the network's two parts, divided at the first layer that trains."""

    has_prefix: bool
    frozen_s: float
    feature_bytes: int
    train_s: float
    eval_s: float

    @classmethod
    def of(cls, costs: RunCosts, tree: LayerTree, plan: FreezePlan) -> _Parts:
        has_prefix = has_frozen_prefix(tree, plan)
        start = first_trained(tree, plan) if has_prefix else 0
        last_order = _last_orders(tree)
        frozen_s = train_s = eval_s = 0.0
        for path, node in tree.nodes.items():
            cost = costs.by_path.get(path)
            if cost is None or not path:  # the root's own part is that of a step
                continue
            if last_order[path] < start:
                frozen_s += cost.forward_s
                continue
            eval_s += cost.eval_s
            trains = path in plan.trainable or not node.own_parameters
            train_s += cost.train_forward_s if trains else cost.eval_s
            train_s += cost.backward_s if trains else cost.input_backward_s
            if has_prefix and node.order == start and not node.children:
                train_s -= min(cost.input_backward_s, cost.backward_s)  # nobody asks below it
        size = _feature_size(tree, start) if has_prefix else 0
        return cls(has_prefix, frozen_s, size * _BYTES[costs.precision], train_s, eval_s)


def _last_orders(tree: LayerTree) -> dict[str, int]:
    """For each module the place of the last module within it."""
    last: dict[str, int] = {}

    def visit(node: LayerNode) -> int:
        last[node.path] = max((visit(child) for child in node.children), default=node.order)
        return last[node.path]

    visit(tree.root)
    return last


def _feature_size(tree: LayerTree, start: int) -> int:
    """Numbers that the last module before `start` puts out."""
    before = [n for n in tree.nodes.values() if n.order < start and not n.children]
    shaped = [node for node in before if node.output_shape]
    return prod(max(shaped, key=lambda node: node.order).output_shape) if shaped else 0
