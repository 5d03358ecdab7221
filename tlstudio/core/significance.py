"""Confidence intervals of accuracies and significance of their differences; pure arithmetic.

An accuracy is measured on a finite number of images, and by runs that depend on their seed. Both
make it uncertain. With several seeds images and seeds are crossed: every seed is asked about every
image. The variance of the mean is then that of images, of seeds and of what is left, as in studies
in which several readers judge the same cases (Dorfman, Berbaum and Metz, Investigative Radiology
1992; Hillis, Statistics in Medicine 2007, for the degrees of freedom).

Answers are rows: ``answers[seed][image]``, whether the image was told rightly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, exp, inf, lgamma, log, log1p, log2, sqrt
from statistics import NormalDist

CONFIDENCE = 0.95

Answers = Sequence[Sequence[bool]]


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence interval of fractions."""

    low: float
    high: float

    @property
    def half_width(self) -> float:
        return (self.high - self.low) / 2


@dataclass(frozen=True, slots=True)
class Difference:
    """Two accuracies on the same images and seeds.

    Attributes:
        mean: first minus second, fraction.
        p_value: two-sided, of no difference; 1 where there is nothing to tell them apart.
        least_told: the smallest difference, a fraction, that would have been told on these images.
        discordant: of all answers, those that only one of the two gave rightly.
    """

    mean: float
    p_value: float
    least_told: float
    discordant: int


def wilson(right: float, total: float, confidence: float = CONFIDENCE) -> Interval:
    """The score interval of a share (Wilson, JASA 1927); 0..1 where there is nothing to go by.

    It never leaves 0..1 and is not empty at its ends, unlike mean ± 2 standard errors.
    """
    return _score_interval(right / total, total, _z(confidence)) if total > 0 else Interval(0, 1)


def accuracy_interval(answers: Answers, confidence: float = CONFIDENCE) -> Interval:
    """Return the interval of the accuracy that many such images and seeds would have.

    One seed: Wilson's interval, which knows nothing of other seeds. Several: the same formula with
    as many images as would give the variance of images and seeds together, and Student's quantile
    for the seeds' degrees of freedom, since few seeds tell little about seeds.
    """
    rows = _checked(answers)
    seeds, images = len(rows), len(rows[0]) if rows else 0
    if not images:
        return Interval(0, 1)
    share = sum(map(sum, rows)) / (seeds * images)
    if seeds == 1:
        return wilson(sum(rows[0]), images, confidence)
    spread = _Spread.of(rows)
    if not spread.variance:  # all right or all wrong: as much as one seed can tell
        return wilson(share * images, images, confidence)
    effective = min(share * (1 - share) / spread.variance, seeds * images)
    return _score_interval(share, effective, student_quantile((1 + confidence) / 2, spread.freedom))


def difference(first: Answers, second: Answers, alpha: float = 1 - CONFIDENCE) -> Difference:
    """Compare two networks on the same images, seed by seed.

    One seed: McNemar's test. Several: Student's test of the mean difference with the variance of
    images and seeds together.

    Args:
        first, second: of equal shape.
        alpha: how small a p-value has to be; for `least_told`.
    """
    one, two = _checked(first), _checked(second)
    seeds, images = len(one), len(one[0]) if one else 0
    if (seeds, images) != (len(two), len(two[0]) if two else 0):
        raise ValueError("both must have answered the same images with the same seeds")
    if not images:
        return Difference(0.0, 1.0, 1.0, 0)
    rows = [[a - b for a, b in zip(x, y, strict=True)] for x, y in zip(one, two, strict=True)]
    only_first = sum(value > 0 for row in rows for value in row)
    only_second = sum(value < 0 for row in rows for value in row)
    discordant = only_first + only_second
    mean = (only_first - only_second) / (seeds * images)
    if seeds == 1:
        least = _least_told(discordant, alpha) / images
        return Difference(mean, mcnemar(only_first, only_second), min(1.0, least), discordant)
    spread = _Spread.of(rows)
    floor = _least_told(0, alpha) / images
    if not spread.variance:  # no answer differs, or every one does
        return Difference(mean, float(mean == 0), floor, discordant)
    error = sqrt(spread.variance)
    p_value = 2 * (1 - student_share(abs(mean) / error, spread.freedom))
    least = student_quantile(1 - alpha / 2, spread.freedom) * error
    return Difference(mean, p_value, min(1.0, max(least, floor)), discordant)


def mcnemar(only_first: int, only_second: int) -> float:
    """Exact two-sided p-value of McNemar's test (Psychometrika 1947).

    Args:
        only_first: images that the first network alone told rightly.
        only_second: those of the second alone.
    """
    total, fewer = only_first + only_second, min(only_first, only_second)
    tail = term = 1  # binomial coefficients, in whole numbers
    for count in range(fewer):
        term = term * (total - count) // (count + 1)
        tail += term
    return min(1.0, float(2 * tail / 2**total))


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """The p-values made fit for several comparisons at once (Holm, 1979), in the given order."""
    adjusted = [0.0] * len(p_values)
    before = 0.0
    for place, index in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        before = max(before, min(1.0, p_values[index] * (len(p_values) - place)))
        adjusted[index] = before
    return tuple(adjusted)


def student_share(t: float, freedom: float) -> float:
    """P(T <= t) of Student's distribution; `freedom` may be a fraction or infinite."""
    if freedom == inf:
        return NormalDist().cdf(t)
    tail = _beta_share(freedom / (freedom + t * t), freedom / 2, 0.5) / 2
    return 1 - tail if t > 0 else tail


def student_quantile(share: float, freedom: float) -> float:
    """The inverse of `student_share`, for shares above one half."""
    if freedom == inf:
        return NormalDist().inv_cdf(share)
    low, high = 0.0, 1.0
    while student_share(high, freedom) < share:
        low, high = high, high * 2
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if student_share(middle, freedom) < share else (low, middle)
    return (low + high) / 2


@dataclass(frozen=True, slots=True)
class _Spread:
    """Variance of the mean over seeds and images, and the degrees of freedom of its estimate."""

    variance: float
    freedom: float

    @classmethod
    def of(cls, rows: Sequence[Sequence[float]]) -> _Spread:
        """Compute the spread of at least two rows of at least one value."""
        seeds, images = len(rows), len(rows[0])
        mean = sum(map(sum, rows)) / (seeds * images)
        by_seed = [sum(row) / images for row in rows]
        by_image = [sum(column) / seeds for column in zip(*rows, strict=True)]
        of_seeds = images * sum((value - mean) ** 2 for value in by_seed)
        of_images = seeds * sum((value - mean) ** 2 for value in by_image)
        left = sum((value - mean) ** 2 for row in rows for value in row) - of_seeds - of_images
        image_square = of_images / max(images - 1, 1)
        seed_square = of_seeds / (seeds - 1)
        left_square = max(0.0, left) / max((images - 1) * (seeds - 1), 1)
        # Neither images nor seeds can bring less than nothing, whatever the estimates say.
        extra = max(0.0, seed_square - left_square)
        base = max(image_square, left_square)
        total = base + extra
        if total <= 1e-12:
            return cls(0.0, inf)
        parts = base**2 / max(images - 1, 1) + seed_square**2 / (seeds - 1)
        return cls(total / (seeds * images), total**2 / parts)


def _score_interval(share: float, total: float, quantile: float) -> Interval:
    square = quantile * quantile
    middle = (share + square / (2 * total)) / (1 + square / total)
    half = quantile / (1 + square / total)
    half *= sqrt(share * (1 - share) / total + square / (4 * total * total))
    return Interval(max(0.0, middle - half), min(1.0, middle + half))


def _least_told(discordant: int, alpha: float) -> int:
    """Return the smallest significant difference in images, given the discordant answers."""
    total = max(discordant, ceil(1 - log2(alpha)))  # fewer, all in one direction, tell nothing
    low, high = 0, total // 2 + 1  # significant with `low` in the other direction, not with `high`
    while high - low > 1:
        middle = (low + high) // 2
        is_told = mcnemar(total - middle, middle) <= alpha
        low, high = (middle, high) if is_told else (low, middle)
    return total - 2 * low


def _checked(answers: Answers) -> list[list[int]]:
    rows = [[int(value) for value in row] for row in answers]
    if len({len(row) for row in rows}) > 1:
        raise ValueError("every seed must have answered the same images")
    return rows


def _z(confidence: float) -> float:
    return NormalDist().inv_cdf((1 + confidence) / 2)


def _beta_share(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function, by its continued fraction (Lentz's method)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta_share(1 - x, b, a)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
    tiny = 1e-300
    c, d = 1.0, 1 / _not_zero(1 - (a + b) * x / (a + 1), tiny)
    value = d
    for m in range(1, 1000):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d = 1 / _not_zero(1 + term * d, tiny)
            c = _not_zero(1 + term / c, tiny)
            value *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    return float(front * value)


def _not_zero(value: float, tiny: float) -> float:
    return value if abs(value) > tiny else tiny
