"""A small ray marcher: shapes on a textured ground, one soft sun, a sky, a window, a lens."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from .grounds import Ground
from .noise import mix, smoothstep
from .sdf import Shape

FAR = 1e9


@dataclass
class Placed:
    """A shape put into the world: turned by ``rot`` (local to world), scaled, moved."""

    shape: Shape
    rot: np.ndarray
    pos: np.ndarray
    scale: float
    subject: bool = False  # kept in focus

    def local(self, p: np.ndarray) -> np.ndarray:
        return ((p - self.pos) @ self.rot / self.scale).astype(np.float32)

    def sdf(self, p: np.ndarray) -> np.ndarray:
        return self.shape.sdf(self.local(p)) * self.scale

    @property
    def radius(self) -> float:
        return self.shape.radius * self.scale


@dataclass
class Scene:
    things: list[Placed]
    ground: Ground
    eye: np.ndarray
    target: np.ndarray
    roll: float
    fov: float  # vertical, radians
    sun: np.ndarray  # unit vector towards the sun
    sun_rgb: np.ndarray
    sky_rgb: np.ndarray
    hardness: float  # of shadows: 4 (overcast) .. 24 (noon)
    window: np.ndarray  # unit vector towards a bright window, seen in glossy skins
    depth_of: float  # depth that is in focus
    aperture: float
    table_end: float  # ground ends at this distance from the eye
    bokeh: list[tuple[float, float, float, np.ndarray]] = field(default_factory=list)
    back: tuple[np.ndarray, np.ndarray] = (np.zeros(3), np.zeros(3))


def unit(v) -> np.ndarray:
    v = np.asarray(v, np.float32)
    return v / np.linalg.norm(v, axis=-1, keepdims=True)


def _span(
    origin: np.ndarray, ray: np.ndarray, centre: np.ndarray, radius: float
) -> tuple[np.ndarray, np.ndarray]:
    """Entry and exit of rays through a sphere (entry > exit where they miss it)."""
    oc = origin - centre
    b = (oc * ray).sum(-1)
    disc = b * b - ((oc * oc).sum(-1) - radius * radius)
    root = np.sqrt(np.maximum(disc, 0.0))
    miss = disc <= 0
    return np.where(miss, 1.0, np.maximum(-b - root, 1e-3)), np.where(miss, 0.0, -b + root)


def march(scene: Scene, rays: np.ndarray, depth: np.ndarray) -> np.ndarray:
    """Write the nearest hits into ``depth``; return which thing each ray hit, or -1."""
    owner = np.full(len(rays), -1, np.int32)
    for k, thing in enumerate(scene.things):
        t0, t1 = _span(scene.eye[None], rays, thing.pos, thing.radius)
        alive = np.flatnonzero((t0 < t1) & (t0 < depth))
        t, end = t0[alive], np.minimum(t1[alive], depth[alive])
        for _ in range(90):
            if not len(alive):
                break
            d = thing.sdf(scene.eye + rays[alive] * t[:, None])
            hit = d < 0.0016 * thing.scale
            depth[alive[hit]], owner[alive[hit]] = t[hit], k
            t = t + np.maximum(d, 0.002 * thing.scale)
            keep = ~hit & (t < end)
            alive, t, end = alive[keep], t[keep], end[keep]
    return owner


def shadow(scene: Scene, p: np.ndarray, lift: float) -> np.ndarray:
    """How much of the sun reaches the points, with a penumbra that widens with distance."""
    light = np.ones(len(p), np.float32)
    for thing in scene.things:
        t0, t1 = _span(p, scene.sun[None], thing.pos, thing.radius * 1.12)
        alive = np.flatnonzero((t0 < t1) & (t1 > lift))
        t, end = np.maximum(t0[alive], lift), t1[alive]
        for _ in range(34):
            if not len(alive):
                break
            d = thing.sdf(p[alive] + scene.sun * t[:, None])
            light[alive] = np.minimum(
                light[alive], np.clip(0.5 + 0.5 * scene.hardness * d / t, 0, 1)
            )
            t = t + np.clip(np.abs(d), 0.03, 0.5)
            keep = (t < end) & (light[alive] > 0.002)
            alive, t, end = alive[keep], t[keep], end[keep]
    return light * light * (3 - 2 * light)


def occlusion(scene: Scene, p: np.ndarray, normal: np.ndarray) -> np.ndarray:
    """Ambient light left over near other surfaces."""
    open_ = np.ones(len(p), np.float32)
    for thing in scene.things:
        reach = 0.75 * thing.scale
        near = np.flatnonzero(((p - thing.pos) ** 2).sum(1) < (thing.radius + reach) ** 2)
        if not len(near):
            continue
        dark = np.zeros(len(near), np.float32)
        for h, w in ((0.07, 0.30), (0.2, 0.32), (0.42, 0.28), (0.75, 0.22)):
            d = thing.sdf(p[near] + normal[near] * (h * thing.scale))
            dark += w * np.clip(1.0 - d / (h * thing.scale), 0, 1.4)
        open_[near] *= np.clip(1.0 - 0.85 * dark, 0.06, 1)
    return open_


def environment(scene: Scene, r: np.ndarray, floor: np.ndarray, rough: np.ndarray) -> np.ndarray:
    """What a shiny skin mirrors: floor, sky, a window."""
    up = smoothstep(-0.15, 0.35, r[:, 1])
    out = mix(floor * 0.5, scene.sky_rgb * 0.9, up)
    side = unit(np.cross(scene.window, (0.0, 1.0, 0.0)))
    high = np.cross(side, scene.window)
    soft = 0.04 + 0.5 * rough
    front = (r @ scene.window) > 0
    pane = smoothstep(0.0, 1.0, (0.30 - np.abs(r @ side)) / soft + 0.5)
    pane = pane * smoothstep(0.0, 1.0, (0.36 - np.abs(r @ high)) / soft + 0.5) * front
    return out + (7.0 * pane * (1.0 - 0.75 * rough))[:, None] * (
        0.5 * scene.sky_rgb + 0.5 * scene.sun_rgb
    )


def _lit(scene: Scene, p, normal, ray, albedo, gloss, sharp, soft, floor, lift) -> np.ndarray:
    ndl = normal @ scene.sun
    lam = np.clip((ndl + soft) / (1.0 + soft), 0, 1)
    sun = shadow(scene, p + normal * lift, lift) * lam
    ao = occlusion(scene, p, normal)
    up = 0.5 + 0.5 * normal[:, 1]
    ambient = mix(floor * 0.55, scene.sky_rgb, up) * ao[:, None]
    out = albedo * (sun[:, None] * scene.sun_rgb + ambient)
    cos = np.clip(-(normal * ray).sum(1), 0, 1)
    fresnel = 0.035 + 0.6 * (1 - cos) ** 5
    mirror = ray + 2 * cos[:, None] * normal
    rough = 1.0 - np.broadcast_to(sharp, cos.shape)
    half = np.clip((unit(scene.sun - ray) * normal).sum(1), 0, 1)
    power = 12.0 + 260.0 * (1 - rough) ** 2
    spark = half**power * (power + 8) / 60.0 * sun
    shine = environment(scene, mirror, floor, rough) * (fresnel * (0.25 + 0.75 * ao))[:, None]
    return out + (shine + 0.10 * spark[:, None] * scene.sun_rgb) * gloss[:, None]


def _camera(scene: Scene, w: int, h: int) -> np.ndarray:
    ahead = unit(scene.target - scene.eye)
    right = unit(np.cross(ahead, (0.0, 1.0, 1e-3)))
    up = np.cross(right, ahead)
    c, s = np.cos(scene.roll), np.sin(scene.roll)
    right, up = c * right + s * up, c * up - s * right
    k = np.tan(scene.fov / 2)
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    x, y = (x + 0.5 - w / 2) / (h / 2) * k, (h / 2 - y - 0.5) / (h / 2) * k
    return unit(ahead + x[..., None] * right + y[..., None] * up).reshape(-1, 3).astype(np.float32)


def _backdrop(scene: Scene, w: int, h: int) -> np.ndarray:
    """An out-of-focus room or wood behind the table."""
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    out = mix(scene.back[0], scene.back[1], np.clip(y / h, 0, 1))
    for bx, by, r, col in scene.bokeh:
        disc = smoothstep(1.0, 0.86, np.hypot(x - bx * w, y - by * h) / (r * h))
        out += (0.6 * disc)[..., None] * col
    return out.reshape(-1, 3)


def render(scene: Scene, width: int, height: int, over: int = 2) -> np.ndarray:
    """The picture in linear light, shape (height, width, 3)."""
    w, h = width * over, height * over
    rays = _camera(scene, w, h)
    with np.errstate(divide="ignore", invalid="ignore"):
        depth = np.where(rays[:, 1] < -1e-4, -scene.eye[1] / rays[:, 1], FAR).astype(np.float32)
    depth[depth > scene.table_end] = FAR
    flat = depth.copy()
    owner = march(scene, rays, depth)
    picture = _backdrop(scene, w, h)

    # the ground, also where things hide it (its relief is differenced on the screen)
    seen = flat < FAR
    xz = scene.eye + rays * np.where(seen, flat, 1.0)[:, None]
    albedo, relief, shiny = scene.ground(xz[:, 0], xz[:, 2])
    gx, gz, gh = (np.gradient(a.reshape(h, w)) for a in (xz[:, 0], xz[:, 2], relief))
    det = gx[1] * gz[0] - gx[0] * gz[1]
    det = np.where(np.abs(det) < 1e-9, 1e-9, det)
    hx, hz = (gh[1] * gz[0] - gh[0] * gz[1]) / det, (gx[1] * gh[0] - gx[0] * gh[1]) / det
    normal = unit(
        np.stack([-np.clip(hx, -2, 2), np.ones_like(hx), -np.clip(hz, -2, 2)], -1)
    ).reshape(-1, 3)
    floor = (
        albedo[seen].mean(0) * (scene.sun_rgb * max(scene.sun[1], 0.2) + scene.sky_rgb)
        if seen.any()
        else scene.sky_rgb
    )
    g = np.flatnonzero(seen & (owner < 0))
    picture[g] = _lit(
        scene,
        xz[g],
        normal[g],
        rays[g],
        albedo[g],
        np.full(len(g), shiny, np.float32),
        0.35,
        0.05,
        floor,
        0.012,
    )
    for k, thing in enumerate(scene.things):
        i = np.flatnonzero(owner == k)
        if not len(i):
            continue
        p = scene.eye + rays[i] * depth[i][:, None]
        q, e = thing.local(p), np.float32(0.006)
        n = np.zeros_like(q)
        for corner in ((1, -1, -1), (-1, -1, 1), (-1, 1, -1), (1, 1, 1)):
            v = np.array(corner, np.float32)
            n += v * thing.shape.sdf(q + v * e)[:, None]
        n = unit(n + 1e-9) @ thing.rot.T
        col, gloss = thing.shape.skin(q)
        picture[i] = _lit(
            scene,
            p,
            n,
            rays[i],
            col,
            gloss,
            thing.shape.sharp,
            thing.shape.soft,
            floor,
            0.02 * thing.scale,
        )

    def shrink(a: np.ndarray) -> np.ndarray:
        return a.reshape(height, over, width, over, -1).mean((1, 3))

    subject = np.array([t.subject for t in scene.things] + [False])[owner]
    picture = np.minimum(picture, 6.0)
    return _lens(scene, picture, subject, np.minimum(depth, 60.0), shrink)


def _gauss(a: np.ndarray, sigma: float) -> np.ndarray:
    """A separable Gaussian blur of a float picture (Pillow's works on bytes only)."""
    n = max(1, int(sigma * 2.5))
    kernel = np.exp(-0.5 * (np.arange(-n, n + 1) / sigma) ** 2).astype(np.float32)
    kernel /= kernel.sum()
    for axis in (0, 1):
        padding = [(n, n) if ax == axis else (0, 0) for ax in range(3)]
        b = np.pad(a, padding, mode="edge")
        a = sum(k * np.take(b, np.arange(j, j + a.shape[axis]), axis) for j, k in enumerate(kernel))
    return a


def _lens(scene: Scene, picture, subject, depth, shrink) -> np.ndarray:
    """Depth of field in three layers: behind, the subjects (always sharp), near the lens."""
    fore = ~subject & (depth < 0.8 * scene.depth_of)
    back = ~subject & ~fore
    coc = (np.abs(1.0 / depth - 1.0 / scene.depth_of) * scene.depth_of * scene.aperture)[:, None]

    def layer(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        m = mask.astype(np.float32)[:, None]
        return shrink(picture * m), shrink(m)

    colour, cover = layer(back)
    amount = _gauss(shrink(coc * back[:, None]) / np.maximum(cover, 1e-3), 1.5)
    sigmas, out = (0.0, 1.6, 3.6, 8.0), colour / np.maximum(cover, 1e-3)
    for low, high in pairwise(sigmas):
        t = np.clip((amount - low) / (high - low), 0, 1)
        out = out * (1 - t) + t * _gauss(colour, high) / np.maximum(_gauss(cover, high), 1e-3)
    sharp, solid = layer(subject)
    out = sharp + out * cover
    if fore.any():
        near, alpha = layer(fore)
        sigma = float(np.clip(np.median(coc[fore]), 0.8, 8.0))
        out += alpha * _gauss(out, 4.0) / np.maximum(_gauss(cover + solid, 4.0), 1e-3)
        out = out * (1 - _gauss(alpha, sigma)) + _gauss(near, sigma)
    return out
