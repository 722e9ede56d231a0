"""From the detector's reading to the picture that an instrument exports: range, gamma, tint, smoothing, JPEG."""

from dataclasses import dataclass

import cv2
import numpy as np


@dataclass(frozen=True)
class Export:
    floor: float  # dB that is shown black
    ceiling: float  # dB that is shown white
    gamma: float
    soften: float  # sigma of a smoothing, in pixels of the full-size scan
    black: tuple[float, float, float]  # blue, green, red of black, 0..1
    white: tuple[float, float, float]
    quality: int  # of the JPEG, 0 for none


def _tint(rng: np.random.Generator) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Grey (45 %), bluish as Casia's exports (45 %; the AGE scans' means are 0.152, 0.071, 0.070), other tints."""
    kind = rng.random()
    if kind < 0.45:
        return (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)
    if kind < 0.9:
        lift = rng.uniform(0.03, 0.16)
        black = (lift, lift * rng.uniform(0.0, 0.35), lift * rng.uniform(0.0, 0.3))
        return black, (1.0, rng.uniform(0.9, 1.0), rng.uniform(0.86, 1.0))
    return tuple(rng.uniform(0.0, 0.08, 3)), tuple(rng.uniform(0.75, 1.0, 3))


def sample_export(rng: np.random.Generator) -> Export:
    """Draws an export."""
    black, white = _tint(rng)
    return Export(
        floor=rng.uniform(-2.0, 5.0),
        ceiling=rng.uniform(26.0, 38.0),
        gamma=rng.uniform(0.75, 1.5),
        soften=rng.uniform(0.0, 1.3),
        black=black,
        white=white,
        quality=int(rng.uniform(55, 96)) if rng.random() < 0.7 else 0,
    )


def export(reading: np.ndarray, size: tuple[int, int], scale: float, how: Export) -> np.ndarray:
    """The picture (uint8 BGR) of size (h, w); `scale` is its height over the full-size scan's.

    Smoothing shrinks with the scale; JPEG's blocks are left out below 0.4, where they would vanish.
    """
    shown = reading - np.float32(how.floor)
    shown *= np.float32(255.0 / (how.ceiling - how.floor))
    shown = np.clip(shown, 0.0, 255.0, out=shown)
    if shown.shape != size:
        shown = cv2.resize(shown, (size[1], size[0]), interpolation=cv2.INTER_LINEAR)
    if how.soften * scale > 0.25:
        shown = cv2.GaussianBlur(shown, (0, 0), sigmaX=how.soften * scale)
    grey = (shown + np.float32(0.5)).astype(np.uint8)
    levels = np.linspace(0.0, 1.0, 256)[:, None] ** how.gamma
    table = np.array(how.black) + (np.array(how.white) - np.array(how.black)) * levels
    picture = cv2.LUT(cv2.merge([grey, grey, grey]), (255.0 * table + 0.5).astype(np.uint8)[None])
    if how.quality and scale > 0.4:
        _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, how.quality])
        picture = cv2.imdecode(data, cv2.IMREAD_COLOR)
    return picture
