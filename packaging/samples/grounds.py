"""What the things lie on: each surface gives albedo, relief and gloss at ground points (x, z)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .noise import cells2, fbm2, mix, noise2, smoothstep
from .sdf import Rng, pick, rgb

Layer = tuple[np.ndarray, np.ndarray, float]  # albedo (n, 3), height (n,), gloss
Ground = Callable[[np.ndarray, np.ndarray], Layer]


def wood(rng: Rng) -> Ground:
    """Planks with rings, grain and dark joints."""
    light = pick(rng, "#b98a56", "#8a5c34", "#c9a878", "#6b4428", "#4a3222", "#a8a096")
    dark, plank = light * rng.uniform(0.35, 0.6), rng.uniform(1.1, 2.6)
    ox, oz, rings = *rng.uniform(0, 99, 2), rng.uniform(2.5, 6.0)

    def at(x: np.ndarray, z: np.ndarray) -> Layer:
        board = np.floor(z / plank)
        shift = (board * 37.7) % 61.0
        u, v = x * 0.30 + ox + shift, z * 1.8 + oz + shift
        warp = fbm2(u, v * 0.5, 3)
        ring = 0.5 + 0.5 * np.sin((v + 5.0 * warp) * rings)
        grain = fbm2(u * 5, v * 16, 3)
        col = mix(dark, light, np.clip(0.15 + 0.45 * ring + 0.55 * grain, 0, 1))
        col = col * (0.80 + 0.4 * noise2(board * 3.1 + 0.5, shift))[..., None]
        edge = np.abs((z / plank) % 1.0 - 0.5)
        joint = smoothstep(0.490, 0.499, edge)
        return mix(col, dark * 0.15, joint), 0.012 * grain - 0.05 * joint, 0.18

    return at


def cloth(rng: Rng) -> Ground:
    """Woven linen: plain, striped or gingham, in soft folds."""
    a = pick(rng, "#e8e0d0", "#d9cdb8", "#f0ece4", "#c9d0d4")
    b = pick(rng, "#a83232", "#3a5a8a", "#4a6b45", "#8a6a4a", "#2f3a4a", "#c9993a")
    kind, size, ox = int(rng.integers(3)), rng.uniform(0.35, 0.9), rng.uniform(0, 99)
    folds, weave = rng.uniform(0.0, 0.22), rng.uniform(26, 44)

    def at(x: np.ndarray, z: np.ndarray) -> Layer:
        fold = fbm2(x * 0.45 + ox, z * 0.45, 2)
        x, z = x + 0.25 * fold, z + 0.25 * fold
        sx = smoothstep(-0.08, 0.08, np.sin(x * np.pi / size))
        sz = smoothstep(-0.08, 0.08, np.sin(z * np.pi / size))
        t = (0.0 * x, sx, 0.5 * (sx + sz))[kind]
        thread = np.sin(x * weave * 2) * np.sin(z * weave * 2)
        slub = fbm2(x * 3 + ox, z * 30, 2) * 0.5 + fbm2(x * 30, z * 3 + ox, 2) * 0.5
        col = mix(a, b, t) * (0.72 + 0.10 * thread + 0.4 * slub)[..., None]
        return col, folds * fold * 2.2 + 0.006 * thread + 0.015 * slub, 0.02

    return at


def grass(rng: Rng) -> Ground:
    """A lawn seen from above: many crossing blades, light over dark."""
    tip = pick(rng, "#7d8c4a", "#66803f", "#948f55", "#5c7544", "#86804a")
    root, o = tip * rng.uniform(0.10, 0.22), rng.uniform(0, 99, 2)
    angles = rng.uniform(0, np.pi, 5)

    def at(x: np.ndarray, z: np.ndarray) -> Layer:
        h = 0.25 * fbm2(x * 2 + o[0], z * 2 + o[1], 3)
        for k, a in enumerate(angles):
            bend = 0.12 * noise2(x * 2.2 + 9 * k, z * 2.2)
            u, v = x * np.cos(a) + z * np.sin(a) + bend, z * np.cos(a) - x * np.sin(a) + bend
            blade = noise2(u * 2.6 + o[0] + 31 * k, v * 30 + o[1])
            h = np.maximum(h, smoothstep(0.45, 0.95, blade) * (0.5 + 0.125 * k))
        tone = fbm2(x * 0.6 + o[1], z * 0.6, 2)
        col = mix(root, tip, np.clip(h * 1.15, 0, 1)) * (0.6 + 0.8 * tone)[..., None]
        return (
            mix(
                col, rgb("#b8a860"), 0.5 * smoothstep(0.62, 0.78, fbm2(x * 9, z * 9 + o[0], 2)) * h
            ),
            0.10 * h,
            0.06,
        )

    return at


def stone(rng: Rng) -> Ground:
    """Granite, slate or marble."""
    kind, o = int(rng.integers(3)), rng.uniform(0, 99, 2)
    base = pick(
        rng,
        *(
            ("#8a8680", "#a39a90", "#6d6a68"),
            ("#4a4d52", "#3a3d42", "#5d5a56"),
            ("#dedad4", "#c9c4bc", "#e6dfd0"),
        )[kind],
    )
    vein = pick(rng, "#6d6660", "#8a7a60", "#504a48")

    def at(x: np.ndarray, z: np.ndarray) -> Layer:
        broad = fbm2(x * 0.9 + o[0], z * 0.9 + o[1], 5)
        fine = fbm2(x * 14 + o[1], z * 14, 3)
        if kind == 0:
            _, ident = cells2(x * 26 + o[0], z * 26)
            col = base * (0.45 + 0.55 * broad + 0.65 * ident)[..., None]
            return col, 0.012 * fine, 0.12
        if kind == 1:
            rough = fbm2(x * 3 + 2 * broad, z * 3, 5)
            return (
                base * (0.35 + 0.9 * rough + 0.35 * fine)[..., None],
                0.10 * rough + 0.012 * fine,
                0.10,
            )
        line = np.abs(fbm2(x * 0.7 + 1.6 * broad + o[1], z * 0.7 + o[0], 4) - 0.5)
        col = mix(
            base * 1.0,
            vein,
            0.65 * smoothstep(0.035, 0.0, line) + 0.25 * smoothstep(0.12, 0.0, line),
        )
        return col * (0.86 + 0.24 * broad)[..., None], 0.002 * fine, 0.30

    return at


def paper(rng: Rng) -> Ground:
    """Craft paper or a painted board: nearly plain, with fibres and soft stains."""
    base = pick(rng, "#c9a97a", "#e8e2d4", "#b8c4c4", "#d9b8a0", "#5f7078", "#d0c9a0", "#3f4a45")
    o, stain = rng.uniform(0, 99, 2), rng.uniform(0.05, 0.3)

    def at(x: np.ndarray, z: np.ndarray) -> Layer:
        fibre = fbm2(x * 22 + o[0], z * 22 + 6 * noise2(x, z), 3)
        broad = fbm2(x * 0.5 + o[1], z * 0.5, 4)
        fleck = smoothstep(0.78, 0.84, noise2(x * 17 + o[0], z * 31 + o[1]))
        col = base * (1.0 - stain + 2 * stain * broad + 0.16 * (fibre - 0.5))[..., None]
        return mix(col, base * 0.5, 0.35 * fleck), 0.008 * fibre + 0.02 * broad, 0.05

    return at


def soil(rng: Rng) -> Ground:
    """A forest floor: crumbs of earth, moss and needles."""
    earth = pick(rng, "#4a3522", "#5d4630", "#3a2a1e", "#6d5a42")
    moss, o = pick(rng, "#555f34", "#6b7440", "#6b4a2a"), rng.uniform(0, 99, 2)
    green, angles = rng.uniform(0.35, 0.75), rng.uniform(0, np.pi, 3)

    def at(x: np.ndarray, z: np.ndarray) -> Layer:
        d, ident = cells2(x * 7 + fbm2(x * 4, z * 4, 2), z * 7)
        crumb = fbm2(x * 5 + o[0], z * 5, 5)
        h = 0.5 * crumb + 0.25 * np.clip(1 - d, 0, 1)
        col = earth * (0.25 + 1.1 * crumb + 0.35 * ident)[..., None]
        patch = smoothstep(green, green + 0.15, fbm2(x * 0.8 + o[1], z * 0.8 + o[0], 4))
        col = mix(col, moss * (0.3 + 1.1 * fbm2(x * 19, z * 19, 2))[..., None], patch * 0.85)
        for k, a in enumerate(angles):
            u, v = x * np.cos(a) + z * np.sin(a), z * np.cos(a) - x * np.sin(a)
            needle = smoothstep(0.80, 0.86, noise2(u * 1.8 + 13 * k + o[0], v * 26))
            col, h = mix(col, rgb("#a8793f"), 0.75 * needle), h + 0.12 * needle
        return col, 0.22 * h, 0.04

    return at


GROUNDS: dict[str, Callable[[Rng], Ground]] = {
    "wood": wood,
    "cloth": cloth,
    "grass": grass,
    "stone": stone,
    "paper": paper,
    "soil": soil,
}
