"""A trained classifier that was put aside comes back as it was."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import torch

from tests.helpers import epoch_record
from tlstudio.core.config import RunConfig
from tlstudio.core.errors import WeightsError
from tlstudio.core.runs.history import History
from tlstudio.engine.models.build import build_classifier
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.weights import kept

NAME = "run-1.safetensors"


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    built = build_classifier(RunConfig(initialisation="random", image_px=64), ("a", "b", "c"))
    built.history = History((epoch_record(epoch=1, val_accuracy=0.5),))
    built.network.eval()
    built.last_state = {
        name: value + 1 if value.is_floating_point() else value
        for name, value in built.network.state_dict().items()
    }
    return built


def test_weights_meaning_and_last_epoch_come_back(classifier: Classifier, tmp_path: Path) -> None:
    path = kept.keep_model(classifier, tmp_path / "mine" / NAME)
    back = kept.kept_model(path)
    assert (back.model, back.classes, back.history) == (
        classifier.model,
        classifier.classes,
        classifier.history,
    )
    assert (back.config, back.preprocessing) == (classifier.config, classifier.preprocessing)
    inputs = torch.rand(2, 3, 64, 64)
    with torch.no_grad():
        assert torch.equal(back.network.eval()(inputs), classifier.network(inputs))
    assert back.last_state is not None and classifier.last_state is not None
    assert all(torch.equal(v, back.last_state[k]) for k, v in classifier.last_state.items())
    assert back.last_state is not back.network.state_dict()


def test_without_weights_of_a_last_epoch_there_are_none(
    classifier: Classifier, tmp_path: Path
) -> None:
    last, classifier.last_state = classifier.last_state, None
    path = kept.keep_model(classifier, tmp_path / NAME)
    classifier.last_state = last
    assert kept.kept_model(path).last_state is None


def test_what_is_gone_is_said(classifier: Classifier, tmp_path: Path) -> None:
    path = kept.keep_model(classifier, tmp_path / "mine" / NAME)
    kept.forget_models(tmp_path / "mine")
    kept.forget_models(tmp_path / "mine")  # twice is no harm
    assert not path.parent.exists()
    with pytest.raises(WeightsError):
        kept.kept_model(path)


def test_what_old_sessions_left_is_removed(classifier: Classifier, tmp_path: Path) -> None:
    for name, age_s in (("old", 2 * kept.STALE_S), ("other", 0.0)):
        (tmp_path / name).mkdir()
        seen = (tmp_path / name).stat().st_mtime - age_s
        os.utime(tmp_path / name, (seen, seen))
    kept.keep_model(classifier, tmp_path / "mine" / NAME)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine", "other"]
