"""Finds pretrained weights on this machine: torch's folder, the hub's, installed packages."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path, PurePosixPath
from urllib.parse import urlparse

from tlstudio.core.networks.catalog import WeightsPlace, WeightsSpec
from tlstudio.core.storage import weights_dir

HUB_URL = "https://huggingface.co/{repository}/resolve/main/{file}"
# timm looks for the first and falls back to the second; older downloads may be of either.
HUB_FILES = ("model.safetensors", "pytorch_model.bin")


def checkpoint_path(url: str) -> Path:
    """Return the path of the download of `url`, in the folder that torchvision uses as well.

    Honours the preferences, then ``TORCH_HOME``.
    """
    return checkpoints_dir() / PurePosixPath(urlparse(url).path).name


def checkpoints_dir() -> Path:
    """The folder into which torchvision downloads, as the preferences have it."""
    return checkpoints_below(weights_dir())


def hub_dir() -> Path:
    """The folder into which timm downloads from the hub, as the preferences have it."""
    return hub_below(weights_dir())


def checkpoints_below(chosen: Path | None) -> Path:
    """The folder for torchvision's weights in a chosen one; None for torch's own."""
    if chosen is not None:
        return chosen / "torch" / "hub" / "checkpoints"
    # as torch.hub.get_dir, for which torch would have to be there
    caches = os.environ.get("XDG_CACHE_HOME", "~/.cache")
    home = os.environ.get("TORCH_HOME", os.path.join(caches, "torch"))  # noqa: PTH118 - with its "~"
    return Path(home).expanduser() / "hub" / "checkpoints"


def hub_below(chosen: Path | None) -> Path:
    """The folder for timm's weights in a chosen one; None for the hub's, which is ``HF_HOME``'s."""
    if chosen is not None:
        return chosen / "huggingface" / "hub"
    from huggingface_hub import constants

    return Path(constants.HF_HUB_CACHE)


def hub_path(repository: str, file: str = "") -> Path | None:
    """A downloaded file of the hub; any of the usual ones for an empty name; None if not there."""
    from huggingface_hub import try_to_load_from_cache

    for name in (file,) if file else HUB_FILES:
        found = try_to_load_from_cache(repository, name, cache_dir=hub_dir())
        if isinstance(found, str) and Path(found).is_file():
            return Path(found)
    return None


class Places:
    """The present places of weights. Each folder is listed once, so look-ups are cheap."""

    def __init__(self) -> None:
        self._checkpoints = _names_in(checkpoints_dir())
        self._repositories = _names_in(hub_dir())

    def of(self, weights: WeightsSpec) -> Path | None:
        """The file of downloaded weights; None while there is none."""
        if weights.hub is not None:
            repository, file = weights.hub
            folder = "models--" + repository.replace("/", "--")
            return hub_path(repository, file) if folder in self._repositories else None
        path = checkpoint_path(weights.url) if weights.url else None
        return path if path is not None and path.name in self._checkpoints else None

    def located(self, weights: WeightsSpec) -> WeightsSpec:
        """Return `weights` with their present place and size."""
        if weights.place in (WeightsPlace.ON_BOARD, WeightsPlace.NONE):
            return weights
        path = self.of(weights)
        if path is None:
            return weights
        return replace(weights, place=WeightsPlace.CACHED, size_bytes=path.stat().st_size)


def _names_in(folder: Path) -> frozenset[str]:
    try:
        return frozenset(path.name for path in folder.iterdir())
    except OSError:
        return frozenset()
