"""The devices that a network can run on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DeviceRecord:
    """A device found on this machine.

    Attributes:
        name: as torch spells it: ``cpu``, ``cuda:0``, ``mps``.
        title: what a person calls it, e.g. the processor's or the card's name.
        memory_bytes: its memory; 0 where unknown.
    """

    name: str
    title: str
    memory_bytes: int = 0
