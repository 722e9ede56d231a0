"""Halves of AS-OCT scans behind the interface that training and evaluation use: one picture, one landmark."""

import numpy as np

import asoct
from asoct_view import FULL_HEIGHT, HALF_WIDTH


def generate(seed: int, size: tuple[int, int] | None = None) -> tuple[np.ndarray, tuple[float, float]]:
    """A half (uint8 BGR) and its spur; `size` is (width, height), by default 1064x998; the seed decides the side."""
    width, height = size or (HALF_WIDTH, FULL_HEIGHT)
    return asoct.generate_half(seed, (height, width))


def reference_length(seed: int) -> float:
    """What errors at the default size are divided by: the half's width in pixels, the same for every seed."""
    return float(HALF_WIDTH)
