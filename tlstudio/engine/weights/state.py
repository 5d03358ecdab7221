"""State dicts from anywhere: taken out of their wrappings, names freed of prefixes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import torch

from tlstudio.core.notes import Note
from tlstudio.core.texts import QT_TRANSLATE_NOOP

# Where training scripts put the weights, the preferred ones first.
_NESTS = (
    "state_dict",
    "model_state_dict",
    "model_state",
    "model",
    "network",
    "net",
    "weights",
    "module",
    "state_dict_ema",
    "model_ema",
    "ema_state_dict",
    "ema",
)
_MAX_NESTS = 4

# What wrappers put before every name: DataParallel, torch.compile, Lightning modules.
_PREFIXES = ("module.", "_orig_mod.", "model.", "network.", "net.")


def flat_state(values: Mapping[str, Any]) -> tuple[dict[str, torch.Tensor], list[Note]]:
    """The tensors by their plain names, and what had to be taken off to get at them.

    The result is empty where there are no tensors.
    """
    notes: list[Note] = []
    values = _unwrapped(values, notes)
    state = {
        name: value for name, value in values.items() if isinstance(name, str) and _is_plain(value)
    }
    while state:
        prefix = next((p for p in _PREFIXES if all(name.startswith(p) for name in state)), "")
        if not prefix:
            break
        state = {name.removeprefix(prefix): value for name, value in state.items()}
        notes.append(
            Note(
                QT_TRANSLATE_NOOP("core", "The prefix “{prefix}” was taken off all names."),
                {"prefix": prefix},
            )
        )
    return state, notes


def _is_plain(value: object) -> bool:
    """Whether it is a dense tensor that is as large as it says.

    A few bytes of a file can describe a tensor of terabytes that repeats one number.
    """
    return (
        isinstance(value, torch.Tensor)
        and value.layout is torch.strided
        and value.device.type == "cpu"
        and not value.is_quantized
        and not value.is_complex()
        and value.numel() * value.itemsize <= value.untyped_storage().nbytes()
    )


def tensors_sha256(state: Mapping[str, torch.Tensor]) -> str:
    """Digest of names, types, shapes and values, whatever the order. CPU tensors only."""
    digest = hashlib.sha256()
    for name in sorted(state):
        tensor = state[name].detach().contiguous()
        digest.update(f"{name}|{tensor.dtype}|{tuple(tensor.shape)}|".encode())
        digest.update(tensor.reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()


def _unwrapped(values: Mapping[str, Any], notes: list[Note]) -> Mapping[str, Any]:
    for _ in range(_MAX_NESTS):
        if any(isinstance(value, torch.Tensor) for value in values.values()):
            break
        nests = [key for key in _NESTS if isinstance(values.get(key), Mapping)]
        if not nests:
            break
        notes.append(
            Note(
                QT_TRANSLATE_NOOP("core", "The weights were found under “{key}” in the file."),
                {"key": nests[0]},
            )
        )
        values = values[nests[0]]
    return values
