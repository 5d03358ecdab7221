"""Pools the outputs of several modules to one vector an image, in one pass."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import nn

from tlstudio.core.errors import ModelError
from tlstudio.core.feature_maps.maps import MapLayout, MapShape, map_layers
from tlstudio.core.networks.preprocessing import Preprocessing
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.feature_maps.forward import first_tensor
from tlstudio.engine.models.heads import head_paths
from tlstudio.engine.models.tree import tree_of

HEAD_INPUT = "head input"  # no module path: those have no spaces


class Pooler:
    """Runs a network and pools what comes out of some of its modules.

    - Maps, of either layout, are averaged over their places.
    - Tokens are averaged over those that stand for places: class and register tokens are left out.
    - A vector stays as it is.
    - What the head is given is taken before it: the class token, the averages, or whatever the
      network gives it. Where the head has several parts, their inputs one after another.

    Attributes:
        sizes: length of the vector of each path, in the order of the paths.

    Args:
        network: on any device.
        paths: of modules, and `HEAD_INPUT`.
        image: any input of one image, on the network's device.

    Raises:
        ModelError: the network has no module of such a path, or it gives no vector an image.
    """

    def __init__(self, network: nn.Module, paths: Sequence[str], image: torch.Tensor) -> None:
        self._network, self._paths = network, tuple(paths)
        self._heads = head_paths(network) if HEAD_INPUT in paths else ()
        modules = dict(network.named_modules())
        for path in paths:
            if path != HEAD_INPUT and path not in modules:
                raise _unknown(path)
        self._modules = {path: modules[path] for path in paths if path != HEAD_INPUT}
        self._head_modules = {path: modules[path] for path in self._heads}
        self._shapes: dict[str, MapShape] = {}
        if self._modules:
            channels, side = image.shape[1], image.shape[2]
            tree = tree_of(network, "", 0, side, channels)
            self._shapes = {layer.path: layer.shape for layer in map_layers(tree)}
        with torch.no_grad():
            self.sizes = {path: value.shape[1] for path, value in self._run(image)[1].items()}

    @property
    def split(self) -> list[int]:
        """Return the sizes of the paths' vectors, as `Tensor.split` takes them."""
        return list(self.sizes.values())

    @property
    def elements(self) -> int:
        """The number of elements of all vectors of one image."""
        return sum(self.sizes.values())

    @torch.no_grad()
    def __call__(self, images: torch.Tensor) -> torch.Tensor:
        """The vectors of normalised images ``[B, C, H, W]`` side by side, ``[B, elements]``."""
        return self.with_logits(images)[1]

    @torch.no_grad()
    def with_logits(self, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """What the network gives, and the vectors, in one pass."""
        logits, vectors = self._run(images)
        return logits, torch.cat(list(vectors.values()), dim=1)

    def _run(self, images: torch.Tensor) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        """Logits, and float32 ``[B, F]`` of each path, in their order; modes as before."""
        network, found = self._network, dict[str, torch.Tensor]()
        modes = {module: module.training for module in network.modules()}
        hooks: list[Any] = [
            module.register_forward_hook(self._after(path, found, len(images)))
            for path, module in self._modules.items()
        ]
        hooks += [
            module.register_forward_pre_hook(_before(path, found))
            for path, module in self._head_modules.items()
        ]
        try:
            network.eval()
            logits: torch.Tensor = network(images)
        finally:
            for hook in hooks:
                hook.remove()
            for module, mode in modes.items():
                module.training = mode
        values: dict[str, torch.Tensor] = {}
        for path in self._paths:
            wanted = self._heads if path == HEAD_INPUT else (path,)
            names = [_of_head(name) if path == HEAD_INPUT else name for name in wanted]
            if any(name not in found or len(found[name]) != len(images) for name in names):
                raise _without_vector(path)
            values[path] = torch.cat([found[name] for name in names], dim=1)
        return logits, values

    def _after(self, path: str, found: dict[str, torch.Tensor], images: int) -> Callable[..., None]:
        def keep(_module: nn.Module, _inputs: Any, output: Any) -> None:
            tensor = first_tensor(output)
            if tensor is not None and len(tensor) == images:
                found[path] = _pooled(tensor, self._shapes.get(path))

        return keep


class HeadInput:
    """Takes what a network's head is given while the network computes; a context manager.

    Unlike `Pooler` it looks at nothing and switches nothing, so that a network can be traced
    through it.

    Args:
        network: is changed by hooks until the block ends.
    """

    def __init__(self, network: nn.Module) -> None:
        modules = dict(network.named_modules())
        self._heads = {path: modules[path] for path in head_paths(network)}
        self._found: dict[str, torch.Tensor] = {}
        self._hooks: list[Any] = []

    def __enter__(self) -> HeadInput:
        self._hooks = [
            module.register_forward_pre_hook(_before(path, self._found))
            for path, module in self._heads.items()
        ]
        return self

    def __exit__(self, *_: object) -> None:
        for hook in self._hooks:
            hook.remove()

    def vectors(self) -> torch.Tensor:
        """Float32 ``[B, F]``, as `Pooler` gives them for `HEAD_INPUT`."""
        return torch.cat([self._found[_of_head(path)] for path in self._heads], dim=1)


def feature_pooler(network: nn.Module, preprocessing: Preprocessing) -> Pooler:
    """What gives the input of the network's head."""
    return Pooler(network, (HEAD_INPUT,), empty_image(network, preprocessing))


def empty_image(network: nn.Module, preprocessing: Preprocessing) -> torch.Tensor:
    """Any input of one image, on the network's device."""
    shape = (1, preprocessing.channels, preprocessing.crop_px, preprocessing.crop_px)
    return torch.zeros(shape, device=next(network.parameters()).device)


def _before(path: str, found: dict[str, torch.Tensor]) -> Callable[..., None]:
    def keep(module: nn.Module, inputs: Any) -> None:
        given = first_tensor(inputs)
        if given is not None:
            is_last = given.dim() == 4 and not isinstance(module, nn.Conv2d)
            found[_of_head(path)] = _mean(given, (1, 2)) if is_last else _pooled(given, None)

    return keep


def _pooled(tensor: torch.Tensor, shape: MapShape | None) -> torch.Tensor:
    """Pool ``[B, ...]`` to ``[B, F]`` in memory of its own, as later layers may work in place."""
    if tensor.dim() < 3:
        return tensor.detach().float().clone().flatten(1) if tensor.dim() == 2 else tensor[:0]
    if tensor.dim() == 3:
        return _mean(tensor[:, shape.prefix if shape else 0 :], (1,))
    is_last = shape is not None and shape.layout is MapLayout.CHANNELS_LAST
    return _mean(tensor, (1, 2) if is_last else tuple(range(2, tensor.dim())))


def _mean(tensor: torch.Tensor, axes: tuple[int, ...]) -> torch.Tensor:
    return tensor.detach().mean(dim=axes, dtype=torch.float32)


def _of_head(path: str) -> str:
    return f"{HEAD_INPUT} {path}"


def _unknown(path: str) -> ModelError:
    return ModelError(
        QT_TRANSLATE_NOOP("core", "The network has no layer called “{path}”."),
        QT_TRANSLATE_NOOP("core", "Choose a strategy again to reset the ticks."),
        path=path,
    )


def _without_vector(path: str) -> ModelError:
    return ModelError(
        QT_TRANSLATE_NOOP("core", "“{path}” does not give one vector for each image."),
        QT_TRANSLATE_NOOP("core", "Choose another layer."),
        path=path,
    )
