"""The optic disc: rim, cup, crescents of missing or heaped pigment, a halo.

The disc is 1 DD high by definition and 0.8 to 1 DD wide; the cup's diameter is 0.2 to 0.85 of it.
"""
from dataclasses import dataclass, field

import numpy as np


@dataclass
class Disc:
    width: float  # DD
    tilt: float  # radians
    softness: float  # of its border, DD
    gain: np.ndarray  # blue, green, red: against the retina's mean colour
    cup: float  # diameter against the disc's
    cup_at: tuple  # DD
    cup_gain: np.ndarray  # against the rim
    crescents: list = field(default_factory=list)  # (angle, spread in radians, depth in DD, gain [3])
    pink: float = 0.0  # how much redder the nasal half of the rim is


def draw(rng):
    level = rng.uniform(0.12, 1.0)
    gain = 1 + level * np.array([rng.uniform(0.4, 2.2), rng.uniform(0.5, 2.0), rng.uniform(0.05, 0.45)])
    crescents = []
    for _ in range(rng.choice([0, 1, 2], p=[0.45, 0.4, 0.15])):
        pale = rng.random() < 0.7
        change = np.array([0.7, 0.8, 0.3]) * rng.uniform(0.15, 0.9) if pale else -np.array([0.4, 0.5, 0.4]) * rng.uniform(0.3, 1)
        angle = rng.normal(0, 0.8) if rng.random() < 0.75 else rng.uniform(-np.pi, np.pi)
        crescents.append((angle, rng.uniform(0.4, 2.2), rng.uniform(0.05, 0.6 if pale else 0.12), 1 + change))
    return Disc(
        width=rng.uniform(0.8, 1.0), tilt=rng.normal(0, 0.25), softness=rng.uniform(0.012, 0.06), gain=gain,
        cup=rng.uniform(0.2, 0.85), cup_at=(rng.uniform(-0.03, 0.08), rng.uniform(-0.06, 0.06)),
        cup_gain=1 + rng.uniform(0, 0.5) * np.array([1.0, 0.7, 0.15]), crescents=crescents,
        pink=rng.uniform(0, 0.35))


def step(distance, softness):
    """1 inside (distance < 0), 0 outside."""
    return np.clip(0.5 - distance * np.float32(0.5 / softness), 0, 1)


def paint(disc, image, view):
    """Onto `image` [H, W, 3], in place."""
    x, y = view.to_pixels((0.0, 0.0))
    reach = 1.3 * view.scale
    left, right = int(max(0, x - reach)), int(min(view.width, x + reach + 1))
    top, bottom = int(max(0, y - reach)), int(min(view.height, y + reach + 1))
    if right - left < 2 or bottom - top < 2:
        return
    columns, rows = np.meshgrid(np.arange(left, right), np.arange(top, bottom))
    eye = view.to_eye(np.stack((columns, rows), -1)).astype(np.float32)
    cos, sin = np.float32(np.cos(disc.tilt)), np.float32(np.sin(disc.tilt))
    u, v = cos * eye[..., 0] + sin * eye[..., 1], cos * eye[..., 1] - sin * eye[..., 0]
    distance = 0.5 * (np.sqrt((u / np.float32(disc.width)) ** 2 + v * v) * 2 - 1)  # DD, about
    direction = np.arctan2(eye[..., 1], eye[..., 0])
    patch = image[top:bottom, left:right]
    for angle, spread, depth, gain in disc.crescents:
        away = (direction - angle + np.pi) % (2 * np.pi) - np.pi
        reach = depth * np.clip(1 - (away / spread) ** 2, 0, 1)
        within = step(distance - reach, 0.03) * (reach > 0.01)
        patch *= 1 + within[..., None] * (gain - 1).astype(np.float32)
    inside = step(distance, disc.softness)
    halo = np.exp(-np.clip(distance, 0, None) / np.float32(0.18)) * (1 - inside)
    rim = disc.gain * (1 - disc.pink * np.array([0.5, 0.5, 0.0]))
    nasal = np.clip(0.5 - eye[..., :1], 0, 1)
    gain = disc.gain.astype(np.float32) * (1 - nasal) + rim.astype(np.float32) * nasal
    cup_distance = np.hypot(u - disc.cup_at[0], v - disc.cup_at[1]) - np.float32(0.5 * disc.cup * disc.width)
    cup = step(cup_distance, 0.08)[..., None]
    gain = gain * (1 + cup * (disc.cup_gain - 1).astype(np.float32))
    mean = image[::16, ::16].reshape(-1, 3).mean(0)
    blend = (inside * np.float32(0.85))[..., None]
    patch *= 1 - blend
    patch += blend * mean * gain
    patch *= 1 + (0.12 * halo)[..., None] * np.array([1.0, 1.0, 0.3], np.float32)
