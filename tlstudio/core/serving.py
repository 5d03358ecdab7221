"""What a server on this computer tells of itself."""

from __future__ import annotations

from dataclasses import dataclass

PORT = 8765  # the usual one


@dataclass(frozen=True, slots=True)
class ServingStarted:
    """The server listens.

    Attributes:
        address: ``http://127.0.0.1:PORT/``.
    """

    address: str


@dataclass(frozen=True, slots=True)
class ServingProgressed:
    """How many photos were answered, and how many requests refused, since it began."""

    answered: int
    refused: int
