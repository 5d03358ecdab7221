"""The things on the table, as signed distance fields with procedural skins."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .noise import fbm3, mix, noise3, smoothstep, speckle3
from .sdf import Rng, Shape, bend_of, ellipsoid, pick, polar, rgb, smin, stem

FRUIT = ("#b3121d", "#c8321f", "#7d1220", "#d8a52a", "#8fa832", "#b7bf3c", "#d9772b", "#6f8f2f")


def apple(rng: Rng) -> Shape:
    tall, waist = rng.uniform(0.86, 1.06), rng.uniform(-0.10, 0.12)
    dip, foot, lobes = rng.uniform(0.28, 0.42), rng.uniform(0.10, 0.24), rng.uniform(0.0, 0.05)
    lean, bend, top = rng.uniform(-0.09, 0.09), bend_of(rng, 0.22), rng.uniform(0.92, 1.25)
    has_stem = rng.random() < 0.82
    seed, base, blush = rng.uniform(0, 30, 3), pick(rng, *FRUIT), pick(rng, *FRUIT[:4])
    amount, stripes, dots = rng.uniform(0.0, 1.0), rng.uniform(0.2, 1.0), rng.uniform(0.0, 0.5)

    def body(p: np.ndarray) -> np.ndarray:
        q = p * np.array([1.0, 1.0 / tall, 1.0], np.float32)
        rho, c, th = polar(q)
        r = 1.0 + waist * c - dip * np.exp((c - 1.0) / 0.085) - foot * np.exp((-c - 1.0) / 0.06)
        r += lobes * np.cos(5.0 * th) * smoothstep(0.2, -0.9, c) + lean * q[:, 0] / rho
        return (rho - r) * 0.62

    def stalk(p: np.ndarray) -> np.ndarray:
        return stem(p, 0.45 * tall, top * tall, 0.045, 0.062, bend)

    def sdf(p: np.ndarray) -> np.ndarray:
        return np.minimum(body(p), stalk(p)) if has_stem else body(p)

    def skin(p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        _, c, th = polar(p)
        around = np.stack([np.cos(th) * 9, c * 1.2, np.sin(th) * 9], 1) + seed
        streak = fbm3(around, 3) * stripes + fbm3(p * 1.3 + seed, 3)
        col = mix(base, blush, smoothstep(1.05 - amount * 0.6, 1.35 - amount * 0.5, streak))
        col = mix(col, rgb("#8c7a35"), 0.75 * np.exp((c - 1.0) / 0.035))
        col = mix(col, rgb("#e8d9a0"), dots * speckle3(p * 15 + seed))
        gloss = 0.9 * (1.0 - 0.85 * smoothstep(0.72, 0.95, c))
        if has_stem:
            wood = stalk(p) < body(p)
            col[wood] = rgb("#4a3018") * (0.6 + 0.8 * noise3(p[wood] * 9)[:, None])
            gloss[wood] = 0.15
        return col, gloss

    return Shape(sdf, skin, 1.45, sharp=rng.uniform(0.5, 1.0), soft=0.22)


def pear(rng: Rng) -> Shape:
    neck, width, blend = rng.uniform(0.55, 1.12), rng.uniform(0.30, 0.52), rng.uniform(0.35, 0.75)
    belly, curve = rng.uniform(0.80, 0.92), bend_of(rng, 0.22)
    bend, seed = bend_of(rng, 0.25) + curve, rng.uniform(0, 30, 3)
    top = neck + width - 0.25
    has_stem = rng.random() < 0.85
    base, blush = (
        pick(rng, "#9aa83a", "#b9b04a", "#c9a63a", "#a8712c", *FRUIT),
        pick(rng, *FRUIT[:4], "#8a5a28"),
    )
    amount, speckle = rng.uniform(0.0, 0.8), rng.uniform(0.2, 0.9)

    def body(p: np.ndarray) -> np.ndarray:
        q = p.copy()
        lift = np.maximum(p[:, 1:2], 0.0)
        q[:, [0, 2]] -= curve * lift * lift
        d = smin(
            ellipsoid(q, (0, -0.15, 0), (belly, belly * 0.95, belly)),
            ellipsoid(q, (0, neck - 0.15, 0), (width, width * 1.15, width)),
            blend,
        )
        _, c, _ = polar(q)
        return (d + 0.10 * np.exp((-c - 1.0) / 0.03)) * 0.8

    def stalk(p: np.ndarray) -> np.ndarray:
        q = p.copy()
        q[:, [0, 2]] -= curve * max(top, 0.0) ** 2
        return stem(q, top - 0.1, top + 0.52, 0.045, 0.07, bend)

    def sdf(p: np.ndarray) -> np.ndarray:
        return np.minimum(body(p), stalk(p)) if has_stem else body(p)

    def skin(p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        patch = fbm3(p * 1.1 + seed, 4)
        col = mix(base, blush, amount * smoothstep(0.45, 0.68, patch))
        col = mix(col, rgb("#7a5526"), speckle * speckle3(p * 19 + seed))
        col = mix(col, rgb("#8a6a34"), 0.45 * smoothstep(0.54, 0.80, fbm3(p * 2.4 - seed, 4)))
        col *= (0.9 + 0.2 * noise3(p * 40))[:, None]
        gloss = np.full(len(p), 0.55, np.float32)
        if has_stem:
            wood = stalk(p) < body(p)
            col[wood] = rgb("#3d2a16") * (0.6 + 0.8 * noise3(p[wood] * 9)[:, None])
            gloss[wood] = 0.15
        return col, gloss

    return Shape(sdf, skin, 1.9, sharp=rng.uniform(0.25, 0.75), soft=0.25)


def pumpkin(rng: Rng) -> Shape:
    flat, ribs = rng.uniform(0.62, 1.02), int(rng.integers(7, 14))
    depth, dip = rng.uniform(0.05, 0.15), rng.uniform(0.20, 0.38)
    bend, top, thick = bend_of(rng, 0.38), rng.uniform(0.75, 1.2), rng.uniform(0.10, 0.17)
    has_stem = rng.random() < 0.85
    seed, wobble = rng.uniform(0, 30, 3), rng.uniform(0.0, 0.9)
    base = pick(
        rng, "#d9661a", "#e0851f", "#c9521a", "#d9a441", "#e6dcc0", "#5d7a3a", "#b3341d", "#8fa05a"
    )
    groove, mottle = pick(rng, "#7a3a12", "#a35a1a", "#6b7a30", "#d9b060"), rng.uniform(0.0, 0.7)

    def body(p: np.ndarray) -> np.ndarray:
        q = p * np.array([1.0, 1.0 / flat, 1.0], np.float32)
        rho, c, th = polar(q)
        th = th + wobble * np.sin(th * 2 + seed[0]) * 0.2
        crease = 1.0 - np.abs(np.cos(0.5 * ribs * th))
        r = 1.0 - depth * crease * crease * (1.0 - 0.7 * c * c)
        r -= dip * np.exp((c - 1.0) / 0.10) + 0.14 * np.exp((-c - 1.0) / 0.08)
        return (rho - r) * 0.55

    def stalk(p: np.ndarray) -> np.ndarray:
        th = np.arctan2(p[:, 2], p[:, 0]) + p[:, 1] * 1.5
        return stem(
            p, 0.45 * flat, top * flat + 0.12, thick * 1.25, thick * 0.8, bend
        ) + 0.02 * np.cos(6 * th)

    def sdf(p: np.ndarray) -> np.ndarray:
        return np.minimum(body(p), stalk(p)) if has_stem else body(p)

    def skin(p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        _, c, th = polar(p * np.array([1.0, 1.0 / flat, 1.0], np.float32))
        th = th + wobble * np.sin(th * 2 + seed[0]) * 0.2
        crease = (1.0 - np.abs(np.cos(0.5 * ribs * th))) ** 3
        col = mix(base, groove, 0.65 * crease)
        col = mix(col, groove, mottle * smoothstep(0.52, 0.72, fbm3(p * 2.2 + seed, 4)))
        col *= (0.86 + 0.28 * fbm3(p * 7 + seed, 3))[:, None]
        col = mix(col, rgb("#6d6a2f"), 0.7 * np.exp((c - 1.0) / 0.05))
        gloss = np.full(len(p), 0.6, np.float32)
        if has_stem:
            wood = stalk(p) < body(p)
            tint = mix(rgb("#7d6a3a"), rgb("#46582a"), noise3(p[wood] * 3 + seed))
            col[wood] = tint * (0.6 + 0.7 * noise3(p[wood] * 12)[:, None])
            gloss[wood] = 0.2
        return col, gloss

    return Shape(sdf, skin, 1.6, sharp=rng.uniform(0.3, 0.8), soft=0.22)


def acorn(rng: Rng) -> Shape:
    long, fat, cover = rng.uniform(0.82, 1.25), rng.uniform(0.60, 0.80), rng.uniform(0.08, 0.34)
    rows, bump = rng.uniform(19, 28), rng.uniform(0.010, 0.022)
    bend, seed = bend_of(rng, 0.25), rng.uniform(0, 30, 3)
    has_stem, rim = rng.random() < 0.85, fat * rng.uniform(1.14, 1.26)
    nut = pick(rng, "#8a5524", "#6b3c1a", "#a8793a", "#8c8a3c", "#b98a4a", "#5a2f18", "#9c4a22")
    cup, pale = pick(rng, "#6e5a3c", "#57432c", "#8a7a58", "#7a5530"), rng.uniform(0.1, 0.5)
    crown = rng.uniform(0.42, 0.62)

    def body(p: np.ndarray) -> np.ndarray:
        d = ellipsoid(p, (0, 0, 0), (fat, long, fat))
        return smin(d, stem(p, -long + 0.05, -long - 0.10, 0.09, 0.02, bend * 0), 0.12)

    def cap(p: np.ndarray) -> np.ndarray:
        y0 = cover
        d = ellipsoid(p, (0, y0, 0), (rim, long - y0 + crown * 0.32, rim))
        th = np.arctan2(p[:, 2], p[:, 0])
        h = (p[:, 1] - y0) * rows
        scale = np.cos(h) * np.cos(th * 13 + h * 0.5)
        lip = (y0 - p[:, 1]) - 0.02 * np.cos(th * 7 + seed[0])
        inner = ellipsoid(p, (0, 0, 0), (fat * 0.97, long * 0.97, fat * 0.97))
        d = np.maximum(np.maximum(d + bump * scale, lip), -inner)
        return d * 0.7

    def stalk(p: np.ndarray) -> np.ndarray:
        return stem(p, long + 0.1, long + 0.48, 0.07, 0.085, bend)

    def hat(p: np.ndarray) -> np.ndarray:
        return np.minimum(cap(p), stalk(p)) if has_stem else cap(p)

    def sdf(p: np.ndarray) -> np.ndarray:
        return np.minimum(body(p) * 0.9, hat(p))

    def skin(p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        th = np.arctan2(p[:, 2], p[:, 0])
        grain = fbm3(np.stack([np.cos(th) * 11, p[:, 1] * 0.9, np.sin(th) * 11], 1) + seed, 3)
        col = nut * (0.55 + 0.9 * grain[:, None])
        col = mix(col, rgb("#d9c08a"), pale * smoothstep(cover - 0.5, cover, p[:, 1]))
        gloss = np.full(len(p), 0.85, np.float32)
        top = hat(p) < body(p) * 0.9
        q, h = p[top], (p[top, 1] - cover) * rows
        scale = 0.5 + 0.5 * np.cos(h) * np.cos(th[top] * 13 + h * 0.5)
        col[top] = cup * (0.45 + 0.9 * (1 - scale) + 0.5 * fbm3(q * 9 + seed, 2))[:, None]
        gloss[top] = 0.12
        return col, gloss

    return Shape(sdf, skin, 1.85, sharp=rng.uniform(0.55, 1.0), soft=0.15)


def mushroom(rng: Rng) -> Shape:
    wide, high = rng.uniform(0.82, 1.2), rng.uniform(0.34, 0.70)
    length, thick = rng.uniform(0.75, 1.35), rng.uniform(0.17, 0.36)
    bulge, bend, seed = rng.uniform(1.0, 1.5), bend_of(rng, 0.18), rng.uniform(0, 30, 3)
    hollow, point = rng.uniform(0.18, 0.5) * high, rng.uniform(0.0, 0.22)
    toadstool = rng.random() < 0.30
    top = (
        pick(rng, "#b3121d", "#c93a1a")
        if toadstool
        else pick(
            rng,
            "#8a5a30",
            "#6b4020",
            "#c9a878",
            "#e3d6bd",
            "#a8743c",
            "#d99a4a",
            "#5a3a28",
            "#b9733a",
        )
    )
    stalk_c, gill_c = (
        pick(rng, "#e6dcc4", "#d9c8a0", "#c9b08a"),
        pick(rng, "#d9c3a0", "#a8825a", "#e0d0b8"),
    )
    spots = rng.uniform(2.4, 3.6)

    def stalk(p: np.ndarray) -> np.ndarray:
        return stem(
            p, -length + 0.15, high * 0.5, thick * bulge, thick * 0.85, -bend * 0 + bend * 0.5
        )

    def cap(p: np.ndarray) -> np.ndarray:
        q = p.copy()
        q[:, [0, 2]] -= bend * 0.5
        d = ellipsoid(q, (0, 0, 0), (wide, high, wide))
        d = smin(
            d, ellipsoid(q, (0, high * 0.7, 0), (wide * 0.3, high * 0.3 + point, wide * 0.3)), 0.3
        )
        rim = np.minimum((q[:, 0] ** 2 + q[:, 2] ** 2) / (wide * wide), 1.0)
        wavy = 0.03 * rim * np.cos(3 * np.arctan2(q[:, 2], q[:, 0]) + seed[0])
        under = -ellipsoid(
            q, (0, -high * 0.75, 0), (wide * 1.12, high * 0.62 + hollow, wide * 1.12)
        )
        k = 0.08
        h = np.maximum(k - np.abs(d - under), 0.0) / k
        return (np.maximum(d, under) + h * h * k * 0.25 + wavy * 0.5) * 0.75

    def sdf(p: np.ndarray) -> np.ndarray:
        return smin(stalk(p), cap(p), 0.07)

    def skin(p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        q = p.copy()
        q[:, [0, 2]] -= bend * 0.5
        th = np.arctan2(q[:, 2], q[:, 0])
        r = np.hypot(q[:, 0], q[:, 2]) / wide
        col = top * (0.62 + 0.7 * fbm3(p * 2.6 + seed, 4))[:, None]
        col = mix(col, top * 0.55, 0.5 * smoothstep(0.35, 0.0, r))
        col = mix(col, stalk_c, 0.35 * smoothstep(0.8, 1.05, r))
        if toadstool:
            wart = noise3(q * spots * 1.6 + seed)
            col = mix(col, rgb("#efe6d2"), smoothstep(0.63, 0.69, wart))
        gloss = np.full(len(p), 0.5, np.float32)
        e = 0.02
        below = (
            ellipsoid(q, (0, -high * 0.75, 0), (wide * 1.12, high * 0.62 + hollow, wide * 1.12)) < e
        )
        foot = below | (r * wide < thick * 0.9) & (q[:, 1] < 0)
        gills = 0.72 + 0.28 * np.cos(th * 64 + 3 * noise3(p * 3))
        col[foot] = (gill_c * gills[:, None])[foot]
        leg = stalk(p) < cap(p)
        fibre = fbm3(np.stack([np.cos(th) * 6, p[:, 1] * 1.3, np.sin(th) * 6], 1) + seed, 3)
        col[leg] = (stalk_c * (0.6 + 0.65 * fibre)[:, None])[leg]
        gloss[foot | leg] = 0.08
        return col, gloss

    return Shape(sdf, skin, 1.75, sharp=rng.uniform(0.2, 0.7), soft=0.35)


CLASSES: dict[str, Callable[[Rng], Shape]] = {
    "acorn": acorn,
    "apple": apple,
    "mushroom": mushroom,
    "pear": pear,
    "pumpkin": pumpkin,
}
