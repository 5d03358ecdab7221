"""What all configurations have in common: frozen values whose fields have titles and bounds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Self, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from tlstudio.core.config.fields import field_specs
from tlstudio.core.config.problems import numbers_read, problem_of
from tlstudio.core.errors import ConfigError

Made = TypeVar("Made", bound=BaseModel)


class Configuration(BaseModel):
    """A value that a form can show and change: it is replaced whole, and always valid.

    Attributes:
        help_section: before the names of its fields where the help lists what it explains.
    """

    help_section: ClassVar[str] = "config"

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False, allow_inf_nan=False)

    def changed(self, **values: object) -> Self:
        """A copy with some fields replaced, validated.

        Raises:
            ConfigError: a field is unknown or out of bounds; holds every problem.
        """
        return validated(type(self), {**self.model_dump(), **values})


def validated(model: type[Made], values: Mapping[str, object]) -> Made:
    """A configuration of these values, with defaults for the others; numbers may be texts.

    Raises:
        ConfigError: something is unknown or out of bounds; holds every problem.
    """
    fields = {spec.name: spec for spec in field_specs(model)}
    read, problems = numbers_read(values, fields)
    try:
        made = model.model_validate(read)
    except ValidationError as error:
        problems += [problem_of(row, fields) for row in error.errors()]
    if problems:
        raise ConfigError.of(problems)
    return made
