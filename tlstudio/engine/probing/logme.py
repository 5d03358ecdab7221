"""LogME: how likely the labels are under a Bayesian linear model of the features.

You, Liu, Wang and Long, "LogME: Practical Assessment of Pre-trained Models for Transfer Learning",
ICML 2021 (https://arxiv.org/abs/2102.11005).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_ROUNDS = 1000
_TINY = 1e-12


def logme(features: NDArray[np.floating], targets: NDArray[np.int64]) -> float:
    """The logarithm of the maximum evidence, per image, averaged over the classes.

    For each class the labels 1 and 0 are a linear function of the features with weights from
    ``N(0, 1/alpha)`` and noise of variance ``1/beta``; alpha and beta are those that make the
    labels most likely. Unlike the accuracy of a fit this punishes what fits anything. Turning,
    reflecting or scaling all features together changes nothing. The higher the better; to be
    compared for the same images only.

    Args:
        features: ``[N, F]``, with an image in each row.
        targets: class indices, ``[N]``; classes without an image are left out.

    Raises:
        ValueError: there is no image.
    """
    x = np.asarray(features, dtype=np.float64)
    present = np.unique(targets)
    if not len(present):
        raise ValueError("LogME needs images")
    left, singular, _ = np.linalg.svd(x, full_matrices=False)
    found = [
        _evidence(left, singular**2, (targets == index).astype(np.float64), x.shape[1])
        for index in present
    ]
    return float(np.mean(found))


def _evidence(
    left: NDArray[np.float64], sigma: NDArray[np.float64], y: NDArray[np.float64], width: int
) -> float:
    """Maximum over alpha and beta by the paper's fixed point, for labels `y` ``[N]``.

    Args:
        left: left singular vectors ``[N, K]`` of the features.
        sigma: squared singular values ``[K]``.
        width: number of features; ``width - K`` directions have no variance.
    """
    count = len(y)
    z2 = (left.T @ y) ** 2  # the labels' part in each direction
    rest = max(0.0, float(y @ y - z2.sum()))  # what no weights can reach

    def residuals(t: float) -> tuple[float, float]:
        """Squared norms of the weights and of what they miss, for ``t = alpha / beta``."""
        weights = float((sigma * z2 / (sigma + t) ** 2).sum())
        missed = float((z2 * (t / (sigma + t)) ** 2).sum()) + rest
        return max(weights, _TINY), max(missed, _TINY)

    alpha = beta = 1.0
    for _ in range(MAX_ROUNDS):
        t = alpha / beta
        gamma = float((sigma / (sigma + t)).sum())  # directions that the labels decide
        weights, missed = residuals(t)
        alpha, beta = max(gamma, _TINY) / weights, max(count - gamma, _TINY) / missed
        if abs(alpha / beta - t) <= 1e-6 * t:
            break
    weights, missed = residuals(alpha / beta)
    logs = float(np.log(alpha + beta * sigma).sum()) + (width - len(sigma)) * np.log(alpha)
    total = width * np.log(alpha) + count * np.log(beta) - logs - beta * missed - alpha * weights
    return float(total - count * np.log(2 * np.pi)) / (2 * count)
