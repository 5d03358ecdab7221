"""Finds out which changes of its build a network refuses, by making them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from tlstudio.core.errors import TLStudioError
from tlstudio.core.networks.build_config import BuildConfig, HeadConfig
from tlstudio.engine.models.tree import layer_tree

_CHANGES = {
    "colours": BuildConfig(channels=1),
    "stem": BuildConfig(stem="small"),
    "head_hidden": BuildConfig(head=HeadConfig(hidden=4)),
}


@cache
def refused_settings(model: str) -> Mapping[str, TLStudioError]:
    """Map the settings that a network refuses (grey, small stem, hidden layer) to the reasons.

    Builds the network on the meta device and runs it, once for each.
    """
    problems: dict[str, TLStudioError] = {}
    for setting, build in _CHANGES.items():
        try:
            layer_tree(model, 2, build)
        except TLStudioError as error:
            # what is kept must not keep the network: its stack holds it
            error.__cause__ = error.__context__ = None
            problems[setting] = error.with_traceback(None)
    return problems
