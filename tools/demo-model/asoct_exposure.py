"""From returned power to the detector's reading in decibels: shadows, flare, speckle, noise, the logarithm."""

import cv2
import numpy as np

from asoct_scanner import Scanner
from asoct_tissue import DB


def _speckle(rng: np.random.Generator, shape: tuple[int, int], sigma: tuple[float, float], looks: float) -> np.ndarray:
    """Speckle of mean about 1: a smoothed complex field's power; sigma (across, down) in pixels."""
    total = np.zeros(shape, np.float32)
    for _ in range(2):
        part = rng.standard_normal(shape, dtype=np.float32)
        if max(sigma) > 0.3:
            part = cv2.GaussianBlur(part, (0, 0), sigmaX=max(sigma[0], 0.2), sigmaY=max(sigma[1], 0.2))
        total += part * part
    total /= total.mean()
    return cv2.pow(total, 1.0 / np.sqrt(looks)) if looks > 1.0 else total


def _noise(rng: np.random.Generator, shape: tuple[int, int], scanner: Scanner, looks: float) -> np.ndarray:
    noise = rng.standard_exponential(shape, dtype=np.float32)
    if looks > 1.0:
        noise -= 1.0
        noise *= np.float32(1.0 / np.sqrt(looks))
        noise += 1.0
    if scanner.rows > 0:
        noise *= np.exp(scanner.rows * rng.standard_normal(shape[0]) * DB).astype(np.float32)[:, None]
    return noise


def _column_gain(scanner: Scanner, columns: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    loss = np.zeros(len(columns))
    for shadow in scanner.shadows:
        outside = (np.abs(columns - shadow.at) - shadow.half) / (0.12 * shadow.half + 0.01)
        loss += shadow.depth / (1.0 + np.exp(np.minimum(outside, 50.0)))
    # Stripes are as wide as an A-scan of the coarsest protocol, whatever the resolution.
    cell = (columns * 32.0).astype(int)
    return scanner.gain - loss + scanner.stripes * rng.standard_normal(1024)[cell]


def expose(power: np.ndarray, columns: np.ndarray, rows: np.ndarray, summit: tuple[float, float], scanner: Scanner,
           scale: float, rng: np.random.Generator) -> np.ndarray:
    """Reading in dB above the noise floor's mean; `columns`, `rows` and the cornea's `summit` in mm.

    `scale` is the picture's height over the full-size scan's. A small picture stands for a full one resized without
    a filter (bilinear), which averages a little: at most as 2.4 times the speckle patterns would (measured).
    """
    signal = power * np.exp(_column_gain(scanner, columns, rng) * DB).astype(np.float32)[None, :]
    signal *= np.exp(-scanner.roll_off * rows * DB).astype(np.float32)[:, None]

    # The summit's reflection saturates the detector: strong near the surface, weak over the whole depth.
    beam = np.exp(-np.abs(columns - summit[0]) / scanner.flare_width)
    below = rows - summit[1]
    fall = np.exp(-np.abs(below) / 0.35) + 0.12 * np.exp(-np.maximum(below, 0.0) / 4.0) * (below > -0.4)
    lit = np.flatnonzero(beam > 1e-4)
    if len(lit) and scanner.flare > 0:
        window = slice(lit[0], lit[-1] + 1)
        strength = np.exp(scanner.flare * DB) * fall[:, None] * beam[None, window]
        signal[:, window] += strength.astype(np.float32)

    pitch = float(columns[1] - columns[0]), float(rows[1] - rows[0])
    looks = scanner.looks * (1.0 + 1.4 * min(max((1.0 - scale) / 0.6, 0.0), 1.0))
    grain = 0.42 * scanner.lateral / pitch[0], 0.42 * scanner.axial / pitch[1]
    signal *= _speckle(rng, power.shape, grain, looks)
    signal += _noise(rng, power.shape, scanner, looks)
    np.maximum(signal, np.float32(1e-3), out=signal)
    reading = cv2.log(signal)
    reading *= np.float32(1.0) / DB
    return reading
