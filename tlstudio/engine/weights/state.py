"""Digests of state dicts."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import torch


def tensors_sha256(state: Mapping[str, torch.Tensor]) -> str:
    """Digest of names, types, shapes and values, whatever the order. CPU tensors only."""
    digest = hashlib.sha256()
    for name in sorted(state):
        tensor = state[name].detach().contiguous()
        digest.update(f"{name}|{tensor.dtype}|{tuple(tensor.shape)}|".encode())
        digest.update(tensor.reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()
