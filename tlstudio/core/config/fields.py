"""The fields of a configuration: title, help, unit, bounds and choices of each.

Forms, terminal flags, tooltips and validation messages are made from the `FieldSpec`s that
`field_specs` reads off a pydantic model whose fields are annotated with `FieldText`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from tlstudio.core.numbers import NumberRange
from tlstudio.core.texts import QT_TRANSLATE_NOOP

FieldKind = Literal["int", "float", "str", "choice", "paths", "line", "folder"]


class FieldGroup(StrEnum):
    """The folds of the form, in order."""

    NETWORK = "network"  # shown by widgets of its own: picker, strategies, tree
    HEAD = "head"
    TRAINING = "training"
    OPTIMIZER = "optimizer"
    SCHEDULE = "schedule"
    LOSS = "loss"
    DATA = "data"
    MACHINE = "machine"


GROUP_TITLES: dict[StrEnum, str] = {
    FieldGroup.NETWORK: QT_TRANSLATE_NOOP("core", "Network"),
    FieldGroup.HEAD: QT_TRANSLATE_NOOP("core", "Head"),
    FieldGroup.TRAINING: QT_TRANSLATE_NOOP("core", "Training"),
    FieldGroup.OPTIMIZER: QT_TRANSLATE_NOOP("core", "Optimizer"),
    FieldGroup.SCHEDULE: QT_TRANSLATE_NOOP("core", "Learning-rate schedule"),
    FieldGroup.LOSS: QT_TRANSLATE_NOOP("core", "Loss"),
    FieldGroup.DATA: QT_TRANSLATE_NOOP("core", "Augmentation"),
    FieldGroup.MACHINE: QT_TRANSLATE_NOOP("core", "Machine"),
}


@dataclass(frozen=True, slots=True)
class FieldText:
    """The texts of a field: title, help and the names of its choices.

    Attributes:
        title: its label.
        help: one or two sentences, shown as tooltip and on the terminal.
        unit: behind the number; may be empty.
        group: the fold it lies in.
        rare: folded away at first.
        choices: title of each value, for fields with a fixed list.
        only_if: ``(field, values)``: matters only while that field matters and has one of these
            values.
        only_above_zero: name of a number: matters only while that is above 0.
        only_models: names of the models with which alone it matters; empty for all.
        is_expert: left out of the simple view.
        is_log: its values span orders of magnitude, so that steps in a form multiply.
        takes: for texts: a ``line`` that is typed or a ``folder``, not one of a few that are found
            at run time.
    """

    title: str
    help: str
    unit: str = ""
    group: StrEnum = FieldGroup.TRAINING
    rare: bool = False
    choices: Mapping[str, str] | None = None
    only_if: tuple[str, tuple[str, ...]] | None = None
    only_above_zero: str = ""
    only_models: tuple[str, ...] = ()
    is_expert: bool = False
    is_log: bool = False
    takes: Literal["", "line", "folder"] = ""


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """Everything about one field of a configuration, for forms and flags.

    Attributes:
        model: the configuration.
        name: attribute of the configuration.
        kind: ``int``, ``float``, ``str``, ``choice``, ``paths``, ``line`` or ``folder``.
        default: its default.
        text: what a person reads.
        minimum: smallest value; None if unbounded.
        maximum: largest value; None if unbounded.
        exclusive_minimum: whether `minimum` itself is refused.
    """

    model: type[BaseModel]
    name: str
    kind: FieldKind
    default: Any
    text: FieldText
    minimum: float | None = None
    maximum: float | None = None
    exclusive_minimum: bool = False

    @property
    def range(self) -> NumberRange:
        """What a field of numbers takes."""
        return NumberRange(
            -math.inf if self.minimum is None else self.minimum,
            math.inf if self.maximum is None else self.maximum,
            self.exclusive_minimum,
            self.kind == "int",
            self.text.unit,
        )

    def is_relevant(self, config: BaseModel) -> bool:
        """Whether the field matters under `config`."""
        return _is_relevant(self.text, config)


def _is_relevant(text: FieldText, config: BaseModel) -> bool:
    """The field that a condition names must matter itself."""
    if text.only_above_zero and not getattr(config, text.only_above_zero):
        return False
    if text.only_models and getattr(config, "model", "") not in text.only_models:
        return False
    if text.only_if is None:
        return True
    name, values = text.only_if
    other = _text_of(type(config).model_fields[name])
    return getattr(config, name) in values and (other is None or _is_relevant(other, config))


def _text_of(info: FieldInfo) -> FieldText | None:
    return next((m for m in info.metadata if isinstance(m, FieldText)), None)


@cache
def field_specs(model: type[BaseModel]) -> tuple[FieldSpec, ...]:
    """The fields of `model` that have a `FieldText`, in the order they are written."""
    specs = []
    for name, info in model.model_fields.items():
        text = _text_of(info)
        if text is None:
            continue
        lower = [m for m in info.metadata if isinstance(m, Ge | Gt)]
        upper = [m for m in info.metadata if isinstance(m, Le)]
        specs.append(
            FieldSpec(
                model=model,
                name=name,
                kind=_kind(info.annotation, text),
                default=info.default,
                text=text,
                minimum=_bound(lower[0]) if lower else None,
                maximum=_bound(upper[0]) if upper else None,
                exclusive_minimum=bool(lower) and isinstance(lower[0], Gt),
            )
        )
    return tuple(specs)


def _bound(bound: Ge | Gt | Le) -> float:
    value: Any = (
        bound.le if isinstance(bound, Le) else bound.gt if isinstance(bound, Gt) else bound.ge
    )
    return float(value)


def _kind(annotation: Any, text: FieldText) -> FieldKind:
    if text.choices is not None or get_origin(annotation) is Literal:
        return "choice"
    if get_origin(annotation) is tuple and get_args(annotation)[:1] == (str,):
        return "paths"
    if text.takes:
        return text.takes
    return {int: "int", float: "float"}.get(annotation, "str")  # type: ignore[return-value]
