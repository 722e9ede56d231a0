"""Synthetic anterior-segment OCT scans with the two scleral spurs' known positions.

    generate(seed, size=None)      a whole scan, 2130x998 unless told, and both spurs
    generate_half(seed, size)      one half of that scan drawn directly at a small size, and its spur

The same seed gives the same eye, view and exposure in both; only textures' and noise's grain differs with the size.
Sizes are (height, width); positions are (x, y) in 0-based pixels that name pixel centres, so a picture spans
-0.5 .. width - 0.5. The scans are drawn for demonstration: they teach a network where the layers meet in these
pictures, not in patients.
"""

from dataclasses import dataclass

import numpy as np

from asoct_anatomy import Eye, sample_eye
from asoct_canvas import Canvas
from asoct_export import Export, export, sample_export
from asoct_exposure import expose
from asoct_layers import scatter
from asoct_scanner import Scanner, sample_scanner
from asoct_tissue import Tissue, sample_tissue
from asoct_view import FULL_HEIGHT, FULL_WIDTH, HALF_WIDTH, View, sample_view, spurs

Point = tuple[float, float]


@dataclass(frozen=True)
class Scene:
    """All that a seed decides but the grain."""

    eye: Eye
    view: View
    tissue: Tissue
    scanner: Scanner
    export: Export
    spurs: tuple[Point, Point]  # mm in the scan


def _stream(seed: int, part: int) -> np.random.Generator:
    return np.random.default_rng([seed, part])


def scene(seed: int) -> Scene:
    """The eye, view, exposure and export that belong to a seed (>= 0)."""
    eye = sample_eye(_stream(seed, 1))
    view = sample_view(_stream(seed, 2), eye)
    found = spurs(eye, view)
    tissue = sample_tissue(_stream(seed, 3), (eye.left.coat.clarity + eye.right.coat.clarity) / 2)
    scanner = sample_scanner(_stream(seed, 4), view.width, (found[0][0], found[1][0]))
    return Scene(eye, view, tissue, scanner, sample_export(_stream(seed, 5)), found)


def _render(s: Scene, seed: int, start: float, share: float, size: tuple[int, int]) -> np.ndarray:
    """Draws a vertical strip, from `start` on and `share` wide (shares of the scan's width), at size (h, w)."""
    h, w = size
    drawn = min(w, round(s.scanner.scans * share))  # no more columns than A-scans
    columns = s.view.width * (start + share * (np.arange(drawn) + 0.5) / drawn)
    rows = s.view.height * (np.arange(h) + 0.5) / h
    power = scatter(Canvas(s.eye, s.view, columns, rows, s.scanner.axial), s.tissue, _stream(seed, 6))
    scale = h / FULL_HEIGHT
    reading = expose(power, columns, rows, s.view.summit(s.eye), s.scanner, scale, _stream(seed, 7))
    return export(reading, size, scale, s.export)


def generate(seed: int, size: tuple[int, int] | None = None) -> tuple[np.ndarray, tuple[Point, Point]]:
    """A whole scan (uint8 BGR, h x w x 3) and the left and right spur in its pixels."""
    h, w = size or (FULL_HEIGHT, FULL_WIDTH)
    s = scene(seed)
    left, right = ((x / s.view.width * w - 0.5, z / s.view.height * h - 0.5) for x, z in s.spurs)
    return _render(s, seed, 0.0, 1.0, (h, w)), (left, right)


def generate_half(seed: int, size: tuple[int, int], side: int | None = None) -> tuple[np.ndarray, Point]:
    """One half of the scan as the pipeline cuts it, drawn at size (h, w), and its spur in those pixels.

    side: 0 left, 1 right; by default the seed decides. The half covers 1064 of the scan's 2130 columns and all its
    rows, so a square picture has pixels that are not square, as after the network's own resize.
    """
    h, w = size
    s = scene(seed)
    if side is None:
        side = int(_stream(seed, 8).integers(2))
    share = HALF_WIDTH / FULL_WIDTH
    x, z = s.spurs[side]
    spur = (x / s.view.width - side * share) / share * w - 0.5, z / s.view.height * h - 0.5
    return _render(s, seed, side * share, share, (h, w)), spur
