"""Parameter names as other times and packages spelled them, put into those of today's library."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeVar

from tlstudio.engine.models.onboard import (
    is_onboard_spelling,
    model_of_spelling,
    to_timm_spelling,
)

V = TypeVar("V")

# torchvision's DenseNet downloads still say `denselayer1.norm.1.weight`.
_OLD_DENSENET = re.compile(
    r"^(.*denselayer\d+\.(?:norm|relu|conv))\.([12]\.(?:weight|bias|running_mean|running_var))$"
)


def todays_spelling(state: Mapping[str, V]) -> dict[str, V]:
    """Rename the entries of a state dict to the names of today's torchvision and timm."""
    if is_onboard_spelling(state):
        return to_timm_spelling(state, model_of_spelling(state))
    return {_OLD_DENSENET.sub(r"\1\2", name): value for name, value in state.items()}
