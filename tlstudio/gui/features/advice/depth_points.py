"""The values of the chart over the depth. Needs no pyqtgraph."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DepthPoint:
    """The values at one depth.

    Attributes:
        path: module path; empty for what is none (the image itself).
        title: below the charts.
        text: its title and all its numbers, a line each, for the readout and screen readers.
        interval: low, measured and high probe accuracy, fractions.
        knn: accuracy of the nearest neighbours, fraction.
        gradient: norm of the gradient over the norm of the weights.
        parameters: of the stage.
        trains: whether it would train.
    """

    path: str
    title: str
    text: str = ""
    interval: tuple[float, float, float] | None = None
    knn: float | None = None
    gradient: float | None = None
    parameters: int = 0
    trains: bool = False


@dataclass(frozen=True, slots=True)
class DepthLabels:
    """The words in the chart."""

    accuracy: str
    probe: str
    knn: str
    gradient: str
    parameters: str
    trains: str
    chance: str
    final: str
    nothing: str  # in the place of curves that there are not
