"""The learning rate over a run, as a multiple of the one in the settings.

The same numbers that torch's StepLR, MultiStepLR, CosineAnnealingLR, LinearLR and OneCycleLR give
the engine.
"""

from __future__ import annotations

from math import cos, floor, pi

from tlstudio.core.config import RunConfig

WARMUP_START = 0.1  # of the learning rate, in the first epoch of a warm-up
# One cycle: Smith and Topin, "Super-Convergence", 2018 (https://arxiv.org/abs/1708.07120).
CYCLE_START, CYCLE_END = 1 / 25, 1 / 25e4
CYCLE_RISE = 0.3  # of the run
_CURVE_POINTS = 120


def rate_factor(config: RunConfig, epochs_done: float, steps: int | None = None) -> float:
    """Return the factor of the learning rate after `epochs_done` epochs (0 at the start).

    Args:
        epochs_done: 0..``config.epochs``; only one cycle changes within an epoch.
        steps: of the optimizer in the whole run, which decides one cycle to the last digit; None
            for the limit of many.
    """
    if config.schedule == "one_cycle":
        return _one_cycle(epochs_done / config.epochs, max(2, steps) if steps else None)
    epoch = floor(epochs_done)
    warmup = config.warmup_epochs
    if epoch < warmup:
        return WARMUP_START + (1 - WARMUP_START) * epoch / warmup
    epoch -= warmup
    match config.schedule:
        case "step":
            return float(config.gamma ** (epoch // config.step_size))
        case "multi_step":
            return float(config.gamma ** sum(epoch >= m for m in milestones(config)))
        case "cosine":
            return _cosine(1.0, 0.0, epoch / max(1, config.epochs - warmup))
    return 1.0


def milestones(config: RunConfig) -> tuple[int, int]:
    """Epochs after which `multi_step` multiplies the rate, as MultiStepLR counts them.

    They are at a half and three quarters of the whole run, but counted from the end of a warm-up.
    """
    at = (config.epochs // 2, 3 * config.epochs // 4)
    first, second = (max(1, epoch - config.warmup_epochs) for epoch in at)
    return first, second


def epoch_factor(config: RunConfig, epoch: int) -> float:
    """The multiple of an epoch, which counts from 1; within one cycle that of its middle."""
    within = 0.5 if config.schedule == "one_cycle" else 0.0
    return rate_factor(config, epoch - 1 + within)


def rate_curve(config: RunConfig) -> tuple[tuple[float, float], ...]:
    """Return points ``(epochs done, factor)`` over the run, joined by straight lines."""
    if config.schedule == "one_cycle":
        points = max(_CURVE_POINTS, 2 * config.epochs)
        at = [config.epochs * n / points for n in range(points + 1)]
        return tuple((x, rate_factor(config, x)) for x in at)
    curve: list[tuple[float, float]] = []
    for epoch in range(1, config.epochs + 1):
        factor = epoch_factor(config, epoch)
        curve += [(epoch - 1.0, factor), (float(epoch), factor)]
    return tuple(curve)


def _one_cycle(share: float, steps: int | None) -> float:
    """`share` of the run is over; torch counts the last of `steps` as the end."""
    last = steps - 1 if steps else 1.0
    at = share * steps if steps else share
    top = CYCLE_RISE * steps - 1 if steps else CYCLE_RISE
    if at <= top:
        return _cosine(CYCLE_START, 1.0, at / top)
    return _cosine(1.0, CYCLE_END, min(1.0, (at - top) / (last - top)))


def _cosine(start: float, end: float, share: float) -> float:
    return end + (start - end) * (1 + cos(pi * share)) / 2
