"""The server of this machine, as for weights."""

from __future__ import annotations

from tests.engine.weights.conftest import server

__all__ = ["server"]
