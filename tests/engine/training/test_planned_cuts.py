"""What is known of a run's cuts before it."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from tests.engine.features.networks import conv_net
from tests.helpers import plan_of
from tlstudio.core.config import RunConfig
from tlstudio.core.runs.execution_plan import FEATURE_DISK_BYTES, FeatureRow
from tlstudio.engine.training import planned_cuts
from tlstudio.engine.training.planned_cuts import (
    expected_precision,
    machine_limits,
    network_rows,
)


def test_the_network_is_left_as_it_is() -> None:
    network = conv_net()
    network.requires_grad_(True)
    modes = [module.training for module in network.modules()]
    before = torch.default_generator.get_state()
    rows = network_rows(network, plan_of(network, "8"), 32, 3, "bfloat16")
    assert rows == (FeatureRow(48, "bfloat16"),)
    assert all(p.requires_grad and p.device.type == "cpu" for p in network.parameters())
    assert [module.training for module in network.modules()] == modes
    assert torch.equal(torch.default_generator.get_state(), before)


def test_what_trains_from_the_first_layer_has_no_cut() -> None:
    network = conv_net()
    assert network_rows(network, plan_of(network), 32, 3, "float32") == (FeatureRow(0),)


def test_the_precision_of_a_device_that_is_missing_is_the_processors(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []
    monkeypatch.setattr(
        planned_cuts, "resolve_precision", lambda wish, device: asked.append(device) or "float32"
    )
    assert expected_precision(RunConfig(device="cuda:7")) == "float32"
    assert asked == [torch.device("cpu")]


def test_without_a_cache_folder_no_images_are_kept_on_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TLSTUDIO_HOME", str(tmp_path / "home"))
    limits = machine_limits()
    assert limits.feature_disk_bytes == FEATURE_DISK_BYTES
    assert limits.memory_bytes > 0 and limits.image_disk_bytes > 0
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("TLSTUDIO_HOME", str(tmp_path / "file"))
    assert machine_limits().image_disk_bytes == 0
