"""Pictures by a formula in integers, so that TypeScript (test/support/synthetic-image.ts) draws the very same.

Smooth noise on three lattices, darkened towards the corners, with a bright disc and a dark one, and a little grain.
"""
import numpy as np

LATTICES = ((6, 128), (4, 64), (2, 40))  # (log2 of the cell's side, amplitude)
GAINS = (110, 150, 230)  # blue, green, red; of 256


def hash32(x, y, key):
    """32 bits for a lattice point; x and y are non-negative integer arrays that broadcast."""
    h = x.astype(np.uint32) * np.uint32(0x85EBCA6B) ^ y.astype(np.uint32) * np.uint32(0xC2B2AE35)
    h = h ^ np.uint32(key * 0x9E3779B9 & 0xFFFFFFFF)
    h = h ^ (h >> np.uint32(16))
    h = h * np.uint32(0x7FEB352D)
    h = h ^ (h >> np.uint32(15))
    h = h * np.uint32(0x846CA68B)
    return h ^ (h >> np.uint32(16))


def smooth(x, y, shift, key):
    """0..255, bilinear between the lattice's random values."""
    cell = 1 << shift
    fx, fy = x % cell, y % cell
    corner = lambda dx, dy: (hash32((x >> shift) + dx, (y >> shift) + dy, key) >> np.uint32(24)).astype(np.int64)
    top = corner(0, 0) * (cell - fx) + corner(1, 0) * fx
    bottom = corner(0, 1) * (cell - fx) + corner(1, 1) * fx
    return (top * (cell - fy) + bottom * fy) >> (2 * shift)


def disc(x, y, width, height, key):
    """0..256: a soft disc whose place follows from the key."""
    point = hash32(np.array([key]), np.array([77]), key)
    cx = width * (64 + int(point[0] & 127)) // 256
    cy = height * (64 + int(point[0] >> 8 & 127)) // 256
    radius = max(min(width, height) // 8, 1)
    return np.maximum(256 - ((x - cx) ** 2 + (y - cy) ** 2) * 256 // (radius * radius), 0)


def synthetic_image(width, height, seed, brightness=256):
    """uint8 [height, width, 3] in blue, green, red; `brightness` of 256."""
    x, y = np.arange(width, dtype=np.int64)[None], np.arange(height, dtype=np.int64)[:, None]
    dx, dy = 2 * x + 1 - width, 2 * y + 1 - height
    shade = np.maximum(256 - (dx * dx + dy * dy) * 128 // (width * height), 16)
    bright, dark = disc(x, y, width, height, seed * 4 + 2), disc(x, y, width, height, seed * 4 + 3)
    channels = []
    for channel, gain in enumerate(GAINS):
        value = 24
        for index, (shift, amplitude) in enumerate(LATTICES):
            value = value + (smooth(x, y, shift, seed * 64 + channel * 8 + index) * amplitude >> 8)
        value = value * gain * shade >> 16
        value = value + (bright * 80 >> 8) - (dark * 48 >> 8)
        value = value + (hash32(x, y, seed * 64 + channel * 8 + 7) >> np.uint32(29)).astype(np.int64)
        channels.append(np.clip(value, 0, 255) * brightness >> 8)
    return np.stack(channels, -1).astype(np.uint8)
