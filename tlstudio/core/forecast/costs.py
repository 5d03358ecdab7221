"""The costs of a run's parts on this machine, which the engine measures once per network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from tlstudio.core.data.augmentation import AugmentationOptions
from tlstudio.core.runs.execution_plan import Limits


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
    """The costs of reading and preparing one image of a dataset.

    Attributes:
        decode_s: from its file to a picture that can be varied.
        view_s: from its file to the plain view of validation.
        vary_s: one varied view of the picture, by the name of the augmentation; and what each of
            its parts adds to it, by the names of `AugmentationOptions.parts`.
        stack_s: a view made a part of a batch.
        picture_bytes: of one decoded picture.
        view_bytes: of one plain view.
    """

    decode_s: float
    view_s: float
    vary_s: Mapping[str, float]
    stack_s: float
    picture_bytes: int = 0
    view_bytes: int = 0

    def view_varied_s(self, options: AugmentationOptions) -> float:
        """One view of the picture that is varied so; parts that were not measured count nothing."""
        parts = (self.vary_s.get(name, 0.0) * times for name, times in options.parts.items())
        return self.vary_s[options.augmentation] + sum(parts)


@dataclass(frozen=True)
class RunCosts:
    """The costs of a run's parts on this machine, in the precision that the run will use.

    Attributes:
        precision: ``float32`` or ``bfloat16``.
        layers: every module that ran.
        images: of the dataset.
        step_s: one training step whatever the network, once per batch.
        update_s: the optimizer's step, for each parameter that trains.
        epoch_s: remembering the best weights, for each parameter that trains, once per epoch.
        byte_s: bringing a byte of kept features before the layers that train, from memory.
        disk_byte_s: the same from disk.
        keep_byte_s: writing a byte of features to disk, once.
        prediction_s: remembering what the network says of a validation image.
        cut_s: dividing the network where training begins, once.
        limits: how much room a run has on this machine.
        is_steady: whether equal work took equal time; else the machine was busy with other things.
    """

    precision: str
    layers: tuple[LayerCost, ...]
    images: ImageCosts
    step_s: float = 0.0
    update_s: float = 0.0
    epoch_s: float = 0.0
    byte_s: float = 0.0
    disk_byte_s: float = 0.0
    keep_byte_s: float = 0.0
    prediction_s: float = 0.0
    cut_s: float = 0.0
    limits: Limits = field(default_factory=Limits)
    is_steady: bool = True

    @cached_property
    def by_path(self) -> dict[str, LayerCost]:
        return {layer.path: layer for layer in self.layers}
