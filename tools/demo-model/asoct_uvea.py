"""Iris, ciliary body and lens of one side, and how far the angle between iris and wall is open.

Sources of the numbers: lens vault (how far the lens's pole lies in front of the line between the spurs) 0.44 +-
0.30 mm, chamber depth 2.75 +- 0.39 mm, angle at 500 micrometres 27 +- 12 degrees: Romkens et al., Clin Ophthalmol
2018. Iris 0.3-0.5 mm thick in its middle, half of that at its root; radius of the lens's front 8-12 mm; pupil
2-6.6 mm wide (scans are taken in light and in the dark).
"""

from dataclasses import dataclass

import numpy as np

from asoct_coat import Coat
from asoct_curves import R, STEP, at, smooth, waves


@dataclass(frozen=True)
class UveaShape:
    """What both sides of an eye share; mm."""

    closed: bool
    vault: float
    lens_radius: float
    pupil: float
    iris: float  # thickness in the middle
    bow: float  # how far the iris bulges to the front of its chord
    plateau: float  # below 1 the bulge lies at the root
    contact: float  # in closed angles: how far before the spur the iris leaves the wall, projected


@dataclass(frozen=True)
class Uvea:
    """Boundaries (depths in mm over `R`) and places (radii in mm) of iris and ciliary body."""

    iris_front: np.ndarray
    iris_back: np.ndarray
    back: np.ndarray  # of the ciliary body
    recess: float  # where iris and wall are one for good
    pupil: float


def sample_shape(rng: np.random.Generator) -> UveaShape:
    """Draws what both sides share. Angles: 40 % open, 25 % narrow, 35 % closed (contact before the spur)."""
    state = str(rng.choice(["open", "narrow", "closed"], p=[0.40, 0.25, 0.35]))
    vault, bow, plateau = {
        "open": ((-0.25, 0.6), (-0.12, 0.14), (0.7, 1.2)),
        "narrow": ((0.2, 0.9), (0.08, 0.32), (0.4, 1.0)),
        "closed": ((0.35, 1.15), (0.15, 0.5), (0.4, 1.0)),
    }[state]
    return UveaShape(
        closed=state == "closed",
        vault=rng.uniform(*vault),
        lens_radius=rng.uniform(8.0, 12.0),
        pupil=float(np.clip(rng.normal(2.0, 0.55), 1.0, 3.3)),
        iris=rng.uniform(0.3, 0.52),
        bow=rng.uniform(*bow),
        plateau=rng.uniform(*plateau),
        contact=rng.uniform(0.02, 0.75),
    )


def _bulge(u: np.ndarray, plateau: float) -> np.ndarray:
    """0 at root (u = 0) and pupil (u = 1), 1 at its highest."""
    peak = plateau / (plateau + 1.1)
    return u**plateau * (1.0 - u) ** 1.1 / (peak**plateau * (1.0 - peak) ** 1.1)


def _iris(rng: np.random.Generator, shape: UveaShape, wall: np.ndarray, lens: np.ndarray, recess: float,
          insertion: float, pupil: float) -> tuple[np.ndarray, np.ndarray]:
    """Front and back: a bowed strip from the insertion to the lens, rounded at the pupil's edge."""
    root = shape.iris * rng.uniform(0.5, 0.75)
    sphincter = shape.iris * rng.uniform(0.9, 1.15)
    z_root = at(insertion, wall)
    taper = rng.uniform(0.05, 0.5)  # how much thinner the edge is
    z_edge = at(pupil, lens) - sphincter * (1.0 - taper) - rng.uniform(0.0, 0.04)
    chord = z_root - z_edge
    bow = shape.bow + rng.normal(0.0, 0.05) - 0.25 * max(0.0, chord - 1.2)
    u = np.clip((insertion - R) / (insertion - pupil), 0.0, 1.0)
    folds = rng.uniform(0.004, 0.026) * waves(rng, rng.uniform(0.22, 0.6)) + rng.uniform(0.0, 0.025) * waves(rng, 0.9)
    folds *= smooth(u / 0.12) * smooth((1.0 - u) / 0.1)
    front = z_root - chord * u - bow * _bulge(u, shape.plateau * rng.uniform(0.9, 1.1)) + folds

    thickness = root + (shape.iris - root) * smooth(u / 0.35) + (sphincter - shape.iris) * smooth((u - 0.6) / 0.2)
    thickness *= 1.0 - taper * smooth((pupil + 0.9 - R) / 0.9)
    front = np.minimum(front, np.where(u > 0.3, lens - thickness, np.inf))
    front = np.where(R > insertion, wall, np.maximum(front, wall))
    bend = np.convolve(np.pad(front, 6, mode="edge"), np.hanning(15)[1:-1] / 7.0, mode="valid")
    front = np.where(R > recess - 0.1, front, np.maximum(bend, wall))  # no sharp bend where it leaves the wall
    thickness = thickness * np.clip(np.sqrt(1.0 + np.gradient(front, STEP) ** 2), 1.0, 1.5)
    back = front + thickness - 0.4 * folds

    to_edge = np.clip((R - pupil) / (0.75 * sphincter * (1.0 - taper)), 0.0, 1.0)
    shrink = thickness * (1.0 - np.sqrt(1.0 - (1.0 - to_edge) ** 2))
    front, back = front + 0.6 * shrink, back - 0.4 * shrink
    return front, np.where(R < pupil, front, back)


def lens_surface(shape: UveaShape, spur_depth: float) -> np.ndarray:
    """The lens's front, which both sides share; `spur_depth` is the spurs' mean depth."""
    return spur_depth - shape.vault + R * R / (2.0 * shape.lens_radius)


def sample_uvea(rng: np.random.Generator, shape: UveaShape, coat: Coat, lens: np.ndarray) -> Uvea:
    """Draws one side."""
    spur = coat.spur[0]
    recess = spur + (rng.uniform(0.05, 0.22) if shape.closed else rng.uniform(0.06, 0.42))
    insertion = spur - shape.contact * rng.uniform(0.6, 1.3) if shape.closed else recess
    pupil = float(np.clip(shape.pupil + rng.normal(0.0, 0.12), 0.9, insertion - 1.6))
    front, back = _iris(rng, shape, coat.wall, lens, recess, insertion, pupil)

    thick = max(at(recess, back) - at(recess, coat.inner) + rng.uniform(0.25, 0.6), 0.5)
    taper = 1.0 - 0.75 * smooth((R - recess) / rng.uniform(2.6, 4.0))
    lobes = 0.06 * waves(rng, 0.4) * smooth((R - recess + 0.5) / 0.5)
    return Uvea(iris_front=front, iris_back=back, back=coat.inner + thick * taper + lobes, recess=recess, pupil=pupil)
