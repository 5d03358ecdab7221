"""Writing weights so that plain PyTorch reads them, with their meaning on board."""

from __future__ import annotations

import copy
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import torch
from torch import nn

from tlstudio.core.errors import WeightsError
from tlstudio.core.storage import atomic_path
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.models.build import network_with, set_input_transform
from tlstudio.engine.models.catalog import has_model
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.weights.metadata import METADATA_ATTRIBUTE, METADATA_KEY, metadata_json
from tlstudio.engine.weights.state import tensors_sha256

_STATE_SUFFIXES = (".pth", ".pt")
_SAFETENSORS = ".safetensors"


def save_weights(
    classifier: Classifier, path: Path, *, which: Literal["best", "last"] = "best"
) -> None:
    """Write parameters and buffers, whole or not at all.

    ``.pth`` and ``.pt`` become a state dict: ``network.load_state_dict(torch.load(path))`` works
    strictly in plain PyTorch. The studio's own JSON lies in the ``_metadata`` that every state dict
    of a module has and that `load_state_dict` looks modules up in; ``weights_only=True`` reads it.

    Args:
        classifier: stays as it is, on its device.
        path: its suffix decides the format: ``.pth``, ``.pt`` or ``.safetensors``.
        which: the weights of the best epoch, or those after the last one.

    Raises:
        WeightsError: the suffix is another.
        StorageError: the file cannot be written.
    """
    suffix = path.suffix.lower()
    if suffix not in (*_STATE_SUFFIXES, _SAFETENSORS):
        raise _unknown_suffix(path, ".pth, .pt, .safetensors")
    state = _cpu_state(classifier, which)
    if suffix == _SAFETENSORS:
        save_state(state, classifier, path)
        return
    own = OrderedDict(getattr(classifier.network.state_dict(), "_metadata", {}))
    own[METADATA_KEY] = metadata_json(classifier)
    state._metadata = own  # type: ignore[attr-defined]
    torch_save(state, path)


def save_state(state: Mapping[str, torch.Tensor], about: Classifier, path: Path) -> None:
    """Write tensors as ``.safetensors``, whole or not at all.

    Args:
        state: of a network such as that of `about`.
        about: what the metadata say; its own network is not looked at for values.
        path: of the file.

    Raises:
        StorageError: the file cannot be written.
    """
    from safetensors import SafetensorError
    from safetensors.torch import save_file

    values: dict[str, torch.Tensor] = {}
    places: set[int] = set()
    for name, value in state.items():
        value = value.detach().cpu().contiguous()
        is_shared = value.data_ptr() in places  # the format has no word for that
        values[name] = value.clone() if is_shared else value
        places.add(values[name].data_ptr())
    text = metadata_json(about, sha256=tensors_sha256(values))
    with atomic_path(path) as temporary:
        try:
            save_file(values, temporary, metadata={"format": "pt", METADATA_KEY: text})
        except SafetensorError as error:  # it hides what the disk said
            raise OSError(str(error)) from error


def save_model(classifier: Classifier, path: Path) -> None:
    """Write the whole network as ``torch.save(model)`` does, whole or not at all.

    It is written in eval mode, on the CPU, free of hooks and with all parameters trainable. Plain
    PyTorch loads it with ``weights_only=False`` where torchvision (or timm) is installed; the
    studio's JSON is its attribute ``tlstudio_metadata``.

    Raises:
        WeightsError: the suffix is not ``.pth`` or ``.pt``.
        StorageError: the file cannot be written.
    """
    if path.suffix.lower() not in _STATE_SUFFIXES:
        raise _unknown_suffix(path, ".pth, .pt")
    network = _standalone(classifier)
    setattr(network, METADATA_ATTRIBUTE, metadata_json(classifier))
    torch_save(network, path)


def torch_save(value: object, path: Path) -> None:
    """Write what `torch.load` reads, whole or not at all.

    Raises:
        StorageError: it cannot be written.
    """
    with atomic_path(path) as temporary, temporary.open("wb") as file:  # a handle: any path works
        try:
            torch.save(value, file)
        except RuntimeError as error:  # torch's writer hides what the disk said
            cause = error.__context__
            raise cause if isinstance(cause, OSError) else OSError(str(error)) from error


def _cpu_state(
    classifier: Classifier, which: Literal["best", "last"]
) -> OrderedDict[str, torch.Tensor]:
    """Copies on the CPU that share no memory, laid out contiguously."""
    last = classifier.last_state if which == "last" else None
    state = classifier.network.state_dict() if last is None else last
    return OrderedDict(
        (name, value.detach().to("cpu").clone(memory_format=torch.contiguous_format))
        for name, value in state.items()
    )


def _standalone(classifier: Classifier) -> nn.Module:
    """The network built anew from the catalog, so that no hook or wrapper travels along."""
    if not has_model(classifier.model):
        network: Any = copy.deepcopy(classifier.network).cpu()
    else:
        state = _cpu_state(classifier, "best")
        network = network_with(classifier.model, len(classifier.classes), state, classifier.build)
        set_input_transform(network, bool(getattr(classifier.network, "transform_input", False)))
    result: nn.Module = network.eval().requires_grad_(True)
    return result


def _unknown_suffix(path: Path, suffixes: str) -> WeightsError:
    return WeightsError(
        QT_TRANSLATE_NOOP("core", "“{name}” does not say in which format to write."),
        QT_TRANSLATE_NOOP("core", "Let the name end in one of: {suffixes}"),
        name=path.name,
        suffixes=suffixes,
    )
