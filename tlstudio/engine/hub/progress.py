"""Work that reports how far it is, as a generator."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from tlstudio.core.hub import HubProgressed

T = TypeVar("T")

Report = Callable[[HubProgressed], None]


@dataclass(frozen=True, slots=True)
class _Ended:
    result: object = None
    error: Exception | None = None


def with_progress(work: Callable[[Report], T]) -> Iterator[HubProgressed | T]:
    """What `work` reports, and at last what it returns.

    It runs on a thread of its own, which keeps no program from closing.

    Raises:
        Exception: those of `work`.
    """
    events: queue.SimpleQueue[HubProgressed | _Ended] = queue.SimpleQueue()

    def run() -> None:
        try:
            events.put(_Ended(work(events.put)))
        except Exception as error:  # raised again where it is waited for
            events.put(_Ended(error=error))

    threading.Thread(target=run, daemon=True, name="hub").start()
    while isinstance(event := events.get(), HubProgressed):
        yield event
    if event.error is not None:
        raise event.error
    yield event.result  # type: ignore[misc]
