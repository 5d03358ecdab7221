"""Lattice noise in two and three dimensions, vectorised and deterministic."""

from __future__ import annotations

import numpy as np

_N2, _N3 = 256, 32
_table = np.random.default_rng(20240917)
_LATTICE2 = _table.random((_N2, _N2), dtype=np.float32).ravel()
_LATTICE3 = _table.random((_N3, _N3, _N3), dtype=np.float32).ravel()


def _split(x: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Lattice index, next index (both wrapped) and the smoothed fraction."""
    cell = np.floor(x)
    f = (x - cell).astype(np.float32)
    i = cell.astype(np.int32) & (n - 1)
    return i, (i + 1) & (n - 1), f * f * (3.0 - 2.0 * f)


def noise2(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Smooth value noise in 0..1."""
    x0, x1, fx = _split(x, _N2)
    y0, y1, fy = _split(y, _N2)
    y0, y1 = y0 * _N2, y1 * _N2
    a, b = _LATTICE2[y0 + x0], _LATTICE2[y0 + x1]
    c, d = _LATTICE2[y1 + x0], _LATTICE2[y1 + x1]
    top = a + (b - a) * fx
    return top + (c + (d - c) * fx - top) * fy


def noise3(p: np.ndarray) -> np.ndarray:
    """Smooth value noise in 0..1 at points of shape (n, 3)."""
    x0, x1, fx = _split(p[:, 0], _N3)
    y0, y1, fy = _split(p[:, 1], _N3)
    z0, z1, fz = _split(p[:, 2], _N3)
    y0, y1, z0, z1 = y0 * _N3, y1 * _N3, z0 * _N3 * _N3, z1 * _N3 * _N3

    def plane(z: np.ndarray) -> np.ndarray:
        a, b = _LATTICE3[z + y0 + x0], _LATTICE3[z + y0 + x1]
        c, d = _LATTICE3[z + y1 + x0], _LATTICE3[z + y1 + x1]
        top = a + (b - a) * fx
        return top + (c + (d - c) * fx - top) * fy

    low = plane(z0)
    return low + (plane(z1) - low) * fz


def fbm2(x: np.ndarray, y: np.ndarray, octaves: int = 4, gain: float = 0.5) -> np.ndarray:
    """Fractal noise in 0..1: octaves of noise2, each turned and shifted against the one before."""
    total = np.zeros_like(x, dtype=np.float32)
    amp, norm = 1.0, 0.0
    for _ in range(octaves):
        total += amp * noise2(x, y)
        norm += amp
        amp *= gain
        x, y = 1.62 * x + 1.19 * y + 17.3, -1.19 * x + 1.62 * y + 5.1
    return total / norm


_TURN = np.array([[0.0, 0.8, 0.6], [-0.8, 0.36, -0.48], [-0.6, -0.48, 0.64]], np.float32)


def speckle3(p: np.ndarray) -> np.ndarray:
    """Round, separate dots: 1 in their middle, 0 between them."""
    both = noise3(p) + noise3(p @ _TURN * 1.13 + 9.7) + noise3(p @ _TURN.T * 0.93 + 4.1)
    return smoothstep(2.02, 2.28, both)


def fbm3(p: np.ndarray, octaves: int = 4, gain: float = 0.5) -> np.ndarray:
    """Fractal noise in 0..1 at points of shape (n, 3)."""
    total = np.zeros(len(p), np.float32)
    amp, norm = 1.0, 0.0
    for k in range(octaves):
        total += amp * noise3(p + 7.7 * k)
        norm += amp
        amp *= gain
        p = p @ _TURN * 2.03
    return total / norm


def cells2(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Worley noise: distance to the nearest scattered point, and that point's number."""
    cx, cy = np.floor(x).astype(np.int32), np.floor(y).astype(np.int32)
    best = np.full(x.shape, 9.0, np.float32)
    ident = np.zeros(x.shape, np.float32)
    for dy in (-1, 0, 1):
        for dx in (-1, 0, 1):
            ix, iy = cx + dx, cy + dy
            k = (iy & (_N2 - 1)) * _N2 + (ix & (_N2 - 1))
            px, py = ix + _LATTICE2[k], iy + _LATTICE2[(k + 7919) & (_N2 * _N2 - 1)]
            d = np.hypot(px - x, py - y).astype(np.float32)
            near = d < best
            best = np.where(near, d, best)
            ident = np.where(near, _LATTICE2[(k + 104729) & (_N2 * _N2 - 1)], ident)
    return best, ident


def smoothstep(a: float, b: float, x: np.ndarray) -> np.ndarray:
    t = np.clip((x - a) / (b - a), 0.0, 1.0)
    return t * t * (3.0 - 2.0 * t)


def mix(a, b, t) -> np.ndarray:
    """Blend two colours (or two fields of colours) by a field ``t`` in 0..1."""
    return (
        np.asarray(a, np.float32) * (1.0 - t[..., None]) + np.asarray(b, np.float32) * t[..., None]
    )
