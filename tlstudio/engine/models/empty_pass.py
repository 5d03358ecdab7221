"""Networks of the catalog run with an empty image, to see what happens inside."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import torch
from torch import nn

from tlstudio.core.errors import TLStudioError
from tlstudio.core.networks.build_config import BuildConfig
from tlstudio.engine.models.auxiliary import auxiliary_paths
from tlstudio.engine.models.build import architecture, refused_build
from tlstudio.engine.models.catalog import get_model

Found = TypeVar("Found")


def looked_through(
    model: str,
    num_classes: int,
    build: BuildConfig,
    look: Callable[[nn.Module, int, int], Found],
) -> Found:
    """Return what `look` finds out about a network on the meta device, without values.

    The network is on torch's meta device: no weights, no memory, well under a second.

    Args:
        model: its name in the catalog.
        num_classes: outputs of the head.
        build: how it is built.
        look: called with the network, and the side and channels of its images; may run it.

    Raises:
        ConfigError: the catalog has no such model.
        ModelError: `num_classes` is below 1, or the network does not take such inputs.
    """
    with torch.device("meta"):
        network = architecture(model, num_classes, build)
    own = get_model(model).preprocessing
    try:
        return look(network, build.image_px or own.crop_px, build.channels or own.channels)
    except TLStudioError:
        raise
    except Exception as error:  # libraries refuse in many ways
        refused = refused_build(model, build)
        if refused is None:
            raise
        raise refused from error


@contextlib.contextmanager
def watched(
    network: nn.Module,
    entered: Callable[..., None],
    left: Callable[..., None],
    *,
    with_keywords: bool = False,
    without_root: bool = False,
) -> Iterator[None]:
    """Within the block, `network` is in eval mode and its modules tell when they begin and end.

    Its auxiliary classifiers answer, too, if it was built with such. Afterwards modes and hooks
    are as before.

    Args:
        entered: torch's forward pre-hook.
        left: torch's forward hook.
        with_keywords: both are told of keyword arguments, too.
        without_root: the network itself tells nothing.
    """
    modes = {module: module.training for module in network.modules()}
    hooks: list[Any] = []
    for module in modes:
        if without_root and module is network:
            continue
        hooks.append(module.register_forward_pre_hook(entered, with_kwargs=with_keywords))
        hooks.append(module.register_forward_hook(left, with_kwargs=with_keywords))
    try:
        network.eval()
        if auxiliary_paths(network):
            network.training = True  # of itself alone: its layers stay in eval mode
        yield
    finally:
        for hook in hooks:
            hook.remove()
        for module, mode in modes.items():
            module.training = mode
