"""The checkpoint of a run: all that training goes on with, in `checkpoint.pt`."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from tlstudio.core.errors import StorageError
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.runs.files import CHECKPOINT, damaged
from tlstudio.engine.training.run import Run
from tlstudio.engine.weights.save import torch_save


def with_names(run: Run) -> dict[str, Any]:
    """The state of a run, with the names of its best tensors."""
    state = run.state_dict()
    assert run.kept is not None
    names = {t.data_ptr(): name for name, t in run.classifier.network.state_dict().items()}
    return {**state, "names": [names[tensor.data_ptr()] for tensor in run.kept.live]}


def best_of(state: Mapping[str, Any]) -> dict[str, torch.Tensor]:
    """The tensors that training changes as they were in the best epoch, by name."""
    return dict(zip(state["names"], state["best"], strict=True))


def write_checkpoint(folder: Path, state: Mapping[str, Any]) -> None:
    """Write a run's `state_dict`, whole or not at all.

    Raises:
        StorageError: it cannot be written.
    """
    torch_save(dict(state), folder / CHECKPOINT)


def read_checkpoint(folder: Path) -> dict[str, Any]:
    """Read what a run goes on with, on the CPU. No code in the file is run.

    Raises:
        StorageError: there is none, or it is damaged.
    """
    path = folder / CHECKPOINT
    if not path.exists():
        raise StorageError(
            QT_TRANSLATE_NOOP("core", "There is no checkpoint in “{name}” to go on with."),
            QT_TRANSLATE_NOOP("core", "Start it again with the same settings."),
            name=folder,
        )
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, ValueError, EOFError, pickle.UnpicklingError) as error:
        raise damaged(CHECKPOINT) from error
    if not isinstance(state, dict) or not isinstance(state.get("history"), list):
        raise damaged(CHECKPOINT)
    return state
