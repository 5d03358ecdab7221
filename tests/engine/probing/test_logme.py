"""LogME against the evidence itself, maximised by brute force; and what must not change it."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.optimize import minimize  # type: ignore[import-untyped]
from scipy.stats import multivariate_normal  # type: ignore[import-untyped]

from tlstudio.engine.probing.logme import logme


def evidence(x: np.ndarray, y: np.ndarray, log_alpha: float, log_beta: float) -> float:
    """log N(y; 0, X X^T / alpha + 1 / beta): the labels with the weights integrated out."""
    alpha, beta = np.exp([log_alpha, log_beta])
    covariance = x @ x.T / alpha + np.eye(len(y)) / beta
    return float(multivariate_normal(np.zeros(len(y)), covariance).logpdf(y))


def brute_force(x: np.ndarray, targets: np.ndarray) -> float:
    best = []
    for index in np.unique(targets):
        y = (targets == index).astype(float)
        starts = product((-2, 2, 6), repeat=2)
        found = [
            minimize(lambda p, y=y: -evidence(x, y, *p), start, method="Nelder-Mead")
            for start in starts
        ]
        best.append(-min(result.fun for result in found) / len(y))
    return float(np.mean(best))


def made(count: int, width: int, classes: int = 3, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Features in which the classes lie apart, and noise."""
    random = np.random.default_rng(seed)
    targets = np.arange(count) % classes
    centres = random.normal(0, 1, (classes, width))
    return centres[targets] + random.normal(0, 1.5, (count, width)), targets


@pytest.mark.parametrize(("count", "width"), [(30, 5), (24, 24), (15, 40)])
def test_it_is_the_maximum_of_the_evidence(count: int, width: int) -> None:
    """More images than features, as many, and fewer."""
    x, targets = made(count, width)
    assert logme(x, targets) == pytest.approx(brute_force(x, targets), abs=1e-4)


def test_turning_scaling_and_shuffling_change_nothing() -> None:
    x, targets = made(40, 12)
    value = logme(x, targets)
    random = np.random.default_rng(1)
    turned = x @ np.linalg.qr(random.normal(size=(12, 12)))[0]
    order = random.permutation(40)
    padded = np.hstack([x, np.zeros((40, 3))])
    for other, labels in (
        (turned, targets),
        (1000 * x, targets),
        (x[order], targets[order]),
        (x, (targets + 1) % 3),
        (x, targets * 5 + 2),  # classes without images between
        (padded, targets),
    ):
        assert logme(other, labels) == pytest.approx(value, abs=1e-6)


def test_telling_features_are_worth_more_than_noise() -> None:
    x, targets = made(60, 10)
    noise = np.random.default_rng(2).normal(size=(60, 10))
    wide = np.random.default_rng(2).normal(size=(60, 200))  # fits anything, says nothing
    assert logme(x, targets) > logme(noise, targets) + 0.1
    assert logme(x, targets) > logme(wide, targets) + 0.1


def test_odd_features_give_finite_values() -> None:
    targets = np.array([0, 0, 1, 1])
    exact = np.array([[1.0, 0], [1, 0], [0, 1], [0, 1]])
    for x in (np.zeros((4, 3)), np.ones((4, 1)), exact, 1e-20 * exact):
        assert np.isfinite(logme(x, targets))
    with pytest.raises(ValueError, match="images"):
        logme(np.zeros((0, 3)), np.zeros(0, dtype=np.int64))
