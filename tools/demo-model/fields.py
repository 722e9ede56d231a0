"""Random smooth fields, which the layers of a picture are varied with."""
import cv2
import numpy as np


def smooth_noise(rng, shape, cells):
    """A field of `shape` (h, w) with unit variance at its knots, `cells` knots along its longer side, cubic between."""
    longest = max(shape)
    grid = rng.standard_normal(
        (max(2, round(cells * shape[0] / longest)) + 2, max(2, round(cells * shape[1] / longest)) + 2),
        dtype=np.float32)
    return cv2.resize(grid, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)


def cloudy_noise(rng, shape, cells, octaves=3, gain=0.6):
    """Octaves of `smooth_noise`, about unit variance."""
    total, norm = np.zeros(shape, np.float32), 0.0
    for octave in range(octaves):
        weight = gain ** octave
        total += np.float32(weight) * smooth_noise(rng, shape, cells * 2 ** octave)
        norm += weight ** 2
    return total / np.float32(np.sqrt(norm))


def enlarge(field, width, height):
    return cv2.resize(field, (width, height), interpolation=cv2.INTER_LINEAR)


def blob(x, y, centre, sigma_x, sigma_y, angle=0.0):
    """A Gaussian hill of height 1; all lengths in the unit of x and y."""
    cos, sin = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    dx, dy = x - np.float32(centre[0]), y - np.float32(centre[1])
    u, v = (cos * dx + sin * dy) / np.float32(sigma_x), (cos * dy - sin * dx) / np.float32(sigma_y)
    return np.exp(np.float32(-0.5) * (u * u + v * v))
