"""Tools for signed distance fields: colours, simple solids, shapes.

A shape is built around the origin, y up, about one unit in radius.  ``sdf`` takes points (n, 3) and
returns distances that are safe to march (never too long by much); ``skin`` returns albedo (n, 3)
and gloss (n,) at surface points.  All colours are linear RGB.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Field = Callable[[np.ndarray], np.ndarray]
Skin = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]
Rng = np.random.Generator


@dataclass
class Shape:
    sdf: Field
    skin: Skin
    radius: float  # of a sphere about the origin that holds it
    sharp: float = 1.0  # how mirror-like the gloss is, 0..1
    soft: float = 0.25  # how far light wraps around (flesh, wax)


def rgb(hex_code: str) -> np.ndarray:
    """#rrggbb (sRGB) as linear RGB."""
    v = np.array([int(hex_code[i : i + 2], 16) for i in (1, 3, 5)], np.float32) / 255.0
    return np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4).astype(np.float32)


def pick(rng: Rng, *codes: str) -> np.ndarray:
    """One of the colours, varied a little."""
    c = rgb(codes[int(rng.integers(len(codes)))])
    return np.clip(c * rng.uniform(0.82, 1.18) * rng.uniform(0.93, 1.07, 3), 0.004, 0.92).astype(
        np.float32
    )


def smin(a: np.ndarray, b: np.ndarray, k: float) -> np.ndarray:
    """Smooth union."""
    h = np.maximum(k - np.abs(a - b), 0.0) / k
    return np.minimum(a, b) - h * h * k * 0.25


def ellipsoid(p: np.ndarray, centre, radii) -> np.ndarray:
    q = p - np.asarray(centre, np.float32)
    r = np.asarray(radii, np.float32)
    k0 = np.sqrt(((q / r) ** 2).sum(1))
    k1 = np.sqrt(((q / (r * r)) ** 2).sum(1)) + 1e-6
    return k0 * (k0 - 1.0) / k1


def stem(p: np.ndarray, y0: float, y1: float, r0: float, r1: float, bend: np.ndarray) -> np.ndarray:
    """A bent tapering stalk from height y0 to y1."""
    t = np.clip((p[:, 1] - y0) / (y1 - y0), 0.0, 1.0)
    dx = p[:, 0] - bend[0] * t * t
    dz = p[:, 2] - bend[1] * t * t
    dy = p[:, 1] - (y0 + t * (y1 - y0))
    return (np.sqrt(dx * dx + dy * dy + dz * dz) - (r0 + (r1 - r0) * t)) * 0.8


def polar(p: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Distance from the origin, cosine of the angle from the top, and the turn around the axis."""
    rho = np.sqrt((p * p).sum(1)) + 1e-6
    return rho, p[:, 1] / rho, np.arctan2(p[:, 2], p[:, 0])


def bend_of(rng: Rng, reach: float) -> np.ndarray:
    a = rng.uniform(0, 2 * np.pi)
    return np.array([np.cos(a), np.sin(a)], np.float32) * rng.uniform(0.2, 1.0) * reach
