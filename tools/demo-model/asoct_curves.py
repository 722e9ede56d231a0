"""The shared radial grid and the few operations that boundaries are made of.

Frame of one side of an eye, in millimetres: origin at the corneal apex, r >= 0 away from the axis (towards the
limbus), z down into the eye. Every boundary is a depth z over the grid `R`, so that a scan's columns look it up.
"""

import numpy as np

R_MAX = 11.4
R = np.arange(0.0, R_MAX, 0.02)
STEP = float(R[1] - R[0])


def smooth(t: np.ndarray) -> np.ndarray:
    """0 below 0, 1 above 1, a smooth step between."""
    t = np.clip(t, 0.0, 1.0)
    return t * t * (3.0 - 2.0 * t)


def at(r: float, z: np.ndarray) -> float:
    """A boundary's depth at a radius."""
    return float(np.interp(r, R, z))


def integrate(slope: np.ndarray) -> np.ndarray:
    """The boundary that starts at depth 0 and has this slope."""
    return np.concatenate([[0.0], np.cumsum(0.5 * (slope[1:] + slope[:-1]) * STEP)])


def offset(z: np.ndarray, slope: np.ndarray, thickness: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Moves a surface inward along its normal: the inner surface's (r, z), point by point."""
    norm = np.sqrt(1.0 + slope * slope)
    return R - thickness * slope / norm, z + thickness / norm


def waves(rng: np.random.Generator, pitch: float) -> np.ndarray:
    """A smooth random curve over `R`: mean 0, standard deviation about 0.85, features about `pitch` mm wide."""
    values = rng.standard_normal(int(R_MAX / pitch) + 4)
    place = R / pitch
    i = place.astype(int)
    t = smooth(place - i)
    return values[i] * (1.0 - t) + values[i + 1] * t
