"""Compose and photograph one random scene of a class."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageFilter

from .clutter import CLUTTER
from .grounds import GROUNDS
from .render import Placed, Scene, render, unit
from .sdf import Rng, rgb
from .shapes import CLASSES

SIZES = ((320, 240), (320, 240), (288, 288), (256, 256), (300, 256), (256, 320))


def rotation(yaw: float, tilt: float, way: float) -> np.ndarray:
    """Turn about the upright axis, then lean by ``tilt`` towards ``way``."""
    cy, sy = np.cos(yaw), np.sin(yaw)
    turn = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    k = np.array([np.cos(way), 0, np.sin(way)])
    cross = np.array([[0, -k[2], k[1]], [k[2], 0, -k[0]], [-k[1], k[0], 0]])
    lean = np.eye(3) + np.sin(tilt) * cross + (1 - np.cos(tilt)) * cross @ cross
    return (lean @ turn).astype(np.float32)


def lowest(shape, rot: np.ndarray) -> float:
    """The height of the turned shape's lowest point (its distance field is searched on a grid)."""
    r = shape.radius
    axis = np.linspace(-r, r, 34, dtype=np.float32)
    p = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), -1).reshape(-1, 3)
    d = shape.sdf(p)
    inside = d < 0.03 * r
    return float(((p[inside] @ rot.T)[:, 1] + np.minimum(d[inside], 0.0)).min())


def put(
    rng: Rng, shape, x: float, z: float, scale: float, tilt: float, subject=False, sink=0.0
) -> Placed:
    rot = rotation(rng.uniform(0, 2 * np.pi), tilt, rng.uniform(0, 2 * np.pi))
    y = -lowest(shape, rot) * scale - sink * scale
    return Placed(shape, rot, np.array([x, y, z], np.float32), scale, subject)


def lean_of(rng: Rng, name: str) -> float:
    """How far from upright things of a class come to rest."""
    lying = {"acorn": 0.85, "apple": 0.25, "mushroom": 0.35, "pear": 0.5, "pumpkin": 0.12}[name]
    if rng.random() < lying:
        return rng.uniform(1.0, 1.6 if name == "mushroom" else 2.1)
    return abs(rng.normal(0, 0.22))


def clutter(rng: Rng, subjects: list[Placed], count: int) -> list[Placed]:
    """Leaves, pebbles, berries and twigs around the subjects, not inside them."""
    out: list[Placed] = []
    favour = str(rng.choice(list(CLUTTER)))
    for _ in range(count):
        kind = favour if rng.random() < 0.6 else str(rng.choice(list(CLUTTER)))
        scale = {
            "leaf": rng.uniform(0.45, 0.95),
            "pebble": rng.uniform(0.14, 0.5),
            "berry": rng.uniform(0.13, 0.3),
            "twig": rng.uniform(0.5, 0.9),
        }[kind]
        for _ in range(12):
            a, r = rng.uniform(0, 2 * np.pi), rng.uniform(1.0, 3.6)
            x, z = r * np.cos(a), r * np.sin(a)
            room = 0.45 if kind in ("leaf", "twig") else 0.95
            others = subjects + [o for o in out if kind in ("pebble", "berry")]
            if all(
                np.hypot(x - o.pos[0], z - o.pos[2]) > room * (o.radius * 0.72 + scale)
                for o in others
            ):
                tilt = rng.uniform(-0.12, 0.12) if kind in ("leaf", "twig") else rng.uniform(0, 3.1)
                out.append(put(rng, CLUTTER[kind](rng), x, z, scale, tilt))
                break
    return out


def compose(rng: Rng, name: str, hard: float) -> Scene:
    """A scene with one to three subjects; ``hard`` in 0..1 widens view, light and clutter."""
    crowd = int(rng.choice((1, 2, 3), p=(0.66, 0.22, 0.12)))
    subjects: list[Placed] = []
    for k in range(crowd):
        scale = 1.0 if k == 0 else rng.uniform(0.72, 1.05)
        for _ in range(20):
            a, r = rng.uniform(0, 2 * np.pi), 0.0 if k == 0 else rng.uniform(1.5, 2.2)
            x, z = r * np.cos(a), r * np.sin(a)
            if all(np.hypot(x - s.pos[0], z - s.pos[2]) > 1.0 + 0.95 * scale for s in subjects):
                lean = lean_of(rng, name)
                sink = rng.uniform(0.0, 0.35) if name == "mushroom" and lean < 0.6 else 0.0
                subjects.append(put(rng, CLASSES[name](rng), x, z, scale, lean, True, sink))
                break

    spread = 1.0 if len(subjects) == 1 else 1.35
    elevation = np.radians(rng.uniform(24, 52) + hard * rng.uniform(-12, 34))
    fill = rng.uniform(0.62, 0.80) - hard * rng.uniform(0.0, 0.34)
    fov = np.radians(rng.uniform(24, 40))
    away = 1.18 * spread / (np.tan(fov / 2) * fill)
    middle = np.mean([s.pos for s in subjects], 0)
    side = rng.uniform(0, 2 * np.pi)
    shift = rng.normal(0, 0.16 + 0.26 * hard, 3) * (1, 0.4, 1)
    target = (middle + shift).astype(np.float32)
    eye = target + away * np.array(
        [np.cos(elevation) * np.sin(side), np.sin(elevation), np.cos(elevation) * np.cos(side)],
        np.float32,
    )

    things = subjects + clutter(rng, subjects, int(rng.integers(0, 4 + round(6 * hard))))
    if rng.random() < 0.12 + 0.4 * hard:  # something close to the lens or before the subject
        ahead = unit(target - eye)
        right = unit(np.cross(ahead, (0, 1, 0)))
        f = rng.uniform(0.30, 0.62)
        k = np.tan(fov / 2) * away * f * rng.choice((-1, 1))
        pos = (
            eye
            + ahead * away * f
            + right * k * rng.uniform(0.45, 0.9)
            - np.cross(right, ahead) * abs(k) * rng.uniform(0.2, 0.9)
        )
        shape = CLUTTER["leaf"](rng)
        things.append(
            Placed(
                shape,
                rotation(*rng.uniform(0, 6.2, 3)),
                pos.astype(np.float32),
                0.36 * away * f * fov,
            )
        )

    warm = rng.uniform(-1, 1)
    height = np.radians(rng.uniform(28, 68))
    sun_at = side + rng.uniform(0.5, 2.6) * rng.choice((-1, 1))
    sun = unit((np.cos(height) * np.sin(sun_at), np.sin(height), np.cos(height) * np.cos(sun_at)))
    balance = rng.uniform(0.35, 0.78)  # sun against sky
    sun_rgb = np.array([1.0, 0.93 - 0.07 * warm, 0.80 - 0.18 * warm], np.float32) * 2.6 * balance
    sky_rgb = (
        np.array([0.86 + 0.10 * warm, 0.95, 1.05 - 0.10 * warm], np.float32)
        * 1.25
        * (1.05 - balance)
    )
    tone = rgb(str(rng.choice(("#6f7d5a", "#8a7a66", "#5a6470", "#9a8f80", "#3f4a3a", "#b0a898"))))
    bokeh = [
        (
            rng.uniform(0, 1),
            rng.uniform(0, 0.6),
            rng.uniform(0.03, 0.09),
            tone * rng.uniform(0.5, 2.0) + 0.05,
        )
        for _ in range(int(rng.integers(0, 16)))
    ]
    ground = GROUNDS[str(rng.choice(list(GROUNDS)))](rng)
    return Scene(
        things=things,
        ground=ground,
        eye=eye,
        target=target,
        roll=rng.normal(0, 0.05 + 0.1 * hard),
        fov=fov,
        sun=sun,
        sun_rgb=sun_rgb,
        sky_rgb=sky_rgb,
        hardness=float(rng.uniform(3.5, 16)),
        window=unit(sun + rng.normal(0, 0.35, 3)),
        depth_of=away,
        aperture=rng.uniform(2.0, 9.0),
        table_end=away + rng.uniform(4.0, 14.0),
        bokeh=bokeh,
        back=(tone * 1.1, tone * 0.5),
    )


def develop(rng: Rng, light: np.ndarray, hard: float) -> Image.Image:
    """Exposure, white balance, film curve, vignette, softness and grain."""
    h, w, _ = light.shape
    level = np.percentile(light.mean(-1), 60)
    light = (
        light
        * (0.30 / max(level, 0.05)) ** 0.55
        * rng.uniform(0.72, 1.0)
        * (1 - 0.35 * hard * rng.random())
    )
    light = light * (1 + rng.normal(0, 0.025 + 0.045 * hard, 3))
    y, x = np.mgrid[0:h, 0:w]
    light *= (1 - rng.uniform(0.05, 0.3) * (((x / w - 0.5) ** 2 + (y / h - 0.5) ** 2) * 2))[
        ..., None
    ]
    grey = (light @ np.array([0.25, 0.60, 0.15]))[..., None]
    light = np.maximum(grey + (light - grey) * rng.uniform(0.68, 0.92), 0)
    film = light * (2.51 * light + 0.03) / (light * (2.43 * light + 0.59) + 0.14)
    film = np.clip(film, 0, 1) ** (1 / 2.2)
    picture = Image.fromarray((film * 255 + 0.5).astype(np.uint8))
    if rng.random() < 0.55 * hard:
        picture = picture.filter(ImageFilter.GaussianBlur(rng.uniform(0.5, 1.7)))
    else:
        picture = picture.filter(ImageFilter.UnsharpMask(0.8, 45, 2))
    grain = rng.normal(0, rng.uniform(1.0, 2.6) + 5.0 * hard * rng.random(), (h, w, 1))
    grain = grain + rng.normal(0, 1.0, (h, w, 3))
    return Image.fromarray(
        np.clip(np.asarray(picture, np.float32) + grain, 0, 255).astype(np.uint8)
    )


def photograph(seed: tuple[int, ...], name: str, hardness: float, quality: int = 85) -> bytes:
    """One JPEG of a class; the same seed gives the same picture."""
    rng = np.random.default_rng(seed)
    hard = float(np.clip(rng.beta(1.1, 1.3) * 1.6 * hardness, 0, 1))
    width, height = SIZES[int(rng.integers(len(SIZES)))]
    picture = develop(rng, render(compose(rng, name, hard), width, height), hard)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()
