"""Small things that lie about: leaves, pebbles, berries and twigs. None of them is a class."""

from __future__ import annotations

import numpy as np

from .noise import fbm3, mix, noise3, smoothstep
from .sdf import Rng, Shape, ellipsoid, pick, rgb


def leaf(rng: Rng) -> Shape:
    """A curled autumn leaf, lying: pointed, or lobed like oak and maple."""
    kind = int(rng.integers(3))
    curl, twist = rng.uniform(0.05, 0.35), rng.uniform(-0.25, 0.25)
    lobes, slim = int(rng.integers(5, 8)), rng.uniform(0.35, 0.55)
    base = pick(rng, "#b8471b", "#d98a24", "#8a2b1a", "#a8782c", "#7d8a32", "#c9a23a", "#5f4526")
    edge, seed = pick(rng, "#6b3417", "#c96a24", "#4a5a24", "#8a6a2a"), rng.uniform(0, 30, 3)

    def outline(x: np.ndarray, z: np.ndarray) -> np.ndarray:
        if kind == 0:
            w = slim * np.clip(1 - x * x, 0, 1) ** 0.8 * (1 - 0.3 * x)
            return np.maximum(np.abs(z) - w, np.abs(x) - 1)
        th, r = np.arctan2(z, x), np.hypot(x, z)
        if kind == 1:
            w = 0.42 * np.clip(1 - x * x, 0, 1) ** 0.6 * (0.78 + 0.32 * np.cos(x * 11))
            return np.maximum(np.abs(z) - w, np.abs(x) - 1)
        return r - (
            0.62 + 0.30 * np.cos(lobes * th) * (0.65 + 0.35 * np.cos(th)) + 0.05 * np.cos(23 * th)
        )

    def sdf(p: np.ndarray) -> np.ndarray:
        x, y, z = p.T
        sheet = (
            y
            - (curl * (x * x * 0.6 + z * z) + twist * x * z - 0.05)
            - 0.015 * np.cos(9 * z + 3 * x)
        )
        rib = np.maximum(np.abs(z - 0.05 * x) - 0.015, np.maximum(x - 1.0, -1.45 - x))
        flat = np.minimum(outline(x, z), rib)
        return np.maximum(np.abs(sheet) - 0.012, flat) * 0.5

    def skin(p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        x, _, z = p.T
        col = mix(base, edge, smoothstep(0.42, 0.66, fbm3(p * 2.2 + seed, 4)))
        vein = np.abs(((x - np.abs(z) * 0.8) * 5.5) % 1.0 - 0.5)
        line = np.maximum(
            smoothstep(0.035, 0.0, np.abs(z - 0.05 * x)), 0.5 * smoothstep(0.1, 0.0, vein)
        )
        return mix(col, rgb("#d9b878"), 0.5 * line), np.full(len(p), 0.25, np.float32)

    return Shape(sdf, skin, 1.5, sharp=0.2, soft=0.5)


def pebble(rng: Rng) -> Shape:
    radii = rng.uniform(0.55, 1.0, 3).astype(np.float32) * np.array([1, 0.7, 1], np.float32)
    seed = rng.uniform(0, 30, 3)
    col = pick(rng, "#8a8780", "#a89c8a", "#5f6064", "#c4bba8", "#7a5f4a")

    def sdf(p: np.ndarray) -> np.ndarray:
        return (ellipsoid(p, (0, 0, 0), radii) + 0.16 * (noise3(p * 1.3 + seed) - 0.5)) * 0.75

    def skin(p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        grain = 0.6 + 0.8 * fbm3(p * 6 + seed, 4)
        return col * grain[:, None], np.full(len(p), 0.2, np.float32)

    return Shape(sdf, skin, 1.2, sharp=0.2, soft=0.05)


def berry(rng: Rng) -> Shape:
    col = pick(rng, "#9c1420", "#c9331a", "#2a2f5a", "#3a1a30", "#d9701a")
    seed = rng.uniform(0, 30, 3)

    def sdf(p: np.ndarray) -> np.ndarray:
        return ellipsoid(p, (0, 0, 0), (0.9, 0.85, 0.9))

    def skin(p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        c = mix(col, rgb("#1a1410"), smoothstep(0.80, 0.84, p[:, 1]))
        return c * (0.8 + 0.4 * fbm3(p * 2 + seed, 2))[:, None], np.full(len(p), 0.9, np.float32)

    return Shape(sdf, skin, 1.0, sharp=0.9, soft=0.3)


def twig(rng: Rng) -> Shape:
    wave, seed = rng.uniform(0.02, 0.09), rng.uniform(0, 30, 3)
    fork, aside = rng.uniform(-0.6, 0.5), rng.uniform(0.45, 0.9) * rng.choice((-1, 1))
    col = pick(rng, "#5a432c", "#3f2d1e", "#7a654a")

    def sdf(p: np.ndarray) -> np.ndarray:
        x = np.clip(p[:, 0], -1.6, 1.6)
        line = wave * (np.sin(x * 1.9 + seed[0]) + 0.6 * np.abs((x * 0.9 + seed[1]) % 2.0 - 1.0))
        d = np.sqrt((p[:, 0] - x) ** 2 + p[:, 1] ** 2 + (p[:, 2] - line) ** 2)
        s = np.clip(p[:, 0] - fork, 0.0, 0.75)
        branch = np.sqrt((p[:, 0] - fork - s) ** 2 + p[:, 1] ** 2 + (p[:, 2] - aside * s) ** 2)
        knots = 0.012 * noise3(p * 4 + seed)
        return (np.minimum(d - 0.055 + 0.012 * x, branch - 0.04 + 0.02 * s) + knots) * 0.7

    def skin(p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        grain = fbm3(p * np.array([2, 14, 14], np.float32) + seed, 3)
        return col * (0.4 + 1.2 * grain[:, None]), np.full(len(p), 0.1, np.float32)

    return Shape(sdf, skin, 1.8, sharp=0.1, soft=0.05)


CLUTTER = {"leaf": leaf, "pebble": pebble, "berry": berry, "twig": twig}
