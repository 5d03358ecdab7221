"""Whether a run keeps its word: what its plan froze, hashed before and after."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import torch
from torch import nn
from torch.nn.modules.batchnorm import _NormBase

from tlstudio.core.errors import TrainingError
from tlstudio.core.runs.freeze_proof import FreezeProof
from tlstudio.core.strategies import FreezePlan, PlanPhase
from tlstudio.core.texts import QT_TRANSLATE_NOOP


class FreezeAudit:
    """Hashes every tensor that is frozen at the beginning of each phase and at its end.

    Copies what will train to the CPU, to tell later how far it went.

    Args:
        network: with the values that training starts from.
    """

    def __init__(self, network: nn.Module, plan: FreezePlan) -> None:
        self._network = network
        self._plan = plan
        self._moved = _changing_names(network, plan.last)
        self._start = {
            name: tensor.detach().to("cpu", copy=True)
            for name, tensor in network.named_parameters()
            if name in self._moved
        }
        self._digests: dict[str, bytes] = {}
        self._changed: set[str] = set()
        self._released = 0
        self.begin(plan.phases[0])

    def begin(self, phase: PlanPhase) -> None:
        """A phase begins: compare what was frozen until now, and remember what is from now on."""
        self._compare(self._digests)
        moving = _changing_names(self._network, phase)
        tensors = _tensors(self._network)
        self._released += sum(name in moving for name in self._digests)
        # Those that were frozen before and are the same need no new hash.
        self._digests = {
            name: self._digests.get(name) or _digest(tensors[name])
            for name in tensors
            if name not in moving
        }

    def finish(self) -> FreezeProof:
        """Compare once more, with the weights that the run leaves behind."""
        never = sorted(name for name in self._digests if name not in self._moved)
        whole = hashlib.sha256()
        for name, digest in self._compare(never):
            whole.update(name.encode() + b"\0" + digest)
        parameters = {name for name, _ in self._network.named_parameters()}
        return FreezeProof(
            parameters=sum(name in parameters for name in never),
            buffers=sum(name not in parameters for name in never),
            digest=whole.hexdigest() if never else "",
            changed=tuple(sorted(self._changed)),
            drift=self._drift(),
            released=self._released,
        )

    def state_dict(self) -> dict[str, Any]:
        """Return what was found so far, as plain values and tensors."""
        return {
            "start": dict(self._start),
            "digests": {name: digest.hex() for name, digest in self._digests.items()},
            "changed": sorted(self._changed),
            "released": self._released,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on with the audit of a run, in the phase of its plan in which that one was.

        Raises:
            TrainingError: what is frozen has other values than it had there.
        """
        digests = {name: bytes.fromhex(text) for name, text in state["digests"].items()}
        self._changed, self._released = set(state["changed"]), state["released"]
        if any(
            self._digests.get(name) != digest
            for name, digest in digests.items()
            if name not in self._changed
        ):
            raise TrainingError(
                QT_TRANSLATE_NOOP(
                    "core", "The frozen layers are no longer those that this run began with."
                ),
                QT_TRANSLATE_NOOP(
                    "core", "Train anew with the same settings, or start from the run's weights."
                ),
            )
        self._start |= state["start"]
        self._digests = digests

    def _compare(self, names: Iterable[str]) -> list[tuple[str, bytes]]:
        tensors = _tensors(self._network)
        found = [(name, _digest(tensors[name])) for name in names]
        self._changed |= {name for name, digest in found if digest != self._digests[name]}
        return found

    @torch.no_grad()
    def _drift(self) -> dict[str, float]:
        """Return the drift by layer, as in `FreezeProof.drift`."""
        squares: dict[str, tuple[float, float]] = {}
        tensors = dict(self._network.named_parameters())
        for name, before in self._start.items():
            path = name.rpartition(".")[0]
            step = tensors[name].detach().cpu() - before
            moved, size = squares.get(path, (0.0, 0.0))
            squares[path] = (
                moved + float(step.double().pow(2).sum()),
                size + float(before.double().pow(2).sum()),
            )
        return {
            path: (moved / size) ** 0.5 if size else (float("inf") if moved else 0.0)
            for path, (moved, size) in squares.items()
        }


def _tensors(network: nn.Module) -> dict[str, torch.Tensor]:
    return {**dict(network.named_parameters()), **dict(network.named_buffers())}


def _changing_names(network: nn.Module, phase: PlanPhase) -> set[str]:
    """Names of the tensors that a phase lets change."""
    modules = dict(network.named_modules())
    trains = {p for path in phase.rates for p in modules[path].parameters(recurse=False)}
    names = {name for name, parameter in network.named_parameters() if parameter in trains}
    for name, _ in network.named_buffers():
        path = name.rpartition(".")[0]
        # Other modules may keep notes of their own while they train, as spectral norms do.
        is_norm = isinstance(modules[path], _NormBase)
        if path in (phase.statistics if is_norm else phase.rates):
            names.add(name)
    return names


def _digest(tensor: torch.Tensor) -> bytes:
    values = tensor.detach().cpu().contiguous()
    about = f"{values.dtype} {tuple(values.shape)}".encode()
    digest = hashlib.sha256(about)
    digest.update(values.reshape(-1).view(torch.uint8).numpy().data)
    return digest.digest()
