"""Reads the numbers of a configuration, and says what is wrong with it in plain sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tlstudio.core.config.fields import FieldSpec
from tlstudio.core.errors import ConfigError, TLStudioError
from tlstudio.core.numbers import AmbiguousNumberError, read_number
from tlstudio.core.texts import QT_TRANSLATE_NOOP

NOT_VALID = QT_TRANSLATE_NOOP("core", "“{value}” is not a valid value for {name}.")


def numbers_read(
    values: Mapping[str, object], fields: Mapping[str, FieldSpec]
) -> tuple[dict[str, object], list[ConfigError]]:
    """`values` with the numbers that are texts read, and why some can be read in two ways.

    What is no number at all stays a text, which validation refuses.
    """
    read, problems = dict(values), []
    for name, value in values.items():
        spec = fields.get(name)
        if spec is None or spec.kind not in ("int", "float") or not isinstance(value, str):
            continue
        try:
            read[name] = read_number(value, is_integer=spec.kind == "int", unit=spec.text.unit)
        except AmbiguousNumberError as error:
            del read[name]
            texts = {**error.values, "name": name}
            problems.append(ConfigError(NOT_VALID, error.hint, **texts))
        except ConfigError:
            pass
    return read, problems


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
    hint = ""
    if spec.kind == "choice":
        choices = spec.text.choices or {}
        hint = QT_TRANSLATE_NOOP("core", "Choose one of: {choices}.")
        values["choices"] = ", ".join(choices)
    elif spec.kind in ("int", "float"):
        hint = spec.range.hint
        values |= spec.range.bounds
    elif name == "device":
        hint = QT_TRANSLATE_NOOP("core", "Devices are named auto, cpu, cuda:0 or mps.")
    return ConfigError(NOT_VALID, hint, **values)


def in_field(spec: FieldSpec, typed: str, error: TLStudioError) -> ConfigError:
    """Say of what stands in a field of the form, by its title, that it cannot be used, and why."""
    return ConfigError(
        QT_TRANSLATE_NOOP("core", "{title}: “{typed}” cannot be used.")
        if typed.strip()
        else QT_TRANSLATE_NOOP("core", "{title}: nothing stands in the field."),
        error.hint or error.sentence,
        **{**error.values, "title": spec.text.title, "typed": typed},
    )
