"""What is looked up of a run, without disturbing one beside it."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from tests.helpers import make_split_photos
from tlstudio.core.config import RunConfig
from tlstudio.engine.code_export.facts import run_facts
from tlstudio.engine.data.sources import open_dataset
from tlstudio.engine.features.cut import cut_network, cut_shapes
from tlstudio.engine.models.build import architecture
from tlstudio.engine.training.freezing import apply_phase, set_train_mode
from tlstudio.engine.training.run_checks import run_plan


@pytest.mark.parametrize("norms", ["with_layer", "adapt"])
@pytest.mark.parametrize("model", ["tf_efficientnet_lite0", "squeezenet1_1", "mobilenet_v3_small"])
def test_the_cut_of_a_network_without_values_is_that_of_the_real_one(
    model: str, norms: str
) -> None:
    config = RunConfig().changed(model=model, strategy="partial", norms=norms)
    phase = run_plan(config, ("a", "b")).last
    with torch.device("meta"):
        empty = architecture(model, 2)
    real = architecture(model, 2)
    for network in (empty, real):
        apply_phase(network, phase)
        set_train_mode(network, phase)
    cut = cut_network(real, 64)
    assert cut_shapes(empty, 64) == (cut.shapes if cut else None)


def test_nothing_is_drawn(tmp_path: Path) -> None:
    index = open_dataset(make_split_photos(tmp_path / "photos"))
    before = torch.default_generator.get_state()
    facts = run_facts(RunConfig().changed(strategy="gradual", image_px=64), index)
    assert torch.equal(torch.default_generator.get_state(), before)
    assert 1 < facts.live_from <= facts.config.epochs and facts.kept_views == 4


def test_chance_in_a_network_is_seen(tmp_path: Path) -> None:
    index = open_dataset(make_split_photos(tmp_path / "photos"))
    draws = {
        model: run_facts(RunConfig().changed(model=model, views="live"), index).has_chance
        for model in ("resnet18", "mobilenet_v3_small", "swin_t", "tf_efficientnet_lite0")
    }
    assert draws == {
        "resnet18": False,
        "mobilenet_v3_small": True,
        "swin_t": True,
        "tf_efficientnet_lite0": False,
    }
