"""The questions of the lesson on softmax, sigmoid and identity to the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tlstudio.gui.kit.later import later

if TYPE_CHECKING:
    from tlstudio.engine.lessons.activations import Outputs as Outputs
    from tlstudio.engine.lessons.activations import logits_of as logits_of
    from tlstudio.engine.lessons.activations import outputs_of as outputs_of
    from tlstudio.engine.lessons.answers import Said as Said
else:
    logits_of = later("tlstudio.engine.lessons.activations", "logits_of")
    outputs_of = later("tlstudio.engine.lessons.activations", "outputs_of")
