"""A session whose network is tiny and real: what it sees is computed by the engine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.networks import make_ready, no_engine
from tests.helpers import photo, tiny_preprocessing
from tlstudio.gui.features.feature_maps.state import FeatureMapsState
from tlstudio.gui.state import jobs
from tlstudio.gui.state.classifier import ClassifierInfo
from tlstudio.gui.state.session import Session

TIMEOUT_MS = 120_000  # on a busy machine
CHANNELS = 70  # more than one page


def network(seed: int = 0) -> Any:
    """Convolution ``0`` with 6 filters, ``1``, ``2`` with `CHANNELS` maps, ``3``, head ``5``."""
    import torch
    from torch import nn

    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        return nn.Sequential(
            nn.Conv2d(3, 6, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(6, CHANNELS, 3, stride=2),
            nn.Conv2d(CHANNELS, 4, 1),
            nn.Flatten(),
            nn.Linear(4 * 49, 2),
        )


def classifier(seed: int = 0, model: str = "tf_efficientnet_lite0") -> Any:
    from tlstudio.engine.models.classifier import Classifier

    return Classifier(network(seed), model, ("green", "red"), tiny_preprocessing())


def take(session: Session, taken: Any) -> None:
    """Make it the classifier in hand."""
    info = ClassifierInfo(taken.model, taken.classes)
    session.classifier.take(taken, info)


def set_up(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, *, has_weights: bool = True
) -> None:
    """Whatever the catalog says, its network is `network(0)`, pretrained and in hand.

    Without `has_weights` the pretrained ones are not on this machine, and nothing is in hand.
    """
    from tlstudio.core.errors import WeightsMissingError
    from tlstudio.core.feature_maps.maps import WeightsOrigin
    from tlstudio.engine.feature_maps.lens import Lens
    from tlstudio.engine.models.tree import tree_of

    class TinyLens(Lens):
        def _build(self, origin: WeightsOrigin) -> Any:
            if origin is WeightsOrigin.PRETRAINED and not has_weights:
                raise WeightsMissingError("missing")
            built = classifier(0)
            self._networks[origin] = built.network.eval()
            return built

    no_engine(monkeypatch)
    monkeypatch.setattr(jobs, "layer_tree", lambda model, *_: tree_of(network(), model, 2, 16))
    monkeypatch.setattr(jobs, "open_lens", TinyLens)
    make_ready(session, qtbot)
    if has_weights:
        take(session, classifier())


def make_image(folder: Path, number: int = 0) -> Path:
    path = folder / f"image_{number}.png"
    photo(number).save(path)
    return path


def wait(session: Session, qtbot: QtBot) -> None:
    """Until what is wanted is there."""
    features = session.feature(FeatureMapsState)

    def is_there() -> bool:
        return not features.busy and len(features.strip) == len(features.stages)

    qtbot.waitUntil(is_there, timeout=TIMEOUT_MS)
