"""Which changes a network takes at its entrance, found out by making them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from tlstudio.core.errors import ModelError, TLStudioError
from tlstudio.core.inputs import InputConfig
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.models.catalog import get_model
from tlstudio.engine.models.tree import layer_tree

_CHANGES = {"colours": InputConfig(channels=1), "stem": InputConfig(stem="small")}


@cache
def entrance_problems(model: str) -> Mapping[str, TLStudioError]:
    """What speaks against one channel and a small stem, by the name of the setting.

    Builds the network on the meta device and runs it, twice.
    """
    problems: dict[str, TLStudioError] = {}
    for setting, inputs in _CHANGES.items():
        try:
            layer_tree(model, 2, inputs)
        except TLStudioError as error:
            problems[setting] = error
        except Exception:  # libraries refuse in many ways
            problems[setting] = ModelError(
                QT_TRANSLATE_NOOP("core", "{model} does not work with this change."),
                model=get_model(model).title,
            )
    return problems
