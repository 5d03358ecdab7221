"""Photos that the network on board is sure of."""

from __future__ import annotations

import pytest

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.engine.data.samples import sample_dataset_folder


@pytest.fixture(scope="session")
def mushroom() -> ImageRef:
    return ImageRef.of(sample_dataset_folder("autumn_table") / "val/mushroom/mushroom_005.jpg")


@pytest.fixture(scope="session")
def pumpkin() -> ImageRef:
    return ImageRef.of(sample_dataset_folder("autumn_table") / "val/pumpkin/pumpkin_009.jpg")
