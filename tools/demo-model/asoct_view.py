"""Where the eye lies in the scan: the scan's extent in millimetres, the eye's shift and tilt.

A scan of 2130x998 pixels shows about 16 mm x 6 mm (Casia SS-1000); other instruments and export scales differ, so
the extent varies.
"""

from dataclasses import dataclass

import numpy as np

from asoct_anatomy import Eye
from asoct_curves import R

FULL_WIDTH, FULL_HEIGHT = 2130, 998
HALF_WIDTH = 1064  # the pipeline crops the width to a multiple of four, 2128, and cuts it in two


@dataclass(frozen=True)
class View:
    """Extent of the whole scan in mm, position of the corneal apex in mm from its top left, tilt in radians."""

    width: float
    height: float
    apex_x: float
    apex_z: float
    tilt: float

    def to_scan(self, x: np.ndarray, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """From the eye's frame (x to the right, signed) to mm in the scan."""
        c, s = np.cos(self.tilt), np.sin(self.tilt)
        return self.apex_x + x * c - z * s, self.apex_z + x * s + z * c

    def across(self, x: np.ndarray, z: np.ndarray) -> np.ndarray:
        """The eye's lateral coordinate (mm, signed) of places in the scan (mm)."""
        c, s = np.float32(np.cos(self.tilt)), np.float32(np.sin(self.tilt))
        return (x - np.float32(self.apex_x)) * c + (z - np.float32(self.apex_z)) * s

    def _curve(self, left: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return self.to_scan(np.concatenate([-R[:0:-1], R]), np.concatenate([left[:0:-1], right]))

    def boundary(self, left: np.ndarray, right: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """Depth in the scan (mm) of a boundary given over `R` on either side, at columns (mm)."""
        xs, zs = self._curve(left, right)
        return np.interp(columns, np.maximum.accumulate(xs), zs)

    def summit(self, eye: Eye) -> tuple[float, float]:
        """The cornea's highest place in the scan (mm), where it reflects straight back."""
        xs, zs = self._curve(eye.left.coat.outer, eye.right.coat.outer)
        i = int(np.argmin(zs))
        return float(xs[i]), float(zs[i])


def spurs(eye: Eye, view: View) -> tuple[tuple[float, float], tuple[float, float]]:
    """Both spurs in mm in the scan, the left one first."""
    lr, lz = eye.left.coat.spur
    rr, rz = eye.right.coat.spur
    left, right = view.to_scan(-lr, lz), view.to_scan(rr, rz)
    return (float(left[0]), float(left[1])), (float(right[0]), float(right[1]))


def _fits(eye: Eye, view: View) -> bool:
    middle = view.width * HALF_WIDTH / FULL_WIDTH
    (lx, lz), (rx, rz) = spurs(eye, view)
    margin = 0.05 * middle
    return (
        margin < lx < middle - margin
        and middle + margin < rx < 2 * middle - margin
        and max(lz, rz) < 0.93 * view.height
        and min(lz, rz) > 0.1 * view.height
    )


def sample_view(rng: np.random.Generator, eye: Eye) -> View:
    """Draws a view in which each half shows its spur with a margin of 5 % of the half's width."""
    while True:
        width = rng.uniform(15.2, 16.8) if rng.random() < 0.6 else rng.uniform(13.2, 18.5)
        height = width * 6.0 / 16.0 * (1.0 if rng.random() < 0.5 else rng.uniform(0.85, 1.25))
        view = View(
            width=width,
            height=height,
            apex_x=width / 2 + rng.normal(0.0, 0.45),
            apex_z=rng.uniform(-0.25, 1.9),
            tilt=float(np.radians(np.clip(rng.normal(0.0, 2.6), -8.0, 8.0))),
        )
        if _fits(eye, view):
            return view
