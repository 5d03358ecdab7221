"""Views as the engine makes them, for the window alone."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlstudio.core.data.augmentation import Step
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.engine.data.preview import AugmentedView, ChannelNumbers


def view_of(ref: ImageRef, *steps: Step, **values: Any) -> AugmentedView:
    """A black picture whose numbers are shown as white."""
    black = np.zeros((8, 8, 3), np.uint8)
    channels = (ChannelNumbers(-0.5, -1.0, 2.25),)
    return AugmentedView(ref, 0, black, black + 255, channels, steps, **values)
