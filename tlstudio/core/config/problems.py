"""Turns validation errors of a configuration into plain sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tlstudio.core.config.fields import FieldSpec
from tlstudio.core.errors import ConfigError
from tlstudio.core.texts import QT_TRANSLATE_NOOP


def problem_of(row: Any, fields: Mapping[str, FieldSpec]) -> ConfigError:
    """Turn a validation error of pydantic into a plain sentence."""
    name = str(row["loc"][0]) if row["loc"] else ""
    spec = fields.get(name)
    if spec is None:
        return ConfigError(
            QT_TRANSLATE_NOOP("core", "There is no setting called “{name}”."),
            QT_TRANSLATE_NOOP("core", "The settings are: {names}."),
            name=name,
            names=", ".join(fields),
        )
    values: dict[str, object] = {"name": name, "value": row["input"]}
    sentence = QT_TRANSLATE_NOOP("core", "“{value}” is not a valid value for {name}.")
    hint = ""
    if spec.kind == "choice":
        choices = spec.text.choices or {}
        hint = QT_TRANSLATE_NOOP("core", "Choose one of: {choices}.")
        values["choices"] = ", ".join(choices)
    elif spec.minimum is not None and spec.maximum is not None:
        hint = (
            QT_TRANSLATE_NOOP("core", "It must be above {minimum} and at most {maximum}.")
            if spec.exclusive_minimum
            else QT_TRANSLATE_NOOP("core", "It must be a number from {minimum} to {maximum}.")
        )
        number = "d" if spec.kind == "int" else "g"
        minimum, maximum = (int(b) if number == "d" else b for b in (spec.minimum, spec.maximum))
        values |= {"minimum": format(minimum, number), "maximum": format(maximum, number)}
    elif name == "device":
        hint = QT_TRANSLATE_NOOP("core", "Devices are named auto, cpu, cuda:0 or mps.")
    return ConfigError(sentence, hint, **values)
