"""SHA-256 of what OpenCV's CLAHE and resize make of drawn planes: test/fixtures/clahe.json, test/fixtures/resizes.json.

    /usr/bin/python3 test/images/make_clahe_fixtures.py

The planes are not stored: both sides draw them with the same generator (test/images/drawn-plane.ts).
"""
import hashlib
import json
import os

import cv2
import numpy as np

COUNT = 200


def draw(seed):
    """A plane of any size whose values are a slope with noise, flat or of high contrast."""
    state = seed

    def number():
        nonlocal state
        state = (state + 0x6D2B79F5) % 2**32
        a = state
        t = (a ^ a >> 15) * (a | 1) % 2**32
        t ^= (t + (t ^ t >> 7) * (t | 61)) % 2**32
        return t ^ t >> 14
    width, height = 1 + number() % 150, 1 + number() % 150
    if seed % 4 == 0:
        width, height = 8 * (1 + width // 8), 8 * (1 + height // 8)
    across, down, base, noise = number() % 4, number() % 4, number() % 200, 1 + number() % 90
    return np.array([[min(255, base + x * across // 2 + y * down // 3 + number() % noise) for x in range(width)]
                     for y in range(height)], np.uint8)


def target_of(seed, width, height):
    """The size that a plane is resized to: smaller, larger, half, or the same in an axis."""
    if seed % 10 == 0:
        return max(1, width // 2), max(1, height // 2)
    return (width if seed % 10 == 1 else 1 + seed * 37 % 263), 1 + seed * 53 % 241


def write(name, values):
    path = os.path.join(os.path.dirname(__file__), '..', 'fixtures', name)
    with open(path, 'w') as file:
        json.dump({'opencv': cv2.__version__, **values}, file, indent=0)
        file.write('\n')


def resized_hash(seed):
    plane = draw(seed)
    image = np.dstack([plane, 255 - plane, plane ^ 0x55])
    size = target_of(seed, plane.shape[1], plane.shape[0])
    resized = image if size == plane.shape[::-1] else cv2.resize(image, size, interpolation=cv2.INTER_LINEAR)
    return hashlib.sha256(resized.tobytes()).hexdigest()


def main():
    equalizer = cv2.createCLAHE(clipLimit=2.0, tileGridSize=(8, 8))
    hashes = [hashlib.sha256(equalizer.apply(draw(seed)).tobytes()).hexdigest() for seed in range(COUNT)]
    image = np.dstack([cv2.resize(draw(seed), (300, 280)) for seed in (1, 2, 3)])  # blue, green, red
    scaled = cv2.resize(image, (264, 264), interpolation=cv2.INTER_LINEAR)[4:260, 4:260]
    whole = np.dstack([equalizer.apply(np.ascontiguousarray(scaled[..., c])) for c in (2, 1, 0)])
    write('clahe.json', {'planes': hashes, 'image': hashlib.sha256(whole.tobytes()).hexdigest()})
    write('resizes.json', {'images': [resized_hash(seed) for seed in range(COUNT)]})


if __name__ == '__main__':
    main()
