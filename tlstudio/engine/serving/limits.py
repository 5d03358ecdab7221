"""What one server on this machine puts up with, so that no page or program can wear it out."""

from __future__ import annotations

import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ServingLimits:
    """The bounds of a server.

    Attributes:
        body_bytes: of a request's body: of the photo.
        pixels: of a photo; what it takes to decode is bounded by the studio's decoders as well.
        connections: that are open at once; browsers open some in advance.
        per_second: requests that are answered in the long run.
        burst: requests that are answered at once after a quiet time.
        idle_s: that a client may stay silent for.
        request_s: that a request may take in all, however slowly it comes.
    """

    body_bytes: int = 20_000_000
    pixels: int = 100_000_000
    connections: int = 16
    per_second: float = 20.0
    burst: int = 60
    idle_s: float = 10.0
    request_s: float = 30.0


class Rate:
    """Counts requests: a bucket of tokens that fills again. For one thread, or under a lock."""

    def __init__(self, per_second: float, burst: int) -> None:
        self._per_second, self._burst = per_second, burst
        self._tokens, self._at_s = float(burst), time.monotonic()

    def take(self) -> bool:
        """Whether one more request is within the rate."""
        now = time.monotonic()
        gained = (now - self._at_s) * self._per_second
        self._tokens, self._at_s = min(self._burst, self._tokens + gained), now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
