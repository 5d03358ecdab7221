"""Finds out which changes a network accepts at its entrance, by making them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from tlstudio.core.errors import TLStudioError
from tlstudio.core.networks.inputs import HeadConfig, InputConfig
from tlstudio.engine.models.tree import layer_tree

_CHANGES = {
    "colours": InputConfig(channels=1),
    "stem": InputConfig(stem="small"),
    "head_hidden": InputConfig(head=HeadConfig(hidden=4)),
}


@cache
def entrance_problems(model: str) -> Mapping[str, TLStudioError]:
    """Map the settings that a network refuses (grey, small stem, hidden layer) to the reasons.

    Builds the network on the meta device and runs it, once for each.
    """
    problems: dict[str, TLStudioError] = {}
    for setting, inputs in _CHANGES.items():
        try:
            layer_tree(model, 2, inputs)
        except TLStudioError as error:
            # what is kept must not keep the network: its stack holds it
            error.__cause__ = error.__context__ = None
            problems[setting] = error.with_traceback(None)
    return problems
