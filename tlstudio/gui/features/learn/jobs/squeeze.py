"""The squeeze-and-excitation lesson's questions to the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tlstudio.gui.kit.later import later

if TYPE_CHECKING:
    from tlstudio.engine.lessons.squeeze import Excitation as Excitation
    from tlstudio.engine.lessons.squeeze import excitation as excitation
    from tlstudio.engine.lessons.squeeze import resnet50_parameters as resnet50_parameters
else:
    excitation = later("tlstudio.engine.lessons.squeeze", "excitation")
    resnet50_parameters = later("tlstudio.engine.lessons.squeeze", "resnet50_parameters")
