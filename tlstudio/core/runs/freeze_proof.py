"""The proof that the frozen tensors of a run are unchanged, bit for bit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FreezeProof:
    """The hashes of all frozen tensors before and after training, and the drift of the others.

    A tensor that begins to train in a later phase is compared at the end of the last phase in
    which it was frozen.

    Attributes:
        parameters: frozen parameter tensors.
        buffers: frozen buffers: running statistics of normalisation layers, and the like.
        digest: SHA-256 of all of them after the run, in the order of their names, as hex digits;
            empty without any.
        changed: names of those that are not what they were. Empty, or the studio has a fault.
        released: tensors that were frozen at first and began to train in a later phase.
        drift: for the path of each layer that trained ``|after - before| / |before|`` over all its
            parameters (Frobenius norms); infinite where it began at zero.
    """

    parameters: int
    buffers: int
    digest: str
    changed: tuple[str, ...]
    drift: Mapping[str, float]
    released: int = 0

    @property
    def holds(self) -> bool:
        """Whether nothing changed that was frozen."""
        return not self.changed
