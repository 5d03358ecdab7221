"""Where networks were cut and found to give the same in halves, on disk for the next run."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import fx, nn

from tlstudio.core.errors import StorageError
from tlstudio.core.storage import cache_dir, cached_record, keep_newest, write_record
from tlstudio.engine.code_digest import LIBRARIES, code_digest
from tlstudio.engine.device import processor_name
from tlstudio.engine.features.description import add_tensors, description

_log = logging.getLogger(__name__)

_VERSION = 1
_KEPT = 200  # each of a kilobyte
_KNOWN_CODE = (*LIBRARIES, "tlstudio")  # that `code_digest` covers


@dataclass(frozen=True, slots=True)
class CheckedCut:
    """A cut whose halves gave what the whole gave.

    Attributes:
        frontier: names of the steps of the graph in train mode whose outputs are kept.
        shapes: as of a `Cut`.
        strides: as of a `Cut`.
    """

    frontier: tuple[str, ...]
    shapes: tuple[tuple[int, ...], ...]
    strides: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class _File:
    """What is written; `digest` is of the key and the cut, so that no other file is taken."""

    cut: CheckedCut
    digest: str


def cut_key(
    whole: nn.Module,
    graphs: tuple[fx.Graph, fx.Graph],
    fixed: set[fx.Node],
    modes: Sequence[bool],
    shape: tuple[int, ...],
) -> str:
    """A name for all that a cut and its check depend on; empty where that cannot be told.

    Args:
        whole: what the graphs are of.
        graphs: in train mode and in eval mode.
        fixed: the steps of the first that do not vary.
        modes: of the modules of the network as it trains.
        shape: of an image.
    """
    code = code_digest()
    modules = list(whole.modules())
    if not code or any(_is_foreign(module) for module in modules):
        return ""
    named = dict([*whole.named_parameters(), *whole.named_buffers()])
    nodes = [node for graph in graphs for node in graph.nodes]
    if any(node.op == "get_attr" and node.target not in named for node in nodes):
        return ""  # a constant of the code, of which the description does not give the value
    about = {
        "code": code,
        "device": _device(next(whole.parameters()).device),
        "shape": shape,
        "steps": [description(graph, whole) for graph in graphs],
        "fixed": [node.name for node in graphs[0].nodes if node in fixed],
        "kinds": [f"{type(m).__module__}.{type(m).__qualname__}" for m in modules],
        "modes": list(modes),
        "layout": [(name, t.stride(), t.requires_grad) for name, t in named.items()],
    }
    digest = hashlib.sha256(json.dumps(about).encode())
    add_tensors(digest, whole)
    return digest.hexdigest()


def checked_cut(key: str) -> CheckedCut | None:
    """What an earlier run found; None where there is nothing, or nothing of use."""
    file = cached_record(_path(key), _File, _VERSION) if key else None
    return file.cut if file is not None and file.digest == _digest(key, file.cut) else None


def keep_cut(key: str, cut: CheckedCut) -> None:
    """Keep it for later runs; where that fails they check again."""
    if not key:
        return
    try:
        write_record(_path(key), _File(cut, _digest(key, cut)), _VERSION)
    except StorageError as error:
        _log.warning("a cut is not kept: %s", error)
        return
    keep_newest(_path(key).parent, "*.json", _KEPT)


def _is_foreign(module: nn.Module) -> bool:
    """Whether code runs in the module that `code_digest` does not cover."""
    package = type(module).__module__.partition(".")[0]
    return (
        package not in _KNOWN_CODE
        or "forward" in vars(module)
        or bool(module._forward_hooks or module._forward_pre_hooks)
    )


def _device(device: torch.device) -> list[str]:
    if device.type == "cuda":
        return [device.type, torch.cuda.get_device_name(device)]
    return [device.type, processor_name(), torch.backends.cpu.get_cpu_capability()]


def _digest(key: str, cut: CheckedCut) -> str:
    return hashlib.sha256(f"{key} {cut}".encode()).hexdigest()


def _path(key: str) -> Path:
    return cache_dir() / "cuts" / f"{key[:32]}.json"
