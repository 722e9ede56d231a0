"""SHA-256 of what OpenCV's CLAHE makes of drawn planes: test/fixtures/clahe.json.

    /usr/bin/python3 test/images/make_clahe_fixtures.py

The planes are not stored: both sides draw them with the same generator (test/images/clahe.test.ts).
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


def main():
    equalizer = cv2.createCLAHE(clipLimit=2.0, tileGridSize=(8, 8))
    hashes = [hashlib.sha256(equalizer.apply(draw(seed)).tobytes()).hexdigest() for seed in range(COUNT)]
    image = np.dstack([cv2.resize(draw(seed), (300, 280)) for seed in (1, 2, 3)])  # blue, green, red
    scaled = cv2.resize(image, (264, 264), interpolation=cv2.INTER_LINEAR)[4:260, 4:260]
    whole = np.dstack([equalizer.apply(np.ascontiguousarray(scaled[..., c])) for c in (2, 1, 0)])
    path = os.path.join(os.path.dirname(__file__), '..', 'fixtures', 'clahe.json')
    with open(path, 'w') as file:
        json.dump({'opencv': cv2.__version__, 'planes': hashes,
                   'image': hashlib.sha256(whole.tobytes()).hexdigest()}, file, indent=0)
        file.write('\n')


if __name__ == '__main__':
    main()
