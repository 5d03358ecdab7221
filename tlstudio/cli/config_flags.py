"""The flags of `train`, one for each field of the configuration."""

from __future__ import annotations

import argparse
from collections.abc import Collection

from tlstudio.core.advice.presets import RECOMMENDS
from tlstudio.core.config import FIELDS, RunConfig, make_config
from tlstudio.core.config.command_line import flag
from tlstudio.core.config.fields import GROUP_TITLES, FieldSpec
from tlstudio.core.config.problems import NOT_VALID
from tlstudio.core.errors import ConfigError
from tlstudio.core.numbers import read_number
from tlstudio.core.strategies import STRATEGIES
from tlstudio.core.texts import QT_TRANSLATE_NOOP

ALIASES = {"learning_rate": ("--lr",)}


def add_config_flags(parser: argparse.ArgumentParser, only: Collection[str] | None = None) -> None:
    """Add a flag for each field. Values stay strings: the configuration validates them.

    Flags that are not given leave no attribute.

    Args:
        only: names of the fields that have a meaning here; None for all.
    """
    groups = {title: parser.add_argument_group(title) for title in GROUP_TITLES.values()}
    for spec in FIELDS:
        if only is not None and spec.name not in only:
            continue
        groups[GROUP_TITLES[spec.text.group]].add_argument(
            flag(spec.name),
            *ALIASES.get(spec.name, ()),
            dest=spec.name,
            default=argparse.SUPPRESS,
            metavar=_metavar(spec),
            help=_help(spec),
            nargs="+" if spec.kind == "paths" else None,
        )


def number_of(text: str, flag: str, *, is_integer: bool = False) -> float:
    """The number that a flag outside the configuration was given.

    Raises:
        ConfigError: it is none, or can be read in two ways.
    """
    try:
        return read_number(text, is_integer=is_integer)
    except ConfigError as error:
        raise ConfigError(NOT_VALID, error.hint, **{**error.values, "name": flag}) from None


def config_of(arguments: argparse.Namespace) -> RunConfig:
    """The configuration that the flags ask for.

    ``--train-from`` and ``--trainable`` imply their strategies, and a strategy that fixes the
    starting values brings them along.

    Raises:
        ConfigError: something is out of bounds or contradicts itself.
    """
    values = {name: getattr(arguments, name) for name in given_fields(arguments)}
    for name, strategy in (("train_from", "partial"), ("trainable", "custom")):
        if name in values and values.setdefault("strategy", strategy) != strategy:
            raise ConfigError(
                QT_TRANSLATE_NOOP("core", "{flag} has no meaning with this strategy."),
                QT_TRANSLATE_NOOP("core", "Use it with --strategy {strategy}."),
                flag=flag(name),
                strategy=strategy,
            )
    if "start_from" in values:
        values.setdefault("initialisation", "file")
    if STRATEGIES[str(values.get("strategy", RunConfig().strategy))].initialisation == "random":
        values["initialisation"] = "random"
    return make_config(values)


def given_fields(arguments: argparse.Namespace) -> tuple[str, ...]:
    """Names of the settings that flags give."""
    return tuple(spec.name for spec in FIELDS if spec.name in arguments)


def _metavar(spec: FieldSpec) -> str:
    if spec.kind == "choice":
        return "|".join(spec.text.choices or {})
    return {"int": "N", "float": "X", "paths": "PATH"}.get(spec.kind, spec.name.upper())


def _help(spec: FieldSpec) -> str:
    text = spec.text.help
    if spec.default not in ("", ()):
        default = f"{spec.default}{f' {spec.text.unit}' if spec.text.unit else ''}"
        if spec.name in RECOMMENDS:
            default = f"as recommended; {default} in the tutorial"
        text += f" (default: {default})"
    return text.replace("%", "%%")
