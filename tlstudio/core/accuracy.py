"""How sure one may be of an accuracy that was counted on a few images."""

from __future__ import annotations

import math

Z95 = 1.959964  # of the normal distribution: 95 % lie within so many standard deviations


def wilson_interval(right: float, total: int) -> tuple[float, float]:
    """The 95 % interval of a share that was `right` of `total`, as fractions; (0, 1) for none.

    Wilson's score interval: it stays within 0..1 and is of use for small counts (Wilson 1927;
    Brown, Cai and DasGupta 2001, https://doi.org/10.1214/ss/1009213286).
    """
    if total <= 0:
        return 0.0, 1.0
    share, z2 = right / total, Z95**2
    middle = (share + z2 / (2 * total)) / (1 + z2 / total)
    half = (
        Z95 * math.sqrt(share * (1 - share) / total + z2 / (4 * total * total)) / (1 + z2 / total)
    )
    return max(0.0, middle - half), min(1.0, middle + half)


def paired_p_value(only_first: int, only_second: int) -> float:
    """How likely two equally good answerers differ as much as this on the same images.

    McNemar's exact test: of the images that exactly one of them got right, each had half of them
    by chance (McNemar 1947). Two-sided.
    """
    count = only_first + only_second
    if not count:
        return 1.0
    fewer = min(only_first, only_second)
    log_half = count * math.log(0.5)
    tail = sum(
        math.exp(
            math.lgamma(count + 1) - math.lgamma(k + 1) - math.lgamma(count - k + 1) + log_half
        )
        for k in range(fewer + 1)
    )
    return min(1.0, 2 * tail)
