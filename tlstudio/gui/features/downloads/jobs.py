"""The weights of many networks at once, for the window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tlstudio.core.classroom.weights import FoundWeights, WeightsProgressed
from tlstudio.core.runs.events import StopToken


def find_weights(
    folder: Path, stop: StopToken
) -> Iterator[WeightsProgressed | tuple[FoundWeights, ...]]:
    from tlstudio.engine.classroom.weights import find_weights

    yield from find_weights(folder, stop)


def take_weights(
    rows: tuple[FoundWeights, ...], stop: StopToken
) -> Iterator[WeightsProgressed | FoundWeights]:
    from tlstudio.engine.classroom.weights import take_weights

    yield from take_weights(rows, stop)
