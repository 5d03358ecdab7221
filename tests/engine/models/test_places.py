"""Where downloaded weights are looked for."""

from pathlib import Path

import pytest
import torch

from tlstudio.engine.models.places import checkpoints_below


@pytest.mark.parametrize(
    "environment",
    [
        {"TORCH_HOME": "/models/torch"},
        {"TORCH_HOME": "~/torch", "XDG_CACHE_HOME": "/caches"},
        {"XDG_CACHE_HOME": "/caches"},
        {},
    ],
    ids=["chosen", "at home", "caches", "usual"],
)
def test_torchs_own_folder_is_known_without_torch(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("TORCH_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert checkpoints_below(None) == Path(torch.hub.get_dir()) / "checkpoints"
