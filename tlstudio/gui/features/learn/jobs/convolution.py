"""The convolution lesson's question to the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tlstudio.gui.kit.later import later

if TYPE_CHECKING:
    from tlstudio.engine.lessons.convolution import Convolution as Convolution
    from tlstudio.engine.lessons.convolution import convolve as convolve
else:
    convolve = later("tlstudio.engine.lessons.convolution", "convolve")
